"""The sample app in a learner's container or image: its page and its count."""

import contextlib
import json
import pathlib
from collections.abc import Iterator

from docker.models.containers import Container

from dockerlab.checks import contexts, pages, silence
from dockerlab.checks.bench import Bench
from dockerlab.workspace.sample_app import copy_app


def running_page(bench: Bench, name: str) -> tuple[Container, str, str] | None:
    """A learner's container, its published port, as `80/tcp`, and its page.

    Writes the criteria `exists`, `runs`, `published` and `answers`.
    """
    container = bench.require_running(name)
    published = bench.require_published(container) if container else []
    if not container or not published:
        return None
    each = 8 / len(published)
    found = None
    for port in published:
        page = pages.fetch(container, port, seconds=each)
        if page:
            found = container, port, page
            break
    inside = int(published[0].partition("/")[0])
    hint = "" if found else silence.why(container, inside)
    bench.require("answers", "the page responds", found, hint)
    return found


def visits(container: Container, port: str) -> int | None:
    """The app's count; None if another program responds."""
    text = pages.fetch(container, port, "/api/visits", seconds=5)
    try:
        return int(json.loads(text or "")["visits"])
    except (TypeError, ValueError, KeyError):
        return None


def counts(container: Container, port: str) -> bool:
    """Whether a visit raises the count, as in the app and in no copy of its
    page."""
    before = visits(container, port)
    if before is None:
        return False
    pages.fetch(container, port)
    return (visits(container, port) or 0) > before


@contextlib.contextmanager
def app_context() -> Iterator[pathlib.Path]:
    """The app's files, as in the notebook's folder."""
    with contexts.folder_of() as folder:
        copy_app(folder)
        yield folder


def served(bench: Bench, dockerfile: str, port: str) -> str | None:
    """Build an answer and fetch its page; the image's tag.

    Writes the criteria `builds` and `serves`.
    """
    with app_context() as context:
        tag = bench.build(dockerfile, context)
    if not tag:
        return None
    container = bench.run(tag, ports={port: ("127.0.0.1", None)})
    page = pages.fetch(container, port, seconds=6)
    number = port.removesuffix("/tcp")
    serves = page and counts(container, port)
    bench.require(
        "serves",
        f"the app responds on port {number} inside",
        serves,
        "" if serves else silence.why(container, int(number)),
    )
    return tag

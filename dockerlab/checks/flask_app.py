"""Exercises of `flask_app`: the Flask app in a container."""

import contextlib
import hashlib
import json
import pathlib
import re
from collections.abc import Iterator

import docker.types
from docker.models.containers import Container

from dockerlab import images
from dockerlab.checks import contexts, pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.workspace.sample_app import copy_app

NAMELESS = re.compile("[0-9a-f]{64}")  # the engine's name for a volume


def _running_page(
    bench: Bench, name: str
) -> tuple[Container, str, str] | None:
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
    hint = "Does the program listen on the container port that you published?"
    bench.require("answers", "the page responds", found, hint)
    return found


def _visits(container: Container, port: str) -> int | None:
    """The app's count; None if another program responds."""
    text = pages.fetch(container, port, "/api/visits", seconds=5)
    try:
        return int(json.loads(text or "")["visits"])
    except (TypeError, ValueError, KeyError):
        return None


def _counts(container: Container, port: str) -> bool:
    """Whether a visit raises the count, as in the app and in no copy of its
    page."""
    before = _visits(container, port)
    if before is None:
        return False
    pages.fetch(container, port)
    return (_visits(container, port) or 0) > before


@exercise("flask_app/greeting", wants="container")
def greeting(bench: Bench, name: str) -> None:
    """The page of a running container greets Grace."""
    found = _running_page(bench, name)
    if not found:
        return
    container, port, page = found
    bench.require(
        "counts",
        "it is the app: a visit counts",
        _counts(container, port),
        "Another program responds there. Which image contains the app?",
    )
    bench.require(
        "greets",
        "the page greets Grace",
        re.search(r"<h1[^>]*>[^<]*\bGrace!", page),
        "The app reads the name from its environment. Which variable is it,"
        " and which option sets it for a container?",
    )


@contextlib.contextmanager
def _context() -> Iterator[pathlib.Path]:
    """The app's files, as in the notebook's folder."""
    with contexts.folder_of() as folder:
        copy_app(folder)
        yield folder


def _served(bench: Bench, dockerfile: str, port: str) -> str | None:
    """Build an answer and fetch its page; the image's tag."""
    with _context() as context:
        tag = bench.build(dockerfile, context)
    if not tag:
        return None
    container = bench.run(tag, ports={port: ("127.0.0.1", None)})
    page = pages.fetch(container, port, seconds=6)
    bench.require(
        "serves",
        f"the app responds on port {port.removesuffix('/tcp')} inside",
        page and _counts(container, port),
        "EXPOSE opens no port. From which environment variable does app.py"
        " read its port?",
    )
    return tag


@exercise("flask_app/keep-visits", wants="container")
def keep_visits(bench: Bench, name: str) -> None:
    """The count continues in a container that replaces the learner's."""
    found = _running_page(bench, name)
    if not found:
        return
    container, port, _ = found
    before = _visits(container, port)
    settings, mounts = container.attrs["Config"], container.attrs["Mounts"]
    # A replacement gets a new anonymous volume, so only a name carries over.
    volumes = [
        docker.types.Mount(mount["Destination"], mount["Name"], "volume")
        for mount in mounts
        if mount["Type"] == "volume" and not NAMELESS.fullmatch(mount["Name"])
    ]
    successor = bench.run(
        container.attrs["Image"],
        command=settings["Cmd"],
        environment=settings["Env"],
        mounts=volumes,
        ports={port: ("127.0.0.1", None)},
    )
    pages.fetch(successor, port, "/healthz")
    after = _visits(successor, port)
    hint = (
        "In which folder inside the container does the app keep its file?"
        " Mount the volume there."
    )
    if mounts and not volumes:
        hint = (
            "It mounts no volume with a name that you chose, so a new"
            " container cannot mount the same one. (A folder of your machine"
            " would also work, but the check does not touch your folders.)"
        )
    bench.require(
        "survives",
        "a new container with the same named volumes continues the count",
        before and after and after >= before,
        hint,
    )


@exercise("flask_app/no-tests", wants="dockerfile")
def no_tests(bench: Bench, dockerfile: str) -> None:
    """The app serves, and no layer of its image contains the tests."""
    tag = _served(bench, dockerfile, "80/tcp")
    if not tag:
        return
    with _context() as context:
        tests = {
            hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (context / "tests").rglob("*.py")
        }
    # By content: a file that was only renamed is still there.
    image = bench.client.images.get(tag)
    held = tests.intersection(images.saved_hashes(image))
    bench.require(
        "clean",
        "no layer of the image contains the tests",
        not held,
        "A layer keeps every file that was copied into it. Which instruction"
        " brings in the tests, and must it copy everything?",
    )

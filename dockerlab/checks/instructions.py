"""What the exercises of Dockerfile instructions share."""

import contextlib
import pathlib
import tempfile
from collections.abc import Iterator, Mapping

import docker.errors

from dockerlab import builds
from dockerlab.base.errors import LabError
from dockerlab.checks.core import (
    BUILD_SECONDS,
    Bench,
)
from dockerlab.course.table import first_word
from dockerlab.lab import LABEL


@contextlib.contextmanager
def context_of(files: Mapping[str, str]) -> Iterator[pathlib.Path]:
    """A build context that holds these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            pathlib.Path(folder, name).write_text(text)
        yield pathlib.Path(folder)


def rebuild(
    bench: Bench, dockerfile: str, *arguments: str, context=None
) -> str | None:
    """Build once more, with build arguments; None if it fails. Writes no
    criterion."""
    tag = f"{first_word(bench.lesson)}-{bench.token}:{len(bench.tags)}"
    options = ["--label", f"{LABEL}={bench.lesson}"]
    for argument in arguments:
        options += ["--build-arg", argument]
    with contextlib.suppress(LabError):
        built = builds.build(
            context, tag, dockerfile, options, timeout=BUILD_SECONDS
        )
        if built.ok:
            bench.tags.append(tag)
            return tag
    return None


def output(bench: Bench, image: str, *words: str, **options) -> str | None:
    """What a container prints; None if it fails or does not end."""
    try:
        container = bench.run(image, command=list(words) or None, **options)
        ended = bench.wait(container, 6)
    except docker.errors.APIError:
        # Not the engine's fault: the words name no program.
        return None
    if ended is None:
        container.kill()
    said = container.logs(stderr=False).decode(errors="replace").strip()
    return said if ended == 0 else None


def inside(bench: Bench, image: str, line: str) -> str | None:
    """What a line of shell prints in a container of the image."""
    return output(bench, image, "-c", line, entrypoint=["sh"])

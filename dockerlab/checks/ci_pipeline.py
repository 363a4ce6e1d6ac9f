"""Exercises of `ci_pipeline`: pipelines."""

import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
from collections.abc import Iterator

from dockerlab import images
from dockerlab.checks import contexts, pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.results import Built, Ending
from dockerlab.checks.waiting import stretch
from dockerlab.registries import Registry
from dockerlab.workspace.sample_app import copy_app

REGISTRY = "ci-registry"
BASE = "python:3.13-slim"
SCRIPT_SECONDS = 120

# -- a stage with tests -------------------------------------------------


@contextlib.contextmanager
def _app(broken: bool) -> Iterator[pathlib.Path]:
    """The sample app's files, with or without a fault that a test finds."""
    with contexts.folder_of() as folder:
        copy_app(folder)
        if broken:
            page = folder / "templates" / "index.html"
            page.write_text(page.read_text().replace("Hello,", "Good bye,"))
        yield folder


def _build(
    bench: Bench, folder: pathlib.Path, dockerfile: str, stage: str = ""
) -> Built:
    """Build an answer up to a stage, or all of it."""
    options = ["--target", stage] if stage else []
    return bench.try_build(dockerfile, folder, options=options)


@exercise("ci_pipeline/test-stage", wants="dockerfile")
def test_stage(bench: Bench, dockerfile: str) -> None:
    """A build stage runs the tests; the shipped image has no pytest."""
    with _app(broken=False) as good:
        shipped = _build(bench, good, dockerfile)
        text = "the image builds"
        if not bench.require("builds", text, shipped.ok, shipped.hint):
            return
        tests = _build(bench, good, dockerfile, "test")
        text = "a build stage named test builds"
        if not bench.require("stage", text, tests.ok, tests.hint):
            return
    passing = bench.output(tests.tag, seconds=60)
    bench.require(
        "passes",
        "run on the good app, its image ends with exit code 0",
        passing.ok,
        f"{passing.why} Does the image contain pytest, the tests and the app,"
        " and is pytest its command?",
    )
    with _app(broken=True) as bad:
        tests = _build(bench, bad, dockerfile, "test")
    bench.require(
        "fails",
        "on an app with a fault it fails",
        _fails(bench, tests),
        tests.hint
        if tests.stopped
        else "It ends with exit code 0 although a test fails. Which command's"
        " exit code is the container's?",
    )
    # In the layers, and not by a program: an image may start another one.
    image = bench.client.images.get(shipped.tag)
    found = [
        entry.name
        for _, entry, _ in images.walk(image, bench.layers(BASE))
        if entry.name.endswith("/pytest/__init__.py")
    ]
    bench.require(
        "lean",
        "the shipped image, built without --target, has no pytest",
        not found,
        f"A layer has {''.join(found[:1])}. Which build stage does Docker"
        " build by default?",
    )


def _fails(bench: Bench, tests: Built) -> bool:
    """Whether the tests fail, during the build or in a container."""
    if tests.stopped:
        return False
    if not tests.ok:
        return True
    return bench.output(tests.tag, seconds=60).code not in (0, None)


# -- scripts ------------------------------------------------------------


def _registry(bench: Bench) -> tuple[Registry, str] | None:
    """The notebook's registry, and the name of an image in it.

    Writes the criterion `registry`.
    """
    hint = "Run the cell that starts it, in the section about the registry."
    container = bench.require_prepared(REGISTRY, "registry", hint)
    url = pages.address(container, "5000/tcp") if container else ""
    if not url:
        return None
    port = url.rpartition(":")[2]
    return Registry(url), f"localhost:{port}/{bench.name}"


def _shell(script: str, folder: pathlib.Path, **settings: str) -> Ending:
    """Run a learner's script as a pipeline would, and see how it ends.

    What it prints goes to a file: a program that it leaves in the background
    would keep a pipe open.
    """
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            ["bash", "-e", "-c", script],
            cwd=folder,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # can be ended with all that it started
        )
        code = None
        try:
            code = process.wait(stretch(SCRIPT_SECONDS))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        size = printed.seek(0, os.SEEK_END)
        printed.seek(max(0, size - 5000))
        output = printed.read().decode(errors="replace")
    return Ending(code, output, seconds=SCRIPT_SECONDS)


def _why(ending: Ending) -> str:
    """How a script ended, with the last lines that it printed."""
    if ending.code is None:
        return ending.why
    rows = [row.strip() for row in ending.output.splitlines() if row.strip()]
    return f"It ended with exit code {ending.code}: {' / '.join(rows[-2:])}."


GATED = """\
FROM python:3.13-slim AS app
WORKDIR /app
COPY greet.py .
CMD ["python", "greet.py"]
FROM app AS test
COPY test_greet.py .
CMD ["python", "-m", "unittest", "--quiet"]
FROM app
"""
GREET = "def greet():\n    return {!r}\n\n\nprint(greet())\n"
TEST_GREET = """\
import unittest

from greet import greet


class Greets(unittest.TestCase):
    def test_greets(self):
        self.assertEqual(greet(), "Hello")
"""


def _release(
    bench: Bench, script: str, image: str, version: str, greeting: str
) -> Ending:
    """Let the script release a small app."""
    test = f"{bench.name}-test"
    bench.tags += [f"{image}:{version}", test]
    files = {
        "Dockerfile": GATED,
        "greet.py": GREET.format(greeting),
        "test_greet.py": TEST_GREET,
    }
    with contexts.folder_of(files) as folder:
        return _shell(script, folder, IMAGE=image, VERSION=version, TEST=test)


@exercise("ci_pipeline/gate", wants="text")
def gate(bench: Bench, script: str) -> None:
    """A script that pushes a good version and no broken one."""
    found = _registry(bench)
    if not found:
        return
    registry, image = found
    good = _release(bench, script, image, "1.0", "Hello")
    bench.require(
        "passes",
        "for a good version the script ends with exit code 0",
        good.ok,
        f"{_why(good)} Try its lines one by one.",
    )
    bench.require(
        "pushes",
        "the registry then has version 1.0",
        "1.0" in registry.tags(bench.name),
        "Nothing was pushed under $IMAGE:$VERSION.",
    )
    bad = _release(bench, script, image, "2.0", "Good bye")
    bench.require(
        "stops",
        "after a version with a failing test it has no version 2.0",
        "2.0" not in registry.tags(bench.name),
        "The broken version was pushed. Which line comes first? Which exit"
        " code does a line with a pipe, or with ||, have?",
    )
    bench.require(
        "tells",
        "the script fails for this version",
        bad.code not in (0, None),
        bad.why
        or "Nothing was pushed, but the script reports success. Then nobody"
        " looks for the fault.",
    )


# Built with another MACHINE it is another image, as on another machine.
PROMOTED = """\
FROM debian:trixie-slim
ARG MACHINE=another
RUN echo "$MACHINE" > /built
"""


@exercise("ci_pipeline/promote", wants="text")
def promote(bench: Bench, script: str) -> None:
    """A script that gives a pushed version a second tag."""
    found = _registry(bench)
    if not found:
        return
    registry, image = found
    with contexts.folder_of({"Dockerfile": PROMOTED}) as folder:
        arguments = {"MACHINE": bench.token}
        bench.build_own(
            PROMOTED, folder, arguments=arguments, tag=f"{image}:1.0"
        )
        bench.tags.append(f"{image}:stable")
        bench.client.images.push(image, tag="1.0")
        before = registry.digest(bench.name, "1.0")
        # As on the machine of a later step, which did not build it.
        bench.client.images.remove(f"{image}:1.0", force=True)
        ending = _shell(script, folder, IMAGE=image)
    bench.require(
        "runs",
        "the script ends with exit code 0",
        ending.ok,
        f"{_why(ending)} The image is in the registry, and not on this"
        " engine.",
    )
    # An engine that pulled one platform pushes its manifest without the
    # index that it was pulled from.
    tested = registry.image(bench.name, before)
    promoted = registry.image(bench.name, "stable")
    bench.require(
        "stable",
        "the registry has the tag stable",
        promoted,
        "A tag on this engine does not exist in the registry.",
    )
    bench.require(
        "same",
        "stable has the digest of the image that was tested as 1.0",
        promoted and tested and promoted.digest == tested.digest,
        "It is another image. An image that was built again was never tested.",
    )
    bench.require(
        "kept",
        "1.0 is still the same image",
        registry.digest(bench.name, "1.0") == before,
        "Now 1.0 names another image. Versions stay the same; only tags such"
        " as stable move.",
    )

"""Exercises of `ci_cd`: pipelines."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator

from dockerlab import builds, lab
from dockerlab.checks.core import Bench, exercise
from dockerlab.lab import LABEL

REGISTRY = "ci-registry"
SCRIPT_SECONDS = 120
MANIFEST = (
    "application/vnd.oci.image.manifest.v1+json,"
    "application/vnd.docker.distribution.manifest.v2+json,"
    "application/vnd.oci.image.index.v1+json"
)

# -- pipelines ----------------------------------------------------------


@contextlib.contextmanager
def _app(broken: bool) -> Iterator[pathlib.Path]:
    """The sample app's files, with or without a fault that a test finds."""
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as folder:
        lab.copy_app(folder)
        if broken:
            page = pathlib.Path(folder, "templates", "index.html")
            page.write_text(page.read_text().replace("Hello,", "Good bye,"))
        yield pathlib.Path(folder)


def _build(
    bench: Bench, folder: pathlib.Path, dockerfile: str, stage: str = ""
) -> tuple[str, builds.Build]:
    """Build an answer up to a stage, or all of it; its tag and the build."""
    tag = f"ci-{bench.token}:{len(bench.tags)}"
    bench.tags.append(tag)
    options = ["--label", f"{LABEL}={bench.lesson}"]
    options += ["--target", stage] if stage else []
    return tag, builds.build(folder, tag, dockerfile, options, timeout=120)


def _code(bench: Bench, image: str, *command: str) -> int | None:
    """The exit code of a container of the image."""
    container = bench.run(image, command=list(command) or None)
    return bench.wait(container, 60)


@exercise("ci_cd/test-stage", wants="dockerfile")
def test_stage(bench: Bench, dockerfile: str) -> None:
    """A stage runs the tests and tells; what ships has no pytest."""
    with _app(broken=False) as good:
        shipped, built = _build(bench, good, dockerfile)
        hint = f"The builder says: {built.error}"
        if not bench.require("builds", "the image builds", built.ok, hint):
            return
        tests, built = _build(bench, good, dockerfile, "test")
        hint = f"The builder says: {built.error}"
        text = "a stage named test builds"
        if not bench.require("stage", text, built.ok, hint):
            return
    bench.require(
        "passes",
        "run on the good app, its image ends with code 0",
        _code(bench, tests) == 0,
        "`docker logs` of a run tells. Does it hold pytest, the tests and"
        " the app, and is pytest its command?",
    )
    with _app(broken=True) as bad:
        tests, built = _build(bench, bad, dockerfile, "test")
    bench.require(
        "fails",
        "on an app with a fault it fails",
        not built.ok or _code(bench, tests) not in (0, None),
        "It ends with code 0 although a test fails. Which command's exit"
        " code is the container's?",
    )
    bench.require(
        "lean",
        "what ships, without --target, has no pytest",
        _code(bench, shipped, "python", "-c", "import pytest")
        not in (0, None),
        "Which stage does Docker build when nobody names one?",
    )


def _port(bench: Bench) -> int | None:
    """Where the lesson's registry listens; says on the card if it does not."""
    container = bench.container(REGISTRY)
    published = container and (container.ports or {}).get("5000/tcp")
    bench.require(
        "registry",
        "the lesson's registry runs",
        published,
        "Run the cell that starts it, in the section about the registry.",
    )
    return int(published[0]["HostPort"]) if published else None


def _ask(
    port: int, path: str, method: str = "GET"
) -> tuple[bytes, str] | None:
    """What the registry answers, and the digest that it names."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v2/{path}",
        headers={"Accept": MANIFEST},
        method=method,
    )
    with (
        contextlib.suppress(urllib.error.URLError),
        urllib.request.urlopen(request, timeout=10) as answer,
    ):
        return answer.read(), answer.headers.get("Docker-Content-Digest", "")
    return None


def _tags(port: int, repository: str) -> list[str]:
    answer = _ask(port, f"{repository}/tags/list")
    return (json.loads(answer[0])["tags"] or []) if answer else []


def _digest(port: int, repository: str, tag: str) -> str:
    """The digest that a tag points to, empty where there is no such tag."""
    answer = _ask(port, f"{repository}/manifests/{tag}", "HEAD")
    return answer[1] if answer else ""


def _shell(script: str, folder: pathlib.Path, **settings: str) -> int | None:
    """Run a learner's script as a pipeline would; None if it takes too
    long."""
    process = subprocess.Popen(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # can be ended with all that it started
    )
    try:
        return process.wait(SCRIPT_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None


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
    bench: Bench, script: str, repository: str, version: str, says: str
) -> int | None:
    """Let the script release a small app; its exit code."""
    image = f"localhost:{_registry(bench)}/{repository}"
    bench.tags += [f"{image}:{version}", f"ci-{bench.token}-test"]
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as folder:
        path = pathlib.Path(folder)
        (path / "Dockerfile").write_text(GATED)
        (path / "greet.py").write_text(GREET.format(says))
        (path / "test_greet.py").write_text(TEST_GREET)
        return _shell(
            script,
            path,
            IMAGE=image,
            VERSION=version,
            TEST=f"ci-{bench.token}-test",
        )


def _registry(bench: Bench) -> int:
    published = bench.container(REGISTRY).ports["5000/tcp"]
    return int(published[0]["HostPort"])


@exercise("ci_cd/gate", wants="text")
def gate(bench: Bench, script: str) -> None:
    """A script that pushes a good version and no broken one."""
    port = _port(bench)
    if not port:
        return
    repository = f"ci-{bench.token}"
    code = _release(bench, script, repository, "1.0", "Hello")
    bench.require(
        "passes",
        "for a good version the script ends with code 0",
        code == 0,
        f"It ended with {code}. Try its lines one by one; a name of a"
        " variable may be mistyped."
        if code is not None
        else f"It had not ended after {SCRIPT_SECONDS} seconds.",
    )
    bench.require(
        "pushes",
        "the registry then has version 1.0",
        "1.0" in _tags(port, repository),
        "Nothing was pushed under $IMAGE:$VERSION.",
    )
    code = _release(bench, script, repository, "2.0", "Good bye")
    bench.require(
        "stops",
        "after a version with a failing test it has no version 2.0",
        "2.0" not in _tags(port, repository),
        "The broken version was pushed. Which line comes first? And whose"
        " exit code does a line with a pipe, or with ||, have?",
    )
    bench.require(
        "tells",
        "the script fails for it",
        code not in (0, None),
        "Nothing was pushed, but the script says that all is well. Then"
        " nobody looks.",
    )


# Built with another MACHINE it is another image, as on another machine.
PROMOTED = """\
FROM debian:trixie-slim
ARG MACHINE=another
RUN echo "$MACHINE" > /built
"""


@exercise("ci_cd/promote", wants="text")
def promote(bench: Bench, script: str) -> None:
    """A script that gives a pushed version a second tag."""
    port = _port(bench)
    if not port:
        return
    repository = f"ci-{bench.token}"
    image = f"localhost:{port}/{repository}"
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as folder:
        path = pathlib.Path(folder)
        (path / "Dockerfile").write_text(PROMOTED)
        options = ["--label", f"{LABEL}={bench.lesson}"]
        options += ["--build-arg", f"MACHINE={bench.token}"]
        builds.build(path, f"{image}:1.0", options=options, check=True)
        bench.tags += [f"{image}:1.0", f"{image}:stable"]
        bench.client.images.push(image, tag="1.0")
        before = _digest(port, repository, "1.0")
        # As on the machine of a later step, which did not build it.
        bench.client.images.remove(f"{image}:1.0", force=True)
        code = _shell(script, path, IMAGE=image)
    bench.require(
        "runs",
        "the script ends with code 0",
        code == 0,
        f"It ended with {code}. The image is in the registry, and not on this"
        " engine: what brings it here?",
    )
    promoted = _digest(port, repository, "stable")
    bench.require(
        "stable",
        "the registry has the tag stable",
        promoted,
        "A tag on this engine is not one in the registry.",
    )
    bench.require(
        "same",
        "stable is the very image that was tested as 1.0, by its digest",
        promoted == before,
        "It is another image. What was built again was never tested.",
    )
    bench.require(
        "kept",
        "1.0 is still what it was",
        _digest(port, repository, "1.0") == before,
        "Now 1.0 means something else. Versions stay; only names such as"
        " stable move.",
    )

"""Run a build with BuildKit and read what each of its steps did.

The source is `docker buildx build --progress=rawjson`: see `buildlog`.
"""

import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from typing import Any

from dockerlab.base.errors import LabError
from dockerlab.buildlog import Build, Step, parse_rawjson

__all__ = ["Build", "Step", "TimeOver", "build", "parse_rawjson"]


class TimeOver(LabError):
    """A build that was stopped because it took too long.

    build: what it did until then.
    """

    build: Build


# The engine removed a layer while it unpacked the image: see `_finished`.
_LOST_LAYER = re.compile(r"parent snapshot \S+ does not exist")
REPEATS = 2


def build(
    context: str | os.PathLike | None = None,
    tag: str | None = None,
    dockerfile: str | None = None,
    options: Sequence[str] = (),
    check: bool = False,
    timeout: float = 300,
) -> Build:
    """Build an image with the `docker` command line and read the steps.

    Args:
        context: the folder to build from; None for an empty context.
        tag: the image's name.
        dockerfile: the text of a Dockerfile, used in place of the context's
            file.
        options: more options of `docker buildx build`.
        check: raise an error if the build fails, instead of returning it.
        timeout: seconds after which the build is stopped.

    Raises:
        LabError: no usable command line, or (with `check`) a failed build.
        TimeOver: it took longer than `timeout`.
    """
    with tempfile.TemporaryDirectory() as folder:
        metadata = pathlib.Path(folder, "metadata.json")
        command = ["docker", "buildx", "build", "--progress=rawjson", "--load"]
        command += ["--metadata-file", str(metadata)]
        command += ["--tag", tag] if tag else []
        command += options
        if context is not None and dockerfile is not None:
            command += ["--file", "-"]
        command += ["-" if context is None else os.fspath(context)]
        code, read = _run_and_read(command, dockerfile or "", timeout)
        written = json.loads(metadata.read_text()) if code == 0 else {}
    done = dataclasses.replace(
        read,
        ok=code == 0,
        image_id=written.get("containerimage.digest", ""),
        bases=_bases(written),
    )
    if code and not done.steps:
        _refuse_old_client(done.error)
    if check and not done.ok:
        raise LabError("The build failed.", _why(done))
    return done


def _bases(written: dict[str, Any]) -> tuple[str, ...]:
    """The images that a build started from, from its metadata.

    The provenance calls them `pkg:docker/NAME@TAG?digest=...`.
    """
    provenance = written.get("buildx.build.provenance", {})
    found = [
        re.match(r"pkg:docker/([^@?]+)@([\w.-]+)", material["uri"])
        for material in provenance.get("materials", [])
    ]
    return tuple(f"{match[1]}:{match[2]}" for match in found if match)


def _run_and_read(
    command: list[str], text: str, timeout: float
) -> tuple[int, Build]:
    """Run the command, again where the engine's faults ask for it."""
    code, output = _run(command, text, timeout)
    read = parse_rawjson([output])
    if code and _without_log(read):
        code, output = _run(command, text, timeout)
        read = parse_rawjson([output])
    for _ in range(REPEATS):
        if not (code and _LOST_LAYER.search(read.error)):
            break
        code, output = _run(command, text, timeout)
        read = _finished(read, parse_rawjson([output]))
    return code, read


def _why(build: Build) -> str:
    """A failed build's error, and the last lines of the failed step's log."""
    lines = [
        line
        for step in build.steps
        if step.error
        for line in step.log.splitlines()
        if line.strip()
    ]
    return "\n".join([build.error, *lines[-5:]])


def _without_log(build: Build) -> bool:
    """Whether a RUN failed and its log is missing.

    If two builds share a step (see `_without_twins`), then about once in a
    thousand times one of them gets no log. A failed step is not cached, so a
    second build runs it again.
    """
    # A newer client prints more text before it.
    failed = 'process "' in build.error
    return failed and not any(step.error and step.log for step in build.steps)


def _finished(first: Build, second: Build) -> Build:
    """A build whose steps ran, but whose image lost a layer: with a repeat.

    In the containerd image store, a build gives its image the name before it
    unpacks the layers. Until then, nothing protects a layer that only the
    image of the same name had. If the engine removes some other image in
    this moment, it also removes this layer, and unpacking the next one fails
    ("parent snapshot ... does not exist"; fixed in BuildKit in 2026 by its
    pull request 6558). The repeated build takes every step from the cache,
    so only the first one shows what the steps did.
    """
    steps = [step for step in second.steps if step.internal]
    steps += [step for step in first.steps if not step.internal]
    seconds = first.seconds + second.seconds
    return dataclasses.replace(
        first, steps=tuple(steps), seconds=seconds, error=second.error
    )


def _run(command: list[str], text: str, timeout: float) -> tuple[int, str]:
    """Run the command with `text` as input: exit code and stderr."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            # The client starts plugins: a group can be killed as a whole.
            start_new_session=True,
        )
    except FileNotFoundError:
        raise LabError(
            "There is no `docker` command here.",
            "The course's folder of programs is not on this kernel's PATH.",
            "Run `make doctor` in a terminal.",
        ) from None
    try:
        _, stderr = process.communicate(text, timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        over = TimeOver(
            f"The build was stopped after {timeout:g} seconds.",
            "It took longer than its time limit.",
            "See which step hangs, or set a longer `timeout`.",
        )
        over.build = parse_rawjson([process.communicate()[1]])
        raise over from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return process.returncode, stderr


def _refuse_old_client(message: str) -> None:
    """Raise an error if the client, not the build, is the cause."""
    signs = ("progress mode", "flag: --progress", "not a docker command")
    if any(sign in message for sign in signs):
        raise LabError(
            "This docker command line cannot report the steps of a build.",
            f"It needs buildx 0.13 or newer. {message.splitlines()[0]}",
            "Update the buildx plugin, or choose the lab's own engine "
            "(DOCKERLAB_ENGINE=box).",
        )

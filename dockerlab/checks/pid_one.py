"""Exercises of `pid_one`."""

import pathlib
import tempfile
import uuid

from docker.models.containers import Container

from dockerlab import symptoms
from dockerlab.checks import inside
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import has_ended, stretch, wait_for

SETTINGS = "/srv/settings.txt"
GRACE = 5  # seconds; the server itself needs much less
SERVER = """
import signal, sys
def end(number, frame):
    print("saved", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
while True:
    signal.pause()
"""
DOCKERFILE = """
FROM python:3.13-slim
COPY server.py /
COPY --chmod=755 entrypoint.sh /
ENTRYPOINT ["/entrypoint.sh"]
CMD ["python", "/server.py"]
"""
# Prints the states of all processes but its own, such as `S Z Z`.
STATES = """
import os, pathlib
for path in pathlib.Path("/proc").glob("[0-9]*"):
    if path.name != str(os.getpid()):
        print((path / "stat").read_text().rpartition(")")[2].split()[0])
"""


@exercise("pid_one/entrypoint", wants="text")
def entrypoint(bench: Bench, script: str) -> None:
    """A script prepares a file, and then becomes the command."""
    word = f"hello-{uuid.uuid4().hex[:6]}"
    image = _image(bench, script)
    container = bench.run(image, environment={"GREETING": word})
    if not _starts(bench, container, script):
        return
    bench.require(
        "prepared",
        "the script writes GREETING into /srv/settings.txt",
        word in inside.text(container, SETTINGS),
        f"GREETING was {word}, and the file contains"
        f" {inside.text(container, SETTINGS)[:40]!r}.",
    )
    container.stop(timeout=round(stretch(GRACE)))
    code = bench.wait(container)
    if bench.require(
        "asked",
        "it ends when asked, and does not have to be killed",
        code != 137,
        "Exit code 137: the server did not get the signal. It goes to process"
        " 1, which is your script as long as the script runs.",
    ):
        bench.require(
            "saved",
            "the server saves its work and ends with exit code 0",
            code == 0 and b"saved" in container.logs(),
            f"It ended with exit code {code}, and its log ends with:"
            f" {_end(container)}.",
        )
    _require_other(bench, image, word)


def _image(bench: Bench, script: str) -> str:
    """An image with the script as its entrypoint."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "server.py").write_text(SERVER)
        (folder / "entrypoint.sh").write_bytes(script.lstrip("\n").encode())
        return bench.build_own(DOCKERFILE, folder).tag


def _starts(bench: Bench, container: Container, script: str) -> bool:
    """Whether the server prints `ready`. Writes the criterion `ready`."""
    wait_for(
        lambda: b"ready" in container.logs() or has_ended(container),
        stretch(20),
    )
    hint = f"Its log ends with: {_end(container)}. "
    first = script.lstrip("\n").partition("\n")[0]
    if not first.startswith("#!"):
        hint += "The first line must name a shell: #!/bin/sh"
    elif first.endswith("\r"):
        hint += "The first line ends with a carriage return."
    elif not container.logs():
        hint = "It prints nothing. Does the script run its arguments?"
    return bench.require(
        "ready",
        "the script starts the server, which prints: ready",
        b"ready" in container.logs(),
        hint,
    )


def _end(container: Container) -> str:
    """The last line of a container's log."""
    return symptoms.last_line(container).strip()[:120] or "(nothing)"


def _require_other(bench: Bench, image: str, greeting: str) -> None:
    """Another command in place of `CMD` runs, with a space in an argument."""
    word = uuid.uuid4().hex[:6]
    code = "import sys; print(sys.argv[1:])"
    wanted = [f"one {word}", "*"]
    container = bench.run(
        image,
        command=["python", "-c", code, *wanted],
        environment={"GREETING": greeting},
    )
    wait_for(
        lambda: has_ended(container) or b"ready" in container.logs(),
        stretch(20),
    )
    bench.require(
        "other",
        "the image also runs another command, each argument in one piece",
        _end(container) == str(wanted),
        "Your script starts the server, whatever the command is. The command"
        " arrives as the script's arguments."
        if b"ready" in container.logs()
        else f"The arguments were {wanted}, and the log ends with:"
        f" {_end(container)}. The shell has one expression for all arguments,"
        " and its quotes matter.",
    )


@exercise("pid_one/reap", wants="container")
def reap(bench: Bench, name: str) -> None:
    """A container whose helpers leave no zombie."""
    container = bench.require_running(name)
    if not container:
        return
    prepared = bench.image("pid-helpers")
    same = prepared and container.attrs["Image"] == prepared.id
    text = "it is from the image pid-helpers"
    hint = "Run the cell that builds the image, and name it in `docker run`."
    if not bench.require("image", text, same, hint):
        return
    wait_for(
        lambda: b"have ended" in container.logs() or not _helps(container),
        stretch(20),
    )
    if not bench.require(
        "helpers",
        "its program prints that all helpers have ended",
        b"have ended" in container.logs(),
        f"Its log ends with: {_end(container)}. Does it run the image's own"
        " program?",
    ):
        return
    # Process 1 may need a moment to ask for the exit codes.
    wait_for(lambda: _zombies(bench, container) == 0, stretch(5))
    left = _zombies(bench, container)
    bench.require(
        "zombies",
        "no zombie is left",
        left == 0,
        f"{left} zombies are left. Process 1 is"
        f" {_first(container)}, which does not ask for their exit codes.",
    )


def _helps(container: Container) -> bool:
    """Whether a container runs the program that starts the helpers."""
    container.reload()
    if container.status != "running":
        return False
    rows = container.top(ps_args="-eo pid,args")["Processes"]
    return any("helpers.py" in row[-1] for row in rows)


def _zombies(bench: Bench, container: Container) -> int:
    """How many zombies a container with Python has."""
    states = bench.exec(container, ["python", "-c", STATES]).text or ""
    return states.split().count("Z")


def _first(container: Container) -> str:
    """The name of process 1, from the engine's list of processes."""
    rows = container.top(ps_args="-eo pid,comm")["Processes"]
    return rows[0][1] if rows else "unknown"

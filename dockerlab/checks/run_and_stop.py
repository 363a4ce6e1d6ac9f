"""Exercises of `run_and_stop`."""

import io
import tarfile

import docker.errors

from dockerlab.checks import silence
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import has_ended, stretch, wait_for

# Fails unless a process of the container has the variable. A shell that sets
# it does not have it there: it hands the variable to what it starts. Without
# further rights, root reads the variables of another user's process only as
# this user.
STARTED = """
import os, pathlib
found = False
for process in pathlib.Path("/proc").glob("[0-9]*"):
    if process.name != str(os.getpid()):
        try:
            owner = process.stat()
            os.setegid(owner.st_gid)
            os.seteuid(owner.st_uid)
            settings = (process / "environ").read_bytes().split(bytes(1))
        except OSError:  # it has ended, or belongs to another user
            settings = []
        finally:
            os.seteuid(os.getuid())
            os.setegid(os.getgid())
        found = found or any(s.startswith(b"STARTED=") for s in settings)
assert found
"""


@exercise("run_and_stop/rescue", wants="text")
def rescue(bench: Bench, word: str) -> None:
    """The word from a file of a container that does not run."""
    text = _lost_file(bench)
    there = "the container run-lost exists, with its file"
    hint = "Run the cell that starts it, further up in the exercise."
    if bench.require("there", there, text, hint) and text:
        bench.require(
            "word",
            "the word is the one in the file",
            word.split()[-1] == text.split()[-1],
            f"You report {word.split()[-1]!r}. The log shows where the"
            " program wrote. Which command copies files out of a stopped"
            " container? The word is the last one in the file.",
        )


def _lost_file(bench: Bench) -> str | None:
    """The text in the lost container's file, None if there is none."""
    container = bench.container("run-lost")
    if not container:
        return None
    try:
        stream, _ = container.get_archive("/srv/result.txt")
    except docker.errors.NotFound:
        return None
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as packed:
        file = packed.extractfile("result.txt")
        return file.read().decode() if file else None


@exercise("run_and_stop/restart", wants="container")
def restart(bench: Bench, name: str) -> None:
    """Its restart policy restarts only after a failure, five times."""
    container = bench.require_container(name)
    if not container:
        return
    state = container.attrs["State"]
    # It may have ended since, or be about to: its program is not asked for.
    if not bench.require(
        "started",
        "its program was started",
        not state["StartedAt"].startswith("0001-"),  # the zero time: never
        silence.not_running(container),
    ):
        return
    policy = container.attrs["HostConfig"]["RestartPolicy"]
    bench.require(
        "fails",
        "the engine starts it again when it fails",
        _restarts(bench, policy, "false"),
        "The engine does not restart a container by default. Which option of"
        " `docker run` changes that?",
    )
    bench.require(
        "done",
        "the engine does not restart it after exit code 0",
        not _restarts(bench, policy, "true"),
        "Its policy restarts after every exit code. Which policy looks at"
        " the exit code?",
    )
    limit = policy.get("MaximumRetryCount", 0)
    bench.require(
        "limit",
        "the engine gives up after five restarts",
        limit == 5,
        f"It gives up after {limit}." if limit else "It never gives up.",
    )


def _restarts(bench: Bench, policy: dict[str, object], command: str) -> bool:
    """Whether another program is restarted under this policy."""
    options = {"restart_policy": policy} if policy["Name"] else {}
    actor = bench.run("debian:trixie-slim", command=[command], **options)

    def restarts() -> bool:
        actor.reload()
        waits = actor.status == "restarting"
        return waits or bool(actor.attrs["RestartCount"] > 0)

    # The engine decides when the program ends: it waits for the restart, or
    # the container is exited.
    wait_for(lambda: restarts() or has_ended(actor), 60)
    return restarts()


@exercise("run_and_stop/graceful", wants="image")
def graceful(bench: Bench, name: str) -> None:
    """A container of the image ends when asked, and saves its work."""
    here = bench.image(name)
    hint = "Does the build succeed, and does the image get this tag?"
    if not bench.require("image", f"the image {name} exists", here, hint):
        return
    container = bench.run(name)

    def is_ready() -> bool:
        return b"ready" in container.logs()

    wait_for(lambda: is_ready() or has_ended(container), stretch(15))
    ready = is_ready()
    rows = container.logs().decode(errors="replace").strip().splitlines()
    hint = f"Its log ends with: {rows[-1] if rows else '(nothing)'}"
    if not bench.require("ready", "the server prints: ready", ready, hint):
        return
    bench.require(
        "started",
        "the server has the variable STARTED",
        bench.exec(container, ["python", "-c", STARTED]).ok,
        "The process of `server.py` has no such variable. Which command of"
        " the shell set it in the first cell?",
    )
    container.stop(timeout=round(stretch(5)))
    code = bench.wait(container)
    bench.require(
        "asked",
        "it ends when asked, and does not have to be killed",
        code != 137,
        "Exit code 137: it was killed. Which program is process 1, and does"
        " that process handle SIGTERM?",
    )
    bench.require(
        "saved",
        "the server saves its work",
        b"saved" in container.logs(),
        f"It ended with exit code {code}, and the server itself did not get"
        " the signal.",
    )

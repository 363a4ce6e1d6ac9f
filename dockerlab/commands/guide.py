"""After a cell that failed: what is wrong with the lab, and what to run next.

An extension of IPython, which every kernel of the course's environment loads
(`bootstrap.py` says so to IPython). It says nothing while all is well, and
nothing that the error itself says already.
"""

import contextlib
import dataclasses
import datetime
import os
import pathlib
import shutil
import signal
import subprocess

import docker
import docker.errors
import requests

from dockerlab.base.errors import LabError
from dockerlab.engine.find import find

ABOVE = "In the menu choose Run, then Run All Above Selected Cell."
ANEW = "In the menu choose Run, then Restart Kernel and Run All Cells."
LITTLE = 300e6  # bytes of disk that an engine can hardly work with
# What a cell meets where the engine has not what the cell counts on.
LACKING = (
    docker.errors.APIError,
    subprocess.CalledProcessError,
    AssertionError,
)


@dataclasses.dataclass
class _Cell:
    """The cell that runs: when it began, and whether it was interrupted."""

    began: datetime.datetime
    interrupted: bool = False


_cell = _Cell(datetime.datetime.now(datetime.UTC))


def load_ipython_extension(shell) -> None:
    """Look at each cell's end. Called by IPython."""
    shell.events.register("pre_run_cell", _before)
    shell.events.register("post_run_cell", _after)


def _before(info: object) -> None:
    global _cell
    _cell = _Cell(datetime.datetime.now(datetime.UTC))
    # IPython's cells of bash turn an interruption into other errors, so it
    # is noted where it arrives.
    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(number: int, frame: object) -> None:
    _cell.interrupted = True
    raise KeyboardInterrupt


def _after(result) -> None:
    error = result.error_in_exec or result.error_before_exec
    if _cell.interrupted and not error:
        error = KeyboardInterrupt()  # a line with ! keeps it to itself
    said = advice(error) if error else ""
    if said:
        print(f"\n{said}")


def advice(error: BaseException) -> str:
    """What to do after an error in a cell; nothing where it says so itself."""
    if isinstance(error, (LabError, SyntaxError)):
        return ""
    if isinstance(error, NameError):
        return (
            f"`{error.name}` is not known in this kernel: the cell that makes"
            f" it was not run yet, or the name is mistyped.\n{ABOVE}"
        )
    client = _client()
    if not client:
        return (
            "The Docker Engine of this notebook does not answer.\nIf you have"
            f" not run the notebook's first cells yet: {ABOVE}\nElse type"
            f" `make start` in a terminal. Then: {ANEW}"
        )
    try:
        if _cell.interrupted:
            return _interrupted(client)
        return _full(client) or _lacking(error)
    except (docker.errors.DockerException, requests.RequestException):
        return ANEW
    finally:
        client.close()


def _client() -> docker.DockerClient | None:
    """The engine's client, None where none answers."""
    try:
        client = find().client(timeout=5)
        client.ping()
    except (
        LabError,
        docker.errors.DockerException,
        requests.RequestException,
    ):
        return None
    return client


def _interrupted(client: docker.DockerClient) -> str:
    """End what an interrupted cell ran in the foreground.

    A program that is process 1 of its container may not listen to the
    interruption, and would go on with nobody waiting for it.
    """
    label = f"dockerlab.lesson={os.environ.get('DOCKERLAB_LESSON', '')}"
    mine = {"label": [label, "dockerlab.by=lab"]}
    ended = []
    for container in client.containers.list(
        all=True, filters=mine, ignore_removed=True
    ):
        made = datetime.datetime.fromisoformat(container.attrs["Created"])
        if made >= _cell.began and container.attrs["Config"]["AttachStdout"]:
            container.remove(force=True, v=True)
            ended.append(container.name)
    said = f" What it ran was removed: {', '.join(ended)}." if ended else ""
    return f"You interrupted this cell.{said}\nIt can be run again."


def _lacking(error: BaseException) -> str:
    if not isinstance(error, LACKING):
        return ""
    return (
        "If something that this cell needs is not there, it was removed, or"
        f" made by a cell that was not run.\n{ABOVE}"
    )


def _full(client: docker.DockerClient) -> str:
    """What to say where the disk of an engine on this machine is full."""
    root = pathlib.Path(client.info()["DockerRootDir"])
    box = find().box
    folder = box.folder / "data" if box else root
    if not folder.is_dir() or shutil.disk_usage(folder).free > LITTLE:
        return ""
    return (
        f"The disk on which the engine works is full ({folder}).\nFree some"
        " space; `make clean` in a terminal removes what the course made."
        f"\nThen: {ANEW}"
    )

"""After a cell that failed: what is wrong with the lab, and what to run next.

An extension of IPython, which every kernel of the course's environment loads
(`bootstrap.py` configures IPython so). It prints nothing while all is well,
and nothing that the error itself explains already.
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

from dockerlab.base import labels
from dockerlab.base.errors import LabError
from dockerlab.commands import assertions
from dockerlab.engine.find import find
from dockerlab.workspace import passed_over

ABOVE = "In the menu choose Run, then Run All Above Selected Cell."
FROM_START = "In the menu choose Run, then Restart Kernel and Run All Cells."
LITTLE = 300e6  # bytes of disk that are hardly enough for an engine
# What a cell raises where something is missing on the engine.
MISSING = (
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
    """Look at each cell's assertions and its end. Called by IPython."""
    shell.ast_transformers.append(assertions.Shown())
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
    if error and passed_over.KERNEL.explains(error):
        return
    if _cell.interrupted and not error:
        error = KeyboardInterrupt()  # a line with ! keeps it to itself
    found = advice(error) if error else ""
    if found:
        print(f"\n{found}")


def advice(error: BaseException) -> str:
    """What to do after an error in a cell.

    Empty where the error itself explains it, or where no advice fits.
    """
    if isinstance(error, (LabError, SyntaxError)):
        return ""
    if isinstance(error, NameError):
        return (
            f"`{error.name}` is not known in this kernel: the cell that"
            f" defines it was not run yet, or the name is mistyped.\n{ABOVE}"
        )
    client = _client()
    if not client:
        return (
            "The Docker Engine of this notebook does not answer.\nIf you have"
            f" not run the notebook's first cells yet: {ABOVE}\nOtherwise"
            f" type `make start` in a terminal. Then: {FROM_START}"
        )
    try:
        if _cell.interrupted:
            return _interrupted(client)
        return _full(client) or _missing(error)
    except (docker.errors.DockerException, requests.RequestException):
        return FROM_START
    finally:
        client.close()


def _client() -> docker.DockerClient | None:
    """The engine's client, None where none answers."""
    try:
        client = find().client()
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

    A program that is process 1 of its container may ignore the interruption.
    It would go on, and nobody would wait for it.
    """
    slug = os.environ.get("DOCKERLAB_LESSON", "")
    mine = {"label": labels.pairs(slug)}
    ended = []
    for container in client.containers.list(
        all=True, filters=mine, ignore_removed=True
    ):
        made = datetime.datetime.fromisoformat(container.attrs["Created"])
        if made >= _cell.began and container.attrs["Config"]["AttachStdout"]:
            container.remove(force=True, v=True)
            ended.append(container.name)
    removed = f" What it ran was removed: {', '.join(ended)}." if ended else ""
    return f"You interrupted this cell.{removed}\nYou can run it again."


def _missing(error: BaseException) -> str:
    if not isinstance(error, MISSING):
        return ""
    return (
        "If something that this cell needs is missing, it was removed, or the"
        f" cell that creates it was not run.\n{ABOVE}"
    )


def _full(client: docker.DockerClient) -> str:
    """What to do where the disk of an engine on this machine is full; empty
    where it is not."""
    root = pathlib.Path(client.info()["DockerRootDir"])
    box = find().box
    folder = box.folder / "data" if box else root
    if not folder.is_dir() or shutil.disk_usage(folder).free > LITTLE:
        return ""
    return (
        f"The engine's disk is full ({folder}).\nFree some space: `make"
        " clean` in a terminal removes what the course created."
        f"\nThen: {FROM_START}"
    )

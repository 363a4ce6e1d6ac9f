"""Processes that go on after the command that started them."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
from collections.abc import Sequence

import psutil

from dockerlab import paths
from dockerlab.base import machine


def _state(name: str) -> pathlib.Path:
    return paths.home() / f"{name}.json"


def log_file(name: str) -> pathlib.Path:
    """Where the process's output goes."""
    return paths.home() / f"{name}.log"


def launch(
    name: str,
    arguments: Sequence[str],
    environment: dict[str, str],
    **facts: object,
) -> psutil.Process:
    """Start `python arguments...` in a session of its own.

    Args:
        facts: what to remember with it, for `find`.
    """
    log_file(name).parent.mkdir(parents=True, exist_ok=True)
    with log_file(name).open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
            cwd=paths.PROJECT,
            start_new_session=True,
        )
    process = psutil.Process(child.pid)
    record = {"pid": process.pid, "begun": process.create_time(), **facts}
    state = _state(name)
    state.touch(mode=0o600)
    state.write_text(json.dumps(record))
    return process


def find(name: str) -> tuple[psutil.Process, dict] | None:
    """The process and its facts if it still runs.

    A process id can be given again: the time of its start must agree.
    """
    try:
        record = json.loads(_state(name).read_text())
        process = psutil.Process(record["pid"])
        same = abs(process.create_time() - record["begun"]) < 1
        alive = same and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return (process, record) if alive else None


def end(name: str, seconds: float = 10) -> bool:
    """End the process and its children; whether there was one."""
    found = find(name)
    if found:
        process, _ = found
        family = [process]
        # Each of them may end by itself at any moment.
        with contextlib.suppress(psutil.NoSuchProcess):
            family += process.children(recursive=True)
            process.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(family, timeout=seconds)
        for member in alive:
            kill = ["kill", "-KILL", str(member.pid)]
            with contextlib.suppress(psutil.NoSuchProcess):
                mine = member.uids().real == os.getuid()
                kill = kill if mine else machine.as_root(kill)
                subprocess.run(kill, check=False)
        psutil.wait_procs(alive, timeout=seconds)
    _state(name).unlink(missing_ok=True)
    return found is not None

"""Background processes that outlive the command that started them."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import psutil

from dockerlab import paths
from dockerlab.base import machine


def _record_file(name: str) -> pathlib.Path:
    return paths.home() / f"{name}.json"


def log_file(name: str) -> pathlib.Path:
    """Return the file that the process's output goes to."""
    return paths.home() / f"{name}.log"


def launch(
    name: str,
    arguments: Sequence[str],
    environment: dict[str, str],
    **facts: object,
) -> psutil.Process:
    """Start `python arguments...` in a session of its own.

    Args:
        environment: variables in addition to this process's.
        facts: what `find` returns with the process.
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
    _record(name, process, facts)
    return process


def note(name: str, **facts: object) -> None:
    """Let `find` find this process, until `forget`."""
    _record(name, psutil.Process(), facts)


def forget(name: str) -> None:
    """Take back what this process noted; another one's note stays."""
    found = find(name)
    if found and found[0].pid == os.getpid():
        _record_file(name).unlink(missing_ok=True)


def _record(
    name: str, process: psutil.Process, facts: Mapping[str, object]
) -> None:
    record = {"pid": process.pid, "begun": process.create_time(), **facts}
    file = _record_file(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    # A process that reads meanwhile finds the old text or the new one.
    partial = file.with_suffix(f".{os.getpid()}")
    partial.touch(mode=0o600)  # the facts may hold a token
    partial.write_text(json.dumps(record), "utf-8")
    partial.replace(file)


def find(name: str) -> tuple[psutil.Process, dict[str, Any]] | None:
    """Return the process and its facts if it still runs.

    Process ids are used again, so the time of the start must agree too.
    """
    try:
        record = json.loads(_record_file(name).read_text("utf-8"))
        process = psutil.Process(record["pid"])
        same = abs(process.create_time() - record["begun"]) < 1
        alive = same and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return (process, record) if alive else None


def end(name: str, seconds: float = 10) -> bool:
    """End the process and its children; return whether there was one.

    Args:
        seconds: how long they may take to end by themselves.
    """
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
            _kill(member)
        psutil.wait_procs(alive, timeout=seconds)
    _record_file(name).unlink(missing_ok=True)
    return found is not None


def _kill(process: psutil.Process) -> None:
    """Kill a process of this user or of root, unless it has just ended."""
    command = ["kill", "-KILL", str(process.pid)]
    with contextlib.suppress(psutil.NoSuchProcess):
        if process.uids().real != os.getuid():
            command = machine.as_root(command)
        subprocess.run(command, check=False)

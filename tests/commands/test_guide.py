"""What a learner reads after a cell that failed."""

import os
import signal
import threading
import time

import docker.errors
import nbclient
import nbformat
import psutil
import pytest

from dockerlab import paths
from dockerlab.base import labels
from dockerlab.base.errors import LabError
from dockerlab.commands import guide
from dockerlab.lab import Lab

START = 'from dockerlab.lab import Lab\nlab = Lab("testguide")'


def _run(*sources: str, interrupt_after: float = 0) -> list[str]:
    """The cells' texts; the last one is interrupted after some seconds."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    book = nbformat.v4.new_notebook(cells=cells)
    client = nbclient.NotebookClient(
        book,
        timeout=300,
        allow_errors=True,
        resources={"metadata": {"path": str(paths.NOTEBOOKS)}},
    )
    with client.setup_kernel():
        for number, cell in enumerate(cells):
            if interrupt_after and cell is cells[-1]:
                pid = client.km.provisioner.pid
                timer = threading.Timer(
                    interrupt_after, _interrupt, [client, pid]
                )
                timer.start()
            client.execute_cell(cell, number)
    return [
        "".join(output.get("text", "") for output in cell.outputs)
        for cell in cells
    ]


def _interrupt(client, pid: int) -> None:
    """What the stop button of JupyterLab does to a kernel's processes."""
    os.killpg(os.getpgid(pid), signal.SIGINT)


def test_says_what_to_run_first():
    [printed] = _run("lab.port(4000)")
    assert "`lab` is not known in this kernel" in printed
    assert "Run All Above Selected Cell" in printed


@pytest.mark.lesson("testguide")
@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("%%bash\ndocker run debian:trixie-slim sleep 30303", "sleep"),
        (
            "%%bash\ndocker build - <<F\nFROM debian:trixie-slim\n"
            "RUN sleep 30303\nF",
            "sleep",
        ),
        (
            "lab.client.containers.run('debian:trixie-slim', 'sleep 30303',"
            " labels=lab.labels)",
            "sleep",
        ),
    ],
    ids=["docker run", "docker build", "SDK"],
)
def test_interrupted_cell_leaves_nothing_running(source, left, lab_client):
    *_, printed = _run(START, source, interrupt_after=4)
    assert "You interrupted this cell" in printed
    mine = {"label": labels.pairs("testguide")}
    deadline = time.monotonic() + 60
    while _sleeping() or lab_client.containers.list(all=True, filters=mine):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    Lab("testguide").close()


def _sleeping() -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if process.info["cmdline"] == ["sleep", "30303"]
    ]


@pytest.mark.engine
def test_a_busy_engine_has_time_to_remove_a_container():
    """On a slow machine that took more than five seconds; what the cell ran
    was left then."""
    client = guide._client()
    assert client is not None
    assert client.api.timeout >= 60
    client.close()


@pytest.mark.engine
@pytest.mark.parametrize(
    ("error", "word"),
    [
        (LabError("says it itself"), ""),
        (ZeroDivisionError(), ""),
        (docker.errors.NotFound("no such container"), "was removed"),
        (AssertionError(), "was removed"),
    ],
)
def test_advice(error, word):
    printed = guide.advice(error)
    assert (word in printed) if word else printed == ""


def test_says_when_the_engine_is_gone(monkeypatch):
    monkeypatch.setenv("DOCKERLAB_ENGINE", "own")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    printed = guide.advice(docker.errors.NotFound("x"))
    assert "does not answer" in printed
    assert "make start" in printed

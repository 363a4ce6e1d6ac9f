"""A notebook runs again after its kernel was interrupted or killed.

`make test` tries a sample. `make test-all` tries every cell of every notebook,
with KILL_EVERY=40 every fortieth one.
"""

import os
import pathlib
import signal
import threading

import nbformat
import psutil
import pytest
from _pytest.mark import ParameterSet

from dockerlab.base import labels
from dockerlab.checks.waiting import wait_for
from dockerlab.course import table
from dockerlab.course.running import Run

KILL_EVERY = int(os.environ.get("KILL_EVERY", "1"))
SAMPLE = ("first_container",)  # quick notebooks, for each test run


def _parameter(book: table.Notebook) -> ParameterSet:
    """A notebook as a parameter; only long runs have those that are not in
    the sample."""
    marks = [pytest.mark.lesson(book.slug)]
    if book.slug not in SAMPLE:
        marks.append(pytest.mark.long)
    return pytest.param(book, id=book.slug, marks=marks)


BOOKS = [_parameter(book) for book in table.course().notebooks]


@pytest.mark.parametrize("book", BOOKS)
def test_stopped_anywhere(book, request, record_property, lab_client):
    """After every n-th cell the next one is interrupted, then the kernel is
    killed. Each new kernel starts with what is left. The last kernel runs
    the whole notebook twice."""
    with Run(book.path) as run:
        count = len(run.cells)
    stops = [count // 3]
    if request.config.option.long:
        stops = range(0, count - 1, KILL_EVERY)
    interrupted = 0
    for stop in stops:
        with Run(book.path) as run:
            interrupted += _interrupt(run, stop + 1)
            os.kill(run.pid, signal.SIGKILL)
    with Run(book.path) as run:
        interrupted += _interrupt(run, count // 2)
        run.all()
        run.all()
    mine = {"label": labels.pairs(book.slug)}
    assert not lab_client.containers.list(filters=mine)
    record_property(
        "counted",
        {
            "kernels killed": len(stops),
            "cells interrupted": interrupted,
            "runs repeated in one kernel": 1,
        },
    )


@pytest.mark.parametrize("book", BOOKS)
def test_cells_out_of_order(book, record_property, monkeypatch):
    """In a fresh kernel, a cell from the middle names what to run first."""
    # Before the first cell `docker` adds no label: on the learner's own
    # engine, objects of such a cell would look like somebody else's.
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    tried = 0
    with Run(book.path) as run:
        middle = len(run.cells) // 2
        for number in range(middle, middle + 4):
            if not run.fails(number):
                continue
            tried += 1
            texts = [o.get("text", "") for o in run.cells[number].outputs]
            assert "Run All Above Selected Cell" in "".join(texts)
    assert tried
    record_property("counted", {"cells run out of order": tried})


FOREGROUND = {
    "container of %%bash": "%%bash\ndocker run --rm {base} sleep {seconds}",
    "container of !": "!docker run {base} sleep {seconds}",
    "container of the SDK": "lab.client.containers.run('{base}',"
    " 'sleep {seconds}', labels=lab.labels)",
    "build of %%bash": "%%bash\nprintf 'FROM {base}\\nRUN sleep {seconds}\\n'"
    " | docker build --no-cache -",
    "build of dockerlab": "from dockerlab import builds\nbuilds.build("
    "dockerfile='FROM {base}\\nRUN sleep {seconds}', options=['--no-cache'])",
}


@pytest.mark.lesson("testguide")
@pytest.mark.parametrize("kind", FOREGROUND)
def test_an_interrupted_cell_leaves_nothing(
    kind, tmp_path, lab_client, record_property
):
    """Its container and its build end."""
    seconds = f"611{list(FOREGROUND).index(kind)}"
    base = "debian:trixie-slim"
    cell = FOREGROUND[kind].format(base=base, seconds=seconds)
    first = "from dockerlab.lab import Lab\nlab = Lab('testguide')"
    with _made_of(tmp_path, first, cell) as run:
        run.cell(0)
        # Interrupted as soon as the engine runs the cell's command.
        watch = threading.Thread(
            target=lambda: (
                wait_for(lambda: _sleeps(seconds), 30),
                _sigint(run),
            )
        )
        watch.start()
        run.fails(1)
        watch.join()
        assert wait_for(lambda: not _sleeps(seconds), 30)
        containers = lab_client.containers.list(all=True, ignore_removed=True)
        assert not [c for c in containers if seconds in str(c.attrs["Args"])]
        text = "".join(o.get("text", "") for o in run.cells[1].outputs)
        assert "You interrupted this cell." in text
    record_property("counted", {"cells interrupted": 1})


def _made_of(folder: pathlib.Path, *sources: str) -> Run:
    """A notebook of these code cells, ready to run."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    path = folder / "made.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return Run(path)


def _sleeps(seconds: str) -> bool:
    """Whether `sleep` runs for that long, in a container or a build."""
    for process in psutil.process_iter(["cmdline"]):
        if process.info["cmdline"] == ["sleep", seconds]:
            return True
    return False


def _sigint(run: Run) -> None:
    os.killpg(os.getpgid(run.pid), signal.SIGINT)


def _interrupt(run: Run, number: int) -> bool:
    """Run all cells before one, then interrupt it soon after its start.

    Returns:
        Whether the interrupt came before its end.
    """
    for before in range(number):
        run.cell(before)
    timer = threading.Timer(0.3, _sigint, [run])
    timer.start()
    stopped = run.fails(number)
    timer.cancel()
    timer.join()
    return stopped

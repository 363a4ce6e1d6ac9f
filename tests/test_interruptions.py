"""A lesson is run again after whatever stopped it: it must be green.

`make test` tries a sample; `make test-all` every lesson, and with
KILL_EVERY=1 every single cell.
"""

import os
import signal
import threading

import pytest

from dockerlab import paths
from dockerlab.errors import LabError
from dockerlab.notebooks import Run

LESSONS = paths.lessons()
KILL_EVERY = int(os.environ.get("KILL_EVERY", "8"))
SAMPLE = ("00",)  # a quick lesson, for each test run


def _lesson(path, *more) -> pytest.param:
    """A lesson as a parameter; those outside the sample only in long runs."""
    number = path.name.split("_")[0]
    marks = [pytest.mark.lesson(number[:2])]
    if number not in SAMPLE:
        marks.append(pytest.mark.long)
    return pytest.param(path, *more, id=path.stem, marks=marks)


@pytest.mark.parametrize("path", [_lesson(path) for path in LESSONS])
def test_stopped_anywhere(path, request, record_property, lab_client):
    """After every n-th cell the next one is interrupted, then the kernel is
    killed; each new kernel starts on what is left. The last one is not
    killed: it goes on from the top, twice."""
    with Run(path) as run:
        count = len(run.cells)
    stops = [count // 3]
    if request.config.option.long:
        stops = range(0, count - 1, KILL_EVERY)
    interrupted = 0
    for stop in stops:
        with Run(path) as run:
            interrupted += _interrupt(run, stop + 1)
            os.kill(run.pid, signal.SIGKILL)
    with Run(path) as run:
        interrupted += _interrupt(run, count // 2)
        run.all()
        run.all()
    mine = {"label": [f"dockerlab.lesson={path.name[:2]}", "dockerlab.by=lab"]}
    assert not lab_client.containers.list(filters=mine)
    record_property(
        "counted",
        {
            "kernels killed": len(stops),
            "cells interrupted": interrupted,
            "runs repeated in one kernel": 1,
        },
    )


@pytest.mark.parametrize("path", [_lesson(path) for path in LESSONS])
def test_cells_out_of_order(path, record_property):
    """In a fresh kernel, a cell from the middle says what to run first."""
    tried = 0
    with Run(path) as run:
        middle = len(run.cells) // 2
        for number in range(middle, middle + 4):
            if not _fails(run, number):
                continue
            tried += 1
            said = [o.get("text", "") for o in run.cells[number].outputs]
            assert "Run All Above Selected Cell" in "".join(said)
    assert tried
    record_property("counted", {"cells run out of order": tried})


def _interrupt(run: Run, number: int) -> bool:
    """Run up to a cell and interrupt it soon after its start; whether it had
    not ended."""
    for before in range(number):
        run.cell(before)
    timer = threading.Timer(
        0.3, lambda: os.killpg(os.getpgid(run.pid), signal.SIGINT)
    )
    timer.start()
    stopped = _fails(run, number)
    timer.cancel()
    timer.join()
    return stopped


def _fails(run: Run, number: int) -> bool:
    try:
        run.cell(number)
    except LabError:
        return True
    return False

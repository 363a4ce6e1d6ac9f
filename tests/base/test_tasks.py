"""Tasks: their order, their errors, and what they load and show."""

import subprocess
import sys
import threading

import pytest

from dockerlab import paths
from dockerlab.base import tasks
from dockerlab.base.tasks import Task, run_all

LIGHT = (
    "dockerlab.base.errors",
    "dockerlab.base.machine",
    "dockerlab.base.ports",
    "dockerlab.base.tasks",
    "dockerlab.engine",
    "dockerlab.paths",
)


@pytest.mark.parametrize("module", LIGHT)
def test_the_ground_floor_loads_no_large_package(module):
    large = {"docker", "psutil", "requests", "rich"}
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert module in loaded
    assert not large & set(loaded)


def test_a_task_comes_after_those_it_needs():
    order = []
    first = Task("first", lambda report: order.append("first"))
    second = Task("second", lambda report: order.append("second"), (first,))
    run_all([second, first])
    assert order == ["first", "second"]


def test_a_task_does_not_wait_for_one_that_is_not_in_the_list():
    done = []
    other = Task("other", lambda report: done.append("other"))
    run_all([Task("task", lambda report: done.append("task"), (other,))])
    assert done == ["task"]


def test_the_first_error_stops_what_has_not_begun(capsys):
    begun, over = threading.Event(), []

    def fail(report):
        begun.wait(60)
        raise ValueError("broken")

    def slow(report):
        begun.set()
        over.append("slow")

    broken = Task("broken", fail)
    later = Task("later", lambda report: over.append("later"), (broken,))
    with pytest.raises(ValueError, match="broken"):
        run_all([broken, Task("slow", slow), later])
    assert over == ["slow"]
    shown = capsys.readouterr().out
    assert "broken: FAILED" in shown
    assert "later" not in shown


def test_a_long_task_shows_its_last_line(capsys, monkeypatch):
    monkeypatch.setattr(tasks, "HEARTBEAT", 0.01)
    waited = threading.Event()

    def work(report):
        report("half of it is done")
        waited.wait(0.2)

    run_all([Task("long", work, usual=3)])
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "  ...  long (usually 3 s)"
    assert "  ...  long: 0 s, half of it is done" in shown
    assert shown[-1].startswith("[1/1] long: done, 0.")


def test_a_terminal_shows_bars():
    pty = pytest.importorskip("pty")
    code = (
        "from dockerlab.base.tasks import Task, run_all\n"
        "run_all([Task('a', print), Task('b', lambda r: 1 / 0)])"
    )
    shown = []

    def read(end):
        import os

        data = os.read(end, 1 << 16)
        shown.append(data)
        return data

    command = [sys.executable, "-c", code]
    status = pty.spawn(command, read)
    text = b"".join(shown).decode()
    assert status != 0
    assert "ZeroDivisionError" in text
    assert "failed" in text
    assert "1 of 2" in text


def test_what_is_left_can_be_watched():
    seen = []
    first = Task("first", lambda report: None)
    second = Task("second", lambda report: None, (first,))
    run_all([second, first], watch=seen.append)
    assert seen == [["first", "second"], ["second"]]

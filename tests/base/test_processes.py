"""Processes that go on after the command that started them."""

import os

import psutil

from dockerlab.base import processes


def test_end_of_what_ends_by_itself_meanwhile(monkeypatch, tmp_path):
    """`make stop`, when JupyterLab or a kernel of it ends at that moment."""
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    process = processes.launch(
        "sleeper", ["-c", "import time; time.sleep(60)"], {}
    )
    other = psutil.Process(process.pid)
    ask = psutil.wait_procs

    def late(family, timeout):
        """It looked alive, and has ended when it is looked at."""
        gone, _ = ask(family, timeout)
        return gone, [other]

    monkeypatch.setattr(psutil, "wait_procs", late)
    assert processes.end("sleeper")
    assert not process.is_running()


def test_a_process_notes_what_it_does(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    processes.note("work", left=["one", "two"])
    process, facts = processes.find("work")
    assert process.pid == os.getpid()
    assert facts["left"] == ["one", "two"]
    assert (tmp_path / "work.json").stat().st_mode & 0o077 == 0
    processes.forget("work")
    assert processes.find("work") is None
    assert not list(tmp_path.iterdir())


def test_the_note_of_another_process_stays(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    sleep = ["-c", "import time; time.sleep(60)"]
    process = processes.launch("work", sleep, {})
    processes.forget("work")
    assert processes.find("work")[0].pid == process.pid
    assert processes.end("work")

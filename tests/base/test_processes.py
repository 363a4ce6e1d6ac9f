"""Processes that go on after the command that started them."""

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

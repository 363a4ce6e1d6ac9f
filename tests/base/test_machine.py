"""The machine: commands, root rights, disk, locks."""

import os
import pathlib
import shutil
import subprocess
import sys
import threading

import pytest

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.base.errors import LabError

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("unshare"), reason="needs root"
)


def test_a_command_reports_its_lines():
    lines: list[str] = []
    machine.run(["sh", "-c", "echo out; echo err >&2; echo"], "", lines.append)
    assert lines == ["out", "err"]


def test_a_sink_takes_the_output_and_no_error_lines():
    lines: list[str] = []
    data = bytearray()
    script = "head -c 3000000 /dev/zero; echo err >&2"
    machine.run(["sh", "-c", script], "", lines.append, sink=data.extend)
    assert len(data) == 3_000_000
    assert lines == ["err"]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 1; echo 2; echo 3; echo 4; exit 3", "2\n3\n4"),
        ("echo 1; echo E: no such package; echo 2; exit 3", "E: no such"),
    ],
)
def test_a_command_that_fails(script, why):
    with pytest.raises(LabError) as failed:
        machine.run(["sh", "-c", script], "It failed.", fix="Try again.")
    assert failed.value.what == "It failed."
    assert failed.value.why.startswith(why)
    assert failed.value.fix == "Try again."


def test_an_interrupted_command_is_ended():
    script = "trap 'echo ended; exit 0' TERM; echo ready; sleep 60 & wait"
    lines: list[str] = []

    def interrupt(line: str) -> None:
        lines.append(line)
        if line == "ready":
            raise KeyboardInterrupt

    begun = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        machine.run(["sh", "-c", script], "", interrupt)
    assert lines == ["ready"]
    assert threading.active_count() == begun


def test_a_lock_is_waited_for(tmp_path):
    path = tmp_path / "folder" / "a.lock"
    lines: list[str] = []
    held, order = threading.Event(), []

    def second() -> None:
        held.wait(60)
        with machine.lock(path, lines.append):
            order.append("second")

    other = threading.Thread(target=second)
    other.start()
    with machine.lock(path):
        held.set()
        while not lines:
            pass
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]
    assert "waiting" in lines[0]


# An apt-get whose lists another program holds for its first calls.
APT = """\
#!/bin/sh
case "$*" in *update*) ;; *) exit 0 ;; esac
echo x >> "$CALLS"
[ "$(grep -c x "$CALLS")" -gt "$HELD" ] && exit 0
echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7"
exit 100
"""


@pytest.fixture
def apt(tmp_path, monkeypatch):
    """Let `machine.packages` use `APT`; called with how often it is held."""
    program = tmp_path / "bin" / "apt-get"
    program.parent.mkdir()
    program.write_text(APT)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setattr(machine, "LOOK_SECONDS", 0)

    def held(times: int) -> pathlib.Path:
        monkeypatch.setenv("HELD", str(times))
        return tmp_path / "calls"

    return held


@needs_root
def test_another_program_that_fetches_lists_is_waited_for(apt):
    calls, lines = apt(2), []
    machine.packages(["dockerlab-none"], lines.append)
    assert calls.read_text().split() == ["x"] * 3
    assert "another program" in " ".join(lines)


@needs_root
def test_lists_that_stay_held_are_an_error(apt, monkeypatch):
    apt(10**6)
    monkeypatch.setattr(machine, "APT_SECONDS", 0)
    with pytest.raises(LabError, match="cannot be installed"):
        machine.packages(["dockerlab-none"])


def test_too_little_disk_for_a_folder_that_is_not_there_yet(tmp_path):
    folder = tmp_path / "not" / "yet"
    machine.require_disk(folder, 0)
    with pytest.raises(LabError, match="disk are free") as refused:
        machine.require_disk(folder, 10**6)
    assert "DOCKERLAB_HOME" in refused.value.fix


@needs_root
def test_no_root_and_no_sudo():
    code = (
        "import os, shutil; from dockerlab.base import machine;"
        "os.setuid(65534); shutil.which = lambda p: None; machine.elevation()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
    )
    assert "there is no sudo here" in done.stderr

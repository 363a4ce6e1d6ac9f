"""Memory and processor time of containers, with their engine simulated."""

import subprocess
import sys

import pytest

from dockerlab import usage
from dockerlab.base.errors import LabError


class Busy:
    """A container whose memory is known, and that runs commands here."""

    name = "web"

    def __init__(self, *amounts):
        self.amounts = list(amounts)

    def stats(self, stream, one_shot):
        used = self.amounts.pop(0) if len(self.amounts) > 1 else 80
        kinds = {"inactive_file": 5_000_000}
        return {"memory_stats": {"usage": used * 1e6, "stats": kinds}}

    def exec_run(self, words):
        done = subprocess.run(
            [sys.executable, *words[1:]], capture_output=True
        )
        return done.returncode, done.stdout + done.stderr


def test_memory_counts_when_it_no_longer_grows(monkeypatch):
    monkeypatch.setattr(usage, "PAUSE", 0)
    assert usage.megabytes(Busy(20, 40, 80, 80)) == pytest.approx(75)


def test_memory_that_always_grows_is_measured_in_the_end(monkeypatch):
    monkeypatch.setattr(usage, "PAUSE", 0)
    growing = Busy(*range(10, 10_000, 10))
    assert usage.megabytes(growing, seconds=0.01) >= 5


def test_a_command_costs_processor_time():
    work = [sys.executable, "-c", "sum(range(10**6))"]
    assert usage.processor_ms(Busy(), work) > 1


def test_a_command_that_fails_is_an_error():
    broken = [sys.executable, "-c", "raise SystemExit(3)"]
    with pytest.raises(LabError, match="failed in web"):
        usage.processor_ms(Busy(), broken)


class Uncounted:
    """A container without figures about its memory.

    Args:
        limits: whether its engine has control groups.
    """

    def __init__(self, limits):
        self.client = self
        self.limits = limits

    def info(self):
        return {"MemoryLimit": self.limits, "PidsLimit": self.limits}

    def stats(self, stream, one_shot):
        return {"memory_stats": {}}


def test_an_ended_container_uses_no_memory():
    assert usage.bytes_in_use(Uncounted(limits=True)) == 0


def test_an_engine_that_does_not_count_memory_says_so():
    with pytest.raises(LabError, match="does not count the memory"):
        usage.bytes_in_use(Uncounted(limits=False))


class Counted:
    """A container with a limit on processor time."""

    def stats(self, stream, one_shot):
        return {
            "read": "2026-11-28T03:44:11.500000001Z",
            "cpu_stats": {
                "cpu_usage": {"total_usage": 2_500_000_000},
                "throttling_data": {"throttled_periods": 7},
            },
            "memory_stats": {},
        }


def test_processor_time_by_the_engines_clock():
    spent = usage.processor(Counted())
    assert (spent.seconds, spent.pauses) == (2.5, 7)
    assert spent.clock % 60 == pytest.approx(11.5)


def test_bytes_in_use_include_files_in_memory():
    assert usage.bytes_in_use(Busy(20)) == 80e6

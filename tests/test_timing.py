"""Commands are run several times, each run measured."""

import subprocess

import pytest

from dockerlab import timing


def test_each_run_is_measured():
    times = timing.run_times("sleep 0.2", runs=3)
    assert len(times) == 3
    assert all(0.2 <= seconds < 60 for seconds in times)


def test_a_failed_run_is_an_error():
    with pytest.raises(subprocess.CalledProcessError):
        timing.run_times("sh -c 'exit 3'")

"""Waits are bounded, and longer where the machine is busy."""

import os
import time

import pytest

from dockerlab.checks import waiting


@pytest.mark.parametrize(("load", "seconds"), [(0.1, 6), (2, 12), (99, 60)])
def test_a_busy_machine_may_take_longer(load, seconds, monkeypatch):
    """A class at once made the app begin after the 6 s it was given."""
    each = load * os.cpu_count()
    monkeypatch.setattr(os, "getloadavg", lambda: (each, each, each))
    monkeypatch.setattr(waiting, "_work", lambda: waiting.USUAL)
    assert waiting.stretch(6) == pytest.approx(seconds)


@pytest.mark.parametrize(("slower", "seconds"), [(0.5, 6), (4, 24), (99, 60)])
def test_slow_processors_may_take_longer(slower, seconds, monkeypatch):
    """Nobody else computes there, so the load does not show it."""
    works = iter([waiting.USUAL * slower * by for by in (3, 1, 2)])
    monkeypatch.setattr(os, "getloadavg", lambda: (0.0, 0.0, 0.0))
    monkeypatch.setattr(waiting, "_work", lambda: next(works))
    assert waiting.stretch(6) == pytest.approx(seconds)


def test_a_wait_ends_when_it_comes_true_or_in_time():
    moments = iter([False, False, True])
    assert waiting.wait_for(lambda: next(moments), 5)
    begun = time.monotonic()
    assert not waiting.wait_for(lambda: False, 0.3)
    assert 0.3 <= time.monotonic() - begun < 2


class _Container:
    """A container whose states are known in advance."""

    def __init__(self, *states: tuple[str, str]) -> None:
        self._states = list(states)
        self.reload()

    def reload(self) -> None:
        health, self.status = self._states[0]
        self.attrs = {"State": {"Health": {"Status": health}}}
        if len(self._states) > 1:
            del self._states[0]


def test_health_is_waited_for():
    starting, healthy = ("starting", "running"), ("healthy", "running")
    container = _Container(starting, starting, starting, healthy)
    assert waiting.becomes(container, "healthy", 5)
    assert not waiting.becomes(_Container(starting), "healthy", 0.3)


def test_the_health_of_an_ended_container_is_not_waited_for():
    begun = time.monotonic()
    ended = _Container(("starting", "exited"))
    assert not waiting.becomes(ended, "healthy", 30)
    assert time.monotonic() - begun < 5

"""The engine's health of a container is followed, and waits are bounded."""

import pytest

from dockerlab import health
from dockerlab.base.errors import LabError


class Ill:
    """A container whose states of health are known in advance."""

    name = "web"

    def __init__(self, *states: str, status: str = "running") -> None:
        self.states, self.status = list(states), status
        self.log = [{"Start": "1", "ExitCode": 127, "Output": "no curl\n"}]
        self.attrs: dict = {}

    def reload(self) -> None:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        self.attrs = {"State": {"Health": {"Status": state, "Log": self.log}}}


def test_a_container_without_a_health_check_has_none():
    container = Ill("starting")
    container.reload = lambda: None
    container.attrs = {"State": {}}
    assert health.status(container) == "none"
    assert health.probes(container) == []


def test_each_state_is_printed_once_and_acted_on(capsys):
    container = Ill("starting", "starting", "healthy", "healthy", "unhealthy")
    done = []
    samples = health.follow(
        container, "unhealthy", {"healthy": lambda: done.append("removed")}
    )
    assert capsys.readouterr().out == "starting\nhealthy\nunhealthy\n"
    assert [state for _, state in samples] == [
        *("starting", "starting", "healthy", "healthy", "unhealthy")
    ]
    assert done == ["removed"]


@pytest.mark.parametrize("status", ["running", "exited"])
def test_a_state_that_does_not_come_is_an_error(status):
    container = Ill("starting", status=status)
    with pytest.raises(LabError, match=f"web is {status}.* no healthy"):
        health.follow(container, "healthy", {}, seconds=0.2)


def test_the_first_probe_tells_why_it_failed():
    assert health.first_probe(Ill("starting")) == health.Probe(
        "1", 127, "no curl"
    )
    container = Ill("starting")
    container.log = []
    with pytest.raises(LabError, match="no probe within 0 seconds"):
        health.first_probe(container, seconds=0.2)

"""Watching services: what is read from the engine's tasks."""

from types import SimpleNamespace

import pytest

from dockerlab import services
from dockerlab.base.errors import LabError


def task(name: str, state: str = "running") -> dict:
    return {
        "Status": {"State": state, "ContainerStatus": {"ContainerID": name}}
    }


class Service:
    """A service whose tasks change with each look."""

    def __init__(self, *looks: list[dict]) -> None:
        self.looks = list(looks)

    def tasks(self, filters: dict) -> list[dict]:
        if filters["desired-state"] != "running":
            return self.looks[0]
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]


@pytest.fixture
def engine(monkeypatch):
    """An engine with one service; the names of killed containers."""
    killed: list[str] = []
    containers = SimpleNamespace(
        get=lambda name: SimpleNamespace(kill=lambda: killed.append(name))
    )

    class Client:
        service = Service([])

        def __init__(self) -> None:
            self.containers = containers
            self.services = SimpleNamespace(get=lambda name: self.service)

        def close(self) -> None:
            pass

    monkeypatch.setattr(services.docker, "from_env", Client)
    monkeypatch.setattr(services, "PAUSE", 0)
    monkeypatch.setattr(services.time, "sleep", lambda seconds: None)
    return SimpleNamespace(client=Client, killed=killed)


def test_a_task_that_starts_does_not_run():
    service = Service([task("a"), task("b", "starting")])
    assert services.containers(service) == {"a"}


def test_settle_prints_each_change(engine, capsys):
    engine.client.service = Service(
        [], [task("a")], [task("a")], [task("a"), task("b")]
    )
    services.settle("web", 2)
    printed = capsys.readouterr().out.splitlines()
    assert printed == ["0 of 2 run", "1 of 2 run", "2 of 2 run"]


def test_settle_gives_up(engine, monkeypatch):
    monkeypatch.setattr(services, "PATIENCE", 0.01)
    with pytest.raises(LabError, match="0 of 2 tasks of web run"):
        services.settle("web", 2)


def test_a_killed_task_is_replaced(engine):
    engine.client.service = Service(
        [task("a"), task("b")], [task("b")], [task("b"), task("c")]
    )
    healing = services.kill_one("web")
    assert engine.killed == ["a"]
    assert healing.healed
    assert [count for _, count in healing.samples] == [2, 1, 2]


def test_a_killed_task_is_not_replaced(engine, monkeypatch):
    monkeypatch.setattr(services, "UNPLANNED", 0.01)
    engine.client.service = Service([task("a"), task("b")], [task("b")])
    assert not services.kill_one("web").healed

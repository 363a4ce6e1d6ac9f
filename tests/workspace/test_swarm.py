"""How the lab makes a swarm of its engine, shares it and leaves it.

The engine is one that nobody else uses: who leaves a swarm makes the engine
forget the names on all its networks.
"""

import subprocess
import time

import pytest

from dockerlab.base.errors import LabError
from dockerlab.lab import Lab
from dockerlab.workspace import turns

WHERE = {"advertise_addr": "127.0.0.1", "listen_addr": "127.0.0.1:2377"}


@pytest.fixture
def lab(spare_box):
    """The workspace of the lesson that makes a swarm, on an engine that is
    in none."""
    lab = Lab("swarm_operations", images=["debian:trixie-slim"], swarm=True)
    yield lab
    lab.close()


def _swarm(lab) -> str:
    return lab.client.info()["Swarm"]["LocalNodeState"]


def _fill(name: str) -> None:
    """A service with a secret, a config and a network."""
    for words in (
        f"network create --driver overlay {name}",
        f"secret create {name} {__file__}",
        f"config create {name} {__file__}",
        f"service create --quiet --name {name} --network {name}"
        f" --secret {name} --config {name} debian:trixie-slim sleep 60",
    ):
        subprocess.run(
            ["docker", *words.split()], check=True, capture_output=True
        )


def test_a_swarm_of_the_course_is_left_with_all_in_it(lab):
    lab.start_swarm()
    lab.start_swarm()  # another learner does it, too
    assert _swarm(lab) == "active"
    _fill(lab.name("x"))
    lab.reset()
    assert _swarm(lab) == "inactive"
    assert not lab.client.networks.list(names=[lab.name("x")])
    running = lab.client.containers.list(all=True, ignore_removed=True)
    assert not [c for c in running if c.name.startswith(lab.name("x"))]


def test_a_swarm_of_somebody_else_stays(lab):
    lab.client.swarm.init(**WHERE)
    lab.client.secrets.create(name="somebodys", data=b"x")
    _fill(lab.name("x"))
    lab.reset()
    assert _swarm(lab) == "active"
    assert not lab.client.services.list()
    assert [s.name for s in lab.client.secrets.list()] == ["somebodys"]
    assert not lab.client.configs.list()
    deadline = time.monotonic() + 60  # the list is a little late
    while lab.client.networks.list(names=[lab.name("x")]):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    lab.client.services.create("debian:trixie-slim", "true", name="somebodys")
    with pytest.raises(LabError, match="would stop somebodys"):
        Lab("swarm_operations", swarm=True)


@pytest.mark.parametrize("of_the_course", [True, False])
def test_a_node_that_a_killed_lesson_emptied(lab, of_the_course):
    """It is filled again; somebody else's stays as it is."""
    client = lab.client
    labels = lab.labels if of_the_course else {}
    client.swarm.init(labels=labels, **WHERE)
    # Keeps the course from leaving its own swarm at once.
    client.secrets.create(name="somebodys", data=b"x")
    [node] = client.nodes.list()
    node.update({**node.attrs["Spec"], "Availability": "drain"})
    Lab("swarm_operations", swarm=True).close()
    node.reload()
    filled = node.attrs["Spec"]["Availability"] == "active"
    assert filled == of_the_course


def test_a_swarm_that_is_just_being_made_refuses_nobody(lab, monkeypatch):
    states = iter(["pending", "inactive"])
    with monkeypatch.context() as patch:
        patch.setattr(
            lab.client,
            "info",
            lambda: {"Swarm": {"LocalNodeState": next(states)}},
        )
        lab.node.refuse_cluster()


def test_a_swarm_that_others_use_is_not_left(lab):
    lab.client.swarm.init(labels=lab.labels, **WHERE)
    lab.client.secrets.create(name="somebodys", data=b"x")
    lab.reset()
    assert _swarm(lab) == "active"


def test_a_swarm_is_not_left_while_another_learner_is_in_the_lesson(lab):
    """Who may not have a service yet."""
    client = lab.client
    client.swarm.init(labels=lab.labels, **WHERE)
    other = turns.Turn(f"node of {client.info()['ID']}")
    assert other.take(alone=False, seconds=5)
    lab.reset()
    assert _swarm(lab) == "active"
    other.give_back()
    lab.reset()
    assert _swarm(lab) == "inactive"


def test_a_swarm_is_not_left_while_others_use_names(lab):
    """Leaving it would take their containers' names away."""
    client = lab.client
    client.swarm.init(labels=lab.labels, **WHERE)
    network = client.networks.create("somebodys-net")
    somebody = client.containers.run(
        "debian:trixie-slim",
        "sleep 60",
        name="somebody",
        network=network.name,
        detach=True,
    )
    try:
        lab.reset()
        assert _swarm(lab) == "active"
        found = somebody.exec_run(["getent", "hosts", "somebody"])
        assert found.exit_code == 0
    finally:
        somebody.remove(force=True)
        network.remove()
    lab.reset()
    assert _swarm(lab) == "inactive"

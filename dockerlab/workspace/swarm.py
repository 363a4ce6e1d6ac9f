"""A swarm of one node, which all learners on an engine share."""

import contextlib
import time
from collections.abc import Iterable, Mapping
from typing import Any

import docker
import docker.errors

from dockerlab.base import labels
from dockerlab.base.errors import LabError
from dockerlab.workspace import turns

SECONDS = 60  # for what the engine has begun to do
NODE_SECONDS = 300  # to wait for others' services


class Node:
    """The engine as the node on which services run."""

    def __init__(self, client: docker.DockerClient, engine_id: str) -> None:
        self._client = client
        self._turn = turns.turn(f"node of {engine_id}")

    def refuse_cluster(self) -> None:
        """Raise LabError unless the engine is alone, in a swarm or not."""
        found = self._settled()
        state = found.get("LocalNodeState")
        if state == "inactive":
            return
        alone = found.get("ControlAvailable") and found.get("Nodes") == 1
        if state == "active" and alone:
            self._refuse_services()
            return
        if state is None:
            raise LabError(
                "This engine has no Swarm mode.",
                "Docker Engine has it, Podman and others do not.",
                "Choose the lab's own engine: DOCKERLAB_ENGINE=box.",
            )
        raise LabError(
            "This engine belongs to a swarm that the course did not create.",
            f"Its state there is {state!r}, and it is not the only node and"
            " manager. The notebook would disturb what runs there.",
            "Choose another engine, or the lab's own: DOCKERLAB_ENGINE=box.",
        )

    def _settled(self) -> dict[str, Any]:
        """The engine's facts about its swarm.

        Another learner may create the swarm at this moment.
        """
        deadline = time.monotonic() + SECONDS
        while True:
            found: dict[str, Any] = self._client.info().get("Swarm") or {}
            pending = found.get("LocalNodeState") == "pending"
            if not pending or time.monotonic() > deadline:
                return found
            time.sleep(0.1)

    def _refuse_services(self) -> None:
        """Raise LabError where the swarm runs services of somebody else."""
        foreign = [
            service.name
            for service in self._client.services.list()
            if not labels.is_ours(service.attrs["Spec"].get("Labels"))
        ]
        if foreign:
            raise LabError(
                "This engine's swarm runs services that the course did not"
                " create.",
                "The notebook empties the node for a while, and would stop"
                f" {', '.join(foreign)}.",
                "Remove them if they are yours, or choose another engine.",
            )

    def start(self, marks: Mapping[str, str]) -> None:
        """Make the engine a swarm of one node that only this machine reaches,
        unless it is one.

        Args:
            marks: labels of the swarm; it is left by these.
        """
        try:
            self._client.swarm.init(
                advertise_addr="127.0.0.1",
                listen_addr="127.0.0.1:2377",
                labels=dict(marks),
            )
        except docker.errors.APIError as error:
            # Another learner on this engine may have been quicker.
            if "already part" not in str(error):
                raise
        self._settled()

    def alone(self) -> None:
        """Wait until no other learner on this engine runs services, and keep
        them from it until `together`: now the node can be emptied."""
        self._take("Another learner's services run here.", alone=True)

    def together(self) -> None:
        """Run services beside other learners, when nobody empties the node.

        A node that somebody emptied and left so is filled again.
        """
        self._take("Another learner empties the node.", alone=False)
        self._fill()

    def others(self) -> bool:
        """Whether another learner runs services here."""
        return self._turn.others()

    def give_back(self) -> None:
        """Run no services any more."""
        self._turn.give_back()

    def _take(self, why: str, alone: bool) -> None:
        """Wait for a turn, and print that. Go on after some time: a learner
        who still has it then has probably gone away."""
        # A second for somebody who only looks whether others are there.
        if not self._turn.take(alone, 1):
            print(f"{why} Waiting, {NODE_SECONDS} s at most ...", flush=True)
            self._turn.take(alone, NODE_SECONDS)

    def _fill(self) -> None:
        """Let services run again on the node of a swarm of the course."""
        client = self._client
        if not manages(client) or not _has_labels(client, [labels.MADE]):
            return
        [node] = client.nodes.list()
        if node.attrs["Spec"]["Availability"] != "active":
            node.update({**node.attrs["Spec"], "Availability": "active"})


def manages(client: docker.DockerClient) -> bool:
    """Whether the engine is the manager of a swarm."""
    return bool((client.info().get("Swarm") or {}).get("ControlAvailable"))


def leave(client: docker.DockerClient, wanted: Iterable[str]) -> bool:
    """Leave a swarm that has the labels, given as `key=value`, unless others
    use it too; whether it was left.

    The engine also stays while running containers find each other by names:
    an engine that leaves a swarm forgets these (seen with 26.1).
    """
    if _names_in_use(client):
        return False
    used = client.services.list() + client.secrets.list()
    if not _has_labels(client, wanted) or used or client.configs.list():
        return False
    with contextlib.suppress(docker.errors.APIError):
        client.swarm.leave(force=True)
    return True


def labels_in_use(
    client: docker.DockerClient, filters: Mapping[str, Any]
) -> list[labels.Labels | None]:
    """The labels of the swarm, and those of what it holds and matches."""
    found: list[labels.Labels | None] = []
    if manages(client):
        with contextlib.suppress(docker.errors.APIError):  # it is left now
            found.append(client.api.inspect_swarm()["Spec"].get("Labels"))
            for held in (client.services, client.secrets, client.configs):
                found += [
                    thing.attrs["Spec"].get("Labels")
                    for thing in held.list(filters=filters)
                ]
    return found


def _has_labels(client: docker.DockerClient, wanted: Iterable[str]) -> bool:
    """Whether the engine's swarm has these labels, as `key=value`."""
    client.swarm.reload()
    found = client.swarm.attrs["Spec"].get("Labels")
    return all(labels.has(found, pair) for pair in wanted)


def _names_in_use(client: docker.DockerClient) -> bool:
    """Whether running containers use a network on which names work."""
    for row in client.api.containers():
        networks = (row.get("NetworkSettings") or {}).get("Networks") or {}
        if networks.keys() - {"bridge", "host", "none"}:
            return True
    return False

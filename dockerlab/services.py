"""Watch the services of a swarm: their tasks, a task that dies, an update.

from dockerlab import services

services.settle("orchestration-web", replicas=2)
"""

import contextlib
import dataclasses
import subprocess
import time
from collections.abc import Sequence

import docker
from docker.models.services import Service

from dockerlab.base.errors import LabError
from dockerlab.traffic import Steady

PATIENCE = 300  # seconds for a change
UNPLANNED = 15  # seconds after which the manager plans no replacement any more
PAUSE = 0.1  # seconds between two looks
ENDED = ("completed", "paused", "rollback_completed", "rollback_paused")
PER_SECOND, TIMEOUT = 20, 30  # of the requests during an update


@dataclasses.dataclass(frozen=True)
class Healing:
    """What happened after a task was killed.

    samples: pairs of seconds and the number of tasks that run.
    killed_at: seconds, on the same clock.
    healed: whether all run again.
    """

    samples: list[tuple[float, int]]
    killed_at: float
    healed: bool


def containers(service: Service) -> set[str]:
    """The containers of the tasks that should run, and do.

    A task with a health check runs when it is healthy.
    """
    return {
        task["Status"]["ContainerStatus"]["ContainerID"]
        for task in service.tasks(filters={"desired-state": "running"})
        if task["Status"]["State"] == "running"
    }


def planned(service: Service) -> int:
    """The tasks that run, start, or wait for their delay to be over."""
    states = ["running", "ready"]
    return len(service.tasks(filters={"desired-state": states}))


def running(name: str) -> set[str]:
    """The containers of a service's tasks that run."""
    with contextlib.closing(docker.from_env()) as client:
        return containers(client.services.get(name))


def settle(name: str, replicas: int) -> None:
    """Wait until so many tasks run, and print the number as it changes.

    Raises:
        LabError: they do not run in time.
    """
    shown, end = -1, time.monotonic() + PATIENCE
    while shown != replicas:
        if (now := len(running(name))) != shown:
            shown = now
            print(f"{shown} of {replicas} run", flush=True)
        if time.monotonic() > end:
            raise LabError(
                f"{shown} of {replicas} tasks of {name} run.",
                fix=f"Read why: docker service ps --no-trunc {name}",
            )
        time.sleep(PAUSE)


def kill_one(name: str) -> Healing:
    """Kill the container of one task, and watch until all tasks run again,
    or until the manager plans no replacement."""
    begun = time.monotonic()
    with contextlib.closing(docker.from_env()) as client:
        service = client.services.get(name)
        before = containers(service)
        wanted, samples = len(before), [(0.0, len(before))]
        time.sleep(1)
        killed_at = time.monotonic() - begun
        client.containers.get(min(before)).kill()
        complete = killed_at  # when the manager last planned all tasks
        while True:
            now, found = time.monotonic() - begun, containers(service)
            samples.append((now, len(found)))
            if len(found) == wanted and found != before:
                return Healing(samples, killed_at, healed=True)
            if planned(service) >= wanted:
                complete = now
            late = now > killed_at + PATIENCE
            if late or now > complete + UNPLANNED:
                return Healing(samples, killed_at, healed=False)
            time.sleep(PAUSE)


def update(
    name: str, url: str, *options: str, least: int = 200
) -> tuple[Steady, dict[str, float]]:
    """Run `docker service update` while requests go to the service.

    Prints the states of the update, and a dot for each second.

    Args:
        url: where the service answers.
        options: of the command.
        least: the number of requests to send.

    Returns:
        The requests, and the seconds at which the update began and ended.
    """
    command = ["docker", "service", "update", "--detach", *options, name]
    with Steady(url, PER_SECOND, TIMEOUT) as steady:
        time.sleep(1)
        events = {"update begins": steady.elapsed}
        subprocess.run(command, check=True, capture_output=True)
        state = _until_over(name)
        events[state] = steady.elapsed
        steady.reach(least)
    return steady, events


def _until_over(name: str, ended: Sequence[str] = ENDED) -> str:
    """Wait until an update is over; its last state."""
    state, end = "", time.monotonic() + PATIENCE
    with contextlib.closing(docker.from_env()) as client:
        while state not in ended and time.monotonic() < end:
            time.sleep(1)
            status = client.services.get(name).attrs.get("UpdateStatus") or {}
            changed = status.get("State", "") != state
            state = status.get("State", "")
            print(f"\n{state} " if changed else ".", end="", flush=True)
    return state

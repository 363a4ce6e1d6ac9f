"""Exercises of `swarm_operations`: services."""

import base64
import json
import subprocess
import time

import docker.errors
from docker.models.services import Service

from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import PAUSE, stretch, wait_for

BACK_SECONDS = 10  # within which a killed task must be replaced
START_SECONDS = 20
UPDATE_SECONDS = 40
ENDED = ("completed", "paused", "rollback_completed")  # states of an update
LOOK = "`docker service ls` and `docker service ps NAME` show what runs."


def _running(service: Service) -> set[str]:
    """The containers of the service's tasks that should run, and do."""
    return {
        task["Status"]["ContainerStatus"]["ContainerID"]
        for task in service.tasks(filters={"desired-state": "running"})
        if task["Status"]["State"] == "running"
    }


def _service(bench: Bench, name: str, replicas: int) -> Service | None:
    """A learner's service, once all its tasks run.

    Writes the criteria `exists`, `replicas` and `runs`.
    """
    try:
        service = bench.client.services.get(name)
    except docker.errors.NotFound:
        service = None
    text = f"a service named {name} exists"
    if not bench.require("exists", text, service, LOOK):
        return None
    mode = service.attrs["Spec"]["Mode"].get("Replicated") or {}
    wanted = mode.get("Replicas", 0)
    hint = f"It has {wanted}. {LOOK}"
    text = f"it has {replicas} or more replicas"
    if not bench.require("replicas", text, wanted >= replicas, hint):
        return None
    ready = wait_for(
        lambda: len(_running(service)) == wanted, stretch(START_SECONDS)
    )
    hint = f"Not all of its tasks run. {LOOK}"
    if not bench.require("runs", "all of them run", ready, hint):
        return None
    return service


@exercise("swarm_operations/heal", wants="container")
def heal(bench: Bench, name: str) -> None:
    """A killed task of a service is replaced in time."""
    service = _service(bench, name, 2)
    if not service:
        return
    before = _running(service)
    victim = min(before)
    bench.client.containers.get(victim).kill()
    bench.require(
        "back",
        f"a killed task is replaced within {BACK_SECONDS} seconds",
        _is_replaced(service, victim, len(before)),
        "Which restart condition and which delay does your service have? See"
        " `docker service inspect --pretty`.",
    )


def _is_replaced(service: Service, victim: str, count: int) -> bool:
    """Wait until a task is replaced, or until the engine plans no more."""
    begun = time.monotonic()
    while time.monotonic() - begun < BACK_SECONDS:
        now = _running(service)
        if victim not in now and len(now) == count:
            return True
        # A replacement that waits for its delay is planned already. The
        # engine plans it within the first second.
        planned = service.tasks(
            filters={"desired-state": ["running", "ready"]}
        )
        if time.monotonic() - begun > 2 and len(planned) < count:
            return False
        time.sleep(PAUSE)
    return False


@exercise("swarm_operations/safe", wants="container")
def safe(bench: Bench, name: str) -> None:
    """A bad update of a service is rolled back, and one task always runs."""
    service = _service(bench, name, 2)
    if not service:
        return
    fewest = len(_running(service))
    command = ["docker", "service", "update", "--detach", "--quiet"]
    command += ["--entrypoint", "false", "--no-resolve-image", name]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    deadline, state = time.monotonic() + UPDATE_SECONDS, ""
    while state not in ENDED and time.monotonic() < deadline:
        time.sleep(PAUSE)
        fewest = min(fewest, len(_running(service)))
        service.reload()
        state = (service.attrs.get("UpdateStatus") or {}).get("State", "")
    bench.require(
        "back",
        "a bad update is rolled back automatically",
        state == "rollback_completed",
        f"The update's state is {state or 'unknown'!r}. Which option sets the"
        " action after a failure?",
    )
    bench.require(
        "serves",
        "one of its tasks ran all the time",
        fewest >= 1,
        "For a while no task ran. How many are replaced at a time, and how"
        " long does the engine wait for a failure?",
    )


PASSWORD = "open sesame"


@exercise("swarm_operations/hide", wants="container")
def hide(bench: Bench, name: str) -> None:
    """A task reads a password that the engine never shows."""
    service = _service(bench, name, 1)
    if not service:
        return
    container = bench.client.containers.get(min(_running(service)))
    read = ["sh", "-c", "cat /run/secrets/*"]
    inside = bench.exec(container, read).output
    shown = json.dumps([service.attrs, container.attrs])
    spec = service.attrs["Spec"]["TaskTemplate"]["ContainerSpec"]
    for row in spec.get("Configs", []):
        config = bench.client.configs.get(row["ConfigID"])
        shown += base64.b64decode(config.attrs["Spec"]["Data"]).decode()
    bench.require(
        "hidden",
        "the engine does not show the service's password",
        PASSWORD not in shown,
        "`docker service inspect` or `docker config inspect` shows it to"
        " everybody who can use the engine.",
    )
    bench.require(
        "readable",
        "a file in /run/secrets has the password",
        PASSWORD in inside,
        "Which secret does the service get, and does it contain the"
        " password? `docker exec` into the task, and look.",
    )

"""Exercises of `orchestration`: services that heal and roll back."""

import subprocess
import time
from typing import Any

import docker.errors
from docker.models.services import Service

from dockerlab import services
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import PAUSE, stretch, wait_for

BACK_SECONDS = 10  # within which the replacement of a task must begin
START_SECONDS = 30  # in which a task starts on an idle machine
UPDATE_SECONDS = 60
NANOSECONDS = 1e9
LOOK = "`docker service ls` and `docker service ps NAME` show what runs."


def require_service(bench: Bench, name: str, replicas: int) -> Service | None:
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
    mode = service.attrs["Spec"]["Mode"]
    if "Global" in mode:
        wanted = len(bench.client.nodes.list())
        hint = f"A global service has one on each node: {wanted} here."
    else:
        wanted = (mode.get("Replicated") or {}).get("Replicas", 0)
        hint = f"It has {wanted}. {LOOK}"
    text = f"it has {replicas} or more replicas"
    if not bench.require("replicas", text, wanted >= replicas, hint):
        return None
    ready = wait_for(
        lambda: len(services.containers(service)) == wanted,
        stretch(START_SECONDS),
    )
    hint = f"{_last_error(service) or 'Not all of its tasks run.'} {LOOK}"
    if not bench.require("runs", "all of them run", ready, hint):
        return None
    return service


def _last_error(service: Service) -> str:
    """What the engine reports about the newest task that failed."""
    failed = [t for t in service.tasks() if t["Status"].get("Err")]
    if not failed:
        return ""
    newest = max(failed, key=lambda task: str(task["Status"]["Timestamp"]))
    return f"The engine reports: {newest['Status']['Err']}."


def _spec(bench: Bench, service: Service, part: str) -> dict[str, Any]:
    """A part of the service's settings, with the engine's defaults."""
    full = bench.client.services.get(service.id, insert_defaults=True)
    spec = full.attrs["Spec"]
    found: dict[str, Any] = spec.get(part) or spec["TaskTemplate"].get(part)
    return found or {}


@exercise("orchestration/heal", wants="container")
def heal(bench: Bench, name: str) -> None:
    """A killed task of a service is replaced in time."""
    service = require_service(bench, name, 2)
    if not service:
        return
    before = services.containers(service)
    policy = _spec(bench, service, "RestartPolicy")
    bench.client.containers.get(min(before)).kill()
    bench.require(
        "back",
        "a killed replica is replaced, beginning within"
        f" {BACK_SECONDS} seconds",
        _is_replaced(service, before, policy),
        _restart_hint(policy),
    )


def _is_replaced(
    service: Service, before: set[str], policy: dict[str, Any]
) -> bool:
    """Wait until a task is replaced, or until that is out of the question."""
    delay = policy.get("Delay", 0) / NANOSECONDS
    begun = planned = time.monotonic()
    while time.monotonic() - begun < stretch(BACK_SECONDS + START_SECONDS):
        found = services.containers(service)
        if len(found) == len(before) and found != before:
            return True
        now = time.monotonic()
        # A replacement that waits for its delay is planned already.
        if services.planned(service) >= len(before):
            planned = now
        if now - planned > stretch(5):
            return False
        if delay > BACK_SECONDS and now - begun > 2:
            return False
        time.sleep(PAUSE)
    return False


def _restart_hint(policy: dict[str, Any]) -> str:
    condition = policy.get("Condition", "any")
    delay = policy.get("Delay", 0) / NANOSECONDS
    if condition == "none":
        return "Its restart condition is `none`: the engine restarts nothing."
    if delay > BACK_SECONDS:
        return f"Its restart delay is {delay:.0f} s."
    return (
        f"Its restart condition is `{condition}`, its delay {delay:.0f} s."
        " How many attempts does it have? See `docker service inspect"
        " --pretty`."
    )


@exercise("orchestration/safe", wants="container")
def safe(bench: Bench, name: str) -> None:
    """A bad update of a service is rolled back, and one task always runs."""
    service = require_service(bench, name, 2)
    if not service:
        return
    settings = _spec(bench, service, "UpdateConfig")
    good = service.attrs["Spec"]["TaskTemplate"]
    command = ["docker", "service", "update", "--detach", "--quiet"]
    command += ["--entrypoint", "false", "--no-resolve-image", name]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    state, fewest = _watch_update(service)
    action = settings.get("FailureAction", "pause")
    at_once = settings.get("Parallelism", 1) or "all"
    why = _last_error(service) if state.startswith("rollback") else ""
    bench.require(
        "back",
        "a bad update is rolled back automatically",
        _is_back(service, good),
        f"The update's state is {state or 'unknown'!r}. Its action after a"
        f" failure is `{action}`. {why}".rstrip(),
    )
    bench.require(
        "serves",
        "one of its replicas ran all the time",
        fewest >= 1,
        f"For a while none ran. The update replaces {at_once} at a time. Does"
        " it wait for a failure before it replaces the next?",
    )


def _is_back(service: Service, good: dict[str, Any]) -> bool:
    """Whether a service has its old settings again, and all its tasks run.

    The state is no proof. A rollback is called paused, too, when the engine
    cancels the start of a task ("context canceled"), and starts another one.
    """
    service.reload()
    spec = service.attrs["Spec"]
    wanted = spec["Mode"]["Replicated"]["Replicas"]
    return spec["TaskTemplate"] == good and wait_for(
        lambda: len(services.containers(service)) == wanted,
        stretch(START_SECONDS),
    )


def _watch_update(service: Service) -> tuple[str, int]:
    """Wait until an update is over: its last state, and the fewest tasks
    that ran."""
    fewest, state = len(services.containers(service)), ""
    deadline = time.monotonic() + stretch(UPDATE_SECONDS)
    while state not in services.ENDED and time.monotonic() < deadline:
        time.sleep(PAUSE)
        fewest = min(fewest, len(services.containers(service)))
        service.reload()
        state = (service.attrs.get("UpdateStatus") or {}).get("State", "")
    return state, fewest

"""Exercises of `orchestration`: services and manifests."""

import base64
import json
import subprocess
import time
from typing import Any

import docker.errors
import kubernetes_validate
import yaml
from docker.models.services import Service

from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import PAUSE, stretch, wait_for

# -- services -----------------------------------------------------------

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


@exercise("orchestration/heal", wants="container")
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


@exercise("orchestration/safe", wants="container")
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


@exercise("orchestration/hide", wants="container")
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


# -- manifests ----------------------------------------------------------

KUBERNETES = "1.32"


def _documents(text: str) -> tuple[list[dict[str, Any]], str]:
    """The manifests of a YAML text, and what is wrong with them."""
    try:
        found = [row for row in yaml.safe_load_all(text) if row is not None]
    except yaml.YAMLError as error:
        return [], f"YAML cannot read it: {error}"
    for manifest in found:
        try:
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
        except (
            kubernetes_validate.ValidationError,
            kubernetes_validate.SchemaNotFoundError,
            kubernetes_validate.InvalidSchemaError,
        ) as error:
            message = getattr(error, "message", "") or str(error)
            return found, f"The schema reports: {message:.200}"
        except (TypeError, KeyError, AttributeError):
            return found, "It lacks `apiVersion` or `kind`."
    return found, ""


def _only(manifests: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """The one manifest of a kind; an empty one if there is none, or more."""
    found = [row for row in manifests if row["kind"] == kind]
    return found[0] if len(found) == 1 else {}


def _within(value: Any, *path: str) -> Any:
    """The value at a path, None where there is no such path."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _ports(container: dict[str, Any]) -> set[object]:
    """Numbers and names by which the container's port 8000 is known."""
    known: set[object] = {8000}
    for row in container.get("ports") or []:
        if row["containerPort"] == 8000:
            known.add(row.get("name", 8000))
    return known


@exercise("orchestration/manifests", wants="text")
def manifests(bench: Bench, text: str) -> None:
    """A Deployment and a Service that would serve, and do no harm."""
    rows, fault = _documents(text)
    if not bench.require(
        "valid",
        f"every manifest is valid for Kubernetes {KUBERNETES}",
        rows and not fault,
        fault or "There is no manifest.",
    ):
        return
    deployment, service = _only(rows, "Deployment"), _only(rows, "Service")
    if not bench.require(
        "both",
        "there is one Deployment and one Service",
        deployment and service,
        "A line of three dashes separates two manifests.",
    ):
        return
    pod = _within(deployment, "spec", "template")
    [container, *_] = _within(pod, "spec", "containers")
    _judge_labels(bench, deployment, service)
    _judge_ports(bench, service, container)
    bench.require(
        "limited",
        "its memory has a limit",
        _within(container, "resources", "limits", "memory"),
        "`requests` is what it asks for. Another key beside it sets the"
        " maximum.",
    )
    settings = {
        **(_within(pod, "spec", "securityContext") or {}),
        **(container.get("securityContext") or {}),
    }
    bench.require(
        "unprivileged",
        "it cannot run as root",
        settings.get("runAsNonRoot") is True
        and settings.get("runAsUser") != 0
        and not settings.get("privileged"),
        "`securityContext` of the pod or of the container can refuse root."
        " The user with number 0 is root.",
    )


def _judge_labels(
    bench: Bench, deployment: dict[str, Any], service: dict[str, Any]
) -> None:
    """Judge whether both manifests select the pods."""
    labels = (
        _within(deployment, "spec", "template", "metadata", "labels") or {}
    )
    chosen = _within(deployment, "spec", "selector", "matchLabels") or {}
    wanted = _within(service, "spec", "selector") or {}
    bench.require(
        "finds",
        "the Deployment and the Service select the pods",
        chosen
        and wanted
        and chosen.items() <= labels.items()
        and wanted.items() <= labels.items(),
        f"The pods have the labels {labels}. The Service selects {wanted}.",
    )


def _judge_ports(
    bench: Bench, service: dict[str, Any], container: dict[str, Any]
) -> None:
    """Judge whether requests and the probe reach the app's port."""
    known = _ports(container)
    targets = {
        row.get("targetPort", row["port"])
        for row in _within(service, "spec", "ports") or []
    }
    bench.require(
        "port",
        "the Service sends requests to the app's port",
        targets and targets <= known,
        "The app listens on port 8000 inside. `targetPort` is that port.",
    )
    probe = _within(container, "readinessProbe", "httpGet") or {}
    bench.require(
        "ready",
        "a replica gets requests when /healthz responds",
        probe.get("path") == "/healthz" and probe.get("port") in known,
        "`readinessProbe` tests whether a replica is ready; `livenessProbe`"
        " tests something else. Path and port are the app's.",
    )

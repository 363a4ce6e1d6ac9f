"""Exercises of `orchestration`: services and manifests."""

import base64
import json
import subprocess
import time

import docker.errors
import kubernetes_validate
import yaml

from dockerlab.checks.core import Bench, exercise, stretch, wait_for

# -- services -----------------------------------------------------------

BACK_SECONDS = 10  # within which a killed task must be replaced
START_SECONDS = 20
UPDATE_SECONDS = 40
LOOK = "`docker service ls` and `docker service ps NAME` tell what runs."


def _tasks(service) -> list[dict]:
    """The tasks that shall run."""
    return service.tasks(filters={"desired-state": "running"})


def _running(service) -> set[str]:
    """The containers of those tasks that run."""
    return {
        task["Status"]["ContainerStatus"]["ContainerID"]
        for task in _tasks(service)
        if task["Status"]["State"] == "running"
    }


def _service(bench: Bench, name: str, replicas: int):
    """A learner's service, once so many of its tasks run, else None."""
    try:
        service = bench.client.services.get(name)
    except docker.errors.NotFound:
        service = None
    text = f"a service named {name} exists"
    if not bench.require("exists", text, service, LOOK):
        return None
    mode = service.attrs["Spec"]["Mode"].get("Replicated") or {}
    wanted = mode.get("Replicas", 0)
    hint = f"It asks for {wanted}. {LOOK}"
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
    victim = sorted(before)[0]
    bench.client.containers.get(victim).kill()

    def replaced() -> bool:
        now = _running(service)
        return victim not in now and len(now) == len(before)

    def given_up() -> bool:
        # A replacement that waits for its time is in the plan already.
        states = {"desired-state": ["running", "ready"]}
        return len(service.tasks(filters=states)) < len(before)

    wait_for(lambda: replaced() or (time.sleep(1) or given_up()), BACK_SECONDS)
    bench.require(
        "back",
        f"a killed task is replaced within {BACK_SECONDS} seconds",
        replaced(),
        "Which restart condition and which delay does your service have? See"
        " `docker service inspect --pretty`.",
    )


@exercise("orchestration/safe", wants="container")
def safe(bench: Bench, name: str) -> None:
    """A bad update of a service is taken back, and one task always runs."""
    service = _service(bench, name, 2)
    if not service:
        return
    fewest = len(_running(service))
    command = ["docker", "service", "update", "--detach", "--quiet"]
    command += ["--entrypoint", "false", "--no-resolve-image", name]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    deadline, state = time.monotonic() + UPDATE_SECONDS, ""
    while state not in ("completed", "paused", "rollback_completed"):
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
        fewest = min(fewest, len(_running(service)))
        service.reload()
        state = (service.attrs.get("UpdateStatus") or {}).get("State", "")
    bench.require(
        "back",
        "a bad update is taken back without you",
        state == "rollback_completed",
        f"The update's state is {state or 'unknown'!r}. What shall happen"
        " after a failure?",
    )
    bench.require(
        "serves",
        "one of its tasks ran all the time",
        fewest >= 1,
        "For a while none ran. How many are replaced at a time, and how long"
        " is the pause in which a failure can show?",
    )


PASSWORD = "open sesame"


@exercise("orchestration/hide", wants="container")
def hide(bench: Bench, name: str) -> None:
    """A task reads a password that the engine tells nobody."""
    service = _service(bench, name, 1)
    if not service:
        return
    container = bench.client.containers.get(next(iter(_running(service))))
    read = ["sh", "-c", "cat /run/secrets/*"]
    inside = container.exec_run(read).output.decode(errors="replace")
    told = json.dumps([service.attrs, container.attrs])
    for row in service.attrs["Spec"]["TaskTemplate"]["ContainerSpec"].get(
        "Configs", []
    ):
        config = bench.client.configs.get(row["ConfigID"])
        told += base64.b64decode(config.attrs["Spec"]["Data"]).decode()
    bench.require(
        "hidden",
        "what the engine tells of the service has no password",
        PASSWORD not in told,
        "`docker service inspect` or `docker config inspect` shows it to"
        " everybody who may ask.",
    )
    bench.require(
        "readable",
        "a file in /run/secrets has the password",
        PASSWORD in inside,
        "Which secret is given to the service, and does it hold the"
        " password? `docker exec` into the task, and look.",
    )


# -- manifests ----------------------------------------------------------

KUBERNETES = "1.32"


def _documents(text: str) -> tuple[list[dict], str]:
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
            said = getattr(error, "message", "") or str(error)
            return found, f"The schema says: {said:.200}"
        except (TypeError, KeyError, AttributeError):
            return found, "It lacks `apiVersion` or `kind`."
    return found, ""


def _only(manifests: list[dict], kind: str) -> dict:
    """The one manifest of a kind, else an empty one."""
    found = [row for row in manifests if row["kind"] == kind]
    return found[0] if len(found) == 1 else {}


def _within(value: object, *path: str) -> object:
    """What stands at a path, None where there is no such path."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _ports(container: dict) -> set[object]:
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
    kinds = _only(rows, "Deployment"), _only(rows, "Service")
    if not bench.require(
        "valid",
        f"every manifest is valid for Kubernetes {KUBERNETES}",
        rows and not fault,
        fault or "There is none.",
    ):
        return
    deployment, service = kinds
    if not bench.require(
        "both",
        "there is one Deployment and one Service",
        deployment and service,
        "Three dashes on a line of their own stand between two manifests.",
    ):
        return
    pod = _within(deployment, "spec", "template")
    labels = _within(pod, "metadata", "labels") or {}
    chosen = _within(deployment, "spec", "selector", "matchLabels") or {}
    wanted = _within(service, "spec", "selector") or {}
    bench.require(
        "finds",
        "the Deployment and the Service select the pods",
        chosen
        and wanted
        and chosen.items() <= labels.items()
        and wanted.items() <= labels.items(),
        f"The pods have the labels {labels}. The Service looks for {wanted}.",
    )
    [first, *_] = _within(pod, "spec", "containers")
    targets = {
        row.get("targetPort", row["port"])
        for row in _within(service, "spec", "ports") or []
    }
    bench.require(
        "port",
        "the Service sends visitors to the app's port",
        targets and targets <= _ports(first),
        "The app listens on port 8000 inside. `targetPort` is that one.",
    )
    ready = first.get("readinessProbe") or {}
    probed = _within(ready, "httpGet", "port")
    path = _within(ready, "httpGet", "path")
    bench.require(
        "ready",
        "a replica gets visitors when /healthz answers",
        path == "/healthz" and probed in _ports(first),
        "`readinessProbe` asks; liveness is another question. Path and port"
        " are the app's.",
    )
    bench.require(
        "limited",
        "its memory has a limit",
        _within(first, "resources", "limits", "memory"),
        "`requests` is what it asks for; what it may have at most is another"
        " word beside it.",
    )
    own = first.get("securityContext") or {}
    shared = _within(pod, "spec", "securityContext") or {}
    settings = {**shared, **own}
    bench.require(
        "unprivileged",
        "it cannot run as root",
        settings.get("runAsNonRoot") is True
        and settings.get("runAsUser") != 0
        and not settings.get("privileged"),
        "`securityContext` of the pod or of the container can say that root"
        " is refused. A user of number 0 is root.",
    )

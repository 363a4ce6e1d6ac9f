"""Exercises of `swarm_operations`: a secret, and a stack."""

import base64
import json
import posixpath
from typing import Any

from docker.models.containers import Container

from dockerlab import services
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.orchestration import require_service

PASSWORD = "open sesame"
FOLDER = "/run/secrets"
STACK = "com.docker.stack.namespace"  # label of what a stack created


@exercise("swarm_operations/hide", wants="container")
def hide(bench: Bench, name: str) -> None:
    """A task reads a password that the engine never shows."""
    service = require_service(bench, name, 1)
    if not service:
        return
    container = bench.client.containers.get(min(services.containers(service)))
    earlier = json.dumps(service.attrs.pop("PreviousSpec", ""))
    shown = json.dumps([service.attrs, container.attrs])
    spec = service.attrs["Spec"]["TaskTemplate"]["ContainerSpec"]
    for row in spec.get("Configs", []):
        config = bench.client.configs.get(row["ConfigID"])
        shown += base64.b64decode(config.attrs["Spec"]["Data"]).decode()
    hint = (
        "`docker service inspect` or `docker config inspect` shows it to"
        " everybody who can use the engine."
    )
    if PASSWORD not in shown:
        hint = (
            "`docker service inspect` still shows it: the engine keeps the"
            " settings before the last update for a rollback. Remove the"
            " service, and create it again."
        )
    bench.require(
        "hidden",
        "the engine does not show the service's password",
        PASSWORD not in shown + earlier,
        hint,
    )
    _require_readable(bench, container, spec.get("Secrets") or [])


def _require_readable(
    bench: Bench, container: Container, secrets: list[dict[str, Any]]
) -> None:
    """Require that a task can read the password in a secret's file."""
    # Where `target` names no folder, it is this one.
    paths = [posixpath.join(FOLDER, row["File"]["Name"]) for row in secrets]
    inside = bench.exec(container, ["cat", *paths]).output if paths else ""
    bench.require(
        "readable",
        f"a file in {posixpath.dirname(paths[0]) if paths else FOLDER} has"
        " the password",
        PASSWORD in inside,
        f"In the task, `cat {' '.join(paths)}` prints:"
        f" {inside.strip()[:120] or 'nothing'}. Does the secret contain the"
        " password, and may the task's user read it?"
        if paths
        else "The service gets no secret. Which option of `docker service"
        " create` names one?",
    )


@exercise("swarm_operations/stack", wants="container")
def stack(bench: Bench, name: str) -> None:
    """A service of a stack has two replicas, and starts new ones first."""
    service = require_service(bench, name, 2)
    if not service:
        return
    bench.require(
        "stack",
        "it belongs to a stack",
        STACK in service.attrs["Spec"].get("Labels", {}),
        "It was created by another command than `docker stack deploy`.",
    )
    update = service.attrs["Spec"].get("UpdateConfig") or {}
    order = update.get("Order", "stop-first")
    bench.require(
        "order",
        "an update starts the new replica first",
        order == "start-first",
        f"The order of its update is `{order}`. Which key below `deploy` is"
        " about updates?",
    )

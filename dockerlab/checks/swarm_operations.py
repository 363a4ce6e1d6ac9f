"""Exercises of `swarm_operations`: a secret, and a stack."""

import base64
import json

from dockerlab import services
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.orchestration import require_service

PASSWORD = "open sesame"
STACK = "com.docker.stack.namespace"  # label of what a stack created


@exercise("swarm_operations/hide", wants="container")
def hide(bench: Bench, name: str) -> None:
    """A task reads a password that the engine never shows."""
    service = require_service(bench, name, 1)
    if not service:
        return
    container = bench.client.containers.get(min(services.containers(service)))
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

"""Exercises of `compose`: names, start order, and settings that win."""

from typing import Any

from docker.models.containers import Container

from dockerlab import health
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.projects import (
    Visitor,
    environment,
    require_counted,
    require_services,
)
from dockerlab.checks.waiting import becomes, stretch

# The project that the cell starts from a shell with NAME=Grace.
SHELL = "compose-shell"


@exercise("compose/reach", wants="container")
def reach(bench: Bench, project: str) -> None:
    """A visit at `web` is counted in `store`."""
    found = require_services(bench, project, "web", "store")
    if found:
        visitor = Visitor(bench)
        require_counted(bench, visitor, found)
        visitor.leave()


@exercise("compose/wait", wants="container")
def wait(bench: Bench, project: str) -> None:
    """`web` starts when Redis is ready, as a health check reports."""
    found = require_services(bench, project, "web", "store")
    if not found:
        return
    store = found["store"]
    check = store.attrs["Config"].get("Healthcheck") or {}
    hint = "Which key of a service defines its health check?"
    checked = (check.get("Test") or ["NONE"])[0] != "NONE"
    if not bench.require("check", "store has a health check", checked, hint):
        return
    if not bench.require(
        "honest",
        "the health check fails where Redis does not respond",
        _fails_without_redis(bench, store, check),
        "The engine ran it beside a Redis at another port, and it succeeded."
        " Which command sends a request to Redis itself?",
    ):
        return
    if not bench.require(
        "healthy",
        "store is healthy",
        becomes(store, "healthy", stretch(20)),
        _latest(store),
    ):
        return
    ready = _moment(store, "Ready to accept connections")
    began = found["web"].attrs["State"]["StartedAt"]
    bench.require(
        "waited",
        "web was started after Redis was ready",
        ready and ready[:23] <= began[:23],
        f"web was started at {began[11:23]}, and Redis was ready at"
        f" {ready[11:23]}. The short form of `depends_on` does not wait for"
        " health.",
    )


def _fails_without_redis(
    bench: Bench, store: Container, check: dict[str, Any]
) -> bool:
    """Whether the engine's first probe fails beside a Redis elsewhere."""
    often = {**check, "interval": 500_000_000, "start_period": 1_000_000}
    mapped = {key.lower(): value for key, value in often.items()}
    idle = bench.run(
        store.attrs["Image"],
        command=["redis-server", "--port", "6399"],
        healthcheck={
            key: value
            for key, value in mapped.items()
            if key in ("test", "interval", "timeout", "start_period")
        },
        network_mode="none",
    )
    return health.first_probe(idle).exit_code != 0


def _latest(store: Container) -> str:
    """What the engine noted about the latest probe."""
    rows = health.probes(store)
    if not rows:
        return "The engine has not run its health check yet: see `interval`."
    return (
        f"It is {health.status(store)}. The latest health check ended with"
        f" exit code {rows[-1].exit_code}: {rows[-1].output:.150}"
    )


def _moment(container: Container, words: str) -> str:
    """When a container first printed some words, as the engine writes it."""
    rows = container.logs(timestamps=True).decode(errors="replace")
    hits = [row for row in rows.splitlines() if words in row]
    return hits[0].split()[0] if hits else ""


@exercise("compose/env", wants="container")
def env(bench: Bench, project: str) -> None:
    """NAME has a default that the shell can replace."""
    found = require_services(bench, project, "web")
    other = found and require_services(bench, SHELL, "web")
    if not found or not other:
        return
    default, shell = environment(found["web"]), environment(other["web"])
    bench.require(
        "default",
        "NAME is Ada in the container",
        default.get("NAME") == "Ada",
        f"It is {default.get('NAME')!r}. `environment` has priority over"
        " `env_file`.",
    )
    bench.require(
        "shell",
        "NAME is Grace if the shell has NAME=Grace",
        shell.get("NAME") == "Grace",
        f"It is {shell.get('NAME')!r}. A fixed value does not depend on the"
        " shell. How does a Compose file use a variable, with a default?",
    )
    bench.require(
        "team",
        "LOG_LEVEL is WARNING, from team.env",
        {default.get("LOG_LEVEL"), shell.get("LOG_LEVEL")} == {"WARNING"},
        f"It is {default.get('LOG_LEVEL')!r}. The service still needs"
        " `env_file`, and team.env must stay as it is.",
    )

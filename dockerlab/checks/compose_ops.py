"""Exercises of `compose_ops`: limits, a password, and a job before the app."""

import json
import time

from docker.models.containers import Container

from dockerlab.checks import pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.projects import (
    Visitor,
    require_counted,
    require_services,
    still_runs,
    why_ended,
)
from dockerlab.checks.waiting import has_ended, stretch, wait_for

WORD = "tiger-lily"
# The project in which the job fails.
BROKEN = "compose-broken"
EAT = "import time; eaten = b'x' * {0}_000_000; print('ate')"
# How many processes there can be, up to a hundred.
FORK = """
import os, signal, time
children = []
try:
    while len(children) < 100:
        child = os.fork()
        if not child:
            time.sleep(600)
        children.append(child)
except OSError:
    pass
for child in children:
    os.kill(child, signal.SIGKILL)
print(len(children))
"""
BURN = """
import multiprocessing, time
def burn(end):
    while time.monotonic() < end:
        pass
end = time.monotonic() + 0.7
for _ in range(2):
    multiprocessing.Process(target=burn, args=[end]).start()
"""


@exercise("compose_ops/tame", wants="container")
def tame(bench: Bench, project: str) -> None:
    """The neighbour has limits on processors, memory and processes."""
    bench.require_limits()
    found = require_services(bench, project, "neighbour")
    if not found:
        return
    hog = found["neighbour"]
    host = hog.attrs["HostConfig"]
    quota = (host.get("NanoCpus") or 0) / 1e9
    if (host.get("CpuQuota") or 0) > 0:
        quota = host["CpuQuota"] / (host.get("CpuPeriod") or 100_000)
    used = _burn(bench, hog)
    unlimited = "It has no limit. Shares and reservations are not limits."
    bench.require(
        "processor",
        "two busy processes get half a processor at most",
        0 < quota <= 0.5 and used < 0.7,
        f"It may use {quota:g} processors." if quota else unlimited,
    )
    little = bench.exec(hog, ["python", "-c", EAT.format(50)], 60)
    limit = host.get("Memory") or 0
    bench.require(
        "room",
        "it may use 50 MB of memory",
        little.ok,
        f"A program that needs 50 MB ended with exit code {little.code}."
        f" The limit is {limit / 1e6:g} MB: is it too low?",
    )
    much = bench.exec(hog, ["python", "-c", EAT.format(220)], 60)
    bench.require(
        "memory",
        "it is stopped when it needs much more than 100 MB",
        not much.ok and 0 < limit <= 105e6,
        f"It may use {limit / 1e6:g} MB." if limit else unlimited,
    )
    made = bench.exec(hog, ["python", "-c", FORK], 60).output.strip()
    bench.require(
        "processes",
        "it can have 50 processes, and not a hundred",
        made.isdigit() and 40 <= int(made) <= 50,
        f"It could start {made or 'no'} more. Which limit counts processes?",
    )


def _burn(bench: Bench, container: Container) -> float:
    """How many processors two busy processes get inside."""
    before, began = pages.processor_seconds(container), time.monotonic()
    bench.exec(container, ["python", "-c", BURN], 60)
    used = pages.processor_seconds(container) - before
    return used / (time.monotonic() - began)


@exercise("compose_ops/hide", wants="container")
def hide(bench: Bench, project: str) -> None:
    """The store needs the password, the app has it, and `inspect` does not
    show it."""
    found = require_services(bench, project, "web", "store")
    if not found:
        return
    store, visitor = found["store"], Visitor(bench)

    def answer() -> str:
        return visitor.redis(store, "GET visits")

    wait_for(lambda: answer() and "Error" not in answer(), stretch(15))
    response = answer()
    # A server that refuses its options ends after a moment.
    if not response and not still_runs(bench, store):
        visitor.leave()
        return
    asks = bench.require(
        "asks",
        "store refuses requests without the password",
        "NOAUTH" in response,
        f"Redis responded {response[-80:]!r}. Did it get --requirepass,"
        " followed by a password?",
    )
    counts = asks and require_counted(bench, visitor, found, WORD)
    visitor.leave()
    if not counts:
        return
    shown = {
        f"{name}: {part}"
        for name in ("web", "store")
        for part, text in _shown(found[name]).items()
        if WORD in text
    }
    bench.require(
        "hidden",
        "neither inspect nor the image's history shows the password",
        not shown,
        f"It is visible in {', '.join(sorted(shown))}. Everybody who can use"
        " the engine can read that. The content of a file is not shown.",
    )


def _shown(container: Container) -> dict[str, str]:
    """What the engine shows of a container: environment, command, the rest."""
    attrs, image = container.attrs, container.image
    config = attrs["Config"]
    history = image.history() if image else []
    return {
        "environment": json.dumps(config.get("Env")),
        "command": json.dumps(
            [config.get("Cmd"), config.get("Entrypoint"), attrs.get("Args")]
        ),
        "health check": json.dumps(config.get("Healthcheck")),
        "labels and mounts": json.dumps(
            [config.get("Labels"), attrs.get("Mounts"), attrs["HostConfig"]]
        ),
        "the image": json.dumps([image.attrs if image else {}, history]),
    }


@exercise("compose_ops/migrate", wants="container")
def migrate(bench: Bench, project: str) -> None:
    """`web` starts after the job succeeded, and not if the job fails."""
    found = require_services(bench, project, "migrate", "web", runs=["web"])
    if not found:
        return
    _wait_for_end(found["migrate"])
    job, web = (found[name].attrs["State"] for name in ("migrate", "web"))
    if not bench.require(
        "finished",
        "migrate has ended with exit code 0",
        job["Status"] == "exited" and job["ExitCode"] == 0,
        why_ended(found["migrate"]),
    ):
        return
    bench.require(
        "order",
        "web was started after migrate had ended",
        job["FinishedAt"][:23] <= web["StartedAt"][:23],
        "web was started before migrate had ended. Which condition of"
        " `depends_on` waits for the end of a job?",
    )
    broken = require_services(bench, BROKEN, "migrate", runs=[])
    if not broken:
        return
    _wait_for_end(broken["migrate"])
    failed = broken["migrate"].attrs["State"]
    bench.require(
        "fails",
        f"in {BROKEN}, migrate has ended with exit code 1",
        failed["Status"] == "exited" and failed["ExitCode"] == 1,
        f"{why_ended(broken['migrate'])} Keep its command as it is.",
    )
    other = broken.get("web")
    bench.require(
        "stops",
        f"in {BROKEN}, web does not start",
        not other or other.status in ("created", "exited"),
        "It runs, although the job before it failed.",
    )


def _wait_for_end(job: Container) -> None:
    """Give a job time to end; one that does not end stays as it is."""
    wait_for(lambda: has_ended(job), stretch(30))

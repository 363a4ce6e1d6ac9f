"""Run the capstone's service: use it, stop it and replace it."""

import contextlib
import time
from collections.abc import Collection
from typing import Any

from docker.models.containers import Container
from docker.models.volumes import Volume

from dockerlab.checks import pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.results import NotStarted
from dockerlab.checks.scorecard import hardship, usage
from dockerlab.checks.scorecard.contents import PORT
from dockerlab.checks.scorecard.properties import KEYS, Card
from dockerlab.checks.waiting import becomes, wait_for

COMPILERS = ("gcc", "cc", "clang", "tcc")


def judge(
    bench: Bench, card: Card, image: str, keys: Collection[str] = KEYS
) -> None:
    """Judge the properties of the running service.

    Args:
        keys: the properties to look at.
    """
    probed = _has_health_check(bench, image)
    volume = bench.volume()
    bench.show("running it")
    try:
        # The image's own health check, more often.
        health = {"healthcheck": every(2)} if probed else {}
        plain = usage.start(bench, image, volume, **health)
    except NotStarted as error:
        card.note("serves", False, f"The engine reports: {error}")
        _judge_without_service(bench, card, image, None)
        return
    idle = None
    if probed and "honest" in keys:
        idle = _idle(bench, image, healthcheck=every(1))
    if not card.note("serves", usage.works(plain)):
        _judge_without_service(bench, card, image, idle)
        return
    _judge_responses(bench, card, plain)
    _judge_compiler(bench, card, plain)
    _judge_user(bench, card, plain)
    bench.show("running it with fewer rights and little memory")
    hardship.judge(bench, card, image, keys)
    bench.show("waiting for the health checks")
    pace = _pace(bench, plain)
    if probed and "healthy" in keys:
        card.note("healthy", becomes(plain, "healthy", 15 * pace))
    if idle:
        card.note("honest", becomes(idle, "unhealthy", 8 * pace))
    bench.show("stopping and replacing it")
    _judge_stop(bench, card, plain)
    _judge_data(bench, card, image, plain, volume, keys)


def every(seconds: int) -> dict[str, int]:
    """How often the engine runs the health check; the check is the image's
    own."""
    return {
        "interval": seconds * 1_000_000_000,
        "timeout": 10_000_000_000,
        "retries": 2,
        "start_period": 1_000_000,  # 0 would mean: as in the image
    }


def _has_health_check(bench: Bench, image: str) -> bool:
    config = bench.client.images.get(image).attrs["Config"]
    check = config.get("Healthcheck")
    return bool(check) and check["Test"] != ["NONE"]


def _idle(bench: Bench, image: str, **options: Any) -> Container | None:
    """The image with a program in place of its server, or None."""
    with contextlib.suppress(NotStarted):
        return bench.run(image, entrypoint=["sleep", "60"], **options)
    return None


def _judge_without_service(
    bench: Bench, card: Card, image: str, idle: Container | None
) -> None:
    """Judge what needs no service that works: the compiler."""
    card.pass_over()
    if idle := idle or _idle(bench, image):
        _judge_compiler(bench, card, idle)


def _judge_responses(bench: Bench, card: Card, container: Container) -> None:
    """Judge its responses and its log."""
    server = pages.request(container, PORT, "/items").headers.get("Server", "")
    note = f"The header is: {server}." if server else ""
    card.note("server", "werkzeug" not in server.lower(), note)
    error = pages.request(container, PORT, "/search?q=%5B")
    inside = [w for w in ("Traceback", "debugger") if w in error.text]
    card.note("debugger", error.status >= 400 and not inside)
    path = f"/no-such-page-{bench.token}"
    pages.request(container, PORT, path)
    logged = wait_for(
        lambda: path.encode() in container.logs(tail=200), seconds=2
    )
    card.note("logs", logged)


def _judge_compiler(bench: Bench, card: Card, container: Container) -> None:
    found = [
        name
        for name in COMPILERS
        if bench.exec(container, [name, "--version"]).ok
    ]
    note = f"It contains {found[0]}." if found else ""
    card.note("compiler", not found, note)


def _judge_user(bench: Bench, card: Card, container: Container) -> None:
    """Look at every process, twice: the engine's own helper is root for a
    moment whenever it starts a health check."""
    first = _users(bench, container)
    time.sleep(0.5)
    second = _users(bench, container)
    root = [
        pid
        for pid in first.keys() & second.keys()
        if "0" in first[pid] and "0" in second[pid]
    ]
    note = f"{len(root)} of its {len(second)} processes are." if root else ""
    card.note("user", second and not root, note)


def _users(bench: Bench, container: Container) -> dict[str, tuple[str, ...]]:
    """The real and effective user of each process, by its number.

    From inside where that is possible: outside, an engine may map its
    numbers to others. For the format see proc_pid_status(5).
    """
    look = ["sh", "-c", "cat /proc/[0-9]*/status"]
    users: dict[str, tuple[str, ...]] = {}
    pid = ""
    for row in bench.exec(container, look).output.splitlines():
        key, _, value = row.partition(":")
        if key == "Pid":
            pid = value.strip()
        elif key == "Uid" and pid:
            users[pid] = tuple(value.split()[:2])
    if users:
        return users
    seen = container.top(ps_args="-eo pid,uid")
    return {row[0]: (row[1],) for row in seen["Processes"]}


def _pace(bench: Bench, container: Container) -> float:
    """How much slower than usual the machine is now, from 1 to 5.

    Seconds are only fair where the engine itself has time: starting one
    more process in a container takes it a tenth of one.
    """
    slowest = 0.0
    for _ in range(2):
        begun = time.monotonic()
        bench.exec(container, ["true"])
        slowest = max(slowest, time.monotonic() - begun)
    return min(5.0, max(1.0, slowest / 0.15))


def _judge_stop(bench: Bench, card: Card, container: Container) -> None:
    """Judge whether it ends by itself: the engine kills what does not.

    What was killed gets a second chance: the machine may have been busy.
    """
    killed = _is_killed(bench, container)
    if killed:
        container.start()
        usage.items(container)  # it is ready when it answers
        killed = _is_killed(bench, container)
    card.note("stops", not killed, "It had to be killed." if killed else "")


def _is_killed(bench: Bench, container: Container) -> bool:
    """Stop a container; whether the engine had to kill it."""
    container.stop(timeout=round(2 * _pace(bench, container)))
    container.reload()
    return bool(container.attrs["State"]["ExitCode"] == 137)


def _judge_data(
    bench: Bench,
    card: Card,
    image: str,
    stopped: Container,
    volume: Volume,
    keys: Collection[str],
) -> None:
    """Judge whether data outlive a stop, and the container itself."""
    if "replace" in keys:
        successor = usage.start(bench, image, volume)
        card.note("replace", usage.items(successor) >= usage.NAMES)
    if "restart" in keys:
        stopped.start()
        card.note("restart", usage.items(stopped) >= usage.NAMES)

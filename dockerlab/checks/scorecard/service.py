"""Run the capstone's service: use it, stop it and replace it."""

import contextlib
import re
import time
from collections.abc import Collection
from typing import Any

from docker.models.containers import Container
from docker.models.volumes import Volume

from dockerlab import health, symptoms
from dockerlab.checks import pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.results import NotStarted
from dockerlab.checks.scorecard import hardship, usage
from dockerlab.checks.scorecard.contents import PORT
from dockerlab.checks.scorecard.properties import KEYS, Card
from dockerlab.checks.waiting import becomes, stretch, wait_for

COMPILERS = ("gcc", "cc", "clang", "tcc")
# Servers for one developer, by their header `Server`: Flask's and Python's.
DEVELOPMENT = ("werkzeug", "wsgiserver/0.2 cpython", "basehttp")
ERROR = re.compile(r"\s*[\w.]*(Error|Exception)\b")  # the end of a traceback
WARNING = b"This is a development server"  # Flask's, in the log
# Properties that are judged together.
RESPONSES = {"server", "debugger", "logs"}
HEALTH = {"healthy", "honest"}
END = {"stops", "restart", "replace"}
# Programs that only wait. An image without a shell has Python at least.
IDLE = (
    ["sleep", "600"],
    ["python", "-c", "import time; time.sleep(600)"],
)


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
    if not card.note("serves", usage.works(plain), why_it_fails(plain)):
        _judge_without_service(bench, card, image, idle)
        return
    if RESPONSES & set(keys):
        _judge_responses(bench, card, plain)
    _judge_compiler(bench, card, plain)
    if "user" in keys:
        _judge_user(bench, card, plain)
    if hardship.OPTIONS.keys() & set(keys):
        bench.show("running it with fewer rights and little memory")
        hardship.judge(bench, card, image, keys)
    if HEALTH & set(keys):
        bench.show("waiting for the health checks")
        if probed:
            _judge_health(bench, card, plain, idle)
    if END & set(keys):
        bench.show("stopping and replacing it")
        _judge_stop(bench, card, plain)
        _judge_data(bench, card, image, plain, volume, keys)


def why_it_fails(container: Container) -> str:
    """A sentence with the end of a container's log, if it has one.

    Flask's debugger writes its error after the page was sent, so an error is
    waited for.
    """
    wait_for(lambda: ERROR.match(symptoms.last_line(container)), stretch(2))
    last = symptoms.last_line(container).strip()
    return f"Its log ends with: {last:.200}." if last else ""


def every(seconds: int) -> dict[str, int]:
    """How often the engine runs the health check; the check is the image's
    own."""
    return {
        "interval": seconds * 1_000_000_000,
        "timeout": 30_000_000_000,
        "retries": 2,
        "start_period": 1_000_000,  # 0 would mean: as in the image
    }


def _has_health_check(bench: Bench, image: str) -> bool:
    config = bench.client.images.get(image).attrs["Config"]
    check = config.get("Healthcheck")
    return bool(check) and check["Test"] != ["NONE"]


def _idle(bench: Bench, image: str, **options: Any) -> Container | None:
    """The image with a program in place of its server, or None."""
    for program in IDLE:
        with contextlib.suppress(NotStarted):
            return bench.run(image, entrypoint=program, **options)
    return None


def _judge_health(
    bench: Bench, card: Card, container: Container, idle: Container | None
) -> None:
    """Judge its health check, with its server and without."""
    pace = _pace(bench, container)
    card.note("healthy", becomes(container, "healthy", 15 * pace))
    if idle:
        card.note("honest", _becomes_unhealthy(idle, 8 * pace))


def _becomes_unhealthy(container: Container, seconds: float) -> bool:
    """Whether the engine finds out in time. Once it reports an image without
    its server as healthy, there is nothing to wait for."""
    wait_for(
        lambda: health.status(container) in ("healthy", "unhealthy"), seconds
    )
    return health.status(container) == "unhealthy"


def _judge_without_service(
    bench: Bench, card: Card, image: str, idle: Container | None
) -> None:
    """Judge what needs no service that works: the compiler."""
    card.pass_over()
    if idle := idle or _idle(bench, image):
        _judge_compiler(bench, card, idle)


def _judge_responses(bench: Bench, card: Card, container: Container) -> None:
    """Judge its responses and its log."""
    listed = pages.request(container, PORT, usage.LIST)
    server = listed.headers.get("Server", "")
    note = f"The header is: {server}." if server else ""
    known = any(name in server.lower() for name in DEVELOPMENT)
    warned = WARNING in container.logs()
    card.note("server", not known and not warned, note)
    _judge_errors(card, container)
    path = f"/no-such-page-{bench.token}"
    pages.request(container, PORT, path)
    logged = wait_for(
        lambda: path.encode() in container.logs(tail=200), stretch(3)
    )
    card.note("logs", logged)


def _judge_errors(card: Card, container: Container) -> None:
    """Judge its responses to a question and a report that it may not expect.
    A service that handles them well is as right as one that fails."""
    responses = [
        pages.request(container, PORT, "/search?q=%5B"),
        pages.request(container, PORT, usage.LIST, b"{}"),
    ]
    shown = any(
        word in response.text
        for response in responses
        for word in ("Traceback", "debugger")
    )
    answered = all(response.status for response in responses)
    card.note("debugger", answered and not shown)


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
    note = ""
    if root:
        note = f"{len(root)} of its {len(second)} processes run as root."
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
    """How much slower than usual the machine is now, from 1 to 10.

    Seconds are only fair where the engine itself has time: starting one
    more process in a container takes it a tenth of one.
    """
    slowest = 0.0
    for _ in range(2):
        begun = time.monotonic()
        bench.exec(container, ["true"])
        slowest = max(slowest, time.monotonic() - begun)
    return min(10.0, max(stretch(1), slowest / 0.15))


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

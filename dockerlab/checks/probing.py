"""Judge a health check by the engine's own runs of it, without long waits.

The bench starts the container with the answer's own check, and with a shorter
pause between two probes. So the engine decides, and soon: the answer's own
interval and number of retries are read from the image.
"""

import time
from collections.abc import Callable, Iterator

from docker.models.containers import Container

from dockerlab import health, images
from dockerlab.checks.bench import Bench
from dockerlab.checks.results import RUNTIME
from dockerlab.checks.waiting import PAUSE, stretch

# Nanoseconds. What is not here stays as the answer has it.
OFTEN = {"interval": 200_000_000, "start_period": 1_000_000}
SLOWEST_INTERVAL = 2  # seconds that an answer's interval may have
SOON = 10  # seconds from the first failed probe to unhealthy
ENOUGH = 10  # failed probes in a row: it will not become healthy
LEAST = 5  # seconds that a program has to start
PATIENCE = 60  # seconds for a probe that does not end
RETRIES = 3  # Docker's default


def require_often(bench: Bench, tag: str) -> bool:
    """Require a HEALTHCHECK that runs every one or two seconds."""
    found = images.settings(bench.client, tag).healthcheck
    checked = found.get("Test", ["NONE"])[0] != "NONE"
    interval = found.get("Interval", 0) / 1e9
    hint = "Which instruction defines a health check?"
    if checked:
        hint = (
            f"Its interval is {interval or 30:g} seconds. Without --interval"
            " it is 30 seconds."
        )
    return bench.require(
        "health",
        "the image has a HEALTHCHECK with an interval of 1 or 2 seconds",
        checked and 0 < interval <= SLOWEST_INTERVAL,
        hint,
    )


def require_healthy(bench: Bench, container: Container, text: str) -> bool:
    """Require that a container becomes healthy.

    Args:
        text: the criterion.
    """
    begun = time.monotonic()

    def failed() -> bool:
        tried = _streak(container) >= ENOUGH
        return tried and time.monotonic() - begun > stretch(LEAST)

    return bench.require(
        "healthy",
        text,
        _becomes(container, "healthy", failed),
        _why_not(container),
    )


def require_unhealthy(
    bench: Bench, container: Container, text: str, spoil: Callable[[], object]
) -> bool:
    """Require that a healthy container becomes unhealthy.

    Args:
        text: the criterion.
        spoil: makes the service fail.
    """
    found = container.attrs["Config"]["Healthcheck"]
    image = container.client.images.get(container.attrs["Image"])
    own = image.attrs["Config"]["Healthcheck"]
    retries = found.get("Retries") or RETRIES
    wait = retries * own.get("Interval", 0) / 1e9
    if wait > SOON:
        return bench.require(
            "unhealthy",
            text,
            False,
            f"It would need {retries} failed probes, which is {wait:g}"
            " seconds. Which option sets this number?",
        )
    spoil()
    before = [probe.start for probe in health.probes(container)]

    def succeeds() -> bool:
        # The first new probe may have begun before `spoil`.
        new = [p for p in health.probes(container) if p.start not in before]
        return any(probe.exit_code == 0 for probe in new[1:])

    return bench.require(
        "unhealthy",
        text,
        _becomes(container, "unhealthy", succeeds),
        "The engine ran your check again, and its exit code was still 0."
        " It must be 1 when the service does not work.",
    )


def _becomes(
    container: Container, wanted: str, never: Callable[[], bool]
) -> bool:
    """Wait for a health; whether the container got it.

    Args:
        never: whether it is certain that it will not.
    """
    deadline = time.monotonic() + stretch(PATIENCE)
    while health.status(container) != wanted:
        over = container.status != "running" or time.monotonic() > deadline
        if over or never():
            return health.status(container) == wanted
        time.sleep(PAUSE)
    return True


def _streak(container: Container) -> int:
    """How many probes failed in a row."""
    state = container.attrs["State"].get("Health") or {}
    return int(state.get("FailingStreak", 0))


def _why_not(container: Container) -> str:
    """Why a container is not healthy, in the engine's words."""
    rows = health.probes(container)
    if container.status != "running":
        code = container.attrs["State"]["ExitCode"]
        return f"The container has ended, with exit code {code}."
    if not rows:
        return "No probe of your health check has ended yet."
    code, output = rows[-1].exit_code, RUNTIME.sub("", rows[-1].output)
    last = (output.strip().splitlines() or [""])[-1]
    said = (
        f"The engine ran your check: exit code {code}, output {last!r:.200}."
    )
    return " ".join([said, *_meaning(container, code, output)])


def _meaning(container: Container, code: int, output: str) -> Iterator[str]:
    """What the output of a failed probe means, where that is known."""
    own = container.client.images.get(container.attrs["Image"]).attrs["Config"]
    if 'exec: "/bin/sh"' in output:
        yield "The shell form needs a shell, and the image has none."
    elif own.get("Shell") and "/bin/sh: " in output:
        yield (
            "The engine uses /bin/sh here, whatever SHELL says. The exec form"
            " names its program."
        )
    elif code == 127 or "executable file not found" in output:
        yield "Is the program in the image?"
    elif "refused" in output:
        yield "Nothing listens there. On which port does the app listen?"

"""Follow the health that the engine reports for a container."""

import dataclasses
import time
from collections.abc import Callable, Mapping

from docker.models.containers import Container

from dockerlab.base.errors import LabError

SECONDS = 120  # that a state may take on a busy machine
PAUSE = 0.1  # seconds between two looks


@dataclasses.dataclass(frozen=True)
class Probe:
    """One run of a health check by the engine: when it began, its exit code,
    and what it printed."""

    start: str
    exit_code: int
    output: str


def status(container: Container) -> str:
    """A container's health now; "none" if it has no health check."""
    container.reload()
    state = container.attrs["State"]
    return str((state.get("Health") or {}).get("Status", "none"))


def probes(container: Container) -> list[Probe]:
    """The engine's latest probes, five at most, the oldest one first."""
    container.reload()
    health = container.attrs["State"].get("Health") or {}
    return [
        Probe(row["Start"], row["ExitCode"], row["Output"].strip())
        for row in health.get("Log") or ()
    ]


def first_probe(container: Container, seconds: float = SECONDS) -> Probe:
    """Wait for the first probe of a container.

    Raises:
        LabError: there was none in time.
    """
    deadline = time.monotonic() + seconds
    while not (found := probes(container)):
        if time.monotonic() > deadline:
            raise _too_late(container, "probe", seconds)
        time.sleep(PAUSE)
    return found[0]


def follow(
    container: Container,
    until: str,
    actions: Mapping[str, Callable[[], object]],
    seconds: float = SECONDS,
) -> list[tuple[float, str]]:
    """Print each new state of a container's health, until it has a state.

    Args:
        until: the state: `healthy` or `unhealthy`.
        actions: for a state, what is called when the container gets it.
        seconds: how long each state may take.

    Returns:
        Seconds since the first look and the state, for each look.

    Raises:
        LabError: it did not get the state in time.
    """
    begun = latest = time.monotonic()
    samples: list[tuple[float, str]] = []
    while True:
        state, now = status(container), time.monotonic()
        is_new = not samples or samples[-1][1] != state
        samples.append((now - begun, state))
        if is_new:
            print(state, flush=True)
            latest = now
            actions.get(state, lambda: None)()
        if state == until:
            return samples
        if container.status != "running" or now - latest > seconds:
            raise _too_late(container, until, seconds)
        time.sleep(PAUSE)


def _too_late(container: Container, wanted: str, seconds: float) -> LabError:
    return LabError(
        f"{container.name} is {container.status}, and there was no {wanted}"
        f" within {seconds:.0f} seconds.",
        fix=f"Look at `docker logs {container.name}` and `docker inspect"
        f" {container.name}`, then run the cell again.",
    )

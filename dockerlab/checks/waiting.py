"""Wait for what takes time, and for longer where the machine is busy."""

import os
import time
from collections.abc import Callable

from docker.models.containers import Container

from dockerlab import health

SLOWEST = 10  # times as long as on an idle machine
# Seconds of `_work` on half as fast a machine as the limits were chosen on.
USUAL = 0.003
PAUSE = 0.1  # seconds between two looks


def stretch(seconds: float) -> float:
    """Seconds to wait for what takes this long on an idle machine.

    With a whole class on one machine everything takes longer: by the number
    of programs that want to run, divided by the number of processors. On slow
    processors, too, which the number of programs does not show.
    """
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * min(max(load, 1) * _slowness(), SLOWEST)


def _slowness() -> float:
    """How many times slower than usual a processor is; 1 at least.

    The fastest of three short runs counts, because the number of programs
    that want to run is counted already.
    """
    return max(1.0, min(_work() for _ in range(3)) / USUAL)


def _work() -> float:
    """The seconds that some work takes."""
    begun = time.perf_counter()
    sum(range(100_000))
    return time.perf_counter() - begun


def wait_for(met: Callable[[], object], seconds: float) -> bool:
    """Wait until something becomes true; whether it did in time."""
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True


def becomes(container: Container, wanted: str, seconds: float) -> bool:
    """Wait for a health; whether the container got it in time.

    A container that does not run any more is not waited for.
    """

    deadline = time.monotonic() + seconds
    while health.status(container) != wanted:
        if container.status != "running" or time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True


def has_ended(container: Container) -> bool:
    """Whether a container's process is over, also if it restarts soon."""
    container.reload()
    return container.status in ("exited", "restarting", "dead")

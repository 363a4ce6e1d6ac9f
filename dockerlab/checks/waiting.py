"""Wait for what takes time, and for longer where the machine is busy."""

import os
import time
from collections.abc import Callable

from docker.models.containers import Container

from dockerlab import health

SLOWEST = 5  # times as long as on an idle machine
PAUSE = 0.1  # seconds between two looks


def stretch(seconds: float) -> float:
    """Seconds to wait for what takes this long on an idle machine.

    With a whole class on one machine everything takes longer: by the number
    of programs that want to run, divided by the number of processors.
    """
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * min(max(load, 1), SLOWEST)


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

"""What a running container uses: memory, and processor time of a command."""

import datetime
import json
import time
from collections.abc import Sequence
from typing import NamedTuple

from docker.models.containers import Container

from dockerlab.base.errors import LabError
from dockerlab.engine import gaps

SETTLED = 1.0  # MB that may be added between two looks
PAUSE = 1.5  # seconds between two looks
LONGEST = 60  # seconds until memory is measured although it still grows
TIMES = 10  # runs of a command, of which the mean counts
# Runs in the container, so that starting `docker exec` is not measured.
MEASURE = """
import json, resource, subprocess, sys
command, times = json.loads(sys.argv[1]), int(sys.argv[2])
for _ in range(times):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print((used.ru_utime + used.ru_stime) / times * 1000)
"""


class Spent(NamedTuple):
    """What a container has used of the processors so far.

    clock: seconds, by the engine's clock.
    seconds: of processor time.
    pauses: how often the kernel made it wait because of its limit.
    """

    clock: float
    seconds: float
    pauses: int


def processor(container: Container) -> Spent:
    """The processor time that a container has used so far."""
    found = container.stats(stream=False, one_shot=True)
    cpu = found["cpu_stats"]
    return Spent(
        datetime.datetime.fromisoformat(found["read"]).timestamp(),
        cpu["cpu_usage"]["total_usage"] / 1e9,
        cpu["throttling_data"]["throttled_periods"],
    )


def bytes_in_use(container: Container) -> int:
    """The memory that a container uses now; 0 if it has ended.

    Raises:
        LabError: the engine does not count memory, as a rootless engine
            without control groups.
    """
    found = container.stats(stream=False, one_shot=True)["memory_stats"]
    # The state of the container would not tell: it is "running" for a moment
    # after the kernel ended it.
    if not found and not gaps.can_limit(container.client.info()):
        raise LabError(
            "This engine does not count the memory of containers.",
            "It has no control groups.",
            "Type `make doctor` in a terminal; it says how to get them.",
        )
    return int(found.get("usage", 0))


def megabytes(container: Container, seconds: float = LONGEST) -> float:
    """The memory that a container uses once its programs have started, in MB,
    without files that the kernel only keeps for the next time."""
    deadline = time.monotonic() + seconds
    before, now = 0.0, _memory(container)
    while now - before > SETTLED and time.monotonic() < deadline:
        time.sleep(PAUSE)
        before, now = now, _memory(container)
    return now


def _memory(container: Container) -> float:
    found = container.stats(stream=False, one_shot=True)["memory_stats"]
    kinds = found.get("stats", {})
    cached = kinds.get("inactive_file", kinds.get("total_inactive_file", 0))
    return (float(found["usage"]) - float(cached)) / 1e6


def processor_ms(container: Container, command: Sequence[str]) -> float:
    """The processor time of a command in a container with Python, in ms.

    Raises:
        LabError: the command fails there.
    """
    words = ["python", "-c", MEASURE, json.dumps(list(command)), str(TIMES)]
    code, output = container.exec_run(words)
    text = output.decode(errors="replace").strip()
    if code != 0:
        raise LabError(
            f"A command failed in {container.name}.",
            text.splitlines()[-1] if text else f"exit code {code}",
            "Is the service in the container ready?",
        )
    return float(text)

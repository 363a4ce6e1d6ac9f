"""Exercises of `limits_and_neighbours`."""

import random
from typing import Any

from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

MIB = 2**20
SUMMED = 1_500_000  # as a list, several times the memory that there is
LIMIT = "32m"


@exercise("limits_and_neighbours/limits", wants="container")
def limits(bench: Bench, name: str) -> None:
    """A container with limits on memory, processors and processes."""
    bench.require_limits()
    container = bench.require_running(name)
    if not container:
        return
    settings = container.attrs["HostConfig"]
    memory = settings.get("Memory") or 0
    bench.require(
        "memory",
        "it may use 128 MiB of memory at most",
        0 < memory <= 128 * MIB,
        f"Its limit is {memory / MIB:.0f} MiB."
        if memory
        else "It has no limit. Which option limits the memory in the first"
        " section?",
    )
    cores = _cores(settings)
    bench.require(
        "cpu",
        "it may use half a processor at most",
        0 < cores <= 0.5,
        f"Its limit is {cores:g} processors."
        if cores
        else "It has no limit. Which option takes fractions of a processor? A"
        " weight (`--cpu-shares`) is no limit.",
    )
    count = settings.get("PidsLimit") or 0
    bench.require(
        "processes",
        "it may have 50 processes at most",
        0 < count <= 50,
        f"Its limit is {count}."
        if count > 0
        else "It has no limit. Which option stopped the program with the"
        " threads? `--ulimit nproc` counts per user, not per container.",
    )


def _cores(settings: dict[str, Any]) -> float:
    """Processors that a container may use; 0 without a limit."""
    if settings.get("NanoCpus"):
        return settings["NanoCpus"] / 1e9
    # Without a period the kernel uses its own: a tenth of a second.
    period = settings.get("CpuPeriod") or 100_000
    return max(0, settings.get("CpuQuota") or 0) / period


@exercise("limits_and_neighbours/fit", wants="text")
def fit(bench: Bench, program: str) -> None:
    """A program that sums many squares in little memory."""
    bench.require_limits()
    # Another number each time, so that a constant is no answer.
    count = SUMMED + random.randrange(100_000)
    container = bench.run(
        "python:3.13-slim",
        command=["python", "-c", program],
        environment={"COUNT": str(count)},
        mem_limit=LIMIT,
        memswap_limit=LIMIT,
        network_disabled=True,
    )
    ending = bench.finish(container, 30)
    container.reload()
    killed = container.attrs["State"]["OOMKilled"] or ending.code == 137
    if not bench.require(
        "survives",
        "it runs with 32 MiB of memory",
        not killed,
        "The kernel killed it: exit code 137. Does the program need all"
        " squares at the same time?",
    ):
        return
    if bench.require(
        "ends", "it ends without an error", ending.ok, ending.why
    ):
        printed = ending.output.split()
        wanted = str(sum(n * n for n in range(count)))
        bench.require(
            "right",
            "it prints the sum of the first COUNT squares",
            printed == [wanted],
            "The sum is right. Print it alone, without other words."
            if wanted in printed
            else f"COUNT was {count} this time. It printed"
            f" {' '.join(printed)[:40] or 'nothing'}.",
        )

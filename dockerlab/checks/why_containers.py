"""Exercises of `why_containers`: what a container is."""

import random
from typing import Any

from docker.models.containers import Container

from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

MIB = 2**20
SUMMED = 1_500_000  # as a list, several times the memory that there is
LIMIT = "32m"


@exercise("why_containers/two-numbers", wants="number")
def two_numbers(bench: Bench, number: float) -> None:
    """The number that a process has on the engine's machine."""
    container = bench.require_prepared("why-riddle")
    if not container:
        return
    bench.require(
        "outside",
        "it is not the number that the process has inside",
        number != 1,
        "Inside every container the first process has number 1. Which"
        " command shows the process from outside?",
    )
    bench.require(
        "right",
        "it is the number of that process on the engine's machine",
        number == container.attrs["State"]["Pid"],
        "The engine knows the number: look for `Pid` in the output of"
        " `docker inspect why-riddle`.",
    )


@exercise("why_containers/limits", wants="container")
def limits(bench: Bench, name: str) -> None:
    """A container with limits on memory, processors and processes."""
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
        else "It has no limit. Which option limited the memory of the first"
        " program?",
    )
    cores = _cores(settings)
    bench.require(
        "cpu",
        "it may use half a processor at most",
        0 < cores <= 0.5,
        f"Its quota is {cores:g} processors."
        if cores
        else "It has no quota. The option also takes fractions. A weight"
        " (`--cpu-shares`) is no limit.",
    )
    count = settings.get("PidsLimit") or 0
    bench.require(
        "processes",
        "it may have 50 processes at most",
        0 < count <= 50,
        "`docker run --help` lists the options: search for pids.",
    )


def _cores(settings: dict[str, Any]) -> float:
    """Processors that a container may use; 0 without a quota."""
    if settings.get("NanoCpus"):
        return settings["NanoCpus"] / 1e9
    # Without a period the kernel uses its own: a tenth of a second.
    period = settings.get("CpuPeriod") or 100_000
    return max(0, settings.get("CpuQuota") or 0) / period


@exercise("why_containers/fit", wants="text")
def fit(bench: Bench, program: str) -> None:
    """A program that sums many squares in little memory."""
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
        bench.require(
            "right",
            "it prints the sum of the first COUNT squares",
            printed == [str(sum(n * n for n in range(count)))],
            f"COUNT was {count} this time. It printed"
            f" {' '.join(printed)[:40] or 'nothing'}.",
        )


@exercise("why_containers/share", wants="container")
def share(bench: Bench, name: str) -> None:
    """A second container in the network namespace of the first."""
    server = bench.require_prepared("why-server", "server")
    if not server:
        return
    container = bench.require_running(name)
    if not container:
        return
    if not bench.require(
        "another",
        "it is a different container from the server",
        container.id != server.id,
        "Run a second one beside it.",
    ):
        return
    bench.require(
        "same",
        "both are in the same network namespace",
        _same(bench, container, server, "net"),
        "Which network does `docker run` use by default? `--network` also"
        " takes a container.",
    )
    bench.require(
        "apart",
        "it still has its own process namespace",
        not _same(bench, container, server, "pid"),
        "Share only the network namespace.",
    )


def _same(bench: Bench, one: Container, other: Container, kind: str) -> bool:
    """Whether two containers share a namespace."""
    found = _namespace(bench, one, kind)
    return found != "" and found == _namespace(bench, other, kind)


def _namespace(bench: Bench, container: Container, kind: str) -> str:
    """The number of a running container's namespace, empty if it cannot be
    read."""
    link = ["readlink", f"/proc/self/ns/{kind}"]
    return bench.exec(container, link).text or ""

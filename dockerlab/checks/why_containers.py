"""Exercises of `why_containers`: what a container is."""

import random

from dockerlab.checks.core import Bench, exercise

LOOK = "`docker ps --all` lists your containers, the ended ones too."
MIB = 2**20
SUMMED = 1_500_000  # as a list, several times the memory that there is
CAP = "32m"


def _found(bench: Bench, name: str, runs: bool = True):
    """The container of that name if it is there, and runs; says on the card
    what it is not."""
    container = bench.container(name)
    text = f"a container named {name} exists"
    if not bench.require("exists", text, container, LOOK):
        return None
    state = container.status
    hint = f"It is {state}. A container lives as long as its command."
    running = bench.require("runs", "it runs", state == "running", hint)
    return container if running else None


@exercise("why_containers/two-numbers", wants="number")
def two_numbers(bench: Bench, number: float) -> None:
    """The number that a process has on the engine's machine."""
    container = bench.container("why-riddle")
    if not bench.require(
        "exists",
        "the container why-riddle runs",
        container and container.status == "running",
        "Run the cell that starts it, further up in the exercise.",
    ):
        return
    bench.require(
        "outside",
        "it is not the number that the process has inside",
        number != 1,
        "Inside, everybody's first process is number 1. Who sees it from"
        " outside?",
    )
    bench.require(
        "right",
        "it is the number of that process on the engine's machine",
        number == container.attrs["State"]["Pid"],
        "The engine knows it: look for `Pid` in what `docker inspect` says"
        " of why-riddle.",
    )


@exercise("why_containers/limits", wants="container")
def limits(bench: Bench, name: str) -> None:
    """A container with caps on memory, processors and processes."""
    container = _found(bench, name)
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
        else "It has no limit. Which option did the hungry program get?",
    )
    cores = _cores(settings)
    bench.require(
        "cpu",
        "it may use half a processor at most",
        0 < cores <= 0.5,
        f"Its quota is {cores:g} processors."
        if cores
        else "It has no quota. Whole numbers are not the only ones that the"
        " option takes; a weight (`--cpu-shares`) is no cap.",
    )
    count = settings.get("PidsLimit") or 0
    bench.require(
        "processes",
        "it may have 50 processes at most",
        0 < count <= 50,
        "`docker run --help` lists the options: look for pids.",
    )


def _cores(settings: dict) -> float:
    """Processors that a container may use; 0 without a quota."""
    if settings.get("NanoCpus"):
        return settings["NanoCpus"] / 1e9
    # Without a period the kernel's own holds: a tenth of a second.
    period = settings.get("CpuPeriod") or 100_000
    return max(0, settings.get("CpuQuota") or 0) / period


@exercise("why_containers/fit", wants="text")
def fit(bench: Bench, program: str) -> None:
    """A program that sums many squares in little memory."""
    # Another number each time: only who computes it can know the sum.
    count = SUMMED + random.randrange(100_000)
    container = bench.run(
        "python:3.13-slim",
        command=["python", "-c", program],
        environment={"COUNT": str(count)},
        mem_limit=CAP,
        memswap_limit=CAP,
        network_disabled=True,
    )
    code = bench.wait(container, 30)
    container.reload()
    killed = container.attrs["State"]["OOMKilled"] or code == 137
    said = container.logs(stdout=True, stderr=False).decode().split()
    wrong = container.logs(stdout=False, stderr=True).decode().split("\n")
    if not bench.require(
        "survives",
        "it lives with 32 MiB of memory",
        not killed,
        "The kernel killed it: exit code 137. Must all squares be there at"
        " the same time?",
    ):
        return
    last = next((line for line in reversed(wrong) if line.strip()), "")
    hint = f"Its exit code is {code}. {last}"
    if code is None:
        hint = "It was still running after 30 seconds."
    if bench.require("ends", "it ends without an error", code == 0, hint):
        bench.require(
            "right",
            "it prints the sum of the first COUNT squares",
            said == [str(sum(n * n for n in range(count)))],
            f"COUNT was {count} this time; it printed"
            f" {' '.join(said)[:40] or 'nothing'}.",
        )


@exercise("why_containers/share", wants="container")
def share(bench: Bench, name: str) -> None:
    """A second container in the network namespace of the first."""
    server = bench.container("why-server")
    if not bench.require(
        "server",
        "the container why-server runs",
        server and server.status == "running",
        "Run the cell that starts it, further up in the exercise.",
    ):
        return
    container = _found(bench, name)
    if not container:
        return
    if not bench.require(
        "another",
        "it is another container than the server",
        container.id != server.id,
        "Run a second one beside it.",
    ):
        return
    bench.require(
        "same",
        "both are in the same network namespace",
        _namespace(container, "net") == _namespace(server, "net") != "",
        "Which network does `docker run` put it into, if nothing is said?"
        " `--network` also takes a container.",
    )
    bench.require(
        "apart",
        "its processes are its own all the same",
        _namespace(container, "pid") != _namespace(server, "pid"),
        "One wall is to go, not all of them.",
    )


def _namespace(container, kind: str) -> str:
    """The number of a running container's namespace, empty if it cannot be
    read."""
    link = ["readlink", f"/proc/self/ns/{kind}"]
    code, output = container.exec_run(link)
    return output.decode().strip() if code == 0 else ""

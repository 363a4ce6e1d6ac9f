"""Exercises of `namespaces_and_vms`."""

from docker.models.containers import Container

from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

LONGEST = 10  # containers that join one another


@exercise("namespaces_and_vms/two-numbers", wants="number")
def two_numbers(bench: Bench, number: float) -> None:
    """The number that a process has on the engine's machine."""
    container = bench.require_prepared("namespaces-riddle")
    if not container:
        return
    bench.require(
        "outside",
        "it is not the number that the process has inside",
        number != 1,
        "Inside every container the first process has number 1. Which command"
        " shows the number outside?",
    )
    bench.require(
        "right",
        "it is the number of that process on the engine's machine",
        number == container.attrs["State"]["Pid"],
        f"You report {number:g}. The number is another one each time the"
        " container starts. Look for `Pid` in the output of `docker inspect"
        " namespaces-riddle`.",
    )


@exercise("namespaces_and_vms/share", wants="container")
def share(bench: Bench, name: str) -> None:
    """A second container in the network namespace of the first."""
    server = bench.require_prepared("namespaces-server", "server")
    if not server:
        return
    container = bench.require_running(name)
    if not container:
        return
    if not bench.require(
        "another",
        "it is a different container from the server",
        container.id != server.id,
        "Run a second container beside the server.",
    ):
        return
    network = container.attrs["HostConfig"]["NetworkMode"]
    joined = _owner(bench, container, "NetworkMode") == server.id
    # Each start of the server makes a new namespace.
    begun = [one.attrs["State"]["StartedAt"] for one in (server, container)]
    bench.require(
        "same",
        "both are in the same network namespace",
        joined and begun[0] < begun[1],
        "The server was started again, and has a new network namespace since"
        " then. Start your container again."
        if joined
        else f"Its network is {network[:30]!r}. `--network` also takes"
        " `container:` and the name of a container that runs.",
    )
    processes = container.attrs["HostConfig"]["PidMode"]
    bench.require(
        "apart",
        "it still has its own process namespace",
        not processes,
        f"It runs with `--pid {processes[:30]}`. Share only the network"
        " namespace.",
    )


def _owner(bench: Bench, container: Container, setting: str) -> str | None:
    """The container whose namespace this one is in; its own, or another's
    that it joined, perhaps through a third one."""
    for _ in range(LONGEST):
        mode = container.attrs["HostConfig"][setting]
        kind, _, joined = mode.partition(":")
        if kind != "container":
            return container.id if kind != "host" else None
        other = bench.container(joined)
        if not other:
            return None
        container = other
    return None

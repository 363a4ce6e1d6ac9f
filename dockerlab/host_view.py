"""Look at processes as the engine's machine sees them.

The commands run in a container with the machine's process numbers, and with
the right to look at the processes of others. That works for an engine in a
virtual machine, too, such as Docker Desktop.
"""

import json
from collections.abc import Mapping, Sequence

import docker
from docker.models.containers import Container

IMAGE = "python:3.13-slim"
RIGHTS = {
    "pid_mode": "host",
    "userns_mode": "host",
    "cap_add": ["SYS_PTRACE"],
    "security_opt": ["apparmor=unconfined", "label=disable"],
}
# Memory that several processes share counts for each of them in part (Pss).
MEASURE = r"""
import json, re, sys
def field(pid, file, name):
    text = open(f"/proc/{pid}/{file}").read()
    return int(re.search(rf"^{name}:\s+(\d+)", text, re.M)[1])
def used(pid):
    return field(pid, "smaps_rollup", "Pss") * 1024
print(json.dumps([
    [used(pid), used(field(pid, "status", "PPid"))] for pid in sys.argv[1:]
]))
"""


def outside(labels: Mapping[str, str], *command: str) -> str:
    """What a command prints that sees all processes of the engine's machine.

    Args:
        labels: of the container in which it runs.

    Raises:
        docker.errors.ContainerError: the command failed.
    """
    client = docker.from_env()
    try:
        output: bytes = client.containers.run(
            IMAGE, list(command), labels=labels, remove=True, **RIGHTS
        )
        return output.decode()
    finally:
        client.close()


def memory(
    labels: Mapping[str, str], containers: Sequence[Container]
) -> list[tuple[int, int]]:
    """The memory of each container's process 1 and of its shim, in bytes.

    What a process shares with others is divided among them.
    """
    for container in containers:
        container.reload()
    pids = [str(container.attrs["State"]["Pid"]) for container in containers]
    printed = outside(labels, "python", "-c", MEASURE, *pids)
    return [(program, shim) for program, shim in json.loads(printed)]

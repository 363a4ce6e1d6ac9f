"""What a program in a container may do, found out by trying."""

from collections.abc import Mapping
from typing import Any

import docker

_STATUS = ["cat", "/proc/1/status", "/proc/sys/kernel/cap_last_cap"]


def capabilities(
    image: str, labels: Mapping[str, str], **options: Any
) -> dict[str, int]:
    """How many capabilities a container's process has.

    Args:
        options: of the container, as in the SDK: `user="1000"`.

    Returns:
        `has` (in effect now), `can get` (at most, for example from a setuid
        program) and `exist` (that this kernel knows).
    """
    output = docker.from_env().containers.run(
        image, _STATUS, labels=labels, remove=True, **options
    )
    *lines, last = output.decode().splitlines()
    status = dict(line.split(":", 1) for line in lines)
    return {
        "has": int(status["CapEff"], 16).bit_count(),
        "can get": int(status["CapBnd"], 16).bit_count(),
        "exist": int(last) + 1,
    }


def attempts(
    image: str,
    operations: Mapping[str, tuple[str, str]],
    labels: Mapping[str, str],
    **options: Any,
) -> dict[str, bool]:
    """Which operations work in a new container with these options.

    Args:
        operations: name -> the user, empty for the container's own, and a
            line of shell.
    """
    container = docker.from_env().containers.run(
        image,
        ["sleep", "600"],
        labels=labels,
        detach=True,
        init=True,
        **options,
    )
    try:
        return {
            name: container.exec_run(["sh", "-c", line], user=user).exit_code
            == 0
            for name, (user, line) in operations.items()
        }
    finally:
        container.remove(force=True)

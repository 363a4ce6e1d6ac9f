"""What the programs of an answer may use, and what they never get."""

import contextlib
from collections.abc import Mapping
from typing import Any

import docker
import docker.errors
import docker.types

# What an answer may use while it is looked at.
CONTAINER = {
    "mem_limit": "256m",
    "pids_limit": 128,
    "nano_cpus": 1_000_000_000,
    # A program that prints without end fills no disk.
    "log_config": docker.types.LogConfig(
        type="json-file", config={"max-size": "5m"}
    ),
}
# Options by which a container gets more rights than Docker's usual ones.
POWERS = (
    "privileged",
    "cap_add",
    "devices",
    "device_requests",
    "pid_mode",
    "ipc_mode",
    "uts_mode",
    "userns_mode",
    "volumes_from",
)
# What each process of a build may use: bytes of memory and of one file,
# seconds of processor time. The box limits all its builds together instead,
# forks of root included, which these cannot; and such options would keep a
# check from using what the learner's own build left in the cache.
BUILD = ("data=2000000000", "fsize=1000000000", "cpu=120", "nproc=512")


def refuse_powers(
    client: docker.DockerClient, options: Mapping[str, Any]
) -> None:
    """Refuse options by which a container would reach the host.

    Raises:
        ValueError: the check asks for rights, a network or a folder of the
            host.
    """
    harmless = {"no-new-privileges", "no-new-privileges:true"}
    security = options.get("security_opt") or ()
    networks = (options.get("network"), options.get("network_mode"))
    asked = {
        "rights": any(options.get(key) for key in POWERS)
        or not harmless.issuperset(security),
        "network": any(
            str(network).startswith(("host", "container:"))
            for network in networks
        ),
        "folder": _mounts_a_folder(client, options),
    }
    for power, given in asked.items():
        if given:
            raise ValueError(f"A check gives no {power} of the host.")


def _mounts_a_folder(
    client: docker.DockerClient, options: Mapping[str, Any]
) -> bool:
    """Whether a mount is neither a named volume nor in memory."""
    mounted = options.get("volumes") or {}
    mounts = options.get("mounts") or []
    if any(mount["Type"] not in ("volume", "tmpfs") for mount in mounts):
        return True
    # A path alone, as in `volumes=["/data"]`, is an anonymous volume.
    sources = [
        str(volume).partition(":")[0]
        for volume in mounted
        if isinstance(mounted, dict) or ":" in str(volume)
    ]
    sources += [m["Source"] for m in mounts if m["Type"] == "volume"]
    return any(
        "/" in source or _leads_to_a_folder(client, source)
        for source in sources
    )


def _leads_to_a_folder(client: docker.DockerClient, volume: str) -> bool:
    """Whether a named volume is a folder of the host."""
    with contextlib.suppress(docker.errors.NotFound):
        attrs = client.volumes.get(volume).attrs
        return "device" in (attrs["Options"] or {})
    return False

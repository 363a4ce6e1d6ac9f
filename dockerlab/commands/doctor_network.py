"""What the doctor looks at in networks: proxies, addresses, Docker Hub."""

import ipaddress
import itertools
import pathlib
import queue
import threading
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

import docker
import requests

from dockerlab import hub
from dockerlab.commands.findings import Check, note
from dockerlab.engine import environment, supplies
from dockerlab.engine.find import Engine

# The subnets of new networks, unless the engine is configured otherwise
# (moby, libnetwork/ipamutils): a pool and the prefix length of its subnets.
POOLS = [
    *((f"172.{number}.0.0/16", 16) for number in (17, 18, 19)),
    *((f"172.{number}.0.0/14", 16) for number in (20, 24, 28)),
    ("192.168.0.0/16", 20),
]
NEEDED = 5  # networks that a notebook creates at the same time
POOLS_PAGE = (
    "https://docs.docker.com/engine/network/#automatic-subnet-allocation"
)
PATIENCE = 2  # seconds for each request, and 1 more for both


def checks(
    found: Engine, info: Mapping[str, Any], tags: set[str]
) -> Iterator[Check]:
    """Yield what networks allow.

    Args:
        info: what `docker info` has, by the API's names.
        tags: names of the images that the engine has.
    """
    client = found.client(timeout=15)
    try:
        networks = client.api.networks()
    except (docker.errors.DockerException, requests.RequestException):
        networks = []
    finally:
        client.close()
    used = [*subnets(networks), *([] if found.box else _routes())]
    yield address_pools(info, used)
    if not found.box:
        missing = {*supplies.FIRST, *supplies.LATER} - tags
        yield from hub_pulls(_ask_hub(), len(missing))


def proxies(profile: Mapping[str, str]) -> Check:
    """Whether requests to this machine go to a proxy.

    Programs compare names: the network 127.0.0.0/8 has no effect in Python.
    """
    names = [
        name
        for name, value in profile.items()
        if name.lower() in environment.PROXIES and value
    ]
    direct = profile.get("no_proxy") or profile.get("NO_PROXY") or ""
    parts = {part.strip() for part in direct.split(",")}
    good = not names or "*" in parts or {"localhost", "127.0.0.1"} <= parts
    value = environment.direct(profile).get("no_proxy", "")
    return note(
        "proxies",
        good,
        ("not for this machine" if names else "none")
        if good
        else f"{names[0]} also applies to 127.0.0.1 in your terminal;"
        " notebooks connect directly",
        f"export no_proxy={value} NO_PROXY={value}",
    )


def subnets(networks: Iterable[Mapping[str, Any]]) -> Iterator[IPv4Network]:
    """Yield the IPv4 subnets of networks, as the engine lists them."""
    for network in networks:
        for row in (network.get("IPAM") or {}).get("Config") or ():
            text = row.get("Subnet", "")
            if text and ":" not in text:
                yield IPv4Network(text, strict=False)


def _routes() -> list[IPv4Network]:
    """Return the networks that this machine reaches, also through a VPN."""
    try:
        lines = pathlib.Path("/proc/net/route").read_text("ascii").splitlines()
    except OSError:
        return []  # no Linux: the engine is in a virtual machine
    return list(routes(lines))


def routes(lines: list[str]) -> Iterator[IPv4Network]:
    """Yield the destinations in /proc/net/route, except the default one.

    Addresses there are numbers in hexadecimal, the first byte last.
    """
    for line in lines[1:]:
        _, target, _, _, _, _, _, mask, *_ = line.split()
        address, bits = (
            int.from_bytes(bytes.fromhex(word)[::-1])
            for word in (target, mask)
        )
        if bits:
            yield IPv4Network((address, bits.bit_count()), strict=False)


def address_pools(info: Mapping[str, Any], used: list[IPv4Network]) -> Check:
    """Whether the engine has addresses for the networks of a notebook."""
    configured = [
        (row["Base"], row["Size"])
        for row in info.get("DefaultAddressPools") or ()
    ]
    free = itertools.islice(_free(configured or POOLS, used), NEEDED)
    count = len(list(free))
    return note(
        "addresses",
        count == NEEDED,
        "free for new networks"
        if count == NEEDED
        else f"they suffice for {count} more networks, {NEEDED} are needed",
        "docker network prune; if a VPN uses them, disconnect it or choose"
        f" other pools: {POOLS_PAGE}",
    )


def _free(
    pools: Iterable[tuple[str, int]], used: list[IPv4Network]
) -> Iterator[IPv4Network]:
    """Yield the subnets of the pools that overlap with no used one."""
    for base, size in pools:
        pool = ipaddress.ip_network(base, strict=False)
        if not isinstance(pool, IPv4Network):
            continue
        near = [network for network in used if network.overlaps(pool)]
        if any(pool.subnet_of(network) for network in near):
            continue
        for subnet in pool.subnets(new_prefix=max(size, pool.prefixlen)):
            if not any(subnet.overlaps(network) for network in near):
                yield subnet


def hub_pulls(
    headers: Mapping[str, str] | None, missing: int
) -> Iterator[Check]:
    """Yield whether Docker Hub still delivers the images that are missing.

    Args:
        headers: of Docker Hub's answer, None without one.
        missing: the number of images to pull.
    """
    if headers is None:
        return
    left = headers.get("ratelimit-remaining", "").partition(";")[0]
    if not left.isdecimal():
        yield note("Docker Hub", True, "reached, without a limit")
        return
    yield note(
        "Docker Hub",
        int(left) >= missing,
        f"{left} pulls left without login, {missing} images to pull",
        "docker login, or wait: Docker Hub counts the pulls of the last six"
        " hours",
    )


def _ask_hub() -> dict[str, str] | None:
    """Return the headers of Docker Hub's answer, None without a quick one."""
    answers: queue.Queue[dict[str, str] | None] = queue.Queue()
    # Name resolution has no time limit of its own, so it runs in a thread.
    work = threading.Thread(
        target=lambda: answers.put(hub.ask(PATIENCE)), daemon=True
    )
    work.start()
    try:
        return answers.get(timeout=2 * PATIENCE + 1)
    except queue.Empty:
        return None

"""What a container serves: its pages, and the ports where it listens."""

import contextlib
import dataclasses
import http.client
import ipaddress
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping

import docker.errors
from docker.models.containers import Container

from dockerlab.checks.waiting import PAUSE, stretch

LARGEST = 5_000_000  # bytes of a page that are read
NAME_SERVICE = "127.0.0.11"  # the engine's own, in networks made by users
FIRST_LOOK = 1.5  # seconds until a silent program is looked at
IDLE = 0.02  # seconds of processor time in a second, on an idle machine
COMPUTING = 30  # seconds for a program that computes before it listens
RESPONSE = 15  # seconds from a request to its response
PART = 5  # seconds from one part of a page to the next
TABLES = ["cat", "/proc/net/tcp", "/proc/net/tcp6"]
BESIDE = "python:3.13-slim"  # an image with `cat`


@dataclasses.dataclass(frozen=True)
class Response:
    """A response to one request; status 0 if there was none."""

    status: int = 0
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    text: str = ""


def address(container: Container, port: str) -> str:
    """The URL of a container's published port, empty if there is none.

    Args:
        port: the container's port, such as `80/tcp`.
    """
    container.reload()
    published = (container.ports or {}).get(port)
    if not published:
        return ""
    place, number = published[0]["HostIp"], published[0]["HostPort"]
    if not place or ipaddress.ip_address(place).is_unspecified:
        place = "127.0.0.1"  # published everywhere, here too
    return f"http://{f'[{place}]' if ':' in place else place}:{number}"


def is_own(end: Mapping[str, str]) -> bool:
    """Whether only this machine reaches an end of a published port."""
    return ipaddress.ip_address(end["HostIp"] or "0.0.0.0").is_loopback


def request(
    container: Container, port: str, path: str, body: bytes | None = None
) -> Response:
    """Send one request, with JSON as its body, to a published port."""
    url = address(container, port)
    if not url:
        return Response()
    kind = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{url}{path}", body, kind)
    try:
        patience = stretch(RESPONSE)
        with urllib.request.urlopen(asked, timeout=patience) as answer:
            return _response(answer)
    except urllib.error.HTTPError as error:
        with error:
            return _response(error)
    except (OSError, http.client.HTTPException):
        return Response()


def _response(
    answer: http.client.HTTPResponse | urllib.error.HTTPError,
) -> Response:
    text = answer.read(100_000).decode(errors="replace")
    return Response(answer.status or 0, dict(answer.headers), text)


def fetch(
    container: Container, port: str, path: str = "/", seconds: float = 8
) -> str | None:
    """Wait for the page behind a container's published port.

    A program that still computes, and does not listen, gets more time. A
    program that already listens, but on another port or address, gets less.

    Args:
        port: the container's port, such as `80/tcp`.
        seconds: how long to wait on an idle machine.

    Returns:
        The page, or None if there is none in time.
    """
    begun, longest = time.monotonic(), stretch(max(seconds, COMPUTING))
    next_look = FIRST_LOOK
    used: float | None = 0.0
    while (waited := time.monotonic() - begun) < longest:
        url = address(container, port)
        if container.status == "exited":
            return None
        if url:
            try:
                return _page(f"{url}{path}", stretch(seconds))
            except (OSError, http.client.HTTPException) as error:
                if not _is_refused(error):
                    longest = stretch(seconds)
        if waited > next_look:
            if waited > seconds and _is_idle(container, used):
                return None
            if _listens_elsewhere(container, port):
                return None
            # The look started a process in the container, and may have taken
            # seconds. The program's own computing is measured after it.
            used = _computed(container)
            next_look = time.monotonic() - begun + 1
        time.sleep(PAUSE)
    return None


def _is_refused(error: Exception) -> bool:
    """Whether a request failed because nobody listens, or not yet.

    The engine's proxy accepts a connection first, and closes it then.
    """
    return isinstance(getattr(error, "reason", error), ConnectionError)


def _page(url: str, seconds: float) -> str:
    """A page, or as much of it as comes in time: some never end."""
    deadline, parts, size = time.monotonic() + seconds, [], 0
    with urllib.request.urlopen(url, timeout=stretch(PART)) as answer:
        while part := answer.read1(65536):
            parts.append(part)
            size += len(part)
            if time.monotonic() > deadline or size > LARGEST:
                break
    return b"".join(parts).decode(errors="replace")


def processor_seconds(container: Container) -> float:
    """How long a running container's programs have computed so far."""
    usage = container.stats(stream=False, one_shot=True)["cpu_stats"]
    return float(usage["cpu_usage"]["total_usage"]) / 1e9


def _computed(container: Container) -> float | None:
    """Its processor seconds; None if the engine cannot measure them, as
    while a container starts or ends."""
    with contextlib.suppress(docker.errors.APIError):
        return processor_seconds(container)
    return None


def _is_idle(container: Container, before: float | None) -> bool:
    """Whether it computed almost nothing since `before` was measured.

    On a busy machine a program that wants to compute gets less, too.
    """
    now = _computed(container)
    if now is None or before is None:
        return False
    return now - before < IDLE / stretch(1)


def _listens_elsewhere(container: Container, port: str) -> bool:
    """Whether its programs listen, but nowhere that the port leads to."""
    reached = listening(container)
    return bool(reached) and not reached.get(int(port.split("/")[0]))


def listening(container: Container) -> dict[int, bool]:
    """TCP ports on which programs in a running container listen, and whether
    other machines reach them there.

    For the format of the kernel's tables see proc_pid_net(5); state 0A is
    LISTEN.
    """
    ports: dict[int, bool] = {}
    with contextlib.suppress(docker.errors.APIError):
        sockets = [row.split()[1] for row in _sockets(container)]
        for place, number in (socket.split(":") for socket in sockets):
            ip, port = _ip(place), int(number, 16)
            if str(ip) != NAME_SERVICE:
                reached = not ip.is_loopback
                ports[port] = ports.get(port, False) or reached
    return ports


def _sockets(container: Container) -> list[str]:
    """The rows of the kernel's tables about sockets that wait for visitors.

    An image may have no program that reads a file: then a container of
    another image reads them, on the same network.
    """
    text = container.exec_run(TABLES).output.decode(errors="replace")
    if "local_address" not in text:
        text = _from_beside(container)
    return [row for row in text.splitlines() if " 0A " in row]


def _from_beside(container: Container) -> str:
    """What a container on the network of another one reads there."""
    beside = container.client.containers.create(
        BESIDE,
        TABLES,
        network_mode=f"container:{container.id}",
        labels=container.labels,
        cap_drop=["ALL"],
        mem_limit="64m",
    )
    try:
        beside.start()
        beside.wait(timeout=30)
        return beside.logs(stderr=False).decode()
    finally:
        beside.remove(force=True)


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address of /proc/net/tcp: 32-bit words in the machine's order."""
    words = [int(text[at : at + 8], 16) for at in range(0, len(text), 8)]
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    return ipaddress.ip_address(packed)

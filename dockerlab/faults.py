"""Containers with a fault that somebody has to find.

`inject` starts a small shop several times, each time with another fault of
`FAULTS`, chosen at random. The container itself does not show which: its
label holds a digest. `explain` is the answer key.
"""

import dataclasses
import hashlib
import pathlib
import random
import re
import tempfile
import time
from collections.abc import Iterable, Mapping
from typing import Any

import docker
import docker.errors
from docker.models.containers import Container

from dockerlab import builds, symptoms
from dockerlab.base import labels
from dockerlab.base.errors import LabError

# A shop whose settings are environment variables.
APP = """\
import http.server
import os
import pathlib
import socket
import threading
import time

host = os.environ.get("HOST", "0.0.0.0")
port = int(os.environ.get("PORT", "8000"))
print("the shop starts", flush=True)
key = os.environ["API_KEY"]
socket.getaddrinfo(os.environ.get("DB_HOST", "localhost"), 5432)
cache = b"x" * (int(os.environ.get("CACHE_MB", "1")) * 2**20)
pathlib.Path("/data/orders").write_bytes(cache[: 2**18])
for _ in range(8):
    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"the shop is open")


server = http.server.HTTPServer((host, port), Page)
print(f"listening at {host}:{port}", flush=True)
server.serve_forever()
"""
DOCKERFILE = """\
FROM python:3.13-slim
WORKDIR /app
RUN mkdir /data
COPY shop.py .
EXPOSE 8000
CMD ["python", "/app/shop.py"]
"""
# The files of a build that somebody has to repair.
TO_BUILD = {
    "requirements.txt": "itsdangerous==2.2.0\n",
    "app.py": """\
import http.server
import pathlib

import itsdangerous

text = pathlib.Path("ready.txt").read_text().strip()
page = itsdangerous.Signer("not-a-real-key").sign(text)


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(page)


http.server.HTTPServer(("0.0.0.0", 8000), Page).serve_forever()
""",
}
IMAGE = "debugging-shop"
LABEL = "dockerlab.fault"
SECONDS = 120  # that a container may take to show its fault
MIB = 2**20


@dataclasses.dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        name: what a learner calls it.
        about: a sentence on the cause.
        options: of `docker run`, in the SDK's words, that differ from a shop
            without a fault; None leaves one out.
        evidence: a pattern of what proves it, in a text of `symptoms.plain`.
        starts: whether the engine can start the program.
    """

    name: str
    about: str
    options: Mapping[str, Any]
    evidence: str
    starts: bool = True


def _environment(**settings: str) -> dict[str, Any]:
    return {"environment": {"API_KEY": "not-a-real-key", **settings}}


def _program(*words: str) -> dict[str, Any]:
    return {"command": list(words)}


_ASK = "import urllib.request as u; u.urlopen('http://localhost:{}')"
HEALTHY: Mapping[str, Any] = {
    **_environment(),
    "ports": {"8000/tcp": ("127.0.0.1", None)},
}
FAULTS = (
    Fault(
        "wrong-command",
        "The command is misspelled.",
        _program("pyhton", "/app/shop.py"),
        r"pyhton|executable file not found",
        starts=False,
    ),
    Fault(
        "missing-file",
        "The program file is not in the image.",
        _program("python", "/app/store.py"),
        r"/app/store\.py",
    ),
    Fault(
        "not-executable",
        "The file exists and has no permission to be executed.",
        _program("/app/shop.py"),
        r"shop\.py.*permission denied|exitcode 126",
        starts=False,
    ),
    Fault(
        "no-server",
        "The command ends at once, so nothing serves.",
        _program("python"),
        r"cmd \[ ?python ?\]|args \[ ?\]|openstdin false|exitcode 0",
    ),
    Fault(
        "unknown-user",
        "The image has no user of this name.",
        {"user": "shop"},
        r"unable to find user|user shop",
        starts=False,
    ),
    Fault(
        "memory-limit",
        "The program needs more memory than its limit.",
        {
            **_environment(CACHE_MB="200"),
            "mem_limit": 64 * MIB,
            "memswap_limit": 64 * MIB,
        },
        r"oomkilled true|memory(swap)? 67108864",
    ),
    Fault(
        "process-limit",
        "The program needs more processes or threads than its limit.",
        {"pids_limit": 4},
        r"can t start new thread|pidslimit 4\b",
    ),
    Fault(
        "missing-variable",
        "An environment variable is not set.",
        {"environment": {}},
        r"keyerror|api_key",
    ),
    Fault(
        "no-permission",
        "The user of the program may not write there.",
        {"user": "1000"},
        r"permissionerror|permission denied|user 1000\b",
    ),
    Fault(
        "read-only",
        "The file system of the container is read-only.",
        {"read_only": True},
        r"read-only file system|readonlyrootfs true",
    ),
    Fault(
        "full-disk",
        "The place for the data is full.",
        {"tmpfs": {"/data": "size=64k"}},
        r"no space left|size=64k",
    ),
    Fault(
        "hidden-files",
        "A mount covers the files of the image.",
        {"tmpfs": {"/app": ""}},
        r"tmpfs.*/app|/app .*tmpfs|/app \(empty\)",
    ),
    Fault(
        "unknown-name",
        "The program asks for a host name that nobody knows.",
        _environment(DB_HOST="shop-db"),
        r"gaierror|name resolution|name or service not known|shop-db",
    ),
    Fault(
        "loopback-only",
        "The server listens at 127.0.0.1 inside.",
        _environment(HOST="127.0.0.1"),
        r"listening at 127\.0\.0\.1|host=127\.0\.0\.1",
    ),
    Fault(
        "wrong-port",
        "Another container port is published than the one in use.",
        _environment(PORT="8080"),
        r"listening at 0\.0\.0\.0:8080|port=8080",
    ),
    Fault(
        "not-published",
        "No port is published.",
        {"ports": None},
        r"ports (\{ ?\}|null)|portbindings (\{ ?\}|null)|8000/tcp null",
    ),
    Fault(
        "wrong-health-check",
        "The health check asks at another port than the server's.",
        {
            "healthcheck": {
                "test": ["CMD", "python", "-c", _ASK.format(9000)],
                "interval": 10**9,
                "retries": 1,
            }
        },
        r"localhost:9000|connection refused",
    ),
)
NAMES = {fault.name: fault for fault in FAULTS}


def causes() -> None:
    """Print the name and the meaning of each fault."""
    for fault in FAULTS:
        print(f"{fault.name:20} {fault.about}")


def inject(
    client: docker.DockerClient,
    own: Mapping[str, str],
    number: int = 3,
    chosen: Iterable[str] = (),
) -> list[str]:
    """Start shops with different faults; wait until the faults show.

    Args:
        own: labels for what is created.
        number: how many.
        chosen: names of faults; without any, they are random.

    Returns:
        The names of the containers: `debugging-case-1` and so on.
    """
    _build(own)
    picked = [NAMES[name] for name in chosen] or random.sample(FAULTS, number)
    names = []
    for place, fault in enumerate(picked, 1):
        name = f"debugging-case-{place}"
        names.append(name)
        _remove(client, name)
        options = {**HEALTHY, **fault.options}
        container = client.containers.create(
            IMAGE,
            name=name,
            labels={**own, LABEL: _digest(place, fault)},
            **{
                key: value
                for key, value in options.items()
                if value is not None
            },
        )
        if _start(container, fault):
            _wait(container)
    return names


def _start(container: Container, fault: Fault) -> bool:
    """Start a container; whether its program runs.

    Raises:
        docker.errors.APIError: it cannot be started, and not by its fault.
    """
    try:
        container.start()
    except docker.errors.APIError:
        if not fault.starts:
            return False
        container.start()  # a busy engine may fail once
    return True


def _build(own: Mapping[str, str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "shop.py").write_text(APP, "utf-8")
        (folder / "shop.py").chmod(0o644)
        given = [f"--label={key}={value}" for key, value in own.items()]
        built = builds.build(folder, IMAGE, DOCKERFILE, options=given)
    if not built.ok:
        raise LabError("The image of the shop was not built.", built.error)


def _remove(client: docker.DockerClient, name: str) -> None:
    try:
        container = client.containers.get(name)
    except docker.errors.NotFound:
        return
    if labels.is_ours(container.labels):
        container.remove(force=True)


def _wait(container: Container) -> None:
    """Wait until a container has ended, or serves and has its health."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        container.reload()
        health = container.attrs["State"].get("Health", {}).get("Status", "")
        if container.status == "exited":
            return
        if b"listening" in container.logs() and health in ("", "unhealthy"):
            return
        time.sleep(0.2)


def _digest(place: int, fault: Fault) -> str:
    """What the label holds: it gives nothing away by itself."""
    return hashlib.sha256(f"{place} {fault.name}".encode()).hexdigest()[:16]


def fault_of(container: Container, place: int) -> Fault | None:
    """The fault that a container was started with; None if it has none."""
    held = container.labels.get(LABEL)
    return next((f for f in FAULTS if _digest(place, f) == held), None)


def proves(fault: Fault, evidence: str) -> bool:
    """Whether a text is evidence of this fault."""
    return bool(re.search(fault.evidence, symptoms.plain(evidence)))


def explain(client: docker.DockerClient) -> dict[str, tuple[str, str]]:
    """The answer key: cause and evidence of each container that was given a
    fault."""
    found: dict[str, tuple[str, str]] = {}
    place = 1
    while True:
        name = f"debugging-case-{place}"
        try:
            container = client.containers.get(name)
        except docker.errors.NotFound:
            return found
        fault = fault_of(container, place)
        if fault:
            found[name] = fault.name, _best_evidence(container, fault)
        place += 1


def _best_evidence(container: Container, fault: Fault) -> str:
    """The last line of the log that proves a fault, else the shortest of the
    engine's own lines."""
    log = [row for row in symptoms.log(container) if proves(fault, row)]
    others = [row for row in symptoms.of(container) if proves(fault, row)]
    return log[-1] if log else min(others, key=len, default="")

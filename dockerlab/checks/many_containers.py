"""Exercises of `many_containers`: many containers as one application."""

import contextlib
import io
import json
import tarfile
import time
from collections.abc import Iterator

import docker.errors
import requests
from docker.models.containers import Container

from dockerlab.checks.core import (
    LIMITS,
    Bench,
    exercise,
    health_of,
    processor_seconds,
    stretch,
    wait_for,
)
from dockerlab.course.table import first_word
from dockerlab.lab import LABEL, MAKER
from dockerlab.traffic import Answer, Steady

PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"
LOOK = "`docker ps --all` lists your containers, `docker logs` what they said."
WORD = "tiger-lily"
# Asks the app in its own container; waits until somebody listens there. Says
# the answer, or the status.
ASK = """
import sys, time, urllib.error, urllib.request
end = time.monotonic() + 20
while True:
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=10) as answer:
            print(answer.read().decode())
            break
    except urllib.error.HTTPError as error:
        sys.exit(f"It says {error.code}.")
    except OSError as error:
        if time.monotonic() > end:
            sys.exit(f"Nothing answers: {error}.")
        time.sleep(0.1)
"""
EAT = "import time; eaten = b'x' * {0}_000_000; print('ate'); time.sleep({1})"
# How many processes there can be, up to a hundred.
FORK = """
import os, signal, time
children = []
try:
    while len(children) < 100:
        child = os.fork()
        if not child:
            time.sleep(20)
        children.append(child)
except OSError:
    pass
for child in children:
    os.kill(child, signal.SIGKILL)
print(len(children))
"""
BURN = """
import multiprocessing, time
def burn(end):
    while time.monotonic() < end:
        pass
end = time.monotonic() + 0.7
for _ in range(2):
    multiprocessing.Process(target=burn, args=[end]).start()
"""


def _services(
    bench: Bench, project: str, *wanted: str
) -> dict[str, Container] | None:
    """A container for each wanted service of a project, if all run; says on
    the card if they do not."""
    found = {}
    for container in bench.client.containers.list(
        all=True,
        filters={"label": f"{PROJECT}={project}"},
        ignore_removed=True,
    ):
        found.setdefault(container.labels.get(SERVICE), container)
    missing = [name for name in wanted if name not in found]
    if not bench.require(
        "exists",
        f"the project {project} has {' and '.join(wanted)}",
        not missing,
        f"There is no {', no '.join(missing)}. What did Compose say?",
    ):
        return None
    ended = [name for name in wanted if found[name].status != "running"]
    hint = f"Not running: {', '.join(ended)}. {LOOK}"
    if not bench.require("runs", "they run", not ended, hint):
        return None
    ours = {LABEL: bench.lesson, **MAKER}.items()
    labelled = all(ours <= found[name].labels.items() for name in wanted)
    hint = "Leave the `labels` in, or the lab cannot clear this away."
    ok = bench.require("labels", "the lab can clear it away", labelled, hint)
    return found if ok else None


def _ask(web: Container, path: str) -> tuple[bool, str]:
    """Whether the app answers inside its container, and what."""
    url = f"http://127.0.0.1:8000{path}"
    code, said = web.exec_run(["python", "-c", ASK, url])
    return code == 0, said.decode(errors="replace").strip()


def _visits(store: Container, word: str = "") -> str:
    """What Redis says when it is asked for the number of visits."""
    say = {"REDISCLI_AUTH": word} if word else {}
    command = ["redis-cli", "--no-auth-warning", "get", "visits"]
    said = store.exec_run(command, environment=say).output
    return said.decode(errors="replace").strip()


def _counts(bench: Bench, found: dict, word: str = "") -> bool:
    """Write whether a visit at `web` is counted in `store`."""
    web, store = found["web"], found["store"]
    ok, text = _ask(web, "/api/visits")
    if not bench.require(
        "answers",
        "web answers",
        ok,
        f"{text[-80:]} 503 means: it does not reach its store. By which"
        " name, on which network, with which word?",
    ):
        return False
    before = _visits(store, word)
    _ask(web, "/")
    after = _visits(store, word)
    return bench.require(
        "counts",
        "a visit at web is counted in store",
        after.isdigit() and after != before,
        f"web keeps its visits in {json.loads(text).get('store')}, and the"
        " number in `store` did not change. Which variable tells the app"
        " where its store is?",
    )


@exercise("many_containers/reach", wants="container")
def reach(bench: Bench, project: str) -> None:
    """A visit at `web` is counted in `store`."""
    found = _services(bench, project, "web", "store")
    if found:
        _counts(bench, found)


def _moment(container: Container, words: str) -> str:
    """When a container said some words first, as the engine writes it."""
    rows = container.logs(timestamps=True).decode(errors="replace")
    hits = [row for row in rows.splitlines() if words in row]
    return hits[0].split()[0] if hits else ""


@exercise("many_containers/wait", wants="container")
def wait(bench: Bench, project: str) -> None:
    """`web` was started when `store` answered, and a check tells that."""
    found = _services(bench, project, "web", "store")
    if not found:
        return
    store = found["store"]
    health = store.attrs["Config"].get("Healthcheck") or {}
    test = health.get("Test") or ["NONE"]
    hint = "Which word of a service says how its health is checked?"
    checked = test[0] != "NONE"
    if not bench.require("check", "store has a check", checked, hint):
        return
    command = ["sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]
    # The same image, and no Redis in it.
    idle = bench.run(
        store.attrs["Image"], entrypoint=["sleep", "60"], network_mode="none"
    )
    if not bench.require(
        "honest",
        "the check fails where Redis does not answer",
        idle.exec_run(command).exit_code != 0,
        "It succeeded in a container without Redis. Which command asks"
        " Redis itself?",
    ):
        return
    if not bench.require(
        "healthy",
        "store is healthy",
        wait_for(lambda: health_of(store) == "healthy", stretch(8)),
        f"It is {health_of(store)}. What does `docker inspect` say of the"
        " latest checks?",
    ):
        return
    ready = _moment(store, "Ready to accept connections")
    began = found["web"].attrs["State"]["StartedAt"]
    bench.require(
        "waited",
        "web was started after Redis was ready",
        ready and ready[:23] <= began[:23],
        "web began before Redis said that it was ready. The short form of"
        " `depends_on` does not wait for health.",
    )


@exercise("many_containers/tame", wants="container")
def tame(bench: Bench, project: str) -> None:
    """The neighbour is capped in processor, memory and processes."""
    found = _services(bench, project, "neighbour")
    if not found:
        return
    hog = found["neighbour"]
    host = hog.attrs["HostConfig"]
    quota = host["NanoCpus"] / 1e9
    if host.get("CpuQuota", 0) > 0:
        quota = host["CpuQuota"] / (host.get("CpuPeriod") or 100_000)
    used = _burn(hog)
    text = "Nothing stops it. Shares and reservations are not limits."
    bench.require(
        "processor",
        "two busy processes get half a processor at most",
        0 < quota <= 0.5 and used < 0.7,
        f"It may use {quota:g} processors." if quota else text,
    )
    bench.require(
        "room",
        "it may use 50 MB of memory",
        hog.exec_run(["python", "-c", EAT.format(50, 0)]).exit_code == 0,
        "The limit is too low for it to work.",
    )
    eaten = hog.exec_run(["python", "-c", EAT.format(220, 0)])
    limit = host["Memory"]
    bench.require(
        "memory",
        "it is stopped when it wants far more than 100 MB",
        eaten.exit_code != 0 and 0 < limit <= 105e6,
        f"It may use {limit / 1e6:g} MB." if limit else text,
    )
    made = hog.exec_run(["python", "-c", FORK]).output.decode().strip()
    bench.require(
        "processes",
        "it can have 50 processes, and not a hundred",
        made.isdigit() and 40 <= int(made) <= 50,
        f"It could make {made or 'no'} more. Which limit counts processes?",
    )


def _burn(container: Container) -> float:
    """How many processors two busy processes get inside."""
    before, began = processor_seconds(container), time.monotonic()
    container.exec_run(["python", "-c", BURN])
    used = processor_seconds(container) - before
    return used / (time.monotonic() - began)


@exercise("many_containers/hide", wants="container")
def hide(bench: Bench, project: str) -> None:
    """The store wants the word, the app has it, `inspect` shows it not."""
    found = _services(bench, project, "web", "store")
    if not found:
        return
    store = found["store"]
    wait_for(lambda: "refused" not in _visits(store), 15)
    if not bench.require(
        "asks",
        "the store answers nobody without the word",
        "NOAUTH" in _visits(store),
        "Redis answered. Did it get --requirepass, and a word behind it?",
    ):
        return
    if not _counts(bench, found, WORD):
        return
    shown = [
        json.dumps([c.attrs, c.image.attrs, c.image.history()])
        for c in (found["web"], store)
    ]
    bench.require(
        "hidden",
        "neither inspect nor the image's history shows the word",
        not any(WORD in text for text in shown),
        "Environment and command are open to whoever may ask the engine."
        " What comes as a file is not.",
    )


# A web that says who it is, and ends when it is asked to.
WEB = """
import http.server, signal, socket, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(socket.gethostname().encode())
    def log_message(self, *_): pass
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.ThreadingHTTPServer(("", 8000), Page).serve_forever()
"""


@exercise("many_containers/follow", wants="text")
def follow(bench: Bench, settings: str) -> None:
    """nginx with these settings goes on answering when `web` is replaced."""
    bench.tell("starting web, and nginx with these settings")
    with _network(bench) as network:
        old = _web(bench, network.name)
        proxy = _proxy(bench, network.name, settings)
        page = bench.fetch(proxy, "80/tcp", seconds=5)
        proxy.reload()
        said = proxy.logs().decode(errors="replace").strip().splitlines()
        why = next((row for row in said if "[emerg]" in row), "")
        accepts = proxy.status == "running"
        hint = why.split("[emerg]")[-1].strip() or "It has ended."
        if not bench.require("accepts", "nginx takes them", accepts, hint):
            return
        hint = "Where do they send a request for `/`?"
        passes = page == old.id[:12]
        if not bench.require("passes", "web answers", passes, hint):
            return
        port = proxy.ports["80/tcp"][0]["HostPort"]
        bench.tell("replacing web while requests come in")
        with Steady(f"http://127.0.0.1:{port}/", 40, 8) as traffic:
            new = _web(bench, network.name)
            wait_for(lambda: 8000 in bench.listening(new), stretch(8))
            time.sleep(1.5)
            bench.tell("stopping the old one")
            old.stop(timeout=2)
            time.sleep(1.5)
            bench.tell("waiting for the last answers")
        _judge(bench, traffic.answers, new.id[:12])


def _judge(bench: Bench, answers: list[Answer], new: str) -> None:
    failed = [answer for answer in answers if not answer.ok]
    # Only the last second tells: each of nginx's processes looks names up by
    # itself, and one that had no request before knows the new one at once.
    end = answers[-1].at if answers else 0.0
    last = [answer for answer in answers if answer.at > end - 1]
    bench.require(
        "follows",
        "the new one gets requests",
        {(answer.ok, answer.text) for answer in last} == {(True, new)},
        "nginx went on asking the old address. When does it look a name up,"
        " and how long does it believe the answer?",
    )
    bench.require(
        "all",
        "no request fails",
        not failed,
        f"{len(failed)} of {len(answers)} did.",
    )


@contextlib.contextmanager
def _network(bench: Bench) -> Iterator:
    """A network for the bench's containers, removed with them."""
    network = bench.client.networks.create(
        f"{first_word(bench.lesson)}-{bench.token}",
        labels={LABEL: bench.lesson, **MAKER},
    )
    try:
        yield network
    finally:
        bench.close()
        with contextlib.suppress(
            docker.errors.APIError, requests.RequestException
        ):
            network.remove()


def _web(bench: Bench, network: str) -> Container:
    """Another `web` on the network."""
    return bench.run(
        "python:3.13-slim",
        command=["python", "-c", WEB],
        network=network,
        networking_config={
            network: bench.client.api.create_endpoint_config(aliases=["web"])
        },
    )


def _proxy(bench: Bench, network: str, settings: str) -> Container:
    """nginx on the network, published, with these settings."""
    name = f"{first_word(bench.lesson)}-{bench.token}-proxy"
    proxy = bench.client.containers.create(
        "nginx:1.26",
        name=name,
        labels={LABEL: bench.lesson, **MAKER},
        network=network,
        ports={"80/tcp": ("127.0.0.1", None)},
        **LIMITS,
    )
    bench.containers.append(proxy)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        data = settings.encode()
        member = tarfile.TarInfo("default.conf")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    proxy.put_archive("/etc/nginx/conf.d", packed.getvalue())
    proxy.start()
    return proxy

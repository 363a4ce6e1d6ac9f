"""Exercises of `many_containers`: several containers as one application."""

import io
import json
import tarfile
import time

from docker.models.containers import Container

from dockerlab.base import labels
from dockerlab.checks import pages
from dockerlab.checks.bench import LOOK, Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import becomes, stretch, wait_for
from dockerlab.health import status
from dockerlab.traffic import Answer, Steady

PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"
WORD = "tiger-lily"
# Requests a page of the app in its own container, and waits until somebody
# listens there. Prints the page, or the status.
REQUEST = """
import sys, time, urllib.error, urllib.request
end = time.monotonic() + 20
while True:
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=10) as answer:
            print(answer.read().decode())
            break
    except urllib.error.HTTPError as error:
        sys.exit(f"It responds with {error.code}.")
    except OSError as error:
        if time.monotonic() > end:
            sys.exit(f"Nothing responds: {error}.")
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
    """A container for each wanted service of a project, if all run.

    Writes the criteria `exists`, `runs` and `labels`.
    """
    found: dict[str, Container] = {}
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
        f"There is no {', no '.join(missing)}. What did Compose print?",
    ):
        return None
    ended = [name for name in wanted if found[name].status != "running"]
    hint = f"Not running: {', '.join(ended)}. {LOOK}"
    if not bench.require("runs", "they run", not ended, hint):
        return None
    ours = labels.of(bench.slug).items()
    labelled = all(ours <= found[name].labels.items() for name in wanted)
    hint = "Keep the `labels`, or the lab cannot remove the containers."
    ok = bench.require("labels", "the lab can remove them", labelled, hint)
    return found if ok else None


def _request(bench: Bench, web: Container, path: str) -> tuple[bool, str]:
    """Whether the app responds inside its container, and its response."""
    url = f"http://127.0.0.1:8000{path}"
    done = bench.exec(web, ["python", "-c", REQUEST, url], 30)
    return done.ok, done.output.strip() or done.why


def _visits(bench: Bench, store: Container, word: str = "") -> str:
    """What Redis responds when it is asked for the number of visits."""
    command = ["redis-cli", "--no-auth-warning", "get", "visits"]
    password = {"REDISCLI_AUTH": word} if word else {}
    return bench.exec(store, command, environment=password).output.strip()


def _counts(bench: Bench, found: dict[str, Container], word: str = "") -> bool:
    """Require that a visit at `web` is counted in `store`."""
    web, store = found["web"], found["store"]
    ok, text = _request(bench, web, "/api/visits")
    if not bench.require(
        "answers",
        "web responds",
        ok,
        f"{text[-80:]} Status 503 means that it does not reach Redis. Check"
        " the name, the network and the password.",
    ):
        return False
    before = _visits(bench, store, word)
    _request(bench, web, "/")
    after = _visits(bench, store, word)
    return bench.require(
        "counts",
        "a visit at web is counted in store",
        after.isdigit() and after != before,
        f"web keeps its visits in {_store(text)}, and the number in `store`"
        " did not change. Which variable names the app's data store?",
    )


def _store(text: str) -> str:
    """The data store in the app's response."""
    try:
        return str(json.loads(text).get("store"))
    except (ValueError, AttributeError):
        return "another place"


@exercise("many_containers/reach", wants="container")
def reach(bench: Bench, project: str) -> None:
    """A visit at `web` is counted in `store`."""
    found = _services(bench, project, "web", "store")
    if found:
        _counts(bench, found)


def _moment(container: Container, words: str) -> str:
    """When a container first printed some words, as the engine writes it."""
    rows = container.logs(timestamps=True).decode(errors="replace")
    hits = [row for row in rows.splitlines() if words in row]
    return hits[0].split()[0] if hits else ""


@exercise("many_containers/wait", wants="container")
def wait(bench: Bench, project: str) -> None:
    """`web` starts when Redis is ready, as a health check reports."""
    found = _services(bench, project, "web", "store")
    if not found:
        return
    store = found["store"]
    health = store.attrs["Config"].get("Healthcheck") or {}
    test = health.get("Test") or ["NONE"]
    hint = "Which key of a service defines its health check?"
    checked = test[0] != "NONE"
    if not bench.require("check", "store has a health check", checked, hint):
        return
    command = ["sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]
    # The same image, and no Redis in it.
    idle = bench.run(
        store.attrs["Image"], entrypoint=["sleep", "60"], network_mode="none"
    )
    if not bench.require(
        "honest",
        "the health check fails where Redis does not respond",
        not bench.exec(idle, command, 30).ok,
        "It succeeded in a container without Redis. Which command sends a"
        " request to Redis itself?",
    ):
        return
    if not bench.require(
        "healthy",
        "store is healthy",
        becomes(store, "healthy", stretch(8)),
        f"It is {status(store)}. `docker inspect` shows the latest health"
        " checks.",
    ):
        return
    ready = _moment(store, "Ready to accept connections")
    began = found["web"].attrs["State"]["StartedAt"]
    bench.require(
        "waited",
        "web was started after Redis was ready",
        ready and ready[:23] <= began[:23],
        "web started before Redis reported that it was ready. The short form"
        " of `depends_on` does not wait for health.",
    )


@exercise("many_containers/tame", wants="container")
def tame(bench: Bench, project: str) -> None:
    """The neighbour has limits on processors, memory and processes."""
    found = _services(bench, project, "neighbour")
    if not found:
        return
    hog = found["neighbour"]
    host = hog.attrs["HostConfig"]
    quota = host["NanoCpus"] / 1e9
    if host.get("CpuQuota", 0) > 0:
        quota = host["CpuQuota"] / (host.get("CpuPeriod") or 100_000)
    used = _burn(bench, hog)
    unlimited = "It has no limit. Shares and reservations are not limits."
    bench.require(
        "processor",
        "two busy processes get half a processor at most",
        0 < quota <= 0.5 and used < 0.7,
        f"It may use {quota:g} processors." if quota else unlimited,
    )
    little = ["python", "-c", EAT.format(50, 0)]
    bench.require(
        "room",
        "it may use 50 MB of memory",
        bench.exec(hog, little, 60).ok,
        "The limit is too low for the program to work.",
    )
    much = bench.exec(hog, ["python", "-c", EAT.format(220, 0)], 60)
    limit = host["Memory"]
    bench.require(
        "memory",
        "it is stopped when it needs much more than 100 MB",
        not much.ok and 0 < limit <= 105e6,
        f"It may use {limit / 1e6:g} MB." if limit else unlimited,
    )
    made = bench.exec(hog, ["python", "-c", FORK], 60).output.strip()
    bench.require(
        "processes",
        "it can have 50 processes, and not a hundred",
        made.isdigit() and 40 <= int(made) <= 50,
        f"It could start {made or 'no'} more. Which limit counts processes?",
    )


def _burn(bench: Bench, container: Container) -> float:
    """How many processors two busy processes get inside."""
    before, began = pages.processor_seconds(container), time.monotonic()
    bench.exec(container, ["python", "-c", BURN], 60)
    used = pages.processor_seconds(container) - before
    return used / (time.monotonic() - began)


@exercise("many_containers/hide", wants="container")
def hide(bench: Bench, project: str) -> None:
    """The store needs the password, the app has it, and `inspect` does not
    show it."""
    found = _services(bench, project, "web", "store")
    if not found:
        return
    store = found["store"]
    wait_for(lambda: "refused" not in _visits(bench, store), 15)
    if not bench.require(
        "asks",
        "store refuses requests without the password",
        "NOAUTH" in _visits(bench, store),
        "Redis responded. Did it get --requirepass, followed by a password?",
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
        "neither inspect nor the image's history shows the password",
        not any(WORD in text for text in shown),
        "Everybody who can use the engine can read environment and command."
        " The content of a file is not shown.",
    )


# A `web` that serves its own name, and ends when it is asked to.
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
    """nginx with these settings keeps responding when `web` is replaced."""
    bench.show("starting web, and nginx with these settings")
    network = bench.network().name
    old = _web(bench, network)
    proxy = _proxy(bench, network, settings)
    page = pages.fetch(proxy, "80/tcp", seconds=5)
    proxy.reload()
    rows = proxy.logs().decode(errors="replace").strip().splitlines()
    why = next((row for row in rows if "[emerg]" in row), "")
    accepts = proxy.status == "running"
    hint = why.split("[emerg]")[-1].strip() or "nginx has ended."
    if not bench.require("accepts", "nginx accepts them", accepts, hint):
        return
    hint = "To which server do they send a request for `/`?"
    passes = page == old.id[:12]
    if not bench.require("passes", "web responds", passes, hint):
        return
    bench.show("replacing web while requests come in")
    with Steady(f"{pages.address(proxy, '80/tcp')}/", 40, 8) as traffic:
        new = _web(bench, network)
        wait_for(lambda: 8000 in pages.listening(new), stretch(8))
        time.sleep(1.5)
        bench.show("stopping the old one")
        old.stop(timeout=2)
        time.sleep(1.5)
        bench.show("waiting for the last responses")
    _judge(bench, traffic.answers, new.id[:12])


def _judge(bench: Bench, answers: list[Answer], new: str) -> None:
    """Judge the responses while one `web` replaced the other."""
    failed = [answer for answer in answers if not answer.ok]
    # Only the last second counts: each of nginx's processes looks names up
    # by itself, and one without requests before sees the new one at once.
    end = answers[-1].at if answers else 0.0
    last = [answer for answer in answers if answer.at > end - 1]
    bench.require(
        "follows",
        "the new one gets requests",
        {(answer.ok, answer.text) for answer in last} == {(True, new)},
        "nginx kept using the old address. When does it look a name up, and"
        " how long does it keep the address?",
    )
    bench.require(
        "all",
        "no request fails",
        not failed,
        f"{len(failed)} of {len(answers)} requests failed.",
    )


def _web(bench: Bench, network: str) -> Container:
    """Another `web` on the network."""
    named = bench.client.api.create_endpoint_config(aliases=["web"])
    return bench.run(
        "python:3.13-slim",
        command=["python", "-c", WEB],
        network=network,
        networking_config={network: named},
    )


def _proxy(bench: Bench, network: str, settings: str) -> Container:
    """nginx on the network, published, with these settings."""
    proxy = bench.create(
        "nginx:stable", network=network, ports={"80/tcp": ("127.0.0.1", None)}
    )
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        data = settings.encode()
        member = tarfile.TarInfo("default.conf")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    proxy.put_archive("/etc/nginx/conf.d", packed.getvalue())
    proxy.start()
    return proxy

"""Exercises of `zero_downtime`: replace a service while requests come in."""

import io
import json
import re
import subprocess
import tarfile
import time
from collections.abc import Sequence

from docker.models.containers import Container

from dockerlab import pages as web_pages
from dockerlab import traffic
from dockerlab.base.errors import LabError
from dockerlab.checks import pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import stretch, wait_for
from dockerlab.lab import Lab
from dockerlab.traffic import Answer, Steady

# A `web` that serves its own name, and ends when it is asked to. Its queue of
# waiting connections is long (http.server's has five places): where the
# machine is busy, a full one would look like a proxy's fault.
WEB = """
import http.server, signal, socket, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(socket.gethostname().encode())
    def log_message(self, *_): pass
class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
Server(("", 8000), Page).serve_forever()
"""
LONGEST = 60  # seconds until a new web responds, on the slowest machine
# What the exercise `replace` works with.
OLD, NEW, PROXY, NETWORK = "zero-old", "zero-new", "zero-proxy", "zero-net"
PORT = 8032  # of this machine, for the proxy
VISITS = "/api/visits"
# What nginx logs about a request that failed.
ERROR = re.compile(r"\[error\] .*?\*\d+ (.*?), client:")


@exercise("zero_downtime/follow", wants="text")
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
    hint = why.split("[emerg] 1#1:")[-1].strip() or "nginx has ended."
    if not bench.require("accepts", "nginx accepts them", accepts, hint):
        return
    passes = page == old.id[:12]
    hint = "" if passes else _why_not(proxy)
    if not bench.require("passes", "web responds", passes, hint):
        return
    bench.show("replacing web while requests come in")
    with Steady(f"{pages.address(proxy, '80/tcp')}/", 20, 30) as steady:
        new = _web(bench, network)
        wait_for(lambda: 8000 in pages.listening(new), LONGEST)
        time.sleep(stretch(1.5))
        bench.show("stopping the old one")
        old.stop(timeout=2)
        bench.show("waiting for responses of the new one")
        wait_for(lambda: _settled(steady.answers, new.id[:12]), LONGEST)
        if not _follows(steady.answers, new.id[:12]):
            # What it still holds would wait for half a minute more.
            proxy.kill()
    _judge(bench, new.id[:12], steady.answers)


def _why_not(proxy: Container) -> str:
    """Why nginx, which runs, does not pass a request for `/` to `web`."""
    heard = pages.listening(proxy)
    if 80 not in heard:
        ports = " and ".join(map(str, sorted(heard))) or "no port"
        return f"nginx listens on {ports}, and the requests come to port 80."
    log = proxy.logs().decode(errors="replace")
    errors = ERROR.findall(log)
    reported = f" nginx reports: {errors[-1]:.160}." if errors else ""
    return f"To which server do they send a request for `/`?{reported}"


def _settled(answers: list[Answer], new: str) -> bool:
    """Whether nginx follows, or has lost requests for a second."""
    answers = list(answers)
    failed = [
        answer.at + answer.seconds for answer in answers if not answer.ok
    ]
    end = max((answer.at for answer in answers), default=0.0)
    return _follows(answers, new) or bool(failed and end > min(failed) + 1)


def _follows(answers: list[Answer], new: str) -> bool:
    """Whether the responses of the last seconds are all of the new one.

    One response proves nothing: each of nginx's processes looks names up by
    itself, and one without requests before sees the new one at once, while
    requests to the old address still wait for a connection.
    """
    answers = list(answers)
    end = max((answer.at for answer in answers), default=0.0)
    last = [answer for answer in answers if answer.at > end - 3]
    return {(answer.ok, answer.text) for answer in last} == {(True, new)}


def _judge(bench: Bench, new: str, answers: list[Answer]) -> None:
    """Judge the responses while one `web` replaced the other."""
    failed = [answer for answer in answers if not answer.ok]
    hint = (
        "nginx kept using the old address. When does it look a name up, and"
        " how long does it keep the address?"
    )
    if any(answer.ok and answer.text == new for answer in answers):
        hint = (
            "It gets some, and others waited for the old address. How long"
            " does nginx keep an address, and how long does it wait for a"
            " connection?"
        )
    text = "the new one gets requests"
    bench.require("follows", text, _follows(answers, new), hint)
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


def begin(lab: Lab) -> None:
    """Run `zero-old` with version 1 behind `zero-proxy`, and no `zero-new`.

    Needs the notebook's images and its `switch.sh` in the current folder.

    Raises:
        LabError: a command fails, or the app does not answer.
    """
    lab.discard(OLD, NEW, PROXY)
    if not lab.client.networks.list(names=[NETWORK]):
        _command("docker", "network", "create", NETWORK)
    run = ("docker", "run", "-d", "--network", NETWORK, "--name")
    _command(*run, OLD, "zero-web:1")
    _command(*run, PROXY, "-p", f"127.0.0.1:{PORT}:80", "zero-proxy")
    _command("sh", "switch.sh", PROXY, OLD)
    web_pages.fetch(f"http://127.0.0.1:{PORT}{VISITS}")


def _command(*words: str) -> None:
    """Run a command.

    Raises:
        LabError: it fails.
    """
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise LabError(
            f"`{' '.join(words)}` failed.",
            done.stderr.strip()[-300:],
            "Run the cells above with zero-web, zero-proxy and switch.sh.",
        )


@exercise("zero_downtime/replace", wants="commands")
def replace(bench: Bench, commands: Sequence[str]) -> None:
    """These commands replace zero-old by zero-new, and lose no request."""
    hint = "Run `begin(lab)` before the check."
    old = bench.require_prepared(OLD, "old", hint)
    proxy = old and bench.require_prepared(PROXY, "proxy", hint)
    if not old or not proxy:
        return
    url = f"{pages.address(proxy, '80/tcp')}{VISITS}"
    steps = {f"{n}: {text}": text for n, text in enumerate(commands, 1)}
    try:
        steady, events = traffic.during(url, steps)
    except LabError as error:
        bench.require("runs", "each command succeeds", False, str(error))
        return
    bench.require("runs", "each command succeeds", True, "")
    if not _require_new(bench, url):
        return
    left = bench.container(OLD)
    bench.require(
        "gone",
        f"{OLD} does not run any more",
        not left or left.status != "running",
        f"{OLD} still runs. Which step comes last?",
    )
    bench.require(
        "all", "no request fails", not steady.failed, _lost(steady, events)
    )


def _require_new(bench: Bench, url: str) -> bool:
    """Require that zero-new has version 2, and answers behind the proxy."""
    new = bench.container(NEW)
    wanted = bench.image("zero-web:2")
    right = new and wanted and new.attrs["Image"] == wanted.id
    hint = f"{NEW} has another image." if new else "No container has the name."
    text = f"the container {NEW} has version 2"
    if not bench.require("new", text, right, hint) or not new:
        return False
    host = new.attrs["Config"]["Hostname"]
    try:
        found = json.loads(web_pages.fetch(url, LONGEST))["host"]
        hint = f"{PROXY} still sends requests to another container."
    except LabError as error:
        found, hint = "", f"{error.what} See `docker logs {PROXY}`."
    text = f"{NEW} answers behind {PROXY}"
    return bench.require("answers", text, found == host, hint)


def _lost(steady: traffic.Steady, events: dict[str, float]) -> str:
    """How many requests failed, and before which event the first one."""
    if not steady.failed:
        return ""
    first = steady.failed[0]
    begun = [name for name, at in events.items() if at <= first.at]
    during = f"during command {begun[-1]}" if begun else "before all commands"
    return (
        f"{len(steady.failed)} of {len(steady.answers)} requests failed, the"
        f" first one {during}. At each moment, a container that is ready"
        " must be behind the proxy."
    )

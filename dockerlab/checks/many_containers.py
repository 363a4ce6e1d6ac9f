"""Exercises of `many_containers`: several containers as one application."""

import io
import tarfile
import time

from docker.models.containers import Container

from dockerlab.checks import pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import stretch, wait_for
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
LONGEST = 60  # seconds until a new web listens, on the slowest machine


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
    with Steady(f"{pages.address(proxy, '80/tcp')}/", 20, 15) as traffic:
        new = _web(bench, network)
        wait_for(lambda: 8000 in pages.listening(new), LONGEST)
        time.sleep(stretch(1.5))
        bench.show("stopping the old one")
        old.stop(timeout=2)
        bench.show("waiting for responses of the new one")
        followed = wait_for(
            lambda: _follows(traffic.answers, new.id[:12]), stretch(8)
        )
    _judge(bench, followed, traffic.answers)


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


def _judge(bench: Bench, followed: bool, answers: list[Answer]) -> None:
    """Judge the responses while one `web` replaced the other."""
    failed = [answer for answer in answers if not answer.ok]
    bench.require(
        "follows",
        "the new one gets requests",
        followed,
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

"""Applications of Docker Compose that an answer created: what checks share."""

import json
from collections.abc import Sequence
from typing import Any

import docker.errors
from docker.models.containers import Container

from dockerlab import compose
from dockerlab.checks.bench import LOOK, Bench
from dockerlab.checks.waiting import stretch, wait_for

PYTHON = "python:3.13-slim"
# Networks that exist before any application, on which names do not work.
BUILT_IN = {"bridge", "host", "none"}
# What the app's log shows -> what that means.
CAUSES = {
    "Connection refused": "Nothing listens at this address. In a container,"
    " localhost is this container.",
    "not known": "No host on its networks has this name.",
    "name resolution": "No host on its networks has this name.",
    "authenticated": "It sends no password to Redis.",
    "Authentication required": "It sends no password to Redis.",
    "WRONGPASS": "It sends another password than Redis wants.",
}
# Requests a page until somebody listens there; prints the status and the text.
REQUEST = """
import sys, time, urllib.error, urllib.request as r
end = time.monotonic() + float(sys.argv[2])
open_ = r.build_opener(r.ProxyHandler({})).open
while True:
    try:
        with open_(sys.argv[1], timeout=20) as answer:
            print(answer.status, answer.read().decode())
            break
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode())
        break
    except OSError as error:
        if time.monotonic() > end:
            print(0, getattr(error, "reason", error))
            break
        time.sleep(0.1)
"""
# Sends a command to Redis as a line; prints its response.
REDIS = """
import socket, sys
with socket.create_connection((sys.argv[1], 6379), 10) as link:
    file = link.makefile("rwb", 0)
    for word in sys.argv[2:]:
        file.write(word.encode() + b"\\r\\n")
        head = file.readline().decode().strip()
        if head.startswith("$") and head != "$-1":
            head = file.readline().decode().strip()
    print(head)
"""


def require_services(
    bench: Bench,
    project: str,
    *wanted: str,
    runs: Sequence[str] | None = None,
) -> dict[str, Container] | None:
    """A container for each wanted service of a project, if they run.

    Writes the criteria `exists` and `runs`.

    Args:
        runs: the services that must run; all that are wanted by default.
    """
    found = {
        name: bench.client.containers.get(rows[0].id)
        for name, rows in compose.services(project).items()
    }
    missing = [name for name in wanted if name not in found]
    if missing:
        bench.network()  # raises if that was why nothing was created
    if not bench.require(
        "exists",
        f"the project {project} has {' and '.join(wanted)}",
        not missing,
        f"There is no {', no '.join(missing)}. What did Compose print?",
    ):
        return None
    running = wanted if runs is None else runs
    if not running:
        return found
    ended = [found[name] for name in running if not _runs(found[name])]
    text = f"{' and '.join(running)} run" + "s" * (len(running) == 1)
    hint = " ".join(map(why_ended, ended))
    if not bench.require("runs", text, not ended, hint):
        return None
    return found


def _runs(container: Container) -> bool:
    return str(container.status) == "running"


def still_runs(bench: Bench, container: Container) -> bool:
    """Whether a container has not ended since it was looked at.

    Writes the criterion `runs` where it has.
    """
    container.reload()
    if _runs(container):
        return True
    text = f"{container.labels.get(compose.SERVICE)} still runs"
    return bench.require("runs", text, False, why_ended(container))


def why_ended(container: Container) -> str:
    """Why a container does not run, in the engine's words and its own."""
    name = container.labels.get(compose.SERVICE, container.name)
    state = container.attrs["State"]
    if container.status == "created":
        why = state.get("Error") or "a service it depends on is not ready"
        return f"{name} was never started: {why}."
    rows = container.logs(tail=5).decode(errors="replace").strip()
    last = rows.splitlines()[-1:]
    log = f"Its log ends with: {last[0]:.200}" if last else "Its log is empty."
    return (
        f"{name} is {container.status}, with exit code {state['ExitCode']}."
        f" {log}"
    )


def environment(container: Container) -> dict[str, str]:
    """The environment variables that a container was created with."""
    rows = container.attrs["Config"].get("Env") or []
    return dict(row.partition("=")[::2] for row in rows)


class Visitor:
    """A container of the check beside those of an answer.

    It sends requests over their networks, so that their images need no
    programs for it.
    """

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.container = bench.run(
            PYTHON, command=["python", "-c", "import time; time.sleep(600)"]
        )
        self.networks: set[str] = set()

    def request(
        self, container: Container, path: str, port: int = 8000
    ) -> tuple[int, str]:
        """The status and the text of a page; status 0 if nobody listens.

        A server that has just started gets time to listen.
        """
        place = self._address(container)
        if not place:
            return 0, "it is on no network of its own"
        url, seconds = f"http://{place}:{port}{path}", stretch(20)
        rows = self._python(REQUEST, url, f"{seconds:.0f}", seconds=seconds)
        status, _, text = rows.partition(" ")
        return int(status) if status.isdigit() else 0, text.strip()

    def redis(self, container: Container, *words: str) -> str:
        """What Redis responds to the last of some commands."""
        place = self._address(container)
        return self._python(REDIS, place, *words) if place else ""

    def _python(self, program: str, *words: str, seconds: float = 10) -> str:
        command = ["python", "-c", program, *words]
        done = self.bench.exec(self.container, command, seconds + 30)
        return done.output.strip()

    def _address(self, container: Container) -> str:
        """An address at which this container reaches another one."""
        container.reload()
        networks = container.attrs["NetworkSettings"]["Networks"]
        for name, end in networks.items():
            if name in BUILT_IN or not end["IPAddress"]:
                continue
            if name not in self.networks:
                network = self.bench.client.networks.get(end["NetworkID"])
                network.connect(self.container)
                self.networks.add(name)
            return str(end["IPAddress"])
        return ""

    def leave(self) -> None:
        """Leave the networks, so that they can be removed."""
        try:
            self.container.remove(force=True, v=True)
        except docker.errors.NotFound:
            return


def require_counted(
    bench: Bench,
    visitor: Visitor,
    found: dict[str, Container],
    password: str = "",
) -> bool:
    """Require that a visit at `web` is counted in `store`.

    Writes the criteria `answers` and `counts`.
    """
    web, store = found["web"], found["store"]
    status, text = visitor.request(web, "/api/visits")
    if not bench.require(
        "answers", "web responds", status == 200, _why_not(web, status, text)
    ):
        return False
    ask = [f"AUTH {password}"] * bool(password) + ["GET visits"]
    before = visitor.redis(store, *ask)
    visitor.request(web, "/")
    wait_for(lambda: visitor.redis(store, *ask) != before, stretch(5))
    after = visitor.redis(store, *ask)
    return bench.require(
        "counts",
        "a visit at web is counted in store",
        after.isdigit() and after != before,
        f"web keeps its visits in {_kept_in(text)}, and the number in `store`"
        " did not change. Which variable names the app's data store?",
    )


def _why_not(web: Container, status: int, text: str) -> str:
    """Why a request to the app failed, from its own log."""
    if not status:
        return f"Nothing responds at port 8000: {text:.100}. {LOOK}"
    rows = web.logs(tail=50).decode(errors="replace").splitlines()
    error = ([""] + [error for row in rows if (error := _error(row))])[-1]
    causes = [cause for words, cause in CAUSES.items() if words in error]
    quoted = f" Its log reports: {error:.160}" if error else ""
    return " ".join([f"It responds with status {status}.{quoted}", *causes])


def _error(row: str) -> str:
    """The error in a line of the app's log, if there is one."""
    return str(_read(row).get("error", ""))


def _kept_in(text: str) -> str:
    """The data store in the app's response."""
    return str(_read(text).get("store", "another place"))


def _read(text: str) -> dict[str, Any]:
    """The JSON object in a text; an empty one if there is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

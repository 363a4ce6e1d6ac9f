"""Exercises of `production_server`: user, server, health, stop, workers."""

import contextlib
import pathlib
import re
import socket
import tarfile
import threading
import time
import urllib.parse

from docker.models.containers import Container

from dockerlab import health, paths
from dockerlab.checks import contexts, inside, pages, probing, silence
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.results import NotStarted
from dockerlab.checks.waiting import stretch, wait_for
from dockerlab.workspace.sample_app import copy_app

PORT = "8000/tcp"
SLOW_REQUEST = b"GET /livez HTTP/1.1\r\nHost: app\r\nConnection: close\r\n"
# Servers that their own documentation keeps out of production.
DEVELOPMENT = re.compile(r"Werkzeug|WSGIServer|(Base|Simple)HTTP")


# -- an image of the app -------------------------------------------------


def _app(bench: Bench, dockerfile: str) -> tuple[str, Container] | None:
    """Build an answer with all the app's files and run it: its tag and its
    container, whose own files are read-only."""
    with contexts.folder_of() as folder:
        copy_app(folder)
        for name in ("gunicorn.conf.py", ".dockerignore"):
            text = (paths.PROJECT / "sample_app" / name).read_text("utf-8")
            contexts.write(folder / name, text)
        tag = bench.build(dockerfile, folder)
    return (tag, _start(bench, tag)) if tag else None


def _start(bench: Bench, tag: str) -> Container:
    return bench.run(
        tag,
        read_only=True,
        tmpfs={"/tmp": ""},
        volumes=["/data"],
        ports={PORT: ("127.0.0.1", None)},
        healthcheck=probing.OFTEN,
    )


def _serves(bench: Bench, container: Container) -> bool:
    """Require that the app responds and counts."""
    # This page needs no data store, so it shows whether a server runs.
    style = pages.fetch(container, PORT, "/static/style.css", seconds=12)
    if not bench.require(
        "serves",
        "the app responds on port 8000, with read-only files",
        style,
        "" if style else silence.why(container, 8000),
    ):
        return False
    return bench.require(
        "counts",
        "it can write its visits into the volume at /data",
        pages.fetch(container, PORT, "/", seconds=3),
        "The page responds with an error. Which variable names the folder of"
        " the visits, and which user owns /data in the image? A new volume"
        " gets the same owner.",
    )


@exercise("production_server/user", wants="dockerfile")
def user(bench: Bench, dockerfile: str) -> None:
    """The app serves as an ordinary user, and cannot change itself."""
    started = _app(bench, dockerfile)
    if not started or not _serves(bench, started[1]):
        return
    tag, _ = started
    named = bench.client.images.get(tag).attrs["Config"].get("User") or "root"
    if not bench.require(
        "number",
        "the image names its user by a number that is not 0",
        re.fullmatch(r"0*[1-9]\d*(:\d+)?", named),
        f"It names {named}. Which instruction sets the user of a container?",
    ):
        return
    mine = _writable(bench, tag, named)
    bench.require(
        "fixed",
        "this user cannot change app.py, or put another file in its place",
        not mine,
        f"This user can write to {', '.join(mine)}, and so can an intruder in"
        " the app. Which user owns the files that COPY creates by default?",
    )


def _writable(bench: Bench, tag: str, named: str) -> list[str]:
    """The image's app.py and its folder, if a user may write to them.

    Args:
        named: the user, such as `10001:10001`.
    """
    config = bench.client.images.get(tag).attrs["Config"]
    container = bench.create(tag, command=["true"])
    number, _, group = named.partition(":")
    found = inside.files(container, config.get("WorkingDir") or "/app")
    apps = [pathlib.PurePosixPath(p) for p in found if p.endswith("/app.py")]
    return [
        str(path)
        for app in apps
        for path in (app, app.parent)
        if str(path) in found
        and _may_write(found[str(path)], int(number), int(group or 0))
    ]


def _may_write(file: tarfile.TarInfo, user: int, group: int) -> bool:
    owns = file.uid == user and file.mode & 0o200
    shares = file.gid == group and file.mode & 0o020
    return bool(owns or shares or file.mode & 0o002)


@exercise("production_server/serve", wants="dockerfile")
def serve(bench: Bench, dockerfile: str) -> None:
    """The app is served as in production: server, health check, stop."""
    started = _app(bench, dockerfile)
    if not started or not _serves(bench, started[1]):
        return
    tag, container = started
    headers = pages.request(container, PORT, "/livez").headers
    server = next((v for k, v in headers.items() if k.lower() == "server"), "")
    if bench.require(
        "server",
        "a production server responds",
        not DEVELOPMENT.match(server),
        f"The server names itself {server!r}. Which package serves WSGI apps"
        " in production?",
    ) and _judge_health_check(bench, tag, container):
        _judge_stop(bench, tag, container, "gunicorn" in server)


def _judge_health_check(bench: Bench, tag: str, container: Container) -> bool:
    """Judge the image's health check by the engine's runs of it."""
    config = bench.client.images.get(tag).attrs["Config"]
    test = (config.get("Healthcheck") or {}).get("Test") or ["NONE"]
    if not bench.require(
        "asks",
        "the image has a health check",
        test[0] != "NONE",
        "Which instruction defines a health check?",
    ):
        return False
    if not probing.require_healthy(
        bench, container, "the engine finds it healthy while the app serves"
    ):
        return False
    idle = _idle(bench, tag)
    return bench.require(
        "unwell",
        "the health check fails where the app does not serve",
        idle is None or health.first_probe(idle).exit_code != 0,
        "The engine ran your check in a container whose app does not run, and"
        " its exit code was 0. It must send a request to the app.",
    )


def _idle(bench: Bench, tag: str) -> Container | None:
    """A container of the image that does nothing; None if no program for
    that is found in it."""
    for python in (
        "python",
        "python3",
        "/venv/bin/python",
        "/app/.venv/bin/python",
    ):
        with contextlib.suppress(NotStarted):
            return bench.run(
                tag,
                entrypoint=[python, "-c", "import time; time.sleep(300)"],
                command=[],
                healthcheck=probing.OFTEN,
                network_mode="none",
            )
    return None


def _judge_stop(
    bench: Bench, tag: str, container: Container, finishes: bool
) -> None:
    """Judge what happens on SIGTERM.

    Args:
        finishes: whether its server is known to finish a request that has
            arrived in part.
    """
    answered = _stops_while_asked(container, stretch(1))
    if finishes and not answered:
        # Perhaps the server had not seen the request yet: once more.
        container = _start(bench, tag)
        pages.fetch(container, PORT, "/livez", seconds=12)
        answered = _stops_while_asked(container, stretch(3))
    container.reload()
    code = container.attrs["State"]["ExitCode"]
    if not bench.require(
        "stops",
        "it ends by itself on SIGTERM",
        code in (0, 143),
        f"Its exit code is {code}; 137 means that the engine had to kill it."
        f" Process 1 is `{_command(container)}`. A shell there does not pass"
        " SIGTERM on, and CMD without brackets starts one.",
    ):
        return
    bench.require(
        "finishes",
        "a request in progress is answered",
        answered or not finishes,
        "Process 1 ended before the server did, so the connection was lost."
        " The server itself must be process 1.",
    )


def _command(container: Container) -> str:
    words = [container.attrs["Path"], *container.attrs["Args"]]
    return f"{' '.join(words):.100}"


def _stops_while_asked(container: Container, pause: float) -> bool:
    """Stop a container while a request arrives; whether it was answered."""
    grace = round(stretch(10))  # 10 is the engine's default
    stopping = threading.Thread(
        target=container.stop, kwargs={"timeout": grace}, daemon=True
    )
    answered = False
    with (
        contextlib.suppress(OSError),
        _request_in_part(container) as connection,
    ):
        time.sleep(pause)
        stopping.start()
        # The signal may come late on a busy machine. The app's server gives a
        # request five seconds to end.
        time.sleep(min(stretch(1), 3))
        answered = _answer(connection)
    if not stopping.ident:
        stopping.start()
    stopping.join()
    return answered


def _request_in_part(container: Container) -> socket.socket:
    """A connection to the app on which a request has begun."""
    where = urllib.parse.urlsplit(pages.address(container, PORT))
    place = (where.hostname or "127.0.0.1", where.port or 0)
    connection = socket.create_connection(place, timeout=60)
    connection.sendall(SLOW_REQUEST)
    return connection


def _answer(connection: socket.socket) -> bool:
    """Send the rest of a request; whether its answer has status 200."""
    with contextlib.suppress(OSError):
        connection.sendall(b"\r\n")
        return b" 200 " in connection.recv(64)
    return False


# -- workers -------------------------------------------------------------

MEMORY = 128 * 2**20
VISITORS = 30


@exercise("production_server/workers", wants="container")
def workers(bench: Bench, name: str) -> None:
    """The app fits into its memory, and serves several visitors at once."""
    bench.require_limits()
    container = bench.require_running(name)
    if not container:
        return
    limit = container.attrs["HostConfig"]["Memory"]
    if not bench.require(
        "limit",
        "its memory limit is 128 MiB",
        limit == MEMORY,
        f"Its limit is {limit / 2**20:g} MiB. The option is `--memory 128m`.",
    ) or not _is_published(bench, container):
        return
    for _ in range(VISITORS):
        if _out_of_memory(container):
            break
        pages.request(container, PORT, "/")
    wait_for(lambda: _out_of_memory(container), stretch(2))
    if not bench.require(
        "memory",
        "it does not run out of memory",
        not _out_of_memory(container),
        "The kernel killed its workers: `docker logs` has lines with `Perhaps"
        " out of memory?`. How much memory does one worker need?",
    ):
        return
    bench.require(
        "parallel",
        "while three visitors are slow, a fourth one gets an answer",
        _answers_a_fourth(container),
        "All of its threads wait for the slow visitors. Each worker has"
        " WEB_THREADS threads, and threads share memory.",
    )


def _is_published(bench: Bench, container: Container) -> bool:
    page = pages.fetch(container, PORT, "/livez", seconds=30)
    responds = page or _out_of_memory(container)
    return bench.require(
        "answers",
        "the app responds on its published port 8000",
        responds,
        "" if responds else silence.why(container, 8000),
    )


def _out_of_memory(container: Container) -> bool:
    """Whether the kernel has killed a worker, by the engine or by gunicorn."""
    container.reload()
    told = container.attrs["State"].get("OOMKilled", False)
    return told or b"Perhaps out of memory?" in container.logs()


def _answers_a_fourth(container: Container, attempts: int = 3) -> bool:
    """Whether the app responds while three requests have only begun.

    A worker may accept a connection although its threads are busy, so there
    are several attempts.
    """
    with contextlib.ExitStack() as slow:
        for _ in range(3):
            slow.enter_context(_request_in_part(container))
        time.sleep(stretch(1))
        for _ in range(attempts):
            with (
                contextlib.suppress(OSError),
                _request_in_part(container) as fourth,
            ):
                fourth.settimeout(stretch(4))
                if _answer(fourth):
                    return True
    return False

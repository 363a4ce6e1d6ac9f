"""Exercises of `flask_app`: the Flask app."""

import hashlib
import json
import pathlib
import re
import tempfile

import docker.types

from dockerlab import images, lab
from dockerlab.checks.core import Bench, exercise

NAMELESS = re.compile("[0-9a-f]{64}")  # what the engine calls a volume
LOOK = "`docker ps --all` lists your containers, `docker logs` what they said."


def _running(bench: Bench, name: str):
    """The learner's container if it runs; says on the card if it does not."""
    container = bench.container(name)
    text = f"a container named {name} exists"
    if not bench.require("exists", text, container, LOOK):
        return None
    runs = container.status == "running"
    state = f"It is {container.status}. {LOOK}"
    return container if bench.require("runs", "it runs", runs, state) else None


def _page(bench: Bench, container) -> tuple[str, str] | None:
    """The published port that answers, as `80/tcp`, and its page."""
    ports = [port for port, host in (container.ports or {}).items() if host]
    hint = "Which option of `docker run` joins a port of yours to one inside?"
    if not bench.require("published", "its page is published", ports, hint):
        return None
    each = 8 / len(ports)
    pages = ((p, bench.fetch(container, p, seconds=each)) for p in ports)
    found = next(((port, page) for port, page in pages if page), None)
    hint = "Does the program listen on the port that you published?"
    answers = bench.require("answers", "the page answers", found, hint)
    return found if answers else None


def _visits(bench: Bench, container, port: str) -> int | None:
    """What the app counted; None if it is not the app that answers."""
    text = bench.fetch(container, port, "/api/visits", seconds=5)
    try:
        return json.loads(text)["visits"]
    except (TypeError, ValueError, KeyError):
        return None


def _counts(bench: Bench, container, port: str) -> bool:
    """Whether a visit raises the count, as in the app and in no copy of its
    page."""
    before = _visits(bench, container, port)
    if before is None:
        return False
    bench.fetch(container, port)
    return (_visits(bench, container, port) or 0) > before


@exercise("flask_app/greeting", wants="container")
def greeting(bench: Bench, name: str) -> None:
    """The page of a running container greets Grace."""
    container = _running(bench, name)
    if not container:
        return
    found = _page(bench, container)
    if not found:
        return
    port, page = found
    bench.require(
        "counts",
        "it is the app: a visit counts",
        _counts(bench, container, port),
        "Another program answers there. Which image holds the app?",
    )
    bench.require(
        "greets",
        "the page greets Grace",
        re.search(r"<h1[^>]*>[^<]*\bGrace!", page),
        "The app reads the name from its environment: which variable,"
        " and who sets it for a container?",
    )


def _context(bench: Bench) -> tempfile.TemporaryDirectory:
    """The app's files, as the lesson's folder has them."""
    folder = tempfile.TemporaryDirectory(prefix="dockerlab-check-")
    lab.copy_app(folder.name)
    return folder


def _served(bench: Bench, dockerfile: str, port: str) -> str | None:
    """Build an answer and fetch its page; the image's tag."""
    with _context(bench) as context:
        tag = bench.build(dockerfile, context)
    if not tag:
        return None
    container = bench.run(tag, ports={port: ("127.0.0.1", None)})
    page = bench.fetch(container, port, seconds=6)
    bench.require(
        "serves",
        f"the app answers on port {port.removesuffix('/tcp')} inside",
        page and _counts(bench, container, port),
        "EXPOSE opens nothing. Which environment variable does app.py read"
        " its port from?",
    )
    return tag


@exercise("flask_app/port", wants="dockerfile")
def port(bench: Bench, dockerfile: str) -> None:
    """The app serves on port 8080 inside, and the image says so."""
    tag = _served(bench, dockerfile, "8080/tcp")
    if tag:
        exposed = (
            bench.client.images.get(tag).attrs["Config"].get("ExposedPorts")
        )
        bench.require(
            "documents",
            "the image documents port 8080 and no other",
            set(exposed or {}) == {"8080/tcp"},
            "Which instruction is documentation for whoever runs the image?",
        )


@exercise("flask_app/keep-visits", wants="container")
def keep_visits(bench: Bench, name: str) -> None:
    """The count goes on in a container that replaces the learner's."""
    container = _running(bench, name)
    if not container:
        return
    found = _page(bench, container)
    if not found:
        return
    port, _ = found
    before = _visits(bench, container, port)
    settings, mounts = container.attrs["Config"], container.attrs["Mounts"]
    # A replacement gets a new anonymous volume, so only a name carries over.
    volumes = [
        docker.types.Mount(mount["Destination"], mount["Name"], "volume")
        for mount in mounts
        if mount["Type"] == "volume" and not NAMELESS.fullmatch(mount["Name"])
    ]
    successor = bench.run(
        container.attrs["Image"],
        command=settings["Cmd"],
        environment=settings["Env"],
        mounts=volumes,
        ports={port: ("127.0.0.1", None)},
    )
    bench.fetch(successor, port, "/healthz")
    after = _visits(bench, successor, port)
    hint = (
        "In which folder inside does the app keep its file? What you mount"
        " must be mounted there."
    )
    if mounts and not volumes:
        hint = (
            "It mounts no volume that has a name of yours: a new container"
            " could not ask for it. (A folder of your machine would do, but"
            " the check keeps its hands off your folders.)"
        )
    bench.require(
        "survives",
        "a new container with the same named volumes goes on counting",
        before and after and after >= before,
        hint,
    )


@exercise("flask_app/no-tests", wants="dockerfile")
def no_tests(bench: Bench, dockerfile: str) -> None:
    """The app serves, and no layer of its image holds the tests."""
    tag = _served(bench, dockerfile, "80/tcp")
    if tag:
        with _context(bench) as context:
            tests = {
                hashlib.sha256(path.read_bytes()).hexdigest()
                for path in pathlib.Path(context, "tests").rglob("*.py")
            }
        # By content: a file that was only renamed is still there.
        held = tests.intersection(
            images.saved_hashes(bench.client.images.get(tag))
        )
        bench.require(
            "clean",
            "no layer of the image holds the tests",
            not held,
            "A layer keeps what it once got. Which instruction brings the"
            " tests in, and must it bring everything?",
        )

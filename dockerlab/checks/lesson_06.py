"""Exercises of lesson 06: the Flask app."""

import io
import json
import re
import tarfile
import tempfile
from collections.abc import Iterator

import docker.types

from dockerlab import lab
from dockerlab.checks.core import Bench, exercise

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


def _published(bench: Bench, container, text: str) -> str | None:
    """The one container port that is published, as `80/tcp`."""
    ports = [port for port, host in (container.ports or {}).items() if host]
    hint = "Which option of `docker run` joins a port of yours to one inside?"
    bench.require("published", text, ports, hint)
    return ports[0] if ports else None


@exercise("06-greeting", wants="container")
def greeting(bench: Bench, name: str) -> None:
    """The page of a running container greets Grace."""
    container = _running(bench, name)
    if not container:
        return
    port = _published(bench, container, "its page is published")
    if not port:
        return
    page = bench.fetch(container, port)
    hint = "Does the program listen on the port that you published?"
    if bench.require("answers", "the page answers", page, hint):
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
    page = bench.fetch(container, port, seconds=5)
    bench.require(
        "serves",
        f"the app answers on port {port.removesuffix('/tcp')} inside",
        page and "Hello" in page,
        "EXPOSE opens nothing. Which environment variable does app.py read"
        " its port from?",
    )
    return tag


@exercise("06-port", wants="dockerfile")
def port(bench: Bench, dockerfile: str) -> None:
    """The app serves on port 8080 inside, and the image says so."""
    tag = _served(bench, dockerfile, "8080/tcp")
    if tag:
        exposed = bench.client.images.get(tag).attrs["Config"].get(
            "ExposedPorts"
        )
        bench.require(
            "documents",
            "the image documents port 8080 and no other",
            set(exposed or {}) == {"8080/tcp"},
            "Which instruction is documentation for whoever runs the image?",
        )


@exercise("06-keep-visits", wants="container")
def keep_visits(bench: Bench, name: str) -> None:
    """The count goes on in a container that replaces the learner's."""
    container = _running(bench, name)
    if not container:
        return
    port = _published(bench, container, "its page is published")
    if not port:
        return
    bench.fetch(container, port)
    before = bench.fetch(container, port, "/api/visits")
    hint = "Does the program listen on the port that you published?"
    if not bench.require("answers", "the page answers", before, hint):
        return
    settings = container.attrs["Config"]
    volumes = [
        docker.types.Mount(mount["Destination"], mount["Name"], "volume")
        for mount in container.attrs["Mounts"]
        if mount["Type"] == "volume"
    ]
    successor = bench.run(
        container.attrs["Image"],
        command=settings["Cmd"],
        environment=settings["Env"],
        mounts=volumes,
        ports={port: ("127.0.0.1", None)},
    )
    after = bench.fetch(successor, port, "/api/visits")
    bench.require(
        "survives",
        "a new container with the same volumes goes on counting",
        after
        and json.loads(after)["visits"] >= json.loads(before)["visits"] > 0,
        "In which folder inside does the app keep its file? What you mount"
        " must be mounted there.",
    )


def _files(image) -> Iterator[str]:
    """Every file name in every layer of an image."""
    saved = io.BytesIO(b"".join(image.save()))
    with tarfile.open(fileobj=saved) as archive:
        [manifest] = json.load(archive.extractfile("manifest.json"))
        for layer in manifest["Layers"]:
            with tarfile.open(fileobj=archive.extractfile(layer)) as files:
                yield from files.getnames()


@exercise("06-no-tests", wants="dockerfile")
def no_tests(bench: Bench, dockerfile: str) -> None:
    """The app serves, and no layer of its image holds the tests."""
    tag = _served(bench, dockerfile, "80/tcp")
    if tag:
        names = list(_files(bench.client.images.get(tag)))
        held = [n for n in names if n.endswith("test_app.py")]
        bench.require(
            "clean",
            "no layer of the image holds the tests",
            not held,
            "A layer keeps what it once got. Which instruction brings the"
            " tests in, and must it bring everything?",
        )

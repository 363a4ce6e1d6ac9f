"""Exercises of `first_container`: start, inspect and remove containers."""

import re

from docker.models.containers import Container

from dockerlab.checks import pages, silence
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import stretch, wait_for
from dockerlab.lab import Lab

RIDDLE = "first-riddle"
NAMES = ("first-ada", "first-bob", "first-cleo")
ENDED = "first-bob"
WORD = re.compile("[0-9a-f]{8}")  # it may be one of an earlier start
PRINT = "import uuid; print('The word is', uuid.uuid4().hex[:8])"


def start_riddle(lab: Lab) -> None:
    """Start a container that prints a new word and ends."""
    lab.discard(RIDDLE)
    container = lab.client.containers.run(
        "python:3.13-slim",
        ["python", "-c", PRINT],
        name=RIDDLE,
        labels=lab.labels,
        detach=True,
    )
    container.wait()


def start_three(lab: Lab) -> None:
    """Start three containers and wait until one of them has ended."""
    lab.discard(*NAMES)
    for name in NAMES:
        command = "true" if name == ENDED else "sleep 600"
        container = lab.client.containers.run(
            "debian:trixie-slim",
            command,
            name=name,
            labels=lab.labels,
            detach=True,
        )
        if name == ENDED:
            container.wait()


def _is_from(bench: Bench, container: Container, image: str) -> None:
    """Write the criterion `image`."""
    bench.require(
        "image",
        f"it was created from {image}",
        container.attrs["Image"] == bench.client.images.get(image).id,
        f"It was created from {container.attrs['Config']['Image']}. Which"
        " word of `docker run` names the image?",
    )


@exercise("first_container/stay", wants="container")
def stay(bench: Bench, name: str) -> None:
    """A container from debian:trixie-slim that keeps running."""
    container = bench.require_container(name)
    if not container:
        return
    _is_from(bench, container, "debian:trixie-slim")
    begun = container.attrs["State"]["StartedAt"]

    def stays() -> bool:
        now = bench.container(container.id)
        if not now or now.status != "running":
            return False
        return bool(now.attrs["State"]["StartedAt"] == begun)

    # The engine may notice an end with a delay on a busy machine.
    wait_for(lambda: not stays(), stretch(2))
    bench.require(
        "runs",
        "it is running, and still is two seconds later",
        stays(),
        _why_over(bench.container(container.id)),
    )


def _why_over(container: Container | None) -> str:
    """Why a container does not stay; None is one that is gone."""
    long = "A container runs as long as its command: how long does yours take?"
    if not container or container.status == "removing":
        return f"It ended, and `--rm` removed it. {long}"
    if container.status == "running":
        return f"It ended, and the engine started it again. {long}"
    if container.status == "exited":
        return f"It is exited. {long}"
    return silence.not_running(container)


@exercise("first_container/logs", wants="text")
def logs(bench: Bench, word: str) -> None:
    """The word that a container printed to its log."""
    container = bench.container(RIDDLE)
    bench.require(
        "exists",
        f"the container {RIDDLE} exists",
        container,
        "Keep the line `start_riddle(lab)` in your cell: it starts the"
        " container.",
    )
    if not container:
        return
    printed = container.logs().decode().split()
    hint = (
        f"Your word is {word.strip()[:40]!r}. The engine keeps what a"
        f" container prints: `docker logs {RIDDLE}` shows it."
    )
    if printed and printed[-1] in word:
        hint = "Your text contains the word. Give the word alone to the check."
    elif WORD.fullmatch(word.strip()):
        hint += " Each start prints a new word: read it after `start_riddle`."
    bench.require(
        "word",
        "the word is the one that it printed",
        printed and word.strip() == printed[-1],
        hint,
    )


@exercise("first_container/page", wants="container")
def page(bench: Bench, name: str) -> None:
    """A page of nginx that only this machine can load."""
    container = bench.require_running(name)
    if not container:
        return
    _is_from(bench, container, "nginx:stable")
    published = bench.require_published(container)
    if not published:
        return
    found = [
        host
        for port in published
        for host in (container.ports or {}).get(port) or []
    ]
    opened = sorted(
        {host["HostIp"] for host in found if not pages.is_own(host)}
    )
    bench.require(
        "loopback",
        "its ports are published on the loopback address only",
        not opened,
        f"Published on {', '.join(opened)}: other machines reach that"
        " address. Write the loopback address in front of the ports.",
    )
    answer = None
    if "80/tcp" in published:
        bench.show("loading the page")
        answer = pages.fetch(container, "80/tcp", seconds=20)
    bench.require(
        "answers",
        "the page of nginx answers at the published port",
        answer is not None,
        f"Published: {', '.join(published)}. nginx listens on port 80 of the"
        " container, and that is the last number of -p. Look at"
        f" `docker logs {name}`.",
    )


@exercise("first_container/tidy-up", wants="container")
def tidy_up(bench: Bench, ended: str) -> None:
    """The ended container is gone, the two others never stopped."""
    others = {name: bench.container(name) for name in NAMES if name != ENDED}
    touched = [
        name
        for name, container in others.items()
        if not (container and _never_stopped(container))
    ]
    bench.require(
        "stay",
        "the two running containers still run and never stopped",
        not touched,
        f"{' and '.join(touched)} stopped or is gone. Look before you remove:"
        " `docker ps --all` shows which one ended by itself.",
    )
    bench.require(
        "gone",
        "the container that had ended is gone",
        not bench.container(ENDED),
        "It still exists. Which command removes a container?",
    )
    bench.require(
        "named",
        "you gave the check its name",
        ended == ENDED,
        f"{ended} is not the one that had ended. `docker ps --all` before the"
        " removal shows it.",
    )


def _never_stopped(container: Container) -> bool:
    state = container.attrs["State"]
    # The engine's zero time means: never.
    return state["Running"] and state["FinishedAt"].startswith("0001-")

"""Exercises of `start_here`: first steps on the engine."""

import time

from docker.models.containers import Container

from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise


@exercise("start_here/first-container", wants="container")
def first_container(bench: Bench, name: str) -> None:
    """A container from debian:trixie-slim that keeps running."""
    container = bench.require_container(name)
    if not container:
        return
    base = bench.client.images.get("debian:trixie-slim").id
    bench.require(
        "image",
        "it was created from debian:trixie-slim",
        container.attrs["Image"] == base,
        "Which word of `docker run` names the image?",
    )
    time.sleep(2)
    container.reload()
    bench.require(
        "runs",
        "it is running, and still is two seconds later",
        container.status == "running",
        f"It is {container.status}. A container runs as long as its command:"
        " how long does yours take?",
    )


@exercise("start_here/read-logs", wants="text")
def read_logs(bench: Bench, word: str) -> None:
    """The word that a container printed to its log."""
    container = bench.container("start-riddle")
    fix = "Run the cell that starts it, further up in the exercise."
    text = "the container start-riddle exists"
    bench.require("exists", text, container, fix)
    if not container:
        return
    printed = container.logs().decode().split()
    bench.require(
        "word",
        "the word is the one that it printed",
        printed and word.strip() == printed[-1],
        "The engine keeps what a container prints: `docker logs` shows it."
        " The word is the last one.",
    )


@exercise("start_here/first-image", wants="dockerfile")
def first_image(bench: Bench, dockerfile: str) -> None:
    """An image that prints a sentence when it is run without arguments."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    ending = bench.output(tag, seconds=5)
    bench.require(
        "ends",
        "its container ends by itself, without an error",
        ending.ok,
        f"{ending.why} Run it yourself without --detach: what does it print?",
    )
    bench.require(
        "says",
        "it prints: I was built here",
        ending.printed.strip() == "I was built here",
        "CMD defines what a container runs when `docker run` names no"
        " command.",
    )


@exercise("start_here/tidy-up", wants="container")
def tidy_up(bench: Bench, ended: str) -> None:
    """The ended container is gone, the two others never stopped."""
    others = [bench.container(f"start-{n}") for n in ("ada", "cleo")]
    bench.require(
        "stay",
        "the two running containers still run and never stopped",
        all(c and _never_stopped(c) for c in others),
        "Look before you remove: `docker ps --all` shows which one ended.",
    )
    bench.require(
        "gone",
        "the container that had ended is gone",
        not bench.container("start-bob"),
        "Stopped is not removed. Which command removes a container?",
    )
    bench.require(
        "named",
        "you know its name",
        ended == "start-bob",
        "Run the exercise again and look at `docker ps --all` in between.",
    )


def _never_stopped(container: Container) -> bool:
    state = container.attrs["State"]
    # The engine's zero time means: never.
    return state["Running"] and state["FinishedAt"].startswith("0001-")

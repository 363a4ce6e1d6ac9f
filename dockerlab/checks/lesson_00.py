"""Exercises of lesson 00: first steps on the engine."""

from dockerlab.checks.core import Bench, exercise

LOOK = "`docker ps --all` lists every container, the ended ones too."


@exercise("00-first-container", wants="container")
def first_container(bench: Bench, name: str) -> None:
    """A container from debian:trixie-slim that keeps running."""
    container = bench.container(name)
    text = f"a container named {name} exists"
    if not bench.require("exists", text, container, LOOK):
        return
    base = bench.client.images.get("debian:trixie-slim").id
    bench.require(
        "image",
        "it was made from debian:trixie-slim",
        container.attrs["Image"] == base,
        "Which word of `docker run` names the image?",
    )
    ended = f"It ended with exit code {container.attrs['State']['ExitCode']}."
    bench.require(
        "runs",
        "it is running",
        container.status == "running",
        f"It is {container.status}. {ended} A container lives as long as its"
        " command: how long does yours take?",
    )


@exercise("00-read-logs", wants="text")
def read_logs(bench: Bench, word: str) -> None:
    """The word that a container said once in its log."""
    container = bench.container("dockerlab-00-riddle")
    fix = "Run the cell that starts it, further up in the exercise."
    text = "the container dockerlab-00-riddle is there"
    if bench.require("exists", text, container, fix):
        said = container.logs().decode().split()
        bench.require(
            "word",
            "the word is the one that it said",
            word.strip() == said[-1],
            "What a container prints is kept: `docker logs` shows it. The"
            " word is the last one.",
        )


@exercise("00-first-image", wants="dockerfile")
def first_image(bench: Bench, dockerfile: str) -> None:
    """An image that says a sentence when it is run without arguments."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    container = bench.run(tag)
    ended = bench.wait(container, 5)
    bench.require(
        "ends",
        "its container ends by itself, without an error",
        ended == 0,
        "Run it yourself without --detach: what does it say?",
    )
    bench.require(
        "says",
        "it prints: I was built here",
        container.logs().decode().strip() == "I was built here",
        "CMD holds what a container runs when nothing else is said.",
    )


@exercise("00-tidy-up", wants="mapping")
def tidy_up(bench: Bench, names: dict[str, str]) -> None:
    """The ended container is gone, the two others still run."""
    stay = [bench.container(name) for name in names.get("stay", ())]
    bench.require(
        "stay",
        "the two others still run",
        len(stay) == 2 and all(c and c.status == "running" for c in stay),
        "`docker rm --force` would remove running containers too.",
    )
    bench.require(
        "gone",
        "the container that had ended is gone",
        not bench.container(names.get("gone", "")),
        "Stopped is not removed. Which command removes a container?",
    )

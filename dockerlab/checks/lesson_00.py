"""Checks of lesson 00: meet your engine."""

import re
import time

import docker.errors

from dockerlab.checks.core import Bench, exercise

SENTENCE = "This image speaks."
STILL_SECONDS = 2
COLOURS = ("red", "green", "blue")


@exercise("00-first-container", wants="container")
def first_container(bench: Bench, name: str) -> None:
    """A container of the Debian image that runs, and goes on running."""
    container = bench.container(name)
    if not bench.require(
        "exists",
        "the engine has the container",
        container,
        "No container has that name. `docker ps --all` lists those there"
        " are.",
    ):
        return
    base = bench.client.images.get("debian:trixie-slim")
    bench.require(
        "image",
        "it was started from debian:trixie-slim",
        container.attrs["Image"] == base.id,
        "Another image is behind it. The name of the image comes before the"
        " command.",
    )
    unwell = _not_running(container)
    bench.require(
        "running",
        f"it runs, and still does {STILL_SECONDS} seconds later",
        not unwell,
        unwell,
    )


def _not_running(container) -> str:
    """Why it cannot be said to run; empty if it can."""
    reasons = {
        "created": "It was created and never started.",
        "exited": "It has ended: what does its command do, and for how long?",
        "paused": "It is paused.",
        "restarting": "It ends and is started again, in a circle.",
    }
    container.reload()
    begun = container.attrs["State"]["StartedAt"]
    deadline = time.monotonic() + STILL_SECONDS
    while True:
        state = container.attrs["State"]
        if state["Status"] != "running":
            return reasons.get(state["Status"], f"It is {state['Status']}.")
        if state["StartedAt"] != begun:
            return reasons["restarting"]
        if time.monotonic() > deadline:
            return ""
        time.sleep(0.1)
        try:
            container.reload()
        except docker.errors.NotFound:
            return "It ended and was removed while the check looked at it."


@exercise("00-read-logs", wants="text")
def read_logs(bench: Bench, word: str) -> None:
    """The word that only the container's logs know."""
    diary = bench.container("dockerlab-00-diary")
    log = diary.logs().decode(errors="replace") if diary else ""
    secret = re.search(r"the secret word is (\w+)", log)
    if not bench.require(
        "exists",
        "dockerlab-00-diary has written its logs",
        secret,
        "The container is gone. Run the cell that starts it again.",
    ):
        return
    answer = word.strip().strip(".'\"").casefold()
    bench.require(
        "logged",
        "the answer occurs in the logs",
        answer in log.casefold(),
        "Those logs do not hold it. How do you read a container's logs?",
    )
    bench.require(
        "word",
        "it is the secret word, and nothing else",
        answer == secret[1].casefold(),
        "Which line speaks of a secret? Its last word alone is wanted.",
    )


@exercise("00-first-image", wants="dockerfile")
def first_image(bench: Bench, dockerfile: str) -> None:
    """An image that says one sentence and ends."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    printed = bench.output(tag).strip()
    bench.require(
        "prints",
        f"run without a command, it prints exactly: {SENTENCE}",
        printed == SENTENCE,
        f"It printed {printed[:60]!r}. Compare it letter by letter."
        if printed
        else "It printed nothing. What is done while building, and what when"
        " a container starts?",
    )
    container = bench.containers[-1]
    container.reload()
    state = container.attrs["State"]
    bench.require(
        "ends",
        "it ends by itself, with exit code 0",
        state["Status"] == "exited" and state["ExitCode"] == 0,
        "It was still running after 15 seconds."
        if state["Running"]
        else f"Its exit code was {state['ExitCode']}.",
    )


@exercise("00-clean-up", wants="container")
def clean_up(bench: Bench, answer: str) -> None:
    """The stopped one of three is gone; two run as they did."""
    names = [f"dockerlab-00-{colour}" for colour in COLOURS]
    found = {name: bench.container(name) for name in names}
    there = [container for container in found.values() if container]
    running = [one for one in there if one.status == "running"]
    # A container that never stopped has no time of its end.
    unbroken = [
        one
        for one in running
        if one.attrs["State"]["FinishedAt"].startswith("0001-")
    ]
    bench.require(
        "gone",
        "the container that had ended is gone",
        len(running) == len(there),
        "One that does not run is still there. `docker ps --all` lists it.",
    )
    lost = len(running) < 2
    bench.require(
        "untouched",
        "the two others run, without a break",
        len(unbroken) >= 2,
        "One that ran is missing or was stopped."
        if lost
        else "One of those that run had ended before: it was started again.",
    )
    missing = [name for name, container in found.items() if not container]
    bench.require(
        "named",
        "the answer names the one that was removed",
        missing == [answer.removeprefix("/")],
        "Nothing has been removed yet."
        if not missing
        else "Look again at which name is missing now.",
    )

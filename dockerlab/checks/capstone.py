"""Exercises of `capstone`: the capstone."""

import docker.errors

from dockerlab.checks import scorecard
from dockerlab.checks.core import Bench, exercise

NAIVE = "capstone-naive"


@exercise("capstone/survey", wants="mapping")
def survey(bench: Bench, answer: dict) -> None:
    """What the service does in the image that changes nothing."""
    try:
        bench.client.images.get(NAIVE)
        here = True
    except docker.errors.ImageNotFound:
        here = False
    text = f"the image {NAIVE} is here"
    if not bench.require("there", text, here, "Run the cell that builds it."):
        return
    port = "5000/tcp"
    container = bench.run(NAIVE, ports={port: ("127.0.0.1", None)})
    serves = bench.fetch(container, port, "/items", seconds=20) is not None
    hint = "Its port 5000 did not answer. Build the image anew."
    if not bench.require("serves", "the service answers", serves, hint):
        return
    scorecard.ask(container, "/items", b'{"name": "hat"}', port)
    written = {
        change["Path"]
        for change in container.diff()
        if change["Path"].endswith("items.jsonl")
    }
    user = bench.exec(container, ["id", "-un"]) or (1, "")
    container.stop(timeout=2)
    container.reload()
    code = container.attrs["State"]["ExitCode"]
    bench.require(
        "writes",
        "`writes` is the file that it writes",
        written == {answer.get("writes")},
        "`docker diff` lists what a container changed. Report an item first,"
        " and give the whole path.",
    )
    bench.require(
        "user",
        "`user` is who runs it",
        answer.get("user") == user[1].strip(),
        "`docker exec CONTAINER id -un` answers by name.",
    )
    bench.require(
        "exit_code",
        "`exit_code` is the one after `docker stop`",
        answer.get("exit_code") == code,
        "Stop it, then look at `{{.State.ExitCode}}`. It is a number.",
    )


@exercise("capstone/builds", wants="dockerfile")
def small(bench: Bench, dockerfile: str) -> None:
    """It builds, serves, and leaves the compiler behind."""
    scorecard.some(bench, dockerfile, ("builds", "size", "compiler", "serves"))


@exercise("capstone/rights", wants="dockerfile")
def rights(bench: Bench, dockerfile: str) -> None:
    """No root, no writing but in /data, and the data outlive it."""
    scorecard.some(
        bench,
        dockerfile,
        ("builds", "serves", "user", "readonly", "replace"),
    )


@exercise("capstone/full", wants="app")
def full(bench: Bench, answer: object) -> None:
    """The whole score card."""
    scorecard.score(bench, answer)

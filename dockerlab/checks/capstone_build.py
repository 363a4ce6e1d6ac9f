"""Exercises of `capstone_build`: an unfamiliar service, in a small image."""

from dockerlab.checks import pages, scorecard
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import stretch

NAIVE = "capstone-naive"
PORT = "5000/tcp"  # where the service listens in that image


@exercise("capstone_build/survey", wants="mapping")
def survey(bench: Bench, answer: dict[str, object]) -> None:
    """What the service does in the image that changes nothing."""
    here = bench.image(NAIVE)
    text = f"the image {NAIVE} is here"
    if not bench.require("there", text, here, "Run the cell that builds it."):
        return
    container = bench.run(NAIVE, ports={PORT: ("127.0.0.1", None)})
    serves = pages.fetch(container, PORT, "/items", seconds=20) is not None
    hint = "Its port 5000 did not respond. Build the image again."
    if not bench.require("serves", "the service responds", serves, hint):
        return
    pages.request(container, PORT, "/items", b'{"name": "hat"}')
    written = {
        change["Path"]
        for change in container.diff()
        if change["Path"].endswith("items.jsonl")
    }
    user = bench.exec(container, ["id", "-un"])
    container.stop(timeout=round(stretch(2)))
    container.reload()
    code = container.attrs["State"]["ExitCode"]
    bench.require(
        "writes",
        "`writes` is the file that it writes",
        written == {str(answer.get("writes")).strip()},
        "`docker diff` lists what a container changed. Report an item first,"
        " and give the whole path.",
    )
    bench.require(
        "user",
        "`user` is the user that runs it",
        str(answer.get("user")).strip() == user.output.strip(),
        "`docker exec CONTAINER id -un` prints the user's name.",
    )
    bench.require(
        "exit_code",
        "`exit_code` is the exit code after `docker stop`",
        answer.get("exit_code") == code,
        "Stop it, then look at `{{.State.ExitCode}}`. It is a number.",
    )


@exercise("capstone_build/builds", wants="dockerfile")
def small(bench: Bench, dockerfile: str) -> None:
    """It builds, serves, and leaves the compiler behind."""
    scorecard.some(bench, dockerfile, ("builds", "size", "compiler", "serves"))

"""Exercises of `running_containers`."""

import io
import tarfile

import docker.errors

from dockerlab.checks import pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import has_ended, wait_for


@exercise("running_containers/rescue", wants="text")
def rescue(bench: Bench, word: str) -> None:
    """The word from a file of a container that does not run."""
    text = _lost_file(bench)
    there = "the container running-lost exists, with its file"
    hint = "Run the cell that creates it, further up, once more."
    if bench.require("there", there, text, hint) and text:
        bench.require(
            "word",
            "the word is the one in the file",
            word.split()[-1] == text.split()[-1],
            "The log shows where the program wrote. `docker exec` needs a"
            " running container. Which command copies files out of a stopped"
            " one? The word is the last one in the file.",
        )


def _lost_file(bench: Bench) -> str | None:
    """The text in the lost container's file, None if there is none."""
    container = bench.container("running-lost")
    if not container:
        return None
    try:
        stream, _ = container.get_archive("/srv/result.txt")
    except docker.errors.NotFound:
        return None
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as packed:
        file = packed.extractfile("result.txt")
        return file.read().decode() if file else None


@exercise("running_containers/restart", wants="container")
def restart(bench: Bench, name: str) -> None:
    """Its restart policy restarts only after a failure, five times."""
    started = bench.container(name)
    if started:  # started just now, it may be about to end
        wait_for(lambda: has_ended(started), 1)
    container = bench.require_running(name)
    if not container:
        return
    policy = container.attrs["HostConfig"]["RestartPolicy"]
    bench.require(
        "fails",
        "the engine starts it again when it fails",
        _restarts(bench, policy, "false"),
        "The engine does not restart a container by default. Which option of"
        " `docker run` changes that?",
    )
    bench.require(
        "done",
        "the engine does not restart it after exit code 0",
        not _restarts(bench, policy, "true"),
        "Its policy restarts after every exit code. Which policy looks at"
        " the exit code?",
    )
    limit = policy.get("MaximumRetryCount", 0)
    bench.require(
        "limit",
        "the engine gives up after five restarts",
        limit == 5,
        f"It gives up after {limit}." if limit else "It never gives up.",
    )


def _restarts(bench: Bench, policy: dict[str, object], command: str) -> bool:
    """Whether another program is restarted under this policy."""
    options = {"restart_policy": policy} if policy["Name"] else {}
    actor = bench.run("debian:trixie-slim", command=[command], **options)

    def restarted() -> bool:
        actor.reload()
        return bool(actor.attrs["RestartCount"] > 0)

    wait_for(lambda: has_ended(actor) or restarted(), 20)
    return wait_for(restarted, 1.5)


@exercise("running_containers/graceful", wants="image")
def graceful(bench: Bench, name: str) -> None:
    """A container of the image ends when asked, and saves its work."""
    here = bench.image(name)
    hint = "Does the build succeed, and does the image get this tag?"
    if not bench.require("image", f"the image {name} exists", here, hint):
        return
    container = bench.run(name)

    def is_ready() -> bool:
        return b"ready" in container.logs()

    wait_for(lambda: is_ready() or has_ended(container), 15)
    ready = is_ready()
    rows = container.logs().decode(errors="replace").strip().splitlines()
    hint = f"Its log ends with: {rows[-1] if rows else '(nothing)'}"
    if not bench.require("ready", "the server prints: ready", ready, hint):
        return
    container.stop(timeout=3)
    code = bench.wait(container)
    bench.require(
        "asked",
        "it ends when asked, and does not have to be killed",
        code != 137,
        "Exit code 137: it was killed. Which program is process 1, and does"
        " that process handle SIGTERM?",
    )
    bench.require(
        "saved",
        "the server saves its work and ends with exit code 0",
        code == 0 and b"saved" in container.logs(),
        f"It ended with exit code {code}, and the server itself did not get"
        " the signal.",
    )


@exercise("running_containers/mend", wants="container")
def repair(bench: Bench, name: str) -> None:
    """The broken container runs, and its page can be read from outside."""
    started = bench.container(name)
    if started:
        # On a busy machine a Python takes seconds to begin, or to fail.
        wait_for(lambda: has_ended(started) or pages.listening(started), 20)
    container = bench.require_running(name)
    if not container:
        return
    published = bench.require_published(container)
    found = [pages.fetch(container, port, seconds=3) for port in published]
    page = next((page for page in found if page), None)
    if not published or not bench.require(
        "answers",
        "its page can be read from outside",
        page,
        "The connection works, but there is no response. On which address"
        " does the program listen inside? Its log shows it.",
    ):
        return
    bench.require(
        "greets",
        "the page shows the text of greeting.txt",
        "Good morning" in (page or ""),
        "Another program responds, or it shows another file.",
    )

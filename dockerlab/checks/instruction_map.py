"""Exercises of `instruction_map`."""

from docker.models.containers import Container

from dockerlab import images
from dockerlab.checks import contents, contexts, pages, probing
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.results import Built, NotStarted
from dockerlab.checks.waiting import stretch

SECRET = "PASSWORD=letmein\n"
OTHER_SECRET = "PASSWORD=opensesame\n"
BASE = "python:3.13-slim"
# The program of the last exercise, as the notebook prints it.
GREETER = '''"""Greet every visitor on port 8000 until SIGINT arrives."""

import http.server
import signal
import sys

greeting = " ".join(sys.argv[1:]) or "hello"


class Greeter(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(greeting.encode())


signal.signal(signal.SIGINT, lambda number, frame: sys.exit(0))
http.server.HTTPServer(("", 8000), Greeter).serve_forever()
'''


@exercise("instruction_map/pipe", wants="dockerfile")
def pipe(bench: Bench, dockerfile: str) -> None:
    """A build that notices a failure inside a pipe."""
    if not bench.build(dockerfile):
        return
    good = bench.try_build(dockerfile, arguments={"SOURCE": "/etc/group"})
    compare = 'test "$(cat /lines)" = "$(wc -l < /etc/group)" && echo same'
    bench.require(
        "counts",
        "with another SOURCE, /lines holds the number of its lines",
        good.ok and bench.shell(good.tag, compare) == "same",
        good.hint
        or "Build it with `--build-arg SOURCE=/etc/group`: what is in /lines?",
    )
    missing = bench.try_build(dockerfile, arguments={"SOURCE": "/missing"})
    bench.require(
        "fails",
        "with a SOURCE that does not exist, the build fails",
        not missing.ok and not missing.stopped,
        missing.hint
        if missing.stopped
        else "A pipe's exit code is the one of its last program. Which option"
        " of which shell changes that? A solution without a pipe is also"
        " right.",
    )


@exercise("instruction_map/ten-checks", wants="dockerfile")
def ten_checks(bench: Bench, dockerfile: str) -> None:
    """Ten properties of one image, seen in its containers."""
    with contexts.folder_of(_files(SECRET)) as context:
        tag = bench.build(dockerfile, context)
    if not tag:
        return
    with contexts.folder_of(_files(OTHER_SECRET)) as context:
        labelled = bench.try_build(
            dockerfile, context, arguments={"VERSION": "1.2.3"}
        )
    _judge_image(bench, tag, labelled)
    often = probing.require_often(bench, tag)
    try:
        container = bench.run(
            tag,
            command=["good", "day"],
            ports={"8000/tcp": ("127.0.0.1", None)},
            healthcheck=probing.OFTEN if often else None,
        )
    except NotStarted:
        # The arguments replaced the program.
        container = None
    if _judge_arguments(bench, container) and container:
        _judge_container(bench, container, often)


def _files(secret: str) -> dict[str, str]:
    """The context that the exercise describes."""
    return {"app.py": GREETER, "password.env": secret}


def _judge_image(bench: Bench, tag: str, labelled: Built) -> None:
    """Judge what the image shows without a container."""
    settings = images.settings(bench.client, tag)
    base = bench.layers(BASE)
    bench.require(
        "base",
        f"its base image is {BASE}",
        bench.layers(tag)[: len(base)] == base,
        "Which instruction chooses the base image?",
    )
    bench.require(
        "folder",
        "its working directory is /app",
        settings.workdir.rstrip("/") == "/app",
        "Which instruction sets the working directory?",
    )
    bench.require(
        "port",
        "it documents port 8000, and no other",
        settings.ports == ("8000/tcp",),
        "Which instruction documents a port?",
    )
    key = "org.opencontainers.image.version"
    labels = {}
    if labelled.ok:
        labels = images.settings(bench.client, labelled.tag).labels
    bench.require(
        "label",
        f"built with VERSION=1.2.3, its label {key} has that value",
        labels.get(key) == "1.2.3",
        labelled.hint
        or "You need an ARG in the build stage, and a LABEL that uses it.",
    )
    bench.require(
        "clean",
        "no layer contains password.env",
        not _has_secret(bench, tag, labelled),
        "COPY the files that you need by name.",
    )


def _has_secret(bench: Bench, tag: str, other: Built) -> bool:
    """Whether a layer contains the secret.

    Args:
        other: built with another secret. If its layers are the same, they
            cannot depend on the secret. If not, all files are read, which
            takes some seconds.
    """
    if other.ok and bench.layers(tag) == bench.layers(other.tag):
        return False
    return contents.kept(bench, tag, SECRET)


def _judge_arguments(bench: Bench, container: Container | None) -> bool:
    """Judge whether arguments reach the program; whether it responds."""
    page = container and pages.fetch(container, "8000/tcp", seconds=6)
    bench.require(
        "arguments",
        "docker run IMAGE good day serves a page with: good day",
        page == "good day",
        "Look at the table of ENTRYPOINT and CMD: in which form do arguments"
        " reach the program?",
    )
    return page is not None


def _judge_container(bench: Bench, container: Container, often: bool) -> None:
    """Judge what only a running container shows.

    Args:
        often: whether its health check runs often enough to wait for.
    """
    status = bench.exec(container, ["cat", "/proc/1/status"]).output
    users = [row for row in status.splitlines() if row.startswith("Uid:")]
    bench.require(
        "user",
        "it does not run as root",
        users and users[0].split()[1] != "0",
        "Which instruction changes the user?",
    )
    if often:
        probing.require_healthy(
            bench, container, "the engine reports it as healthy"
        )
    container.stop(timeout=round(stretch(2)))
    bench.require(
        "stops",
        "docker stop ends it at once, with exit code 0",
        bench.wait(container) == 0,
        "Which signal does the program wait for, which signal does `stop`"
        " send, and is a shell between the two?",
    )

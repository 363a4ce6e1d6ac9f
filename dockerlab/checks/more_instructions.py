"""Exercises of `more_instructions`."""

import contextlib
import hashlib
import json
import pathlib
import subprocess
import sysconfig
import tempfile

import docker.errors

from dockerlab import images
from dockerlab.checks.core import (
    Bench,
    exercise,
    health_of,
    stretch,
    wait_for,
)
from dockerlab.checks.instructions import context_of, inside, output, rebuild

NAMES = "".join(f"name {number}\n" for number in range(120))
SECRET = "PASSWORD=letmein\n"
# The program of the last exercise, as its text shows it.
GREETER = '''"""Greet whoever asks on port 8000, until SIGINT comes."""

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


def _becomes(container, wanted: str, seconds: float) -> bool:
    """Whether a container's health becomes the wanted one in time."""
    return wait_for(lambda: health_of(container) == wanted, stretch(seconds))


def _probes_often(bench: Bench, tag: str) -> bool:
    """Require a HEALTHCHECK that runs every two seconds or oftener."""
    found = images.read_image(bench.client, tag).config.healthcheck
    asks = found.get("Test", ["NONE"])[0] != "NONE"
    often = 0 < found.get("Interval", 0) <= 2e9
    return bench.require(
        "health",
        "the image has a HEALTHCHECK with an interval of 1 or 2 seconds",
        asks and often,
        "Its interval is 30 seconds unless you say otherwise."
        if asks
        else "Which instruction tells the engine how to ask for health?",
    )


@exercise("more_instructions/healthy", wants="dockerfile")
def healthy(bench: Bench, dockerfile: str) -> None:
    """Health that follows what the program does."""
    tag = bench.build(dockerfile)
    if not tag or not _probes_often(bench, tag):
        return
    container = bench.run(tag)
    if not bench.require(
        "healthy",
        "with /tmp/ready there, the container becomes healthy",
        _becomes(container, "healthy", 6),
        "`docker inspect` keeps what the last probes printed, under"
        " State.Health.Log. Is the probe's program in the image?",
    ):
        return
    container.exec_run(["rm", "/tmp/ready"])
    bench.require(
        "unhealthy",
        "without /tmp/ready, it becomes unhealthy",
        _becomes(container, "unhealthy", 9),
        "The probe must fail then: its exit code has to be 1. It may also"
        " be allowed too many `--retries`.",
    )


@exercise("more_instructions/pipe", wants="dockerfile")
def pipe(bench: Bench, dockerfile: str) -> None:
    """A build that notices a failure in the midst of a pipe."""
    if not bench.build(dockerfile):
        return
    good = rebuild(bench, dockerfile, "SOURCE=/etc/group")
    bench.require(
        "counts",
        "with another SOURCE, /lines holds the number of its lines",
        good
        and inside(
            bench,
            good,
            'test "$(cat /lines)" = "$(wc -l < /etc/group)" && echo same',
        )
        == "same",
        "Build it with `--build-arg SOURCE=/etc/group`: what is in /lines?",
    )
    bench.require(
        "fails",
        "with a SOURCE that does not exist, the build fails",
        not rebuild(bench, dockerfile, "SOURCE=/missing"),
        "A pipe's exit code is that of its last program. Which option of"
        " which shell changes that? A way without a pipe is right, too.",
    )


def _holds(bench: Bench, tag: str, text: str) -> bool:
    """Whether any layer of the image has a file with this text."""
    wanted = hashlib.sha256(text.encode()).hexdigest()
    return wanted in images.saved_hashes(bench.client.images.get(tag))


@exercise("more_instructions/borrow", wants="dockerfile")
def borrow(bench: Bench, dockerfile: str) -> None:
    """A result of a file, without the file."""
    with context_of({"names.txt": NAMES}) as context:
        tag = bench.build(dockerfile, context)
        if not tag:
            return
        bench.require(
            "result",
            "/count holds the number of lines, 120",
            (inside(bench, tag, "cat /count") or "").split()[:1] == ["120"],
            "Which command writes /count, and does it see the file?",
        )
        pathlib.Path(context, "names.txt").write_text(NAMES + "one more\n")
        again = rebuild(bench, dockerfile, context=context)
        bench.require(
            "counted",
            "with one name more in the file it holds 121",
            again
            and (inside(bench, again, "cat /count") or "").split()[:1]
            == ["121"],
            "It should count, not know.",
        )
    bench.require(
        "clean",
        "no layer of the image holds names.txt",
        not _holds(bench, tag, NAMES),
        "A layer keeps what it once got. Which mount shows a file to one RUN"
        " only?",
    )


@exercise("more_instructions/lint", wants="dockerfile")
def lint(bench: Bench, dockerfile: str) -> None:
    """A Dockerfile that the linter has nothing to say about."""
    with context_of({"hello.txt": "hello\n"}) as context:
        tag = bench.build(dockerfile, context)
    if not tag:
        return
    bench.require(
        "works",
        "its container still prints: hello World",
        output(bench, tag) == "hello World",
        "A tidy Dockerfile that does something else is no help.",
    )
    found = _lint(dockerfile)
    first = found[0] if found else {"line": 0, "code": "", "message": ""}
    bench.require(
        "quiet",
        "hadolint finds nothing",
        not found,
        f"{len(found)} findings. The first, line {first['line']}:"
        f" {first['code']} {first['message']}",
    )


def _lint(dockerfile: str) -> list[dict]:
    """hadolint's findings, whatever a comment or a file says to ignore."""
    program = pathlib.Path(sysconfig.get_path("scripts"), "hadolint")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [program, "--format=json", "--disable-ignore-pragma", "-"],
            input=dockerfile.lstrip(),
            capture_output=True,
            text=True,
            cwd=folder,
        )
    return json.loads(done.stdout)


@exercise("more_instructions/ten-checks", wants="dockerfile")
def ten_checks(bench: Bench, dockerfile: str) -> None:
    """Ten properties of one image, seen in its containers."""
    files = {"app.py": GREETER, "password.env": SECRET}
    with context_of(files) as context:
        tag = bench.build(dockerfile, context)
        labelled = rebuild(bench, dockerfile, "VERSION=1.2.3", context=context)
    if not tag:
        return
    image = images.read_image(bench.client, tag)
    base = images.read_image(bench.client, "python:3.13-slim")
    bench.require(
        "base",
        "it stands on python:3.13-slim",
        image.shares_with(base) == len(base.layers),
        "Which instruction chooses the base?",
    )
    bench.require(
        "folder",
        "it works in /app",
        image.config.workdir.rstrip("/") == "/app",
        "Which instruction sets the folder?",
    )
    bench.require(
        "port",
        "it documents port 8000, and no other",
        image.config.ports == ("8000/tcp",),
        "Which instruction notes a port?",
    )
    found = labelled and images.read_image(bench.client, labelled)
    key = "org.opencontainers.image.version"
    bench.require(
        "label",
        f"built with VERSION=1.2.3, its label {key} says so",
        found and found.config.labels.get(key) == "1.2.3",
        "An ARG inside the stage, and a LABEL that uses it.",
    )
    bench.require(
        "clean",
        "no layer holds password.env",
        not _holds(bench, tag, SECRET),
        "COPY what you need, by name.",
    )
    _in_a_container(bench, tag)


def _in_a_container(bench: Bench, tag: str) -> None:
    """What only a running container shows."""
    often = _probes_often(bench, tag)
    container, words = None, ["good", "day"]
    with contextlib.suppress(docker.errors.APIError):
        # Arguments that name no program end in an error of the engine.
        container = bench.run(
            tag, command=words, ports={"8000/tcp": ("127.0.0.1", None)}
        )
    page = container and bench.fetch(container, "8000/tcp", seconds=6)
    bench.require(
        "arguments",
        "docker run IMAGE good day serves a page that says: good day",
        page == "good day",
        "Look at the table of ENTRYPOINT and CMD: in which form do"
        " arguments reach the program?",
    )
    if page is None:
        return
    status = container.exec_run(["cat", "/proc/1/status"]).output.decode()
    user = next(x for x in status.splitlines() if x.startswith("Uid:"))
    bench.require(
        "user",
        "it does not run as root",
        user.split()[1] != "0",
        "Which instruction steps down?",
    )
    if often:
        bench.require(
            "healthy",
            "the engine calls it healthy",
            _becomes(container, "healthy", 8),
            "A slim image has no curl. Python's urllib can ask, too. See"
            " State.Health.Log in `docker inspect`.",
        )
    container.stop(timeout=2)
    bench.require(
        "stops",
        "docker stop ends it at once, with exit code 0",
        bench.wait(container) == 0,
        "Which signal does the program wait for, which one does `stop`"
        " send, and does a shell stand in between?",
    )

"""Exercises of lesson 04: Dockerfile instructions."""

import contextlib
import hashlib
import json
import pathlib
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping

import docker.errors

from dockerlab import builds, images
from dockerlab.checks.core import (
    BUILD_SECONDS,
    Bench,
    exercise,
    health_of,
    stretch,
    wait_for,
)
from dockerlab.errors import LabError
from dockerlab.lab import LABEL

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


@contextlib.contextmanager
def _context(files: Mapping[str, str]) -> Iterator[pathlib.Path]:
    """A build context that holds these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            pathlib.Path(folder, name).write_text(text)
        yield pathlib.Path(folder)


def _rebuild(
    bench: Bench, dockerfile: str, *arguments: str, context=None
) -> str | None:
    """Build once more, with build arguments; None if it fails. Writes no
    criterion."""
    tag = f"dockerlab/{bench.lesson}-{bench.token}:{len(bench.tags)}"
    options = ["--label", f"{LABEL}={bench.lesson}"]
    for argument in arguments:
        options += ["--build-arg", argument]
    with contextlib.suppress(LabError):
        built = builds.build(
            context, tag, dockerfile, options, timeout=BUILD_SECONDS
        )
        if built.ok:
            bench.tags.append(tag)
            return tag
    return None


def _output(bench: Bench, image: str, *words: str, **options) -> str | None:
    """What a container prints; None if it fails or does not end."""
    try:
        container = bench.run(image, command=list(words) or None, **options)
        ended = bench.wait(container, 6)
    except docker.errors.APIError:
        # Not the engine's fault: the words name no program.
        return None
    if ended is None:
        container.kill()
    said = container.logs(stderr=False).decode(errors="replace").strip()
    return said if ended == 0 else None


def _inside(bench: Bench, image: str, line: str) -> str | None:
    """What a line of shell prints in a container of the image."""
    return _output(bench, image, "-c", line, entrypoint=["sh"])


@exercise("04-greeting", wants="dockerfile")
def greeting(bench: Bench, dockerfile: str) -> None:
    """A greeting that is a variable of the image."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    variables = images.read_image(bench.client, tag).config.env
    bench.require(
        "variable",
        "the image sets GREETING to: good morning",
        variables.get("GREETING") == "good morning",
        "Which instruction sets a variable that lasts until run time?",
    )
    bench.require(
        "says",
        "a container prints: good morning",
        _output(bench, tag) == "good morning",
        "A shell puts in the value of a variable. Is there one in your CMD?",
    )
    changed = _output(bench, tag, environment={"GREETING": "good night"})
    bench.require(
        "changes",
        "with another GREETING it prints that one",
        changed == "good night",
        "It should print the variable, not a text of its own.",
    )


@exercise("04-version", wants="dockerfile")
def version(bench: Bench, dockerfile: str) -> None:
    """A build argument that a container can still tell."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    bench.require(
        "default",
        "built without an argument, a container prints: dev",
        _output(bench, tag) == "dev",
        "An ARG ends with the build (and one above FROM ends there). Put its"
        " value where a container can read it.",
    )
    given = _rebuild(bench, dockerfile, "VERSION=4.2")
    bench.require(
        "given",
        "built with VERSION=4.2, a container prints: 4.2",
        given and _output(bench, given) == "4.2",
        "Does what the container reads come from the ARG, or from a text"
        " that is always the same?",
    )


@exercise("04-workshop", wants="dockerfile")
def workshop(bench: Bench, dockerfile: str) -> None:
    """A working folder that belongs to the user who works there."""
    with _context({"notes.txt": "note\n"}) as context:
        tag = bench.build(dockerfile, context)
    if not tag:
        return
    bench.require(
        "folder",
        "a container starts in /work",
        _inside(bench, tag, "pwd") == "/work",
        "Which instruction sets the folder of the container?",
    )
    bench.require(
        "user",
        "it runs as user 1000",
        _inside(bench, tag, "id -u") == "1000",
        "Which instruction sets the user of the container?",
    )
    bench.require(
        "file",
        "/work/notes.txt is there and belongs to user 1000",
        _inside(bench, tag, "stat -c %u /work/notes.txt") == "1000",
        "COPY gives files to root, even behind USER, unless an option says"
        " otherwise.",
    )
    bench.require(
        "writes",
        "it can make a file in /work",
        _inside(bench, tag, "touch /work/new && echo made") == "made",
        "Who owns the folder itself? `stat -c %u /work` tells.",
    )


@exercise("04-tool", wants="dockerfile")
def tool(bench: Bench, dockerfile: str) -> None:
    """An image that is used like a program."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    bench.require(
        "nothing",
        "without arguments it prints 0",
        _output(bench, tag) == "0",
        "What comes behind the ENTRYPOINT when `docker run` adds nothing?",
    )
    bench.require(
        "adds",
        "docker run IMAGE 3 4 prints 7",
        _output(bench, tag, "3", "4") == "7",
        "The words behind the image's name replace CMD. What stays?",
    )
    bench.require(
        "many",
        "docker run IMAGE 1 2 3 4 5 prints 15",
        _output(bench, tag, *"12345") == "15",
        "It should add as many numbers as it is given.",
    )


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


@exercise("04-healthy", wants="dockerfile")
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


@exercise("04-pipe", wants="dockerfile")
def pipe(bench: Bench, dockerfile: str) -> None:
    """A build that notices a failure in the midst of a pipe."""
    if not bench.build(dockerfile):
        return
    good = _rebuild(bench, dockerfile, "SOURCE=/etc/group")
    bench.require(
        "counts",
        "with another SOURCE, /lines holds the number of its lines",
        good
        and _inside(
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
        not _rebuild(bench, dockerfile, "SOURCE=/missing"),
        "A pipe's exit code is that of its last program. Which option of"
        " which shell changes that? A way without a pipe is right, too.",
    )


def _holds(bench: Bench, tag: str, text: str) -> bool:
    """Whether any layer of the image has a file with this text."""
    wanted = hashlib.sha256(text.encode()).hexdigest()
    return wanted in images.saved_hashes(bench.client.images.get(tag))


@exercise("04-borrow", wants="dockerfile")
def borrow(bench: Bench, dockerfile: str) -> None:
    """A result of a file, without the file."""
    with _context({"names.txt": NAMES}) as context:
        tag = bench.build(dockerfile, context)
        if not tag:
            return
        bench.require(
            "result",
            "/count holds the number of lines, 120",
            (_inside(bench, tag, "cat /count") or "").split()[:1] == ["120"],
            "Which command writes /count, and does it see the file?",
        )
        pathlib.Path(context, "names.txt").write_text(NAMES + "one more\n")
        again = _rebuild(bench, dockerfile, context=context)
        bench.require(
            "counted",
            "with one name more in the file it holds 121",
            again
            and (_inside(bench, again, "cat /count") or "").split()[:1]
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


@exercise("04-lint", wants="dockerfile")
def lint(bench: Bench, dockerfile: str) -> None:
    """A Dockerfile that the linter has nothing to say about."""
    with _context({"hello.txt": "hello\n"}) as context:
        tag = bench.build(dockerfile, context)
    if not tag:
        return
    bench.require(
        "works",
        "its container still prints: hello World",
        _output(bench, tag) == "hello World",
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


@exercise("04-ten-checks", wants="dockerfile")
def ten_checks(bench: Bench, dockerfile: str) -> None:
    """Ten properties of one image, seen in its containers."""
    files = {"app.py": GREETER, "password.env": SECRET}
    with _context(files) as context:
        tag = bench.build(dockerfile, context)
        labelled = _rebuild(
            bench, dockerfile, "VERSION=1.2.3", context=context
        )
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

"""Exercises of `base_images`: base images, and images with almost nothing."""

import io
import json
import pathlib
import tarfile
import uuid

from docker.models.containers import Container

from dockerlab import images
from dockerlab.checks import contexts, probing
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.results import Ending

VENDOR = "org.opencontainers.image.vendor"
SMALL = 10e6  # bytes
BARE = "base-bare"
SHELLS = {"sh", "ash", "bash", "busybox", "dash", "ksh", "zsh"}
# An app on the learner's base, which prints what it inherited.
APP = """\
import json, os
print(json.dumps({{
    "token": "{token}",
    "uid": os.getuid(),
    "unbuffered": os.environ.get("PYTHONUNBUFFERED", ""),
}}))
"""
# Its page works until the file /broken exists.
SERVER = """\
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503 if os.path.exists("/broken") else 200)
        self.end_headers()

    def log_message(self, *words):
        pass

HTTPServer(("127.0.0.1", 8000), Page).serve_forever()
"""


@exercise("base_images/own-base", wants="dockerfile")
def own_base(bench: Bench, dockerfile: str) -> None:
    """An app of one line inherits what the base sets up."""
    base = bench.build(dockerfile)
    if not base:
        return
    token = uuid.uuid4().hex
    with contexts.folder_of({"app.py": APP.format(token=token)}) as folder:
        built = bench.try_build(f"FROM {base}\n", folder)
    text = "an app with one line, FROM your-base, builds"
    if not bench.require("child", text, built.ok, built.hint):
        return
    ending = bench.output(built.tag)
    app = _report(ending)
    runs = bench.require(
        "runs",
        "a container of the app runs its app.py and ends",
        app.get("token") == token,
        f"{ending.why} Which instruction of the base takes effect when the"
        " *app* is built, and which one defines what a container runs?",
    )
    if not runs:
        return
    bench.require(
        "user",
        "the app does not run as root",
        app["uid"] != 0,
        "Which instruction sets the user of a container? The user must"
        " exist, or be a number.",
    )
    bench.require(
        "env",
        "PYTHONUNBUFFERED is set for the app",
        app["unbuffered"],
        "Which instruction sets a variable for containers, and not only for"
        " the build?",
    )
    found = bench.client.images.get(built.tag).labels.get(VENDOR)
    bench.require(
        "label",
        f"the app's image has the label {VENDOR}",
        found == "Example Ltd",
        f"Its value is {found!r:.60}. Labels are inherited. The value must be"
        " exactly: Example Ltd",
    )


def _report(ending: Ending) -> dict[str, object]:
    """What the app printed; empty if it did not end well."""
    lines = (ending.text or "").split("\n")
    try:
        report = json.loads(lines[0])
    except ValueError:
        return {}
    return report if isinstance(report, dict) else {}


@exercise("base_images/small", wants="dockerfile")
def small(bench: Bench, dockerfile: str) -> None:
    """The image prints a word and is small."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    ending = bench.output(tag)
    hint = f"It printed: {ending.text!r:.60}."
    if ending.why:
        hint = (
            f"{ending.why} A program needs its loader and its libraries:"
            " `ldd` lists them. Are all of them in the image, at the same"
            " paths?"
        )
    text = "its container prints: small"
    bench.require("prints", text, ending.text == "small", hint)
    size = images.read_image(bench.client, tag).size
    bench.require(
        "size",
        f"the image is smaller than 10 MB (it has {size / 1e6:.1f} MB)",
        size < SMALL,
        "Most bytes come from the base. Which base is empty?",
    )


@exercise("base_images/no-shell", wants="dockerfile")
def no_shell(bench: Bench, dockerfile: str) -> None:
    """A health check that works in an image without a shell."""
    prepared = bench.require(
        "base",
        f"there is the image {BARE}",
        bench.image(BARE),
        "Run the cell that builds it, in the section about Python without a"
        " shell.",
    )
    if not prepared:
        return
    with contexts.folder_of({"server.py": SERVER}) as folder:
        tag = bench.build(dockerfile, folder)
    if not tag or not _is_bare(bench, tag):
        return
    if not probing.require_often(bench, tag):
        return
    container = bench.run(tag, healthcheck=probing.OFTEN)
    if not probing.require_healthy(
        bench, container, "while the page responds, it becomes healthy"
    ):
        return
    probing.require_unhealthy(
        bench,
        container,
        "when the page responds with status 503, it becomes unhealthy",
        lambda: _break(container),
    )


def _is_bare(bench: Bench, tag: str) -> bool:
    """Whether an image is built from the bare one, without a shell.

    Writes the criteria `from` and `bare`.
    """
    below = bench.layers(BARE)
    text = f"it is built from {BARE}"
    built = bench.layers(tag)[: len(below)] == below
    hint = f"Its lowest layers are others. The line is: FROM {BARE}"
    if not bench.require("from", text, built, hint):
        return False
    found = [
        entry.name
        for _, entry, _ in images.walk(bench.client.images.get(tag), below)
        if pathlib.PurePosixPath(entry.name).name in SHELLS
    ]
    return bench.require(
        "bare",
        "it has no shell",
        not found,
        f"It has {', '.join(found)[:200]}. The health check can start any"
        " program of the image, without a shell: which form of HEALTHCHECK"
        " does that?",
    )


def _break(container: Container) -> None:
    """Let the page respond with an error."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("broken"))
    container.put_archive("/", packed.getvalue())

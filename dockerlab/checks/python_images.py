"""Exercises of `python_images`: small images that run safely."""

import io
import re
import tarfile

from docker.models.containers import Container

from dockerlab import paths, wheels
from dockerlab.checks import contexts, pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.workspace.sample_app import copy_app

SLIM = "python:3.13-slim"
PORT = "8000/tcp"

# -- pinned --------------------------------------------------------------

INSTALL = (
    "rm -rf /got; pip install --quiet --no-index --find-links /{} --target"
    " /got --requirement /wanted/requirements.txt && PYTHONPATH=/got"
    ' python -c "import greeting; print(greeting.TEXT)"'
)


@exercise("python_images/pin", wants="text")
def pin(bench: Bench, text: str) -> None:
    """The requirement installs one file, whatever the index holds."""
    container = bench.run(SLIM, command=["sleep", "60"], network_mode="none")
    container.put_archive("/", _indexes(text))

    def installed(index: str) -> str | None:
        """What the package prints, None where pip refuses."""
        command = ["sh", "-c", INSTALL.format(index)]
        rows = (bench.exec(container, command, 30).text or "").splitlines()
        return rows[-1] if rows else None

    if not bench.require(
        "installs",
        "pip installs version 1.0 from today's index",
        installed("today") == "first",
        "Write `name==version`, and after it the hash of the wheel in"
        " `index/`: `--hash=sha256:...`.",
    ):
        return
    bench.require(
        "pinned",
        "it installs the same version when the index has a newer one",
        installed("tomorrow") == "first",
        "Without a version pip takes the newest one. `==` names one.",
    )
    bench.require(
        "hashed",
        "pip refuses another file of the same name and version",
        installed("replaced") is None,
        "A version is only a name. What identifies a file's content?",
    )


def _indexes(text: str) -> io.BytesIO:
    """The requirements and three indexes as an archive for a container."""
    packed = io.BytesIO()
    files = {"wanted/requirements.txt": text}
    with (
        contexts.folder_of(files) as folder,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for index in ("today", "tomorrow", "replaced"):
            (folder / index).mkdir()
        for index, version, message in (
            ("today", "1.0", "first"),
            ("tomorrow", "1.0", "first"),
            ("tomorrow", "1.1", "second"),
            ("replaced", "1.0", "changed"),
        ):
            code = f'TEXT = "{message}"\n'
            wheels.make(folder / index, "greeting", version, code)
        archive.add(folder, ".")
    packed.seek(0)
    return packed


# -- the app, without root -----------------------------------------------


def _app(bench: Bench, dockerfile: str) -> tuple[str, Container] | None:
    """Build an answer with all the app's files and run it: its tag and its
    container, whose root file system is read-only."""
    with contexts.folder_of() as folder:
        copy_app(folder)
        for name in ("gunicorn.conf.py", ".dockerignore"):
            text = (paths.PROJECT / "sample_app" / name).read_text()
            contexts.write(folder / name, text)
        tag = bench.build(dockerfile, folder)
    if not tag:
        return None
    return tag, bench.run(
        tag,
        read_only=True,
        tmpfs={"/tmp": ""},
        volumes=["/data"],
        ports={PORT: ("127.0.0.1", None)},
    )


def _serves(bench: Bench, container: Container) -> bool:
    """Require that the app responds and counts."""
    # This page needs no data store, so it shows whether a server runs.
    style = pages.fetch(container, PORT, "/static/style.css", seconds=12)
    if not bench.require(
        "serves",
        "the app responds on port 8000, with a read-only root file system",
        style,
        "On which port does it listen, and does it print why it fails?"
        " `docker run` your image and read its output.",
    ):
        return False
    return bench.require(
        "counts",
        "it can write its visits into the volume at /data",
        pages.fetch(container, PORT, "/", seconds=3),
        "The page responds with an error. Which variable names the folder of"
        " the visits, and which user owns /data in the image? A new volume"
        " gets the same owner.",
    )


@exercise("python_images/user", wants="dockerfile")
def user(bench: Bench, dockerfile: str) -> None:
    """The app serves as an ordinary user, and cannot change itself."""
    started = _app(bench, dockerfile)
    if not started or not _serves(bench, started[1]):
        return
    tag, _ = started
    named = bench.client.images.get(tag).attrs["Config"].get("User") or "root"
    bench.require(
        "number",
        "the image names its user by a number that is not 0",
        re.fullmatch(r"[1-9]\d*(:\d+)?", named),
        f"It names {named}. Which instruction sets the user of a container?",
    )
    probe = "import os, app; print(os.access(app.__file__, os.W_OK))"
    inside = bench.output(
        tag, entrypoint=["python", "-c", probe], network_mode="none"
    )
    bench.require(
        "fixed",
        "this user cannot write to app.py",
        (inside.text or "").endswith("False"),
        "An intruder can change every file that the app can change. Which"
        " user owns the files that COPY creates by default?",
    )


@exercise("python_images/serve", wants="dockerfile")
def serve(bench: Bench, dockerfile: str) -> None:
    """The app is served as in production: server, health check, stop."""
    started = _app(bench, dockerfile)
    if not started or not _serves(bench, started[1]):
        return
    tag, container = started
    first = bench.exec(container, ["cat", "/proc/1/cmdline"]).output
    if not bench.require(
        "server",
        "gunicorn is process 1",
        "gunicorn" in first and not first.startswith(("sh", "/bin/sh")),
        f"Process 1 is {first.replace(chr(0), ' ')!r:.60}. CMD in brackets,"
        " the exec form, starts no shell.",
    ):
        return
    if not _judge_health_check(bench, tag, container):
        return
    container.stop(timeout=8)
    container.reload()
    bench.require(
        "stops",
        "it ends by itself when it is asked to",
        container.attrs["State"]["ExitCode"] in (0, 143),
        "It had to be killed. Which process receives SIGTERM?",
    )


def _judge_health_check(bench: Bench, tag: str, container: Container) -> bool:
    """Judge the image's health check; whether it has one."""
    test = bench.client.images.get(tag).attrs["Config"].get("Healthcheck")
    words = (test or {}).get("Test") or ["NONE"]
    if not bench.require(
        "asks",
        "the image has a health check",
        words[0] != "NONE",
        "Which instruction defines a health check?",
    ):
        return False
    command = words[1:] if words[0] == "CMD" else ["sh", "-c", *words[1:]]
    healthy = bench.exec(container, command, 30)
    bench.require(
        "healthy",
        "the health check succeeds while the app serves",
        healthy.ok,
        healthy.why,
    )
    idle = bench.run(tag, entrypoint=["sleep", "60"], network_mode="none")
    bench.require(
        "unwell",
        "the health check fails where the app does not serve",
        not bench.exec(idle, command, 30).ok,
        "A health check that always succeeds is useless: it must send a"
        " request to the app.",
    )
    return True

"""Exercises of `better_images`: better images."""

import io
import json
import pathlib
import re
import tarfile
import tempfile
from collections.abc import Iterator

from dockerlab import images, lab, paths, wheels
from dockerlab.checks.core import Bench, exercise

SLIM = "python:3.13-slim"
PORT = "8000/tcp"


def _files(bench: Bench, tag: str, above: str) -> Iterator[str]:
    """Paths of the files in the layers of an image above another's."""
    image, base = (
        images.read_image(bench.client, name) for name in (tag, above)
    )
    with images.saved(bench.client.images.get(tag)) as archive:
        [manifest] = json.load(archive.extractfile("manifest.json"))
        for layer in manifest["Layers"][image.shares_with(base) :]:
            with tarfile.open(fileobj=archive.extractfile(layer)) as files:
                yield from (one.name for one in files if one.isfile())


# -- what stays out ------------------------------------------------------

UNTIDY = {
    "app.py": "print('hello')\n",
    "templates/index.html": "<h1>Hello</h1>\n",
    ".env": "TOKEN=planted\n",
    "worker/.env": "TOKEN=planted-too\n",
    "worker/work.py": "print('work')\n",
    ".git/config": "[core]\n",
    "__pycache__/app.cpython-313.pyc": "x",
    "worker/__pycache__/work.cpython-313.pyc": "x",
}


@exercise("better_images/ignore", wants="text")
def ignore(bench: Bench, text: str) -> None:
    """What the app needs gets into the image, and nothing else."""
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as folder:
        context = pathlib.Path(folder)
        for path, content in {**UNTIDY, ".dockerignore": text}.items():
            target = context / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content)
        tag = bench.build("FROM debian:trixie-slim\nCOPY . /app\n", context)
    if not tag:
        return
    held = {
        path.removeprefix("app/")
        for path in _files(bench, tag, "debian:trixie-slim")
    }
    need = {"app.py", "templates/index.html", "worker/work.py"}
    bench.require(
        "code",
        "the code and the templates are in the image",
        need <= held,
        f"Missing: {', '.join(sorted(need - held))}."
        " Which pattern catches too much?",
    )
    for key, what, sign, hint in (
        (
            "secrets",
            "no .env file is in the image, in no folder",
            r"(^|/)\.env$",
            "A pattern without `**/` means the top folder alone.",
        ),
        (
            "history",
            "the folder .git is not in the image",
            r"^\.git/",
            "The history of the code is in one folder.",
        ),
        (
            "caches",
            "no bytecode is in the image, in no folder",
            r"\.pyc$",
            "Each folder with code has a __pycache__ of its own.",
        ),
    ):
        found = sorted(path for path in held if re.search(sign, path))
        where = f" It holds {', '.join(found)}."
        bench.require(key, what, not found, hint + where)


# -- pinned --------------------------------------------------------------

INSTALL = (
    "rm -rf /got; pip install --quiet --no-index --find-links /{} --target"
    " /got --requirement /wish/requirements.txt && PYTHONPATH=/got"
    ' python -c "import greeting; print(greeting.TEXT)"'
)


@exercise("better_images/pin", wants="text")
def pin(bench: Bench, text: str) -> None:
    """The requirement installs one file, whatever the index holds."""
    container = bench.run(SLIM, command=["sleep", "60"], network_mode="none")
    container.put_archive("/", _indexes(text))

    def installed(index: str) -> str | None:
        """What the package says, None where pip refuses."""
        done = container.exec_run(["sh", "-c", INSTALL.format(index)])
        said = done.output.decode(errors="replace").strip().splitlines()
        return said[-1] if done.exit_code == 0 else None

    if not bench.require(
        "installs",
        "pip installs version 1.0 from today's index",
        installed("today") == "first",
        "Write `name==version`, and behind it the hash of the wheel in"
        " `index/`: `--hash=sha256:...`.",
    ):
        return
    bench.require(
        "pinned",
        "and the same version when the index has a newer one",
        installed("tomorrow") == "first",
        "Without a version pip takes the newest one. `==` names one.",
    )
    bench.require(
        "hashed",
        "pip refuses another file of the same name and version",
        installed("replaced") is None,
        "A version is only a name. What names a file's content?",
    )


def _indexes(text: str) -> io.BytesIO:
    """A wish and three indexes as an archive for a container."""
    packed = io.BytesIO()
    with (
        tempfile.TemporaryDirectory(prefix="dockerlab-check-") as folder,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for name in ("wish", "today", "tomorrow", "replaced"):
            pathlib.Path(folder, name).mkdir()
        pathlib.Path(folder, "wish/requirements.txt").write_text(text)
        for index, version, says in (
            ("today", "1.0", "first"),
            ("tomorrow", "1.0", "first"),
            ("tomorrow", "1.1", "second"),
            ("replaced", "1.0", "changed"),
        ):
            code = f'TEXT = "{says}"\n'
            wheels.make(f"{folder}/{index}", "greeting", version, code)
        archive.add(folder, ".")
    packed.seek(0)
    return packed


# -- two stages ----------------------------------------------------------

HELLO = '#include <stdio.h>\nint main(void) { puts("Hello from C"); }\n'
COMPILERS = (
    "for name in gcc cc g++ c++ clang tcc; do"
    " command -v $name && exit 0; done; exit 1"
)


@exercise("better_images/two-stages", wants="dockerfile")
def two_stages(bench: Bench, dockerfile: str) -> None:
    """A compiled program upon the slim base, and no compiler."""
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as folder:
        pathlib.Path(folder, "hello.c").write_text(HELLO)
        tag = bench.build(dockerfile, pathlib.Path(folder))
    if not tag:
        return
    container = bench.run(tag, network_mode="none")
    ended = bench.wait(container)
    bench.require(
        "works",
        "a container says Hello from C",
        ended == 0 and b"Hello from C" in container.logs(),
        "Which program does the image run, and is it in the last stage?",
    )
    image = images.read_image(bench.client, tag)
    base = images.read_image(bench.client, SLIM)
    if not bench.require(
        "slim",
        f"the image stands on {SLIM}",
        image.shares_with(base) == len(base.layers),
        "The last FROM decides what the image holds.",
    ):
        return
    look = bench.run(
        tag, entrypoint=["sh", "-c", COMPILERS], network_mode="none"
    )
    added = image.added_over(base)
    bench.require(
        "clean",
        "it holds no compiler, and adds less than 1 MB to its base",
        bench.wait(look) != 0 and added < 1e6,
        f"It adds {added / 1e6:.1f} MB. `COPY --from=` takes single files"
        " out of another stage.",
    )


# -- the app, without root -----------------------------------------------


def _app(bench: Bench, dockerfile: str):
    """Build an answer with all the app's files and run it: its tag and its
    container, whose root is read-only."""
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as folder:
        lab.copy_app(folder)
        for name in ("gunicorn.conf.py", ".dockerignore"):
            text = (paths.PROJECT / "sample_app" / name).read_text()
            pathlib.Path(folder, name).write_text(text)
        tag = bench.build(dockerfile, pathlib.Path(folder))
    if not tag:
        return None
    return tag, bench.run(
        tag,
        read_only=True,
        tmpfs={"/tmp": ""},
        volumes=["/data"],
        ports={PORT: ("127.0.0.1", None)},
    )


def _serves(bench: Bench, container) -> bool:
    """Whether the app answers and counts; says so on the card."""
    # This file needs no store, so it tells a server from none.
    style = bench.fetch(container, PORT, "/static/style.css", seconds=12)
    if not bench.require(
        "serves",
        "the app answers on port 8000, with a read-only root",
        style,
        "Which port does it listen on, and does it say why not?"
        " `docker run` your image and read what it prints.",
    ):
        return False
    return bench.require(
        "counts",
        "it can write its visits into the volume at /data",
        bench.fetch(container, PORT, "/", seconds=3),
        "The page answers with an error. Which variable names the folder of"
        " the visits, and who owns /data in the image? A new volume takes"
        " over the owner.",
    )


@exercise("better_images/user", wants="dockerfile")
def user(bench: Bench, dockerfile: str) -> None:
    """The app serves as nobody in particular, and cannot change itself."""
    started = _app(bench, dockerfile)
    if not started or not _serves(bench, started[1]):
        return
    tag, _ = started
    who = bench.client.images.get(tag).attrs["Config"].get("User") or "root"
    bench.require(
        "number",
        "the image names its user by a number that is not 0",
        re.fullmatch(r"[1-9]\d*(:\d+)?", who),
        f"It names {who}. Which instruction says who runs the container?",
    )
    probe = "import os, app; print(os.access(app.__file__, os.W_OK))"
    inside = bench.run(
        tag, entrypoint=["python", "-c", probe], network_mode="none"
    )
    bench.wait(inside)
    bench.require(
        "fixed",
        "who cannot write to app.py",
        inside.logs().strip().endswith(b"False"),
        "Files that the app may change, an intruder may change too. Who owns"
        " what COPY brings, unless told otherwise?",
    )


@exercise("better_images/serve", wants="dockerfile")
def serve(bench: Bench, dockerfile: str) -> None:
    """The app is served as in production: server, health, stop."""
    started = _app(bench, dockerfile)
    if not started or not _serves(bench, started[1]):
        return
    tag, container = started
    first = container.exec_run(["cat", "/proc/1/cmdline"]).output
    if not bench.require(
        "server",
        "gunicorn is process 1",
        b"gunicorn" in first and not first.startswith((b"sh", b"/bin/sh")),
        f"It is {first.replace(bytes(1), b' ').decode()!r:.60}. CMD in"
        " brackets, the exec form, starts no shell.",
    ):
        return
    test = bench.client.images.get(tag).attrs["Config"].get("Healthcheck")
    words = (test or {}).get("Test") or []
    if not bench.require(
        "asks",
        "the image has a health check",
        words and words[0] != "NONE",
        "Which instruction tells the engine how to ask?",
    ):
        return
    command = words[1:] if words[0] == "CMD" else ["sh", "-c", *words[1:]]
    well = container.exec_run(command)
    bench.require(
        "healthy",
        "which succeeds while the app serves",
        well.exit_code == 0,
        f"It says: {well.output.decode(errors='replace').strip()[-80:]}",
    )
    idle = bench.run(tag, entrypoint=["sleep", "60"], network_mode="none")
    bench.require(
        "unwell",
        "and fails where the app does not serve",
        idle.exec_run(command).exit_code != 0,
        "A check that always succeeds tells nothing: it must ask the app.",
    )
    container.stop(timeout=8)
    container.reload()
    bench.require(
        "stops",
        "it ends by itself when it is asked to",
        container.attrs["State"]["ExitCode"] in (0, 143),
        "It had to be killed. Who receives SIGTERM?",
    )

"""Exercises of `layers_and_cache`: layers and the build cache."""

import collections
import contextlib
import hashlib
import io
import os
import pathlib
import tarfile
import tempfile
from collections.abc import Iterator

import docker.errors

from dockerlab import builds, images
from dockerlab.base import labels
from dockerlab.checks.core import Bench, exercise
from dockerlab.course.table import first_word
from dockerlab.lab import LABEL


@contextlib.contextmanager
def _context(**files: str | bytes) -> Iterator[pathlib.Path]:
    """A folder with files; `__` in a name stands for a dot."""
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as name:
        folder = pathlib.Path(name)
        for file, content in files.items():
            _write(folder / file.replace("__", "."), content)
        yield folder


def _write(path: pathlib.Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(data)


def _again(bench: Bench, dockerfile: str, context: pathlib.Path) -> str | None:
    """Build once more; on the card only if that fails."""
    tag = bench.build(dockerfile, context)
    if tag:
        bench.criteria.pop()
    return tag


def _files(bench: Bench, tag: str, path: str) -> dict[str, bytes]:
    """Files of an image at a path or in that folder, by name; without
    running anything in it."""
    container = bench.client.containers.create(
        tag,
        ["true"],
        name=f"{first_word(bench.lesson)}-{bench.token}-look",
        labels=labels.of(bench.lesson),
    )
    try:
        chunks, _ = container.get_archive(path)
        packed = io.BytesIO(b"".join(chunks))
    except docker.errors.NotFound:
        return {}
    finally:
        container.remove(force=True)
    with tarfile.open(fileobj=packed) as archive:
        return {
            member.name.rpartition("/")[2]: archive.extractfile(member).read()
            for member in archive
            if member.isfile()
        }


def _contents(bench: Bench, tag: str) -> collections.Counter:
    """How often each content, by its hash, lies in an image's layers."""
    image = bench.client.images.get(tag)
    return collections.Counter(images.saved_hashes(image))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# The Dockerfile that the exercise shows, and a fragment of each step's name.
PREDICT = """FROM python:3.13-slim
COPY requirements.txt /app/
RUN sort /app/requirements.txt > /app/installed.txt
ARG VERSION=1
RUN mkdir /data
COPY . /app
RUN printenv VERSION > /app/version.txt
"""
STEPS = (
    "COPY requirements.txt",
    "RUN sort",
    "RUN mkdir",
    "COPY .",
    "RUN printenv",
)


@exercise("layers_and_cache/predict", wants="mapping")
def predict(bench: Bench, prediction: dict) -> None:
    """What another note and another version rebuild."""
    words = {"cached", "rebuilt"}
    complete = bench.require(
        "complete",
        "it says `cached` or `rebuilt` of each of the five lines",
        set(prediction) == set(STEPS)
        and all(
            isinstance(said, str) and said in words
            for said in prediction.values()
        ),
        f"The five are: {', '.join(STEPS)}.",
    )
    if not complete:
        return
    with _context(requirements__txt=bench.token, README__md="one") as folder:
        _version(bench, folder, "1")
        _write(folder / "README.md", "two")
        built = _version(bench, folder, "2")
    ran = [step.name for step in built.rebuilt]
    truth = {
        step: "rebuilt" if any(n.startswith(step) for n in ran) else "cached"
        for step in STEPS
    }
    bench.require(
        "rebuilt",
        "every line that ran again is foretold",
        all(
            prediction[step] == "rebuilt"
            for step in STEPS
            if truth[step] == "rebuilt"
        ),
        "A line that you call cached ran again. What comes before it, and"
        " is that the same?",
    )
    bench.require(
        "cached",
        "every line from the cache is foretold",
        all(
            prediction[step] == "cached"
            for step in STEPS
            if truth[step] == "cached"
        ),
        "A line that you call rebuilt came from the cache. Which files does"
        " it see, and does the version reach it?",
    )


def _version(bench: Bench, folder: pathlib.Path, version: str) -> builds.Build:
    tag = f"{first_word(bench.lesson)}-{bench.token}:v{version}"
    bench.tags.append(tag)
    label = ("--label", f"{LABEL}={bench.lesson}")
    argument = ("--build-arg", f"VERSION={version}")
    return builds.build(
        folder, tag, PREDICT, options=(*label, *argument), check=True
    )


# It stands for pip: what it wrote tells when it ran.
INSTALL = """
import pathlib, sys, uuid
wanted = pathlib.Path(sys.argv[1]).read_text()
pathlib.Path("/opt/installed").write_text(f"{uuid.uuid4()} {wanted}")
"""


@exercise("layers_and_cache/order", wants="dockerfile")
def order(bench: Bench, dockerfile: str) -> None:
    """An edit of the code installs nothing again."""
    with _context(
        install__py=INSTALL,
        requirements__txt=f"one {bench.token}\n",
        app__py="print('first')\n",
    ) as folder:
        first = bench.build(dockerfile, folder)
        if not first:
            return
        _write(folder / "app.py", f"print('second {bench.token}')\n")
        second = _again(bench, dockerfile, folder)
        _write(folder / "requirements.txt", f"two {bench.token}\n")
        third = second and _again(bench, dockerfile, folder)
    if not third:
        return
    container = bench.run(second)
    bench.wait(container, 10)
    bench.require(
        "runs",
        "the image runs app.py, as it is after the edit",
        f"second {bench.token}" in container.logs().decode(),
        "The edited app.py must get into the image after all, and CMD must"
        " run it.",
    )
    notes = [
        _files(bench, tag, "/opt/installed").get("installed", b"")
        for tag in (first, second, third)
    ]
    installed = bench.require(
        "installs",
        "install.py installed what requirements.txt asks for",
        f"two {bench.token}".encode() in notes[2],
        "Nothing, or an old list, is noted in /opt/installed. Which step runs"
        " install.py, and with which file?",
    )
    if not installed:
        return
    bench.require(
        "code",
        "an edit of app.py does not install again",
        notes[0] == notes[1],
        "The installing step comes after a COPY that brings app.py.",
    )


NEEDED = ("app.py", "requirements.txt", "lib/tool.py", "lib/data/cities.csv")
SECRET = (".env", "config/.env", ".git/config")
WASTE = (
    "app.log",
    "logs/today.log",
    "data/raw.csv",
    "lib/__pycache__/tool.pyc",
)


@exercise("layers_and_cache/ignore", wants="text")
def ignore(bench: Bench, dockerignore: str) -> None:
    """What is needed gets through, and nothing else."""
    with _context() as folder:
        for path in (*NEEDED, *SECRET, *WASTE):
            _write(folder / path, path)
        _write(folder / ".dockerignore", dockerignore)
        # The engine's message names a pattern that it cannot read.
        tag = bench.build("FROM debian:trixie-slim\nCOPY . /ctx\n", folder)
    if not tag:
        return
    container = bench.run(tag, command=["find", "/ctx", "-type", "f"])
    bench.wait(container)
    listed = container.logs().decode().splitlines()
    copied = [path.removeprefix("/ctx/") for path in listed]
    lost = [path for path in NEEDED if path not in copied]
    bench.require(
        "needed",
        "the four files that the program needs get through",
        not lost,
        f"Not there: {', '.join(lost)}. Which pattern catches too much?",
    )
    leaked = [path for path in SECRET if path in copied]
    bench.require(
        "secrets",
        "no .env and no .git gets through, at any depth",
        not leaked,
        f"There: {', '.join(leaked)}. How does a pattern reach any depth?",
    )
    waste = [path for path in WASTE if path in copied]
    bench.require(
        "waste",
        "no log, no raw data and no __pycache__ gets through",
        not waste,
        f"There: {', '.join(waste)}. Where does a pattern start to look?",
    )


FETCH = """
import os, pathlib, sys
cache = pathlib.Path("/root/.cache/fetch")
target = pathlib.Path("/srv/packages")
cache.mkdir(parents=True, exist_ok=True)
target.mkdir(parents=True, exist_ok=True)
for name in pathlib.Path(sys.argv[1]).read_text().split():
    kept = cache / name
    if not kept.exists():  # every download is different
        kept.write_bytes(os.urandom(10_000))
    (target / name).write_bytes(kept.read_bytes())
"""


@exercise("layers_and_cache/cache-mount", wants="dockerfile")
def cache_mount(bench: Bench, dockerfile: str) -> None:
    """A later build has the downloads of an earlier one, the image not."""
    names = [f"{bench.token}-{letter}" for letter in "abc"]
    with _context(fetch__py=FETCH) as folder:
        _write(folder / "list.txt", "\n".join(names[:2]))
        first = bench.build(dockerfile, folder)
        if not first:
            return
        _write(folder / "list.txt", "\n".join(names))
        second = _again(bench, dockerfile, folder)
    if not second:
        return
    before = _files(bench, first, "/srv/packages")
    after = _files(bench, second, "/srv/packages")
    there = bench.require(
        "packages",
        "all packages of the list are in /srv/packages",
        set(names) <= set(after) and set(names[:2]) <= set(before),
        "Does fetch.py still run, with list.txt, where the image is built?",
    )
    if not there:
        return
    bench.require(
        "reused",
        "what an earlier build downloaded is not downloaded again",
        all(before[name] == after[name] for name in names[:2]),
        "The second build began with an empty folder. Which kind of mount"
        " does the builder keep, and at which path does fetch.py look?",
    )
    found = _contents(bench, second)
    bench.require(
        "once",
        "the layers hold each package once",
        all(found[_hash(after[name])] == 1 for name in names),
        "A second copy lies in a layer. Which step brought it there?",
    )


@exercise("layers_and_cache/no-archive", wants="dockerfile")
def no_archive(bench: Bench, dockerfile: str) -> None:
    """The unpacked file is there, and no layer holds the archive."""
    stars = os.urandom(30_000).hex().encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("stars.csv")
        member.size = len(stars)
        archive.addfile(member, io.BytesIO(stars))
    with _context(stars__tar=packed.getvalue()) as folder:
        tag = bench.build(dockerfile, folder)
    if not tag:
        return
    there = _files(bench, tag, "/srv/stars.csv")
    bench.require(
        "unpacked",
        "the image has the catalogue at /srv/stars.csv",
        there.get("stars.csv") == stars,
        "It is not there, or not whole. Which step unpacks it, and whereto?",
    )
    found = _contents(bench, tag)
    bench.require(
        "clean",
        "no layer holds the archive",
        not found[_hash(packed.getvalue())],
        "A layer keeps what it once got. Which instruction brings the archive"
        " in, and must any?",
    )

"""Exercises of `layers_and_cache`: layers and the build cache."""

import collections
import hashlib
import io
import os
import pathlib
import tarfile

import docker.errors

from dockerlab import builds, images
from dockerlab.checks import contexts
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise


def _again(bench: Bench, dockerfile: str, context: pathlib.Path) -> str | None:
    """Build once more; written on the card only if that fails."""
    built = bench.try_build(dockerfile, context)
    if built.ok:
        return built.tag
    bench.require("builds", "the image builds again", False, built.hint)
    return None


def _files(bench: Bench, tag: str, path: str) -> dict[str, bytes]:
    """Files of an image at a path or in that folder, by name; without
    running anything in it."""
    container = bench.create(tag, command=["true"])
    try:
        chunks, _ = container.get_archive(path)
        packed = io.BytesIO(b"".join(chunks))
    except docker.errors.NotFound:
        return {}
    found = {}
    with tarfile.open(fileobj=packed) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file:
                found[member.name.rpartition("/")[2]] = file.read()
    return found


def _hashes(bench: Bench, tag: str) -> collections.Counter[str]:
    """How often each content, by its hash, is in an image's layers."""
    image = bench.client.images.get(tag)
    return collections.Counter(images.saved_hashes(image))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# The Dockerfile that the exercise shows, and the start of each step's name.
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
WORDS = ("cached", "rebuilt")


@exercise("layers_and_cache/predict", wants="mapping")
def predict(bench: Bench, prediction: dict[str, object]) -> None:
    """What a changed README and another version rebuild."""
    complete = bench.require(
        "complete",
        "it predicts `cached` or `rebuilt` for each of the five lines",
        set(prediction) == set(STEPS)
        and all(word in WORDS for word in prediction.values()),
        f"The five lines are: {', '.join(STEPS)}.",
    )
    if not complete:
        return
    files = {"requirements.txt": bench.token, "README.md": "one"}
    with contexts.folder_of(files) as folder:
        _version(bench, folder, "1")
        contexts.write(folder / "README.md", "two")
        second = _version(bench, folder, "2")
    ran = [step.name for step in second.rebuilt]
    truth = {
        step: "rebuilt" if any(n.startswith(step) for n in ran) else "cached"
        for step in STEPS
    }

    def predicted(word: str) -> bool:
        """Whether every line with this result has this prediction."""
        return all(prediction[s] == word for s in STEPS if truth[s] == word)

    bench.require(
        "rebuilt",
        "you predicted every line that ran again",
        predicted("rebuilt"),
        "A line that you call cached ran again. What comes before it, and"
        " is that the same?",
    )
    bench.require(
        "cached",
        "you predicted every line that came from the cache",
        predicted("cached"),
        "A line that you call rebuilt came from the cache. Which files does"
        " it see, and does the version reach it?",
    )


def _version(bench: Bench, folder: pathlib.Path, version: str) -> builds.Build:
    """Build the Dockerfile of the exercise."""
    built = bench.build_own(PREDICT, folder, arguments={"VERSION": version})
    assert built.build is not None
    return built.build


# It takes the place of pip: what it wrote shows when it ran.
INSTALL = """
import pathlib, sys, uuid
wanted = pathlib.Path(sys.argv[1]).read_text()
pathlib.Path("/opt/installed").write_text(f"{uuid.uuid4()} {wanted}")
"""


@exercise("layers_and_cache/order", wants="dockerfile")
def order(bench: Bench, dockerfile: str) -> None:
    """An edit of the code installs nothing again."""
    files = {
        "install.py": INSTALL,
        "requirements.txt": f"one {bench.token}\n",
        "app.py": "print('first')\n",
    }
    with contexts.folder_of(files) as folder:
        first = bench.build(dockerfile, folder)
        if not first:
            return
        code = f"print('second {bench.token}')\n"
        contexts.write(folder / "app.py", code)
        second = _again(bench, dockerfile, folder)
        if not second:
            return
        contexts.write(folder / "requirements.txt", f"two {bench.token}\n")
        third = _again(bench, dockerfile, folder)
        if not third:
            return
    ending = bench.output(second, seconds=10)
    bench.require(
        "runs",
        "the image runs app.py, as it is after the edit",
        f"second {bench.token}" in ending.printed,
        f"{ending.why} The edited app.py must be copied into the image, and"
        " CMD must run it.",
    )
    notes = [
        _files(bench, tag, "/opt/installed").get("installed", b"")
        for tag in (first, second, third)
    ]
    installed = bench.require(
        "installs",
        "install.py installed what requirements.txt lists",
        f"two {bench.token}".encode() in notes[2],
        "/opt/installed is missing, or holds an old list. Which step runs"
        " install.py, and with which file?",
    )
    if not installed:
        return
    bench.require(
        "code",
        "an edit of app.py does not install again",
        notes[0] == notes[1],
        "The installing step comes after a COPY that brings in app.py.",
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
    """The builder gets the files that are needed, and no others."""
    files = {path: path for path in NEEDED + SECRET + WASTE}
    with contexts.folder_of(
        {**files, ".dockerignore": dockerignore}
    ) as folder:
        # The engine's message names a pattern that it cannot read.
        tag = bench.build("FROM debian:trixie-slim\nCOPY . /ctx\n", folder)
    if not tag:
        return
    listed = bench.output(tag, "find", "/ctx", "-type", "f").output
    copied = [path.removeprefix("/ctx/") for path in listed.splitlines()]
    lost = [path for path in NEEDED if path not in copied]
    bench.require(
        "needed",
        "the context has the four files that the program needs",
        not lost,
        f"Missing: {', '.join(lost)}. Which pattern matches too much?",
    )
    leaked = [path for path in SECRET if path in copied]
    bench.require(
        "secrets",
        "the context has no .env and no .git, at any depth",
        not leaked,
        f"It has {', '.join(leaked)}. How does a pattern match at any depth?",
    )
    waste = [path for path in WASTE if path in copied]
    bench.require(
        "waste",
        "the context has no log, no raw data and no __pycache__",
        not waste,
        f"It has {', '.join(waste)}. Where does a pattern start to match?",
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
    """A later build reuses an earlier one's downloads, the image does not
    contain them."""
    names = [f"{bench.token}-{letter}" for letter in "abc"]
    files = {"fetch.py": FETCH, "list.txt": "\n".join(names[:2])}
    with contexts.folder_of(files) as folder:
        first = bench.build(dockerfile, folder)
        if not first:
            return
        contexts.write(folder / "list.txt", "\n".join(names))
        second = _again(bench, dockerfile, folder)
        if not second:
            return
    before = _files(bench, first, "/srv/packages")
    after = _files(bench, second, "/srv/packages")
    there = bench.require(
        "packages",
        "all packages of the list are in /srv/packages",
        set(names) <= set(after) and set(names[:2]) <= set(before),
        "Does fetch.py still run with list.txt during the build?",
    )
    if not there:
        return
    bench.require(
        "reused",
        "a later build does not download the same packages again",
        all(before[name] == after[name] for name in names[:2]),
        "The second build began with an empty folder. Which kind of mount"
        " does the builder keep, and in which path does fetch.py look?",
    )
    found = _hashes(bench, second)
    bench.require(
        "once",
        "the layers contain each package once",
        all(found[_hash(after[name])] == 1 for name in names),
        "A layer contains a second copy. Which step wrote it?",
    )


@exercise("layers_and_cache/no-archive", wants="dockerfile")
def no_archive(bench: Bench, dockerfile: str) -> None:
    """The image has the unpacked file, and no layer has the archive."""
    stars = os.urandom(30_000).hex().encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("stars.csv")
        member.size = len(stars)
        archive.addfile(member, io.BytesIO(stars))
    with contexts.folder_of({"stars.tar": packed.getvalue()}) as folder:
        tag = bench.build(dockerfile, folder)
    if not tag:
        return
    there = _files(bench, tag, "/srv/stars.csv")
    bench.require(
        "unpacked",
        "the image has the catalogue at /srv/stars.csv",
        there.get("stars.csv") == stars,
        "The file is missing or incomplete. Which step unpacks the archive,"
        " and into which folder?",
    )
    found = _hashes(bench, tag)
    bench.require(
        "clean",
        "no layer contains the archive",
        not found[_hash(packed.getvalue())],
        "A layer keeps every file that was copied into it. Which instruction"
        " brings in the archive, and is that necessary?",
    )

"""Exercises of `secure_build`: secrets and advisories."""

import base64
import functools
import hashlib
import json
import re
import secrets
import zlib
from collections.abc import Iterator
from typing import Any

from docker.models.images import Image

from dockerlab import archives, images, scan
from dockerlab.checks import contents, contexts
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

BASE = "python:3.13-slim"
PUZZLE = "secure-puzzle"
METADATA = re.compile(r"([^/]+)-([^/-]+)\.dist-info/METADATA$")
DELETED = ".wh."  # begins the name of what a layer deletes
FINGERPRINT = "/fingerprint"
# They come with Python, and not from the learner's Dockerfile.
TOOLS = {"pip", "setuptools", "wheel", "packaging"}
PASSWORD = re.compile(rb"password=(\w+)")


@exercise("secure_build/dig", wants="text")
def dig(bench: Bench, answer: str) -> None:
    """The word is the one in a lower layer of the puzzle."""
    # Perhaps the whole line, also as `str` shows bytes: "b'password=...'".
    named = PASSWORD.search(answer.encode())
    word = named[1] if named else answer.strip().encode()
    puzzle = bench.image(PUZZLE)
    held = _passwords(puzzle, tuple(bench.layers(BASE))) if puzzle else ()
    text = f"the image {PUZZLE} exists, with its password"
    hint = "Run the cell above that builds it."
    if not bench.require("exists", text, held, hint):
        return
    bench.require(
        "old",
        "it is not the password that a container sees",
        word != held[-1],
        "A container sees the newest layer. Which layer has the old file,"
        " and how do you open that one?",
    )
    bench.require(
        "found",
        "it is the password in an older layer",
        word in held[:-1],
        "Open each layer of the saved image, and read its"
        " `srv/password.txt`, if it has one.",
    )


@functools.lru_cache(1)  # an answer is often followed by the next one
def _passwords(puzzle: Image, base: tuple[str, ...]) -> tuple[bytes, ...]:
    """The passwords in the puzzle's layers, the oldest first."""
    return tuple(
        found
        for _, entry, file in images.walk(puzzle, base)
        if file and entry.name.endswith("srv/password.txt")
        for found in PASSWORD.findall(file.read())
    )


def _codings(token: str) -> dict[str, list[bytes]]:
    """A token as plain text, and in other forms that hide it."""
    plain = token.encode()
    # In base64 the form depends on the position in the text.
    shifted = [base64.b64encode(b"x" * n + plain)[4:-4] for n in range(3)]
    return {
        "as it is": [plain],
        "in base64": shifted,
        "as hexadecimal digits": [
            plain.hex().encode(),
            plain.hex().upper().encode(),
        ],
        "backwards": [plain[::-1]],
    }


def _unpacked(data: bytes) -> bytes:
    """What a gzip file holds, else nothing."""
    if not data.startswith(b"\x1f\x8b"):
        return b""
    try:
        return zlib.decompressobj(wbits=31).decompress(data, 1_000_000)
    except zlib.error:
        return b""


def _texts(bench: Bench, tag: str) -> Iterator[tuple[str, bytes]]:
    """Where text may be in an image: files and links above the base, and
    the configuration with its history."""
    base = bench.layers(BASE)
    with archives.opened(bench.client.images.get(tag)) as archive:
        for layer, entry, file in archive.walk(base):
            where = f"layer {layer.number + 1}, {entry.name}"
            yield where, file.read() if file else entry.linkname.encode()
        yield "the history", archive.config


def _traces(bench: Bench, tag: str, token: str) -> list[str]:
    """Sentences on every place of an image that contains the token."""
    codings = _codings(token)
    return [
        f"{where} contains it {how}"
        for where, data in _texts(bench, tag)
        for how, forms in codings.items()
        if any(form in data or form in _unpacked(data) for form in forms)
    ]


@exercise("secure_build/secret", wants="dockerfile")
def secret(bench: Bench, dockerfile: str) -> None:
    """The build had the token, and no layer and no history line has it."""
    token = secrets.token_hex(20)
    with contexts.folder_of({"token.txt": token}) as context:
        # The cache ignores secrets: it would return an older token's result.
        mount = f"--secret=id=token,src={context / 'token.txt'}"
        built = bench.try_build(
            dockerfile, context, options=["--no-cache", mount]
        )
    text = "the image builds"
    if not bench.require("builds", text, built.ok, built.hint):
        return
    written = b"".join(contents.files(bench, built.tag, FINGERPRINT).values())
    bench.require(
        "used",
        "/fingerprint is the hash of the check's token",
        written.split()[:1]
        == [hashlib.sha256(token.encode()).hexdigest().encode()],
        "The build must read the token, from the secret `token` or from"
        " `token.txt`, and write its SHA-256 hash to /fingerprint.",
    )
    traces = _traces(bench, built.tag, token)
    bench.require(
        "clean",
        "no layer and no line of the history contains the token",
        not traces,
        f"{traces[0] if traces else ''}. A later instruction cannot remove"
        " it. How can one `RUN` see a file that is in no layer?",
    )


GREETING = "Hello, Ada!"
PYTHON = re.compile(r"/bin/python$")
_PACKAGES = """
import importlib.metadata as m, json
held = {d.metadata["Name"].lower(): d.version for d in m.distributions()}
try:
    import jinja2
    page = jinja2.Template("Hello, {{ name }}!").render(name="Ada")
    version = jinja2.__version__
except Exception as error:
    page = version = repr(error)
print(json.dumps({"held": held, "page": page, "version": version}))
"""


def _look_inside(bench: Bench, image: str) -> dict[str, Any]:
    """What Python in an image has installed, and what Jinja does there: the
    Python on its PATH, or one in a virtual environment."""
    found = _ask(bench, image, "python")
    if found["page"] == GREETING:
        return found
    walked = images.walk(bench.client.images.get(image), bench.layers(BASE))
    others = {f"/{e.name}" for _, e, _ in walked if PYTHON.search(e.name)}
    for python in sorted(others):
        other = _ask(bench, image, python)
        if other["page"] == GREETING:
            return other
    return found


def _ask(bench: Bench, image: str, python: str) -> dict[str, Any]:
    ending = bench.output(
        image, entrypoint=[python, "-c", _PACKAGES], seconds=60
    )
    try:
        found: dict[str, Any] = json.loads(ending.output.splitlines()[-1])
    except (IndexError, ValueError):
        return {"held": {}, "page": ending.why, "version": ""}
    return found


@exercise("secure_build/clear", wants="dockerfile")
def clear(bench: Bench, dockerfile: str) -> None:
    """Jinja works in the image, and has no known vulnerability."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    inside = _look_inside(bench, tag)
    bench.require(
        "works",
        "Jinja fills in a template",
        inside["page"] == GREETING,
        f"Its output is: {inside['page'][:80]}. The app needs the library,"
        " so do not leave it out.",
    )
    bench.require(
        "listed",
        "an SBOM lists it, with its version",
        inside["version"] != ""
        and inside["held"].get("jinja2") == inside["version"],
        "A package without its metadata is in no SBOM, so no scanner finds"
        " it. Install it with pip.",
    )
    # The course's file and not OSV: what is right today stays right.
    found = scan.advisories(_installed(bench, tag), online=False)
    hint = ""
    if found:
        first = found[0]
        hint = (
            f"{len(found)} found. {first.package.name}"
            f" {first.package.version}: {first.id}, fixed in {first.fixed}."
        )
    bench.require(
        "clear",
        "the course's file has no advisory for the packages you installed",
        not found,
        hint,
    )


def _installed(bench: Bench, image: str) -> list[scan.Package]:
    """The Python packages above the base that a container sees, in all its
    environments."""
    held: dict[str, scan.Package] = {}
    walked = images.walk(bench.client.images.get(image), bench.layers(BASE))
    for _, entry, _ in walked:
        folder, _, name = entry.name.rpartition("/")
        if name.startswith(DELETED):
            gone = f"{folder}/{name.removeprefix(DELETED)}"
            held = {p: one for p, one in held.items() if not _is_in(p, gone)}
        found = METADATA.search(entry.name)
        if found and found[1] not in TOOLS:
            name = found[1].lower()
            held[entry.name] = scan.Package(name, found[2], "python")
    return list(held.values())


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")

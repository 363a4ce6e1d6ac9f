"""Exercises of `images`: images."""

import gzip
import hashlib
import json
import pathlib
import tarfile
import tempfile
import uuid

import docker.errors

from dockerlab import builds
from dockerlab.checks.core import BUILD_SECONDS, Bench, exercise
from dockerlab.lab import LABEL

SILENT = "images-silent:1"
SHOP = "images-shop:1"
VENDOR = "org.opencontainers.image.vendor"
SMALL = 10e6  # bytes
# What an app upon the learner's base tells about itself.
APP = """\
import json, os
print(json.dumps({{
    "token": "{token}",
    "uid": os.getuid(),
    "unbuffered": os.environ.get("PYTHONUNBUFFERED", ""),
}}))
"""


def _image(bench: Bench, name: str):
    """The image of that name, or None."""
    try:
        return bench.client.images.get(name)
    except docker.errors.APIError:
        return None


@exercise("images/read-label", wants="text")
def read_label(bench: Bench, word: str) -> None:
    """The word is the value of the image's label."""
    image = _image(bench, SILENT)
    bench.require(
        "there",
        f"the image {SILENT} is there",
        image,
        "Run the cell above the exercise: it makes the image.",
    )
    bench.require(
        "word",
        "the word is the one of the label course.word",
        image and word.strip() == image.labels.get("course.word"),
        "Labels stand in the image's configuration, each with a key and a"
        " value. The word is a value.",
    )


def _mismatches(path: pathlib.Path) -> list[int] | None:
    """Layers that are not as the configuration promises; None if it is no
    archive of an image."""
    try:
        with tarfile.open(path) as archive:
            [manifest] = json.load(archive.extractfile("manifest.json"))
            config = json.load(archive.extractfile(manifest["Config"]))
            found = [
                _digest(archive.extractfile(layer).read())
                for layer in manifest["Layers"]
            ]
    except (OSError, tarfile.TarError, KeyError, ValueError, TypeError):
        return None
    promised = config["rootfs"]["diff_ids"]
    return [n for n, digest in enumerate(found) if digest != promised[n]]


def _digest(data: bytes) -> str:
    """The digest of a layer, compressed with gzip or not."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return "sha256:" + hashlib.sha256(data).hexdigest()


@exercise("images/damaged-layer", wants="mapping")
def damaged_layer(bench: Bench, answer: dict) -> None:
    """The answer names the layer whose digest is not as promised."""
    path = pathlib.Path(str(answer.get("archive", "")))
    wrong = _mismatches(path)
    found = bench.require(
        "archive",
        "the archive is there, and one of its layers is damaged",
        wrong,
        'Keep "archive": "parcel.tar", and run the cell above the exercise:'
        " it writes the archive.",
    )
    named = answer.get("damaged")
    hint = (
        "Compute the digest of every layer, and compare each with the one at"
        " the same place under rootfs. Do they all differ? Then you took the"
        " compressed bytes. Count from 0."
    )
    right = found and type(named) is int and wrong == [named]
    bench.require("damaged", "it is that layer", right, hint)


@exercise("images/own-base", wants="dockerfile")
def own_base(bench: Bench, dockerfile: str) -> None:
    """An app of one line inherits what the base arranges."""
    base = bench.build(dockerfile)
    if not base:
        return
    token = uuid.uuid4().hex
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as folder:
        pathlib.Path(folder, "app.py").write_text(APP.format(token=token))
        child = _child(bench, base, folder)
    if not child:
        return
    said = _said(bench, child)
    runs = bench.require(
        "runs",
        "a container of the app runs its app.py and ends",
        said.get("token") == token,
        "Which instruction of the base acts when the *app* is built, and"
        " which says what a container runs?",
    )
    if not runs:
        return
    bench.require(
        "user",
        "the app does not run as root",
        said["uid"] != 0,
        "Which instruction says as whom containers run? The user must exist,"
        " or be a number.",
    )
    bench.require(
        "env",
        "PYTHONUNBUFFERED is set for the app",
        said["unbuffered"],
        "Which instruction sets a variable for running, not only for"
        " building?",
    )
    bench.require(
        "label",
        f"the app's image bears the label {VENDOR}",
        bench.client.images.get(child).labels.get(VENDOR) == "Example Ltd",
        "Labels are inherited. Is the value exactly: Example Ltd?",
    )


def _child(bench: Bench, base: str, folder: str) -> str | None:
    """Build the app upon the base; its tag. Writes a criterion."""
    tag = f"{base}-app"
    built = builds.build(
        folder,
        tag,
        f"FROM {base}\n",
        options=("--label", f"{LABEL}={bench.lesson}"),
        timeout=BUILD_SECONDS,
    )
    if built.ok:
        bench.tags.append(tag)
    hint = f"The builder says: {built.error}"
    text = "an app with one line, FROM your-base, builds"
    return tag if bench.require("child", text, built.ok, hint) else None


def _said(bench: Bench, tag: str) -> dict:
    """What the app told about itself; empty if it did not speak."""
    try:
        container = bench.run(tag)
        if bench.wait(container) != 0:
            return {}
        lines = container.logs(stderr=False).decode().split("\n")
        return json.loads(lines[0])
    except (docker.errors.APIError, ValueError):
        return {}


@exercise("images/small", wants="dockerfile")
def small(bench: Bench, dockerfile: str) -> None:
    """The image prints a word and weighs little."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    bench.require(
        "prints",
        "its container prints: small",
        _prints(bench, tag) == "small",
        "A program needs its loader and its libraries: `ldd` lists them. Are"
        " all of them in the image, at the same paths?",
    )
    size = bench.client.images.get(tag).attrs["Size"]
    bench.require(
        "size",
        f"the image weighs less than 10 MB (it has {size / 1e6:.1f} MB)",
        size < SMALL,
        "The base weighs most. Which base weighs nothing?",
    )


def _prints(bench: Bench, image: str) -> str | None:
    """What a container of the image says on standard output, if it ends
    well."""
    try:
        container = bench.run(image)
    except docker.errors.APIError:  # it has no such program
        return None
    if bench.wait(container) != 0:
        return None
    return container.logs(stderr=False).decode(errors="replace").strip()


@exercise("images/peel", wants="image")
def peel(bench: Bench, name: str) -> None:
    """The image is the shop's without its topmost layer."""
    shop = _image(bench, SHOP)
    image = _image(bench, name)
    missing = [] if shop else [SHOP]
    missing += [] if image else [name]
    both = bench.require(
        "exists",
        f"the images {SHOP} and {name} exist",
        not missing,
        f"There is no {' and no '.join(missing)}. Did `docker load` say that"
        " it loaded your archive? The digests in the configuration must be"
        " those of the layers.",
    )
    if not both:
        return
    bench.require(
        "layers",
        f"it has the layers of {SHOP} without the topmost",
        image.attrs["RootFS"]["Layers"] == shop.attrs["RootFS"]["Layers"][:-1],
        "The layer stands in two lists: the manifest's and the"
        " configuration's. What you write must keep the other layers' bytes.",
    )
    bench.require(
        "prints",
        "its container prints: welcome",
        _prints(bench, name) == "welcome",
        "Keep the rest of the configuration: it says which program runs.",
    )

"""Exercises of `images_and_hub`: read an image, free disk space."""

import uuid

from dockerlab import builds
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.lab import Lab

SILENT = "images-silent:1"
LABEL = "course.word"
UNUSED, NEEDED = "images-unused:1", "images-needed:1"
# The containers of the second exercise: name -> its image and its command.
CONTAINERS = {
    "images-red": (NEEDED, "true"),
    "images-green": (UNUSED, "true"),
    "images-blue": (NEEDED, "sleep 600"),
}
HOLDER = "images-green"


def _build(name: str, dockerfile: str) -> None:
    """Build an image without files of its own.

    Raises:
        LabError: the build failed.
    """
    builds.build(tag=name, dockerfile=dockerfile, check=True)


def build_versions() -> None:
    """Build two images that print their version."""
    for version in (1, 2):
        _build(
            f"images-v{version}",
            f'FROM debian:trixie-slim\nCMD ["echo", "version {version}"]\n',
        )


def build_silent(lab: Lab) -> None:
    """Build an image without a program, with a new word in a label."""
    word = uuid.uuid4().hex[:8]
    _build(SILENT, f"FROM scratch\nLABEL {LABEL}={word}\n")


def start_users(lab: Lab) -> None:
    """Build two images, and create three containers from them."""
    lab.discard(*CONTAINERS)
    for name in (UNUSED, NEEDED):
        _build(name, f'FROM debian:trixie-slim\nLABEL name="{name}"\n')
    for name, (image, command) in CONTAINERS.items():
        container = lab.client.containers.run(
            image, command, name=name, labels=lab.labels, detach=True
        )
        if command == "true":
            container.wait()


@exercise("images_and_hub/read-label", wants="text")
def read_label(bench: Bench, word: str) -> None:
    """The word is the value of the image's label."""
    image = bench.image(SILENT)
    bench.require(
        "there",
        f"the image {SILENT} exists",
        image,
        "Keep the line `build_silent(lab)` in your cell: it builds the image.",
    )
    value = image.labels.get(LABEL, "") if image else ""
    bench.require(
        "word",
        f"the word is the one in the label {LABEL}",
        value and word.strip() == value,
        "Your text contains the value. Leave out what stands around it, such"
        " as quotes."
        if value and value in word
        else f"Your word is {word.strip()[:40]!r}. A label has a key and a"
        f" value: {LABEL} is the key.",
    )


@exercise("images_and_hub/reclaim", wants="container")
def reclaim(bench: Bench, holder: str) -> None:
    """The unused image is gone with its container, and nothing else."""
    unused = bench.image(UNUSED)
    bench.require(
        "gone",
        f"the image {UNUSED} is gone",
        not unused,
        f"{UNUSED} still exists. A container still uses it: remove that"
        " container first."
        if bench.container(HOLDER)
        else f"{UNUSED} still exists, and no container uses it any more. Which"
        " command removes an image?",
    )
    bench.require(
        "container",
        "the container that used it is gone",
        not bench.container(HOLDER),
        "A container of that image still exists. `docker ps --all --filter"
        f" ancestor={UNUSED}` lists it, while the image exists.",
    )
    others = [name for name in CONTAINERS if name != HOLDER]
    missing = [name for name in others if not bench.container(name)]
    missing += [] if bench.image(NEEDED) else [NEEDED]
    bench.require(
        "others",
        f"{NEEDED} and its containers still exist",
        not missing,
        f"Missing: {', '.join(missing)}. Remove objects by their names, and"
        " not all that are unused.",
    )
    blue = bench.container(others[-1])
    bench.require(
        "runs",
        f"{others[-1]} still runs",
        blue and blue.status == "running",
        f"{others[-1]} is {blue.status if blue else 'gone'}. It was running,"
        " and it does not use the image.",
    )
    bench.require(
        "named",
        "you gave the check the name of the container that used it",
        holder == HOLDER,
        f"{holder} did not use {UNUSED}. `docker ps --all` shows the image of"
        " each container.",
    )

"""What must be there before a known answer is checked, as in its notebook.

Each is checked in a workspace: a notebook that opens its own meanwhile would
remove what a check without one has made. Most checks get a text. Some look at
what the notebook's cell made of the text: an application of Docker Compose, or
an image in the notebook's registry.
"""

import contextlib
import hashlib
import pathlib
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import docker

from dockerlab import builds, compose, paths, wheels
from dockerlab.base import ports
from dockerlab.base.errors import LabError
from dockerlab.checks import scorecard
from dockerlab.course import cells, table
from dockerlab.lab import Lab

QUIET: Mapping[str, Any] = {"capture_output": True, "text": True}

REGISTRY = "docker run -d --name ci-registry -p 127.0.0.1:5111:5000 registry:2"
# Exercises that look at applications: project -> variables of the shell.
PROJECTS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "compose/reach": {"compose-reach": {}},
    "compose/wait": {"compose-wait": {}},
    "compose/env": {
        "compose-default": {},
        "compose-shell": {"NAME": "Grace"},
    },
    "compose_ops/tame": {"compose-tame": {}},
    "compose_ops/hide": {"compose-hide": {}},
    "compose_ops/migrate": {
        "compose-migrate": {},
        "compose-broken": {"RESULT": "1"},
    },
}
# Files beside a Compose file.
FILES = {
    "team.env": "NAME=Team\nLOG_LEVEL=WARNING\n",
    "word.txt": "tiger-lily",
}


def _compose(lab: Lab, image: str) -> None:
    builds.build(paths.PROJECT / "sample_app", image, check=True)
    for name, text in FILES.items():
        pathlib.Path(name).write_text(text, "utf-8")


def _registry(lab: Lab) -> None:
    subprocess.run(REGISTRY.split(), check=True, **QUIET)


def _image(lab: Lab) -> None:
    """Build the image that answers begin from, as the notebook does."""
    book = table.course().notebook(lab.lesson)
    for cell in cells.read(book.path):
        magic, _, rest = cell.source.partition("\n")
        if magic == "%%writefile Dockerfile":
            pathlib.Path("Dockerfile").write_text(rest, "utf-8")
        elif magic == "%%bash" and "setup" in cell.tags:
            subprocess.run(["bash", "-ec", rest], check=True, **QUIET)
            return


def _capstone(lab: Lab) -> None:
    scorecard.unpack(pathlib.Path.cwd())
    _image(lab)


PYTHON = ["python:3.13-slim", "python:3.13-slim-trixie"]
# Notebook -> images and ports of its workspace, and what its cells prepare,
# where checks look at that.
PLACES: Mapping[str, tuple[list[str], list[int], Callable[[Lab], None]]] = {
    "compose": (
        [*PYTHON, "redis:8"],
        [],
        lambda lab: _compose(lab, "compose-web:1"),
    ),
    "compose_ops": (
        [*PYTHON, "redis:8"],
        [],
        lambda lab: _compose(lab, "compose-app:1"),
    ),
    "ci_pipeline": ([*PYTHON, "registry:2"], [5111], _registry),
    "base_images": (PYTHON, [], _image),
    "capstone_ship": ([*PYTHON, "python:3.13"], [], _capstone),
}


@contextlib.contextmanager
def place(slug: str) -> Iterator[None]:
    """The workspace of a notebook, prepared as its checks need it.

    Raises:
        LabError: a port is taken that known answers name.
    """
    images, wanted, prepare = PLACES.get(slug, (PYTHON, [], lambda _: None))
    for port in wanted:
        if not ports.is_free(port):
            raise LabError(
                f"Port {port} is taken on this machine.",
                f"Known answers of {slug} name this port.",
                "End the program that uses it, and run this again.",
            )
    lab = Lab(slug, images=images, ports=wanted)
    try:
        with contextlib.chdir(lab.folder(f"{slug.replace('_', '-')}-judge")):
            prepare(lab)
            yield
    finally:
        lab.close()


def _digest() -> str:
    """The digest of the slim base image in this engine."""
    with contextlib.closing(docker.from_env()) as client:
        name = client.images.get(PYTHON[0]).attrs["RepoDigests"][0]
    return str(name.partition("@")[2])


def _hash() -> str:
    """The hash of the package in the index of `python_dependencies`."""
    with tempfile.TemporaryDirectory() as folder:
        made = wheels.make(folder, "greeting", "1.0", 'TEXT = "first"\n')
        return hashlib.sha256(made.read_bytes()).hexdigest()


# What stands in an answer for a value that its learner looks up.
MARKS = {"@DIGEST@": _digest, "@HASH@": _hash}


def hand_in(exercise: str, text: str) -> str:
    """Do with an answer what its notebook's cell does; what is checked."""
    for mark, look_up in MARKS.items():
        if mark in text:
            text = text.replace(mark, look_up())
    projects = PROJECTS.get(exercise)
    if not projects:
        return text
    for project, settings in projects.items():
        compose.up(text, project, **settings)
    return next(iter(projects))

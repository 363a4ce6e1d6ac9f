"""What must be there before a known answer is checked, as in its notebook.

Each is checked in a workspace: a notebook that opens its own meanwhile would
remove what a check without one has made. Most checks get a text. Some look at
what the notebook's cell made of the text: an application of Docker Compose, or
an image in the notebook's registry.
"""

import contextlib
import pathlib
import subprocess
from collections.abc import Callable, Iterator, Mapping

from dockerlab import builds, compose, paths
from dockerlab.lab import Lab

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
    subprocess.run(REGISTRY.split(), check=True, capture_output=True)


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
}


@contextlib.contextmanager
def place(slug: str) -> Iterator[None]:
    """The workspace of a notebook, prepared as its checks need it."""
    images, ports, prepare = PLACES.get(slug, (PYTHON, [], lambda _: None))
    lab = Lab(slug, images=images, ports=ports)
    try:
        with contextlib.chdir(lab.folder(f"{slug.replace('_', '-')}-judge")):
            prepare(lab)
            yield
    finally:
        lab.close()


def hand_in(exercise: str, text: str) -> str:
    """Do with an answer what its notebook's cell does; what is checked."""
    projects = PROJECTS.get(exercise)
    if not projects:
        return text
    for project, settings in projects.items():
        compose.up(text, project, **settings)
    return next(iter(projects))

"""Docker Compose from a notebook.

from dockerlab import compose

compose.services("compose-shop")  # {"web": [<Container: ...>], ...}
"""

import json
import os
import subprocess
import tempfile
from typing import Any

import docker
from docker.models.containers import Container

from dockerlab.base.errors import LabError

# Labels of Compose on all that it creates.
PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"


def require() -> None:
    """Find out whether there is a `docker compose` that the course can use.

    Raises:
        LabError: there is none, or only the very old one with a hyphen.
    """
    done = _compose("version", "--short")
    if done.returncode or done.stdout.startswith(("1.", "v1.")):
        raise LabError(
            "This notebook needs the command `docker compose`.",
            "It is a plugin of `docker`, and newer than `docker-compose`.",
            "Install the package docker-compose-plugin, or docker-compose on"
            " Debian 13 or newer.",
        )


def up(text: str, project: str, **settings: str) -> None:
    """Create an application, after removing an earlier one of this name.

    Prints Compose's message if it cannot.

    Args:
        text: of the Compose file.
        settings: environment variables of the shell that starts it.
    """
    words = ("--progress", "quiet", "-p", project)
    # By the project's name: the new text may have other services, or errors.
    with tempfile.TemporaryDirectory() as empty:
        _compose(*words, "down", "-v", "-t", "1", folder=empty)
    done = _compose(*words, "-f", "-", "up", "-d", input=text, **settings)
    if done.returncode:
        print(done.stderr.strip())


def plan(*files: str) -> dict[str, Any]:
    """What Compose reads from its files, with every variable filled in.

    Raises:
        LabError: it cannot read them.
    """
    options = [word for file in files for word in ("-f", file)]
    done = _compose(*options, "config", "--format", "json")
    if done.returncode:
        raise LabError("Compose cannot read its files.", done.stderr.strip())
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def services(project: str) -> dict[str, list[Container]]:
    """The containers of each service of a project, by number."""
    client = docker.from_env()
    try:
        rows = client.containers.list(
            all=True,
            filters={"label": f"{PROJECT}={project}"},
            ignore_removed=True,
        )
    finally:
        client.close()
    found: dict[str, list[Container]] = {}
    for container in sorted(rows, key=lambda container: container.name):
        found.setdefault(container.labels[SERVICE], []).append(container)
    return found


def _compose(
    *words: str, input: str = "", folder: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", "compose", *words],
        input=input,
        capture_output=True,
        text=True,
        env={**os.environ, **settings},
        cwd=folder or None,
    )

"""Which engine: the learner's own where one answers, else the box."""

import dataclasses
import os

import docker
import docker.errors
import requests

from dockerlab.base.errors import LabError
from dockerlab.engine.box import Box

OLDEST_API = (1, 41)  # Docker Engine 20.10
DOCKER, PODMAN = "Docker Engine", "Podman"


@dataclasses.dataclass(frozen=True)
class Engine:
    """The engine to use: kind `own` or `box`, and how to reach it.

    `version` and `api` are empty for a box that does not run yet. `product`
    is what answers: Podman's socket speaks Docker's API.
    """

    kind: str
    url: str
    version: str = ""
    api: str = ""
    box: Box | None = None
    product: str = DOCKER

    @property
    def title(self) -> str:
        """What answers, and its version."""
        return f"{self.product} {self.version}"

    def environment(self) -> dict[str, str]:
        """What programs on the host need to use this engine."""
        found = {}
        if self.box:
            found = {**self.box.environment(), "DOCKER_HOST": self.url}
        if self.product == PODMAN:
            # It holds no BuildKit. `docker build` would start one from an
            # image of its own; without it the engine builds by itself.
            found["DOCKER_BUILDKIT"] = "0"
        return found

    def client(self, timeout: float = 60) -> docker.DockerClient:
        """An SDK client of this engine."""
        if self.box:
            return docker.DockerClient(self.url, timeout=timeout)
        return docker.from_env(timeout=timeout)


def find(suite: str = "") -> Engine:
    """The engine to use; of several boxes that of `suite`, else the chosen.

    `DOCKERLAB_ENGINE` decides if set (`own` or `box`). Else it is the engine
    that DOCKER_HOST or the current Docker context reaches, if it answers;
    else the box. Nothing is started.

    Raises:
        LabError: the wanted engine does not answer, or is too old.
    """
    wanted = os.environ.get("DOCKERLAB_ENGINE", "")
    if wanted not in ("", "own", "box"):
        raise LabError(
            f"DOCKERLAB_ENGINE is {wanted!r}.",
            fix="Set it to own or box, or unset it.",
        )
    box = Box(suite)
    named = os.environ.get("DOCKER_HOST", "")
    # A lesson's seat: a socket of this process before the engine. It counts
    # only while DOCKER_HOST still is that socket.
    if os.environ.get("DOCKERLAB_BEHIND") == f"{named} {box.url}":
        return _of_box(box, named)
    if wanted == "box" or named == box.url:
        return _of_box(box)
    try:
        return contact(named)
    except ConnectionError as error:
        if wanted == "own" or named:
            raise LabError(
                f"No Docker Engine answers at {named or 'the usual place'}.",
                str(error),
                "Start it, or correct DOCKER_HOST"
                if named
                else "Start your engine (`docker info` must answer), or unset"
                " DOCKERLAB_ENGINE to use the lab's own.",
            ) from None
    return _of_box(box)


def _of_box(box: Box, url: str = "") -> Engine:
    url = url or box.url
    if not box.running():
        return Engine("box", url, box=box)
    version, api, product = _about(docker.DockerClient(url, timeout=10))
    return Engine("box", url, version, api, box, product)


def _about(client: docker.DockerClient) -> tuple[str, str, str]:
    """An engine's version, its API's, and what it is."""
    answer = client.api.version(api_version=False)
    client.close()
    parts = [part.get("Name", "") for part in answer.get("Components") or ()]
    podman = any(name.startswith(PODMAN) for name in parts)
    version, api = answer.get("Version", ""), answer.get("ApiVersion", "0.0")
    return version, api, PODMAN if podman else DOCKER


def contact(named: str = "") -> Engine:
    """The engine that DOCKER_HOST or the current context reaches.

    Raises:
        ConnectionError: none answers.
        LabError: it answers and is too old.
    """
    try:
        # With a version given, the client says nothing to the engine yet.
        client = docker.from_env(version="1.41", timeout=10)
        url = client.api.base_url
        version, api, product = _about(client)
    except (docker.errors.DockerException, requests.RequestException) as error:
        raise ConnectionError(_reason(error)) from None
    except (OSError, ValueError, AttributeError) as error:
        raise ConnectionError(_reason(error)) from None
    if tuple(int(part) for part in api.split(".")) < OLDEST_API:
        raise LabError(
            f"The Docker Engine that answers is too old: {version},"
            f" API {api}.",
            "The course needs API 1.41 (Docker Engine 20.10) or newer.",
            "Update it, or set DOCKERLAB_ENGINE=box to use the lab's own.",
        )
    return Engine("own", named or url, version, api, product=product)


def _reason(error: Exception) -> str:
    """The innermost cause, which is the one a person can read."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__
    return str(error)

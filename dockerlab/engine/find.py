"""Which engine to use: the learner's own if one answers, else the box."""

import dataclasses
import os

import docker
import docker.errors
import requests
from docker.context import ContextAPI

from dockerlab.base.errors import LabError
from dockerlab.engine import environment
from dockerlab.engine.box import Box

OLDEST_API = (1, 41)  # Docker Engine 20.10
DOCKER, PODMAN = "Docker Engine", "Podman"
USUAL = "unix:///var/run/docker.sock"


@dataclasses.dataclass(frozen=True)
class Engine:
    """An engine and how to reach it.

    Args:
        kind: `own` or `box`.
        version: empty for a box that is not running yet; so is `api`.
        product: what answers. Podman's socket has Docker's API.
    """

    kind: str
    url: str
    version: str = ""
    api: str = ""
    box: Box | None = None
    product: str = DOCKER

    @property
    def title(self) -> str:
        """The product and its version."""
        return f"{self.product} {self.version}"

    def environment(self) -> dict[str, str]:
        """Return the variables that programs on the host need for it."""
        found = {**environment.BUILDER, **environment.direct(os.environ)}
        if self.box:
            found |= {**self.box.environment(), "DOCKER_HOST": self.url}
        elif self.url.startswith("unix://"):
            # Some programs, such as syft, do not read Docker's contexts.
            found["DOCKER_HOST"] = self.url
        if self.product == PODMAN:
            # Podman has no BuildKit, and `docker build` would pull an image
            # with one. Without BuildKit the engine builds by itself.
            found["DOCKER_BUILDKIT"] = "0"
        return found

    def use(self) -> None:
        """Let this process and its children use this engine, without the
        settings of the user's profile that would change what they show."""
        for name in environment.to_remove(os.environ):
            del os.environ[name]
        os.environ.update(self.environment())

    def client(self, timeout: float | None = 60) -> docker.DockerClient:
        """Return an SDK client of this engine, which waits `timeout` seconds
        for each answer; `None`: as long as the engine needs."""
        if self.box:
            return docker.DockerClient(self.url, timeout=timeout)
        return docker.from_env(timeout=timeout)


def find(suite: str = "") -> Engine:
    """Return the engine to use; nothing is started.

    `DOCKERLAB_ENGINE` (`own` or `box`) decides if it is set. Otherwise it is
    the engine that DOCKER_HOST or the current Docker context reaches, if
    that one answers, and else the box.

    Args:
        suite: the kind of box; without a name, the chosen one.

    Raises:
        LabError: the engine that is asked for does not answer, or is too
            old.
    """
    wanted = os.environ.get("DOCKERLAB_ENGINE", "")
    if wanted not in ("", "own", "box"):
        raise LabError(
            f"DOCKERLAB_ENGINE is {wanted!r}.",
            fix="Set it to own or box, or unset it.",
        )
    box = Box(suite)
    named = os.environ.get("DOCKER_HOST", "")
    # At a seat, a socket of this process stands in front of the engine. That
    # counts only while DOCKER_HOST is that socket.
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
    """Return the box's engine, reached at `url` or at its own address."""
    url = url or box.url
    if not box.running():
        return Engine("box", url, box=box)
    version, api, product = _about(docker.DockerClient(url, timeout=10))
    return Engine("box", url, version, api, box, product)


def _about(client: docker.DockerClient) -> tuple[str, str, str]:
    """Return an engine's version, its API's version, and its product."""
    answer = client.api.version(api_version=False)
    client.close()
    parts = [part.get("Name", "") for part in answer.get("Components") or ()]
    podman = any(name.startswith(PODMAN) for name in parts)
    version, api = answer.get("Version", ""), answer.get("ApiVersion", "0.0")
    return version, api, PODMAN if podman else DOCKER


def contact(named: str = "") -> Engine:
    """Return the engine that DOCKER_HOST or the current context reaches.

    Raises:
        ConnectionError: none answers.
        LabError: it answers and is too old.
    """
    try:
        # If a version is given, the client sends nothing to the engine yet.
        client = docker.from_env(version="1.41", timeout=10)
        url = named or _context_url()
        version, api, product = _about(client)
    except (
        docker.errors.DockerException,
        requests.RequestException,
        # A malformed DOCKER_HOST or context.
        OSError,
        ValueError,
        AttributeError,
        LookupError,
    ) as error:
        raise ConnectionError(_cause(error)) from None
    if tuple(int(part) for part in api.split(".")) < OLDEST_API:
        raise LabError(
            f"The Docker Engine that answers is too old: {version},"
            f" API {api}.",
            "The course needs API 1.41 (Docker Engine 20.10) or newer.",
            "Update it, or set DOCKERLAB_ENGINE=box to use the lab's own.",
        )
    return Engine("own", url, version, api, product=product)


def _context_url() -> str:
    """Return the address in the current Docker context, or the usual one."""
    found = ContextAPI.kwargs_from_context(environment=os.environ)
    return str(found.get("base_url") or USUAL)


def _cause(error: BaseException) -> str:
    """Return the innermost error's text, which is the most readable one."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return str(error)

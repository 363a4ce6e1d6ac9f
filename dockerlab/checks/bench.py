"""What a check builds and runs, within limits, and removes at the end."""

import contextlib
import itertools
import pathlib
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import docker
import docker.errors
import requests
from docker.models.containers import Container
from docker.models.images import Image
from docker.models.networks import Network
from docker.models.volumes import Volume

from dockerlab import builds
from dockerlab.base import labels
from dockerlab.base.errors import LabError
from dockerlab.checks import (
    contexts,
    failed_builds,
    frontends,
    limits,
    silence,
)
from dockerlab.checks.failed_builds import NOT_COUNTED
from dockerlab.checks.report import Criterion
from dockerlab.checks.results import Built, Ending, NotStarted, refusals, start
from dockerlab.checks.waiting import stretch
from dockerlab.course.table import first_word
from dockerlab.engine import gaps

BUILD_SECONDS = 120
LOOK = "`docker ps --all` lists your containers, `docker logs` their output."


class Bench:
    """Where an answer is looked at.

    Everything that a check builds or runs goes through here. It gets the
    notebook's label, is limited in memory, processes and time (in seconds
    of an idle machine), gets no folder of the host, and `close` removes it.

    Args:
        slug: the notebook.
        client: of the engine.
        build_limits: values of `docker build --ulimit`.
        boxed: whether the engine is the course's own.
    """

    def __init__(
        self,
        slug: str,
        client: docker.DockerClient,
        build_limits: Sequence[str] = limits.BUILD,
        boxed: bool = False,
    ) -> None:
        self.slug, self.client, self.boxed = slug, client, boxed
        self.build_limits = build_limits
        self.token = f"check{uuid.uuid4().hex[:8]}"
        self.name = f"{first_word(slug)}-{self.token}"
        self.criteria: list[Criterion] = []
        self.pass_mark = 100  # per cent of the points that are enough
        self.own_index = False  # whether the exercise has one of packages
        self.containers: list[Container] = []
        self.volumes: list[Volume] = []
        self.networks: list[Network] = []
        self.tags: list[str] = []
        self._labels = labels.of(slug)
        # Builds may run in several threads: each takes the next number.
        self._numbers = itertools.count()

    # -- the card -------------------------------------------------------

    def require(
        self,
        key: str,
        text: str,
        met: object,
        hint: str,
        points: int = 0,
        gate: bool = False,
    ) -> bool:
        """Write a criterion on the card; return whether it is met."""
        hint = hint.strip()
        self.criteria.append(
            Criterion(key, text, bool(met), hint, points, gate)
        )
        return bool(met)

    def show(self, what: str) -> None:
        """Print what is looked at now, so that no long wait is silent."""
        print(f"  ...  {what}", flush=True)

    def require_container(self, name: str) -> Container | None:
        """A learner's container. Writes the criterion `exists`."""
        container = self.container(name)
        text = f"a container named {name} exists"
        self.require("exists", text, container, LOOK)
        return container

    def require_limits(self) -> None:
        """Judge only on an engine that can limit what containers use.

        Raises:
            LabError: this one cannot, which is never the learner's fault.
        """
        if not gaps.can_limit(self.client.info()):
            raise LabError(
                "This engine cannot limit what a container uses.",
                "It has no control groups for that.",
                f"{NOT_COUNTED} `make doctor` says how to get them.",
            )

    def require_running(self, name: str) -> Container | None:
        """A learner's container if it runs. Writes `exists` and `runs`."""
        container = self.require_container(name)
        if not container:
            return None
        runs = container.status == "running"
        hint = f"{silence.not_running(container)} {LOOK}"
        self.require("runs", "it runs", runs, hint)
        return container if runs else None

    def require_prepared(
        self,
        name: str,
        key: str = "exists",
        hint: str = "Run the cell that starts it, further up in the exercise.",
    ) -> Container | None:
        """A container that a cell of the notebook starts, if it runs.

        Writes the criterion `key`.
        """
        container = self.container(name)
        runs = container is not None and container.status == "running"
        text = f"the container {name} runs"
        self.require(key, text, runs, hint)
        return container if runs else None

    def require_published(self, container: Container) -> list[str]:
        """A container's published ports, such as `80/tcp`.

        Writes the criterion `published`.
        """
        ports = [
            port for port, host in (container.ports or {}).items() if host
        ]
        hint = (
            "Which option of `docker run` connects a host port to a container"
            " port?"
        )
        self.require("published", "a port is published", ports, hint)
        return ports

    # -- builds ---------------------------------------------------------

    def build(
        self, dockerfile: str | None, context: pathlib.Path | None = None
    ) -> str | None:
        """Build an answer; the tag of the image, or None if it fails.

        Writes the criterion `builds`, or `context` if the folder is too
        large to be sent.
        """
        if context and (hint := contexts.too_large(context)):
            self.require("context", "the context is small", False, hint)
            return None
        built = self.try_build(dockerfile, context)
        self.require("builds", "the image builds", built.ok, built.hint)
        return built.tag if built.ok else None

    def try_build(
        self,
        dockerfile: str | None,
        context: pathlib.Path | None = None,
        *,
        arguments: Mapping[str, str] | None = None,
        options: Sequence[str] = (),
        tag: str = "",
    ) -> Built:
        """Build within limits. Writes no criterion.

        Args:
            dockerfile: its text; None for the file in the context.
            context: the folder to build from; None for an empty one.
            arguments: build arguments.
            options: more options of `docker buildx build`.
            tag: the image's name, instead of one of the bench's own.

        Raises:
            LabError: the engine, and not the answer, is at fault.
        """
        tag = tag or f"{self.name}:{next(self._numbers)}"
        self.tags.append(tag)
        if self.boxed and dockerfile is not None:
            dockerfile = frontends.inside(dockerfile)
        given = [f"--label={labels.pair(self.slug)}"]
        given += [f"--ulimit={limit}" for limit in self.build_limits]
        for name, value in (arguments or {}).items():
            given += ["--build-arg", f"{name}={value}"]
        try:
            built = builds.build(
                context,
                tag,
                dockerfile,
                options=(*given, *options),
                timeout=stretch(BUILD_SECONDS),
            )
        except builds.TimeOver as over:
            failed_builds.refuse_slow_pull(over.build)
            hint = (
                f"The build took more than {BUILD_SECONDS} seconds. Which step"
                " does not end? Build it yourself and read the log."
            )
            return Built(tag, None, hint)
        if built.ok:
            return Built(tag, built)
        self.client.ping()  # raises if the engine is gone
        text = failed_builds.text_of(dockerfile, context)
        boxed, own = self.boxed, self.own_index
        failed_builds.refuse_lab_faults(built, boxed, text, own)
        hint = failed_builds.hint(built, text, context)
        return Built(tag, built, hint)

    def build_own(
        self,
        dockerfile: str,
        context: pathlib.Path,
        *,
        arguments: Mapping[str, str] | None = None,
        tag: str = "",
    ) -> Built:
        """Build what belongs to the check, and not to the answer.

        Raises:
            LabError: it does not build, which is never the learner's fault.
        """
        built = self.try_build(
            dockerfile, context, arguments=arguments, tag=tag
        )
        if not built.ok:
            raise LabError(
                "The check could not build an image of its own.",
                built.hint,
                f"{NOT_COUNTED} Run the cell again.",
            )
        return built

    # -- containers -----------------------------------------------------

    def container(self, name: str) -> Container | None:
        """The container of that name, or None. Writes no criterion."""
        try:
            return self.client.containers.get(name)
        except docker.errors.NotFound:
            return None

    def image(self, name: str) -> Image | None:
        """The image of that name, or None. Writes no criterion."""
        try:
            return self.client.images.get(name)
        except docker.errors.APIError as error:
            # Also refused: a name that no image can have.
            if error.is_client_error():
                return None
            raise

    def layers(self, image: str) -> list[str]:
        """The digests of an image's layers, from the bottom."""
        rootfs = self.client.images.get(image).attrs["RootFS"]
        return list(rootfs.get("Layers") or [])

    def create(self, image: str, **options: Any) -> Container:
        """Create a container of `image`, limited, and do not start it.

        Raises:
            NotStarted: the image cannot be run so.
            ValueError: the check asks for rights or folders of the host.
        """
        limits.refuse_powers(self.client, options)
        with refusals():
            container = self.client.containers.create(
                image,
                name=f"{self.name}-{len(self.containers)}",
                labels=self._labels,
                **{**limits.CONTAINER, **options},
            )
        self.containers.append(container)
        return container

    def run(self, image: str, **options: Any) -> Container:
        """Start a container of `image`, limited.

        Raises:
            NotStarted: the engine cannot start the image's program.
            ValueError: the check asks for rights or folders of the host.
        """
        container = self.create(image, **options)
        start(container)
        return container

    def wait(self, container: Container, seconds: float = 15) -> int | None:
        """The container's exit code; None if it has not ended in time."""
        with contextlib.suppress(requests.RequestException):
            return int(container.wait(timeout=stretch(seconds))["StatusCode"])
        return None

    def finish(self, container: Container, seconds: float = 15) -> Ending:
        """Wait until a container ends, and end it if it does not."""
        code = self.wait(container, seconds)
        if code is None:
            with contextlib.suppress(docker.errors.APIError):
                container.kill()
        return Ending(
            code,
            container.logs(stderr=False).decode(errors="replace"),
            container.logs(stdout=False).decode(errors="replace"),
            seconds,
        )

    def output(
        self, image: str, *command: str, seconds: float = 15, **options: Any
    ) -> Ending:
        """Run a container of `image` to its end.

        A program that cannot be started ends with code 127, as in a shell.
        """
        try:
            container = self.run(
                image, command=list(command) or None, **options
            )
        except NotStarted as error:
            return Ending(127, "", str(error), seconds, started=False)
        return self.finish(container, seconds)

    def shell(self, image: str, line: str) -> str | None:
        """What a line of shell prints in a container of `image`; None if it
        fails."""
        return self.output(image, "-c", line, entrypoint=["sh"]).text

    def exec(
        self,
        container: Container,
        command: Sequence[str],
        seconds: float = 10,
        environment: Mapping[str, str] | None = None,
        user: str = "",
    ) -> Ending:
        """Run a command in a running container, and wait until it ends.

        The output holds both streams, at most 100 kB.
        """
        words = ["docker", "exec"]
        for name, value in (environment or {}).items():
            words += ["--env", f"{name}={value}"]
        words += ["--user", user] if user else []
        try:
            done = subprocess.run(
                [*words, container.id, *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=stretch(seconds),
            )
        except subprocess.TimeoutExpired:
            return Ending(None, "", "", seconds)
        output = done.stdout[:100_000].decode(errors="replace")
        return Ending(done.returncode, output, "", seconds)

    # -- volumes and networks -------------------------------------------

    def volume(self) -> Volume:
        """A new named volume."""
        volume = self.client.volumes.create(
            f"{self.name}-{len(self.volumes)}", labels=self._labels
        )
        self.volumes.append(volume)
        return volume

    def network(self) -> Network:
        """A new network with names; LabError if no addresses are left."""
        name = f"{self.name}-{len(self.networks)}"
        try:
            network = self.client.networks.create(name, labels=self._labels)
        except docker.errors.APIError as error:
            if "address pools" not in str(error):
                raise
            raise LabError(
                "The engine has no addresses left for another network.",
                str(error.explanation),
                f"{NOT_COUNTED} `docker network ls` lists the networks.",
            ) from None
        self.networks.append(network)
        return network

    def close(self) -> None:
        """Remove everything that the check created."""
        unavailable = (docker.errors.APIError, requests.RequestException)
        for container in self.containers:
            with contextlib.suppress(*unavailable):
                container.remove(force=True, v=True)
        for volume in self.volumes:
            with contextlib.suppress(*unavailable):
                volume.remove(force=True)
        for network in self.networks:
            with contextlib.suppress(*unavailable):
                network.remove()
        for tag in self.tags:
            with contextlib.suppress(*unavailable):
                self.client.images.remove(tag, force=True)

"""One notebook's workspace on the engine.

    lab = Lab("flask_app")

finds the engine, makes it the one that `docker` and `docker.from_env()` use
in this notebook, and removes what an earlier run of the notebook left. Only
objects that have the notebook's label are ever removed, and of images only
those that have one of the notebook's names.
"""

import contextlib
import dataclasses
import functools
import os
import pathlib
import shutil
import socket
import sys
import time
from collections.abc import Iterable

import docker.errors
from docker.models.containers import Container

from dockerlab import paths, terminal
from dockerlab.base import labels, ports
from dockerlab.base.errors import LabError
from dockerlab.course import table
from dockerlab.engine import find, gaps, prepare, supplies
from dockerlab.workspace import (
    cleaning,
    environment,
    passed_over,
    sample_app,
    seats,
    swarm,
    taken_ports,
)


class Lab:
    """A clean workspace for one notebook.

    Args:
        lesson: the notebook's slug.
        images: base images that the notebook builds from; waited for,
            visibly, if they are not there yet.
        containers: names of containers that the notebook will create.
        builds: names of images that it will build.
        ports: ports of this machine that its cells publish. Where one is
            taken, the cells get a free one before they run.
        swarm: whether it runs services on a swarm of one node.

    Raises:
        LabError: there is no engine, an engine without the base images, or
            a name that is taken with all its aliases; with `swarm`, an engine
            without Swarm mode, or one that belongs to a larger swarm.
    """

    def __init__(
        self,
        lesson: str,
        images: Iterable[str] = supplies.FIRST,
        containers: Iterable[str] = (),
        builds: Iterable[str] = (),
        swarm: bool = False,
        ports: Iterable[int] = (),
    ) -> None:
        self.lesson = lesson
        self._reserved: dict[int, socket.socket] = {}
        environment.KERNEL.undo()
        environment.KERNEL.leave_inherited_seat()
        self.engine = _ready_engine(list(images))
        self._take_seat([*containers, *builds])
        passed_over.KERNEL.start(gaps.of(self.engine, self._direct.info()))
        if swarm:
            self.node.refuse_cluster()
            self.node.together()
        self.scratch = _emptied(self.seat.folder)
        self.reset()
        self._clear_abandoned()
        self._take_ports(ports)

    def _take_seat(self, given: list[str]) -> None:
        """Hold names for this kernel, and let its programs use them."""
        self.seat = seats.take(self.engine, self.lesson, given)
        kernel = environment.KERNEL
        kernel.use_engine(self.engine)
        # What is removed is decided by what the engine knows, not by what
        # the seat's socket makes of it.
        self._direct = self.engine.client(timeout=120)
        kernel.use_seat(self.seat)
        kernel.use_wrapper(self.lesson, self.seat.folder)
        kernel.be_quiet()
        if self.seat.url:
            self.engine = dataclasses.replace(self.engine, url=self.seat.url)
            self.client = self.engine.client(timeout=120)
        else:
            self.client = self._direct
        self.node = swarm.Node(self._direct, self.seat.engine_id)
        for name in self.seat.displaced:
            other = self.seat.on_engine[name]
            print(
                f"Somebody else's {name.text} is on this engine and stays."
                f" There the notebook's is called {other.text}."
            )

    # -- names, labels, ports, files ------------------------------------

    @property
    def labels(self) -> dict[str, str]:
        """Labels for containers, networks and volumes made by the SDK."""
        return labels.of(self.lesson)

    def name(self, short: str) -> str:
        """A name of the notebook's own: `flask-<short>` in `flask_app`."""
        return f"{table.first_word(self.lesson)}-{short}"

    def port(self, wanted: int) -> int:
        """`wanted` if no program uses that port, else the next free one.

        Prints a line where it is not the wanted one. Other notebooks that run
        now get another port until this one is closed.

        Raises:
            LabError: a hundred ports in a row are taken.
        """
        return self._free(wanted)

    def _free(self, wanted: int, avoid: Iterable[int] = ()) -> int:
        """`port`, and none of those to avoid."""
        for port in range(wanted, wanted + 100):
            if port in avoid:
                continue
            if ports.is_free(port) and self._reserve(port):
                if port != wanted:
                    print(f"Port {wanted} is taken here: using port {port}.")
                return port
        raise LabError(
            f"Ports {wanted} to {wanted + 99} are all taken.",
            fix="Stop a program that uses one of them, then run this again.",
        )

    def _take_ports(self, wanted: Iterable[int]) -> None:
        """Let the cells use ports that are free."""
        taken_ports.KERNEL.stop()  # of this notebook's earlier run
        wanted, used = list(wanted), dict[int, int]()
        for port in wanted:
            # No two of its ports may become the same one.
            used[port] = self._free(port, {*wanted, *used.values()} - {port})
        other = {port: free for port, free in used.items() if port != free}
        for port, free in other.items():
            print(
                f"This notebook's cells use {free} where you read {port}. In"
                f" a terminal and in the browser, type {free}."
            )
        marks = [self._reserved.pop(free, None) for free in used.values()]
        taken_ports.KERNEL.start(other, filter(None, marks))

    def _reserve(self, port: int) -> bool:
        """Keep a port for this notebook, though nothing listens there yet."""
        if port not in self._reserved and sys.platform == "linux":
            mark = ports.mark(f"port-{port}")
            if not mark:
                return False
            self._reserved[port] = mark
        return True

    def folder(self, name: str) -> pathlib.Path:
        """A fresh, empty folder in the notebook's scratch space."""
        target = self.scratch / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        return target

    def app_folder(self, name: str = "my-python-app") -> pathlib.Path:
        """A fresh folder with the sample app as a beginner would have it."""
        target = self.folder(name)
        sample_app.copy_app(target)
        return target

    def terminal(
        self, command: str, *steps: terminal.Step
    ) -> terminal.Transcript:
        """Run a command on a terminal, as you would beside the notebook.

        Args:
            command: what you type first.
            steps: what you do then: lines to type, keys (`"^C"`, `"^D"`,
                `"^P^Q"`), `Seen(text)` to wait for a text, a function to call.

        Returns:
            What the terminal showed. As the last line of a cell, it is
            displayed.

        Raises:
            LabError: the program does not do what a step waits for.
        """
        return terminal.dialogue(command, *steps)

    # -- the notebook's objects -----------------------------------------

    def reset(self) -> None:
        """Remove what this notebook created on the engine."""
        seat = self.seat
        cleaning.remove(
            self._direct,
            seat.label,
            seat.owns_image,
            # Leaving a swarm ends it for everybody in this notebook.
            leave_swarm=not self.node.others(),
        )
        if seat.label_key != labels.LESSON:
            # A label in an archive that was loaded is not exchanged, its
            # names are. What the first kernel built has the same label.
            cleaning.remove_images(
                self._direct,
                labels.pair(self.lesson),
                seat.holds,
                nameless=False,
            )

    def _clear_abandoned(self) -> None:
        """Remove what kernels left that have ended: what has a name that this
        one holds now, and what has another label of this notebook."""
        held = self.seat.on_engine.values()
        cleaning.remove_holders(self._direct, held, self.seat.label)
        # Only the box is surely used from this machine alone, where all
        # kernels see each other's marks.
        if not self.engine.box:
            return
        for label in cleaning.labels_in_use(self._direct):
            key, _, slug = label.partition("=")
            if slug != self.lesson or key == self.seat.label_key:
                continue
            with seats.abandoned(self.seat, key) as ended:
                if ended:
                    cleaning.remove(
                        self._direct,
                        label,
                        functools.partial(self.seat.owns_image, key=key),
                    )

    def discard(self, *names: str) -> None:
        """Remove the notebook's containers of these names, where there are
        any; somebody else's stay."""
        cleaning.remove_containers(lambda: self._own(names))

    def _own(self, names: Iterable[str]) -> list[Container]:
        """The containers of these names that are the notebook's."""
        mine = labels.pair(self.lesson)
        found = []
        for name in names:
            with contextlib.suppress(docker.errors.NotFound):
                container = self.client.containers.get(name)
                labelled = container.labels
                if labels.is_ours(labelled) and labels.has(labelled, mine):
                    found.append(container)
        return found

    def count(self) -> dict[str, dict[str, int]]:
        """How many objects are this notebook's and how many are not.

        Shape: `{"containers": {"course": 1, "others": 0}, ...}`; images are
        counted by name.
        """
        return cleaning.count(self._direct, self.seat.label)

    # -- the node that all learners' services share ---------------------

    def start_swarm(self) -> None:
        """Make the engine a swarm of one node, as `docker swarm init` does.

        `close` leaves the swarm, if the course created it.
        """
        self.node.start(self.labels)

    def alone(self) -> None:
        """Wait until no other learner on this engine runs services, and keep
        them from it until `together`: now the node can be emptied."""
        self.node.alone()

    def together(self) -> None:
        """Run services beside other learners, when nobody empties the node."""
        self.node.together()

    def close(self) -> None:
        """Remove what this notebook created and its files, and let other
        kernels have its names and ports."""
        self.reset()
        taken_ports.KERNEL.stop()
        self.node.give_back()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.client.close()
        self._direct.close()
        while self._reserved:
            self._reserved.popitem()[1].close()
        self.seat.give_back_names()


def _ready_engine(images: list[str]) -> find.Engine:
    """The engine, running, with the base images.

    Raises:
        LabError: there is none, or it has no such images and cannot get them.
    """
    _wait_for_preparation(images)
    found = find.find()
    if found.box and not found.box.prepared():
        raise LabError(
            "The lab's engine is not prepared on this machine.",
            "No Docker Engine answers, and the lab's own was never built.",
            "In a terminal, in the course's folder, type `make start`;"
            " then run this cell again.",
        )
    if found.box and not found.box.running():
        found.box.start()
        found = find.find()
    client = found.client()
    here = supplies.tagged(client)
    client.close()
    missing = [name for name in images if name not in here]
    if missing:
        print(f"Preparing {', '.join(missing)} ...", flush=True)
        found = prepare.prepare(found, missing)
    return found


def _wait_for_preparation(images: list[str]) -> None:
    """Wait while `make start` still prepares what a notebook needs."""
    begun = time.monotonic()
    waited = False
    while (left := prepare.left()) and not _is_ready(images):
        seconds = time.monotonic() - begun
        line = (
            f"The engine is being prepared, steps left: {len(left)}"
            f" ({', '.join(left[:2])}). You have waited {seconds:.0f} s."
        )
        print(f"\r{line:<120}", end="", flush=True)
        waited = True
        time.sleep(1)
    if waited:
        print()


def _is_ready(images: list[str]) -> bool:
    """Whether an engine answers and has those of the images that `make start`
    fetches first. The others come sooner if nobody waits for their turn."""
    found = find.find()
    if found.box and not (found.box.prepared() and found.box.running()):
        return False
    first = set(images) & set(supplies.FIRST)
    with contextlib.closing(found.client()) as client:
        return first <= set(supplies.tagged(client))


def _emptied(folder: pathlib.Path) -> pathlib.Path:
    """A folder of this notebook, empty."""
    _step_out(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _step_out(folder: pathlib.Path) -> None:
    """Leave a folder that will be removed, or is: a notebook that is run a
    second time in one kernel still works where its first run ended."""
    try:
        inside = pathlib.Path.cwd().is_relative_to(folder.resolve())
    except FileNotFoundError:
        inside = True
    if inside:
        os.chdir(paths.NOTEBOOKS)

"""Several learners at once: a seat for each kernel that runs a notebook.

Notebooks use plain names (`flask-web`, `my-python-app`), so two kernels that
run the same notebook on one engine would mean the same objects. The first
one gets the plain names. For each further one, and wherever somebody else's
object has a name, an alias replaces the name on the engine: the kernel's
DOCKER_HOST is then a socket of its own process, which hands everything on to
the engine and exchanges the names in both directions. What the second kernel
calls `flask-web` is `fla01-web` on the engine, and the key of its label is
another one there too (`base/labels.py`).

A name and its alias have the same length. So nothing else in a stream has to
change: no length of a body, a frame or a member of an archive, whatever the
protocol (HTTP, an attached terminal, BuildKit's gRPC).

A seat is held by marks that end with its process, however that ends.
"""

import dataclasses
import functools
import os
import pathlib
import re
import subprocess
import urllib.parse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from dockerlab import paths
from dockerlab.base import labels
from dockerlab.base.errors import LabError
from dockerlab.engine.find import Engine
from dockerlab.workspace import folders, names, objects, turns, wrapper
from dockerlab.workspace.names import Name, Names, Pair, Swap
from dockerlab.workspace.proxy import Proxy

SEATS = 100


@dataclasses.dataclass(frozen=True)
class Seat:
    """What one kernel has of a notebook on an engine.

    Attributes:
        slug: the notebook's.
        number: counts the kernels that run the notebook, from 0.
        engine_id: what distinguishes the engine from other ones.
        learner: the learner's name, empty without one.
        folder: for the notebook's files.
        names: the notebook's names.
        on_engine: each of the names that it holds, with the name that the
            engine knows.
        displaced: those of its names that objects of somebody else have.
        label_key: the key that the label with the slug has on the engine.
        url: the socket's address; empty where nothing is exchanged.
    """

    slug: str
    number: int
    engine_id: str
    learner: str
    folder: pathlib.Path
    names: Names
    on_engine: dict[Name, Name]
    displaced: tuple[Name, ...]
    label_key: str
    url: str = ""

    @property
    def label(self) -> str:
        """The label of its objects on the engine, as `key=value`."""
        return labels.pair(self.slug, self.label_key)

    @property
    def builders(self) -> pathlib.Path:
        """Where buildx keeps the builders of this seat."""
        return self.folder.with_name(f"{self.folder.name}.buildx")

    def owns_image(self, reference: str, key: str = "") -> bool:
        """Whether an image that has the notebook's label may be removed: by
        its name it is the notebook's, and no other kernel uses the name.

        Args:
            key: the label's key, this seat's by default.
        """
        key = key or self.label_key
        if not self.names.owns(reference, key):
            return False
        if names.in_registry(reference) or self.holds(reference):
            return True
        found = names.repository(reference)
        covers = (
            alias
            for name in self.names.taken
            for number in range(names.NUMBERS)
            if (alias := name.alias(number, key)).covers(found)
        )
        cover = next(covers, None)
        return not (cover and turns.is_held(_mark(self.engine_id, cover)))

    def holds(self, reference: str) -> bool:
        """Whether an image's name is one that this seat holds now."""
        if names.in_registry(reference):
            return False
        found = names.repository(reference)
        return any(name.covers(found) for name in self.on_engine.values())

    def give_back_names(self) -> None:
        """Let other kernels use the names; the number stays."""
        for name in self.on_engine.values():
            turns.give_back(_mark(self.engine_id, name))


def take(engine: Engine, slug: str, given: Iterable[str] = ()) -> Seat:
    """A seat of a notebook for this process.

    Args:
        given: names besides those in the notebook's text.

    Raises:
        LabError: a hundred kernels run this notebook on this engine, or a
            name is taken and can have no alias.
    """
    learner = os.environ.get("DOCKERLAB_LEARNER", "")
    client = engine.client()
    try:
        engine_id = client.info().get("ID") or engine.url
        foreign = [t for t in objects.listed(client) if t.is_foreign]
    finally:
        client.close()
    number = _number(engine_id, learner, slug)
    key = labels.key_of_seat(number, learner)
    found = names.of_notebook(slug, given)
    on_engine = {
        name: _hold(engine_id, name, key, foreign) for name in found.taken
    }
    known = key.partition(".")[0] if key != labels.LESSON else ""
    place = f"lesson-{slug}.{known}" if known else f"lesson-{slug}"
    seat = Seat(
        slug,
        number,
        engine_id,
        learner,
        folders.private(engine_id) / place,
        found,
        on_engine,
        tuple(n for n in found.taken if any(t.has_name(n) for t in foreign)),
        key,
    )
    exchanged = tuple(names.pairs(on_engine.items()))
    if not exchanged and key == labels.LESSON:
        return seat
    return dataclasses.replace(
        seat, url=_socket(engine, engine_id, slug, exchanged, key)
    )


def _number(engine_id: str, learner: str, slug: str) -> int:
    """The lowest number of a notebook that no other kernel has."""
    marks = [_seat(engine_id, learner, slug, n) for n in range(SEATS)]
    mark = turns.hold_first(marks, f"{engine_id} {learner} {slug}")
    if not mark:
        raise LabError(
            f"All {SEATS} seats of the notebook {slug} are taken.",
            "So many kernels run it on this engine.",
            "Shut one of them down, then run this cell again.",
        )
    return marks.index(mark)


def _seat(engine_id: str, learner: str, slug: str, number: int) -> str:
    """The mark of who has a number of a notebook on an engine."""
    return f"{engine_id} seat {number} of {slug} for {learner}"


def _mark(engine_id: str, on_engine: Name) -> str:
    """The mark of who uses a name on an engine."""
    return f"{engine_id} name {on_engine.text}"


def _hold(
    engine_id: str, name: Name, key: str, foreign: list[objects.Thing]
) -> Name:
    """Hold the first alias of a name that nobody else has. The first of all
    is the name itself, but for a learner with a name."""
    aliases = [name.alias(number, key) for number in range(names.NUMBERS)]
    letters = {alias.text[0] for alias in aliases}
    near = [thing for thing in foreign if thing.short_name[0] in letters]
    free = {
        _mark(engine_id, alias): alias
        for alias in aliases
        # A first word of one letter has no room for a number.
        if len(alias.text) == len(name.text)
        and not any(thing.has_name(alias) for thing in near)
    }
    mark = turns.hold_first(free, f"{engine_id} {key} {name.text}")
    if mark:
        return free[mark]
    raise LabError(
        f"The name {name.text} is taken here, and so are all its aliases.",
        "The notebook needs one of them, and never removes what the course"
        " did not create.",
        "Rename or remove something with that name, then run this cell again.",
    )


@contextmanager
def abandoned(seat: Seat, key: str) -> Iterator[bool]:
    """Whether a label's key is that of a seat of the same
    notebook whose process has ended; meanwhile nobody can take that seat."""
    keys = [labels.key_of_seat(number) for number in range(1, SEATS)]
    mark = None
    if key in keys:
        number = keys.index(key) + 1
        mark = turns.hold(_seat(seat.engine_id, "", seat.slug, number))
    try:
        yield bool(mark)
    finally:
        if mark:
            mark.close()


# -- the seat's socket --------------------------------------------------


# What this process listens on serves each workspace with the same names.
@functools.cache
def _proxy(
    path: pathlib.Path,
    upstream: str | tuple[str, ...],
    everything: tuple[Pair, ...],
    archives: tuple[Pair, ...],
    environment: tuple[tuple[str, str], ...],
) -> Proxy:
    keep = _kept(path.parent)
    proxy = Proxy(
        path,
        upstream,
        Swap(everything, keep),
        Swap(archives, keep),
        dict(environment) or None,
    )
    proxy.start()
    return proxy


def _socket(
    engine: Engine,
    engine_id: str,
    slug: str,
    exchanged: tuple[Pair, ...],
    key: str,
) -> str:
    """The address of a socket that exchanges names, and the label's key."""
    everything = exchanged
    if key != labels.LESSON:
        everything = (*exchanged, Pair(labels.LESSON, key))
    tag = folders.short(f"{everything}")
    path = folders.private(engine_id) / f"{slug}-{tag}.sock"
    upstream, environment = _upstream(engine)
    _proxy(path, upstream, everything, exchanged, environment)
    return f"unix://{path}"


def _kept(folder: pathlib.Path) -> list[str]:
    """Regular expressions of texts in which no name is exchanged."""
    # Paths are the same here and there: plain, and as part of an address.
    begins = [
        re.escape(written)
        for place in (f"{folder}/", f"{paths.PROJECT}/")
        for written in (place, urllib.parse.quote(place, safe=""))
    ]
    return [
        rf"(?:{'|'.join(begins)})[^\s\"',:;\x00-\x1f]*",
        # Not only the engine sends requests to a registry on this machine,
        # which has a port of its own. Its log and its files name its content.
        r"(?:localhost|127\.0\.0\.1)(?::|%3[Aa])\d+(?:/|%2[Ff])[\w.%/-]*",
        r"/v2/[\w./-]*",
    ]


def _upstream(
    engine: Engine,
) -> tuple[str | tuple[str, ...], tuple[tuple[str, str], ...]]:
    """How to connect to an engine: its socket, or a command and the
    command's environment."""
    docker = wrapper.docker_command()
    url = engine.url
    if not engine.box:
        place = "{{.Endpoints.docker.Host}}"
        answer = subprocess.run(
            [docker, "context", "inspect", "--format", place],
            capture_output=True,
            text=True,
        )
        url = answer.stdout.strip()
    scheme, _, path = url.partition("://")
    if scheme == "unix":
        return path, ()
    environment = tuple(sorted(os.environ.items()))
    return (docker, "system", "dial-stdio"), environment

"""Two learners at once: a seat for each kernel that runs a lesson.

Lessons write plain names (`flask-web`, `my-python-app`), so two
kernels that run the same lesson on one engine would mean the same objects.
The first one has the plain names. Each further one has a seat of its own: its
DOCKER_HOST is a socket of this process that hands everything on to the engine
and exchanges the names on the way, in both directions. On the engine, what
the second kernel calls `flask-web` is `dl-seat01-06-web`, and its
label `dockerlab.lesson` is `dl-seat01.lesson`.

A name and its alias have the same length. So nothing else in a stream has to
change: no length of a body, a frame or a member of an archive, whatever the
protocol (HTTP, an attached terminal, BuildKit's gRPC).

A seat is held by a mark that ends with its process, however that ends.
"""

import asyncio
import atexit
import contextlib
import dataclasses
import fcntl
import functools
import hashlib
import itertools
import os
import pathlib
import random
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import AsyncIterator, Iterable, Iterator

from dockerlab import paths
from dockerlab.base import ports
from dockerlab.base.errors import LabError
from dockerlab.engine.find import Engine

COURSE = "dockerlab"
# What stands for `dockerlab`, or for the beginning of another name.
ALIAS = r"dl(?:-(?:seat|made)\d\d|[0-9a-f]{7})"
LABEL = ".lesson"  # the end of a label's name
SEATS = 100
PLACES = 40  # for learners who use one thing of the engine together
CHUNK = 1 << 16  # bytes
# Seconds to wait for the rest of a name that was cut in two. A message of
# HTTP does not end within a name, so more will come, late on a busy machine;
# a stream can end anywhere, and somebody waits for what it said.
PATIENCE, STREAMS = 5.0, 0.1
# What decides where the command line and the SDK find an engine.
ADDRESS = (
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_TLS_VERIFY",
    "DOCKER_CERT_PATH",
)


def alias(number: int, learner: str = "", kind: str = "seat") -> str:
    """What stands for `dockerlab` in the names of a seat; empty for the
    first seat of somebody without a name, who has the plain names.

    `kind` is `made` for what stands for the beginning of another name.
    """
    if learner:
        known = hashlib.sha256(f"{learner} {number} {kind}".encode())
        return f"dl{known.hexdigest()[:7]}"
    return f"dl-{kind}{number:02}" if number else ""


# -- the exchange of names ----------------------------------------------


@dataclasses.dataclass(frozen=True)
class Name:
    """Names that begin with `head`, known to the engine by `other` instead.

    `tails` are what must follow. Behind an `open` tail there must be no
    letter or digit: `dockerlab-06` is not the beginning of a checksum.
    """

    head: str
    other: str
    tails: tuple[str, ...]
    open: tuple[str, ...] = ()


class Swap:
    """Exchanges names with equally long ones, in a stream of bytes.

    It is its own inverse: what goes by the alias already gets the plain
    name, so two different objects never look the same.

    Args:
        keep: regular expressions of texts that are left as they are.
    """

    def __init__(
        self, names: Iterable[Name], keep: Iterable[str] = ()
    ) -> None:
        self.heads: dict[bytes, bytes] = {}
        self.starts: set[bytes] = set()  # of names that are not yet whole
        parts = [f"(?:{text})" for text in keep]
        for name in names:
            assert len(name.head) == len(name.other)
            tails = [re.escape(tail) for tail in name.tails]
            tails += [f"{re.escape(t)}(?![0-9A-Za-z])" for t in name.open]
            for here, there in (
                (name.head, name.other),
                (name.other, name.head),
            ):
                self.heads[here.encode()] = there.encode()
                parts.append(f"{re.escape(here)}(?={'|'.join(tails)})")
                for tail in (*name.tails, *name.open):
                    whole = f"{here}{tail}".encode()
                    self.starts.update(whole[:n] for n in range(1, len(whole)))
                self.starts.update(f"{here}{t}".encode() for t in name.open)
        self.longest = max(map(len, self.starts))
        self.pattern = re.compile("|".join(parts).encode())

    def __call__(self, data: bytes) -> bytes:
        # Most of what passes holds no name: a fast look first.
        if not any(head in data for head in self.heads):
            return data
        return self.pattern.sub(
            lambda found: self.heads.get(found[0], found[0]), data
        )

    def unsure(self, data: bytes) -> int:
        """How many bytes at the end may belong to a name not yet whole."""
        for length in range(min(self.longest, len(data)), 0, -1):
            if data[-length:] in self.starts:
                return length
        return 0


# -- the socket that exchanges them -------------------------------------

_REQUEST = re.compile(rb"(?:GET|HEAD|POST|PUT|DELETE) (\S+) HTTP/1\.[01]\r\n")
_UPGRADED = re.compile(rb"HTTP/1\.[01] 101 ")
_REFUSED = re.compile(rb"HTTP/1\.[01] [45]\d\d ")
# Archives of files: a checksum over a member's name stands beside it.
_FILES = re.compile(rb"/containers/[^/]+/(archive|export)\b")
# Archives of images: a label counts into the image's digest.
_IMAGES = re.compile(rb"/images/(load|get|\S+/get)\b")


class Proxy:
    """A socket behind which one kernel sees an engine by other names.

    Args:
        upstream: the engine's socket, or the command that connects its input
            and output to the engine.
        everything: the exchange for most requests.
        archives: the exchange in the archives of images.
    """

    def __init__(
        self,
        path: pathlib.Path,
        upstream: str | list[str],
        everything: Swap,
        archives: Swap,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.path, self.upstream = path, upstream
        self.everything, self.archives = everything, archives
        self.environment = environment
        # asyncio itself holds tasks weakly, and forgets one whose client
        # has gone while the engine still talks.
        self.talks: set[asyncio.Task] = set()

    def start(self) -> None:
        """Listen, in a thread that ends with this process."""
        ready = threading.Event()
        loop = asyncio.new_event_loop()
        listening = loop.create_task(self._listen(ready))

        def run() -> None:
            with contextlib.suppress(asyncio.CancelledError, OSError):
                loop.run_until_complete(listening)
            talks = asyncio.all_tasks(loop)
            for talk in talks:
                talk.cancel()
            if talks:
                loop.run_until_complete(asyncio.wait(talks))
            loop.close()

        def end() -> None:
            loop.call_soon_threadsafe(listening.cancel)
            thread.join(2)

        name = f"dockerlab {self.path.name}"
        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        ready.wait(10)
        if listening.done():
            listening.result()  # raises what went wrong
        atexit.register(end)

    async def _listen(self, ready: threading.Event) -> None:
        try:
            self.path.unlink(missing_ok=True)
            server = await asyncio.start_unix_server(
                self._connected, self.path, limit=CHUNK
            )
            self.path.chmod(0o600)
        finally:
            ready.set()
        try:
            await server.serve_forever()
        finally:
            self.path.unlink(missing_ok=True)

    @contextlib.asynccontextmanager
    async def _engine(
        self,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A connection to the engine."""
        if isinstance(self.upstream, str):
            reader, writer = await asyncio.open_unix_connection(
                self.upstream, limit=CHUNK
            )
            try:
                yield reader, writer
            finally:
                writer.close()
            return
        process = await asyncio.create_subprocess_exec(
            *self.upstream,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self.environment,
            limit=CHUNK,
        )
        try:
            yield process.stdout, process.stdin
        finally:
            process.stdin.close()
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        self.talks.add(task)
        task.add_done_callback(self.talks.discard)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            async with self._engine() as (far_reader, far_writer):
                talk = _Talk(self)
                ways = [
                    asyncio.create_task(talk.pump(reader, far_writer, True)),
                    asyncio.create_task(talk.pump(far_reader, writer, False)),
                ]
                try:
                    await asyncio.gather(*ways)
                finally:
                    for way in ways:
                        way.cancel()
        writer.close()


class _Talk:
    """One connection: the request under way decides what is exchanged."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.swap: Swap | None = proxy.everything
        self.patience = PATIENCE

    async def pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        asks: bool,
    ) -> None:
        """Hand on what comes, until it ends; `asks` towards the engine."""
        kept = b""  # may be the beginning of a name
        while True:
            try:
                wait = self.patience if kept else None
                data = await asyncio.wait_for(reader.read(CHUNK), wait)
            except TimeoutError:
                writer.write(self._exchanged(kept))
                kept = b""
                continue
            if not data:
                writer.write(self._exchanged(kept))
                if writer.can_write_eof():
                    writer.write_eof()
                return
            request = _REQUEST.match(data) if asks else None
            if request:
                writer.write(self._exchanged(kept))
                kept = b""
                data = self._begin(writer, data, request[1])
            elif not asks and _UPGRADED.match(data):
                self.patience = STREAMS
            elif not asks and _REFUSED.match(data):
                self.swap = self.proxy.everything  # a message, no archive
            data = kept + data
            unsure = self.swap.unsure(data) if self.swap else 0
            end = len(data) - unsure
            kept = data[end:]
            # As long as before, so `end` is the same place.
            writer.write(self._exchanged(data)[:end])
            await writer.drain()

    def _exchanged(self, data: bytes) -> bytes:
        return self.swap(data) if self.swap else data

    def _begin(
        self, writer: asyncio.StreamWriter, data: bytes, target: bytes
    ) -> bytes:
        """Note the request under way; what is left of it to exchange.

        The head is written at once where the body needs another exchange.
        """
        self.swap = self.proxy.everything
        if _FILES.search(target):
            other = None
        elif _IMAGES.search(target):
            other = self.proxy.archives
        else:
            return data
        head, end, body = data.partition(b"\r\n\r\n")
        if other:
            head = self.swap(head)
        else:
            # What follows the question mark are paths in a container.
            path, mark, rest = head.partition(b"?")
            head = self.swap(path) + mark + rest
        writer.write(head + end)
        self.swap = other
        return body


# -- taking a seat ------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Seat:
    """What one kernel has of a lesson on an engine.

    `number` counts the kernels that run the lesson, from 0. `url` is empty
    where the plain names are used and no socket stands before the engine.
    """

    lesson: str
    number: int
    folder: pathlib.Path
    who: str = ""  # the engine, and the learner's name
    engine: str = ""  # what tells it from another one
    url: str = ""
    alias: str = COURSE  # what the engine knows `dockerlab` by

    def environment(self) -> dict[str, str]:
        """The variables by which programs of this kernel use the seat."""
        if not self.url:
            return {}
        # buildx keeps its builders by name, in files.
        builders = str(self.folder.with_name(f"{self.folder.name}.buildx"))
        return {"DOCKER_HOST": self.url, "BUILDX_CONFIG": builders}


_marks: dict[tuple[str, str], tuple[int, object]] = {}
_open: dict[tuple, Seat] = {}
_before: dict[str, str | None] | None = None


def leave() -> None:
    """Let this process use the engine by its own address again.

    Where a process at a seat started this one, as a lesson's cell may, the
    engine's DOCKER_HOST is all that is known of that address.
    """
    global _before
    seat, _, engine = os.environ.get("DOCKERLAB_BEHIND", "").partition(" ")
    if _before is None and seat and seat == os.environ.get("DOCKER_HOST"):
        _before = {"DOCKER_HOST": engine or None}
        _before |= dict.fromkeys(("BUILDX_CONFIG", "DOCKERLAB_BEHIND"))
    for name, value in (_before or {}).items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    _before = None


def take(engine: Engine, lesson: str, builds: Iterable[str] = ()) -> Seat:
    """A seat of a lesson for this process, which keeps it to its end.

    Args:
        builds: names of images that do not begin with `dockerlab`; they are
            the same in several lessons, and have seats of their own.

    Raises:
        LabError: a hundred kernels run this lesson on this engine.
    """
    learner = os.environ.get("DOCKERLAB_LEARNER", "")
    who = _identity(engine)
    builds = tuple(name for name in builds if len(name) > len(COURSE))
    key = (who, learner, lesson, builds)
    if key not in _open:
        number = _mark(who, learner, lesson)
        others = {name: _mark(who, learner, name) for name in builds}
        _open[key] = _opened(engine, who, learner, lesson, number, others)
    return _open[key]


def enter(seat: Seat) -> None:
    """Let this process and its children use the engine from the seat."""
    global _before
    if seat.url:
        changed = {*ADDRESS, *seat.environment(), "DOCKERLAB_BEHIND"}
        _before = {name: os.environ.get(name) for name in changed}
        engine = os.environ.get("DOCKER_HOST", "")
        os.environ["DOCKERLAB_BEHIND"] = f"{seat.url} {engine}"
        for name in ADDRESS:
            os.environ.pop(name, None)
        os.environ.update(seat.environment())


def _identity(engine: Engine) -> str:
    """What tells an engine from another one, by whatever address."""
    client = engine.client()
    try:
        return client.info().get("ID") or engine.url
    finally:
        client.close()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def _known(who: str, learner: str) -> str:
    return _short(f"{who} {learner}")


@contextlib.contextmanager
def abandoned(seat: Seat, label: str) -> Iterator[bool]:
    """Whether a label, as `dl-seat01.lesson`, is of a seat of the same lesson
    whose process has ended; meanwhile nobody can take it."""
    numbers = [n for n in range(1, SEATS) if label == f"{alias(n)}{LABEL}"]
    mark = numbers and _hold(f"{seat.who}-{seat.lesson}-{numbers[0]}")
    try:
        yield bool(mark)
    finally:
        if mark:
            mark.close()


class Turn:
    """What learners on one engine use together, or one of them alone.

    Who uses it has a place; who is alone has all of them. A place is held
    until it is given back, or its process ends.
    """

    def __init__(self, thing: str) -> None:
        self._thing = _short(thing)
        self._places: list = []

    def take(self, alone: bool, seconds: float) -> bool:
        """Give back what is held, and wait so long for a place, or for all;
        whether it was had."""
        end = time.monotonic() + seconds
        while True:
            self.give_back()
            tries = _tries(self._thing, PLACES)
            # Who wants all stops at the first that is taken: to go on would
            # take away the rest from somebody else who wants all, again and
            # again (giving forty back takes a while).
            self._places.extend(
                itertools.takewhile(bool, tries)
                if alone
                else itertools.islice(filter(None, tries), 1)
            )
            if len(self._places) == (PLACES if alone else 1):
                return True
            if time.monotonic() >= end:
                self.give_back()
                return False
            # Not all in step, or two who want all hinder each other for ever.
            time.sleep(random.uniform(0.1, 0.3))

    def others(self) -> bool:
        """Whether somebody else has a place now."""
        free = list(filter(None, _tries(self._thing, PLACES)))
        for place in free:
            place.close()
        return len(free) + len(self._places) < PLACES

    def give_back(self) -> None:
        """Let the others have it."""
        while self._places:
            self._places.pop().close()


@functools.cache
def turn(thing: str) -> Turn:
    """This process's turn at a thing: the same one for each `Lab` in it."""
    return Turn(thing)


def _mark(who: str, learner: str, thing: str) -> int:
    """The lowest number of `thing` on an engine that nobody has."""
    key = (_known(who, learner), thing)
    if key not in _marks:
        tries = enumerate(_tries(f"{key[0]}-{thing}", SEATS))
        found = next(((number, mark) for number, mark in tries if mark), None)
        if not found:
            raise LabError(
                f"All {SEATS} seats of lesson {thing} are taken.",
                "So many kernels run it on this engine.",
                "Shut one of them down, then run this cell again.",
            )
        _marks[key] = found
    return _marks[key][0]


def _tries(name: str, count: int) -> Iterator[object | None]:
    """For each number of `name` below `count`: its mark, held now, or None
    where somebody has it."""
    return (_hold(f"{name}-{number}") for number in range(count))


def _hold(name: str) -> object | None:
    """Hold a mark until this process ends; None where somebody else does."""
    if sys.platform == "linux":
        return ports.mark(f"seat-{name}")
    file = (_parent("") / f"seat-{name}").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _parent(who: str) -> pathlib.Path:
    """This user's folder for files of the lessons on one engine."""
    # Two homes of the lab may have two engines, and the same lesson on each.
    key = _short(f"{paths.home()} {who}")
    place = pathlib.Path(tempfile.gettempdir()).resolve()
    folder = place / f"dockerlab-{os.getuid()}-{key}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    if found.st_uid != os.getuid() or not private:
        raise LabError(
            f"{folder} is not yours alone.",
            "The lessons keep their files there, and the way to the engine;"
            " another user of this machine could change them.",
            f"Remove it, or choose another place: TMPDIR={paths.home()}.",
        )
    return folder


def _opened(
    engine: Engine,
    who: str,
    learner: str,
    lesson: str,
    number: int,
    builds: dict[str, int],
) -> Seat:
    """The seat of these numbers, with its socket if it needs one."""
    parent, known = _parent(who), _known(who, learner)
    mine = alias(number, learner)
    place = f"lesson-{lesson}.{mine}" if mine else f"lesson-{lesson}"
    names, archived = _names(lesson, mine, builds, learner)
    if not names:
        return Seat(lesson, number, parent / place, known, who)
    tag = _short(f"{names}")
    path = parent / f"{lesson}-{tag}.sock"
    # Paths are the same here and there: plain, and as part of an address.
    begins = [
        re.escape(written)
        for folder in (f"{parent}/", f"{paths.PROJECT}/")
        for written in (folder, urllib.parse.quote(folder, safe=""))
    ]
    keep = [rf"(?:{'|'.join(begins)})[^\s\"',:;\x00-\x1f]*"]
    # A registry on this machine is asked by others than the engine, too, and
    # has a port of its own. Its log and its storage name what it holds.
    keep.append(
        r"(?:localhost|127\.0\.0\.1)(?::|%3[Aa])\d+(?:/|%2[Ff])[\w.%/-]*"
    )
    keep.append(r"/v2/[\w./-]*")
    upstream, environment = _address(engine)
    proxy = Proxy(
        path,
        upstream,
        Swap(names, keep),
        Swap(archived, keep),
        environment,
    )
    proxy.start()
    url = f"unix://{path}"
    return Seat(
        lesson, number, parent / place, known, who, url, mine or COURSE
    )


def _names(
    lesson: str, mine: str, builds: dict[str, int], learner: str
) -> tuple[list[Name], list[Name]]:
    """Names to exchange: in everything, and in archives of images."""
    named, labels = [], []
    if mine:
        tails = tuple(f"{mark}{lesson}-" for mark in ("/", "%2F", "%2f"))
        named.append(Name(COURSE, mine, tails, (f"-{lesson}",)))
        labels.append(Name(COURSE, mine, (*tails, LABEL), (f"-{lesson}",)))
    for name, number in builds.items():
        other = alias(number, learner, "made")
        if other:
            cut = len(COURSE)
            build = Name(name[:cut], other, (name[cut:],))
            named.append(build)
            labels.append(build)
    return labels, named


def _address(
    engine: Engine,
) -> tuple[str | list[str], dict[str, str] | None]:
    """How to connect to an engine: its socket, or a command."""
    url = engine.url
    docker = shutil.which("docker")
    if not docker:
        raise LabError(
            "An engine answers, but there is no `docker` command here.",
            fix="Install the Docker command line, then run this again.",
        )
    if not engine.box:
        place = "{{.Endpoints.docker.Host}}"
        asked = subprocess.run(
            [docker, "context", "inspect", "--format", place],
            capture_output=True,
            text=True,
        )
        url = asked.stdout.strip()
    scheme, _, path = url.partition("://")
    if scheme == "unix":
        return path, None
    return [docker, "system", "dial-stdio"], dict(os.environ)

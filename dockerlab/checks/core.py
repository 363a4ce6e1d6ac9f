"""The small core under every exercise: answers, criteria, the card."""

import contextlib
import dataclasses
import http.client
import importlib
import ipaddress
import math
import os
import pathlib
import pkgutil
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Sequence

import docker
import docker.errors
import docker.types
import requests
from docker.utils.build import PatternMatcher

from dockerlab import builds
from dockerlab.base import markup, words
from dockerlab.base.errors import LabError
from dockerlab.course import progress, table
from dockerlab.course.table import first_word
from dockerlab.engine.find import find
from dockerlab.lab import LABEL, MAKER

LARGEST_CONTEXT = 50e6  # bytes
LARGEST_PAGE = 5_000_000  # bytes
BUILD_SECONDS = 120
PATIENCE = 2  # attempts, before the hint says more
NAME_SERVICE = "127.0.0.11"  # the engine's own, in networks made by users
SLOWEST = 5  # times as long as on an idle machine, that a program may take
# What an answer may use up while it is looked at.
LIMITS = {
    "mem_limit": "256m",
    "pids_limit": 128,
    "nano_cpus": 1_000_000_000,
    # A program that prints without end fills no disk.
    "log_config": docker.types.LogConfig(
        type="json-file", config={"max-size": "5m"}
    ),
}
# Options by which a container gets more rights than Docker's usual ones.
POWERS = (
    "privileged",
    "cap_add",
    "devices",
    "device_requests",
    "pid_mode",
    "ipc_mode",
    "uts_mode",
    "userns_mode",
    "volumes_from",
)
# What each process of a build may use: bytes of memory and of one file,
# seconds of processor time. The box limits all its builds together instead,
# forks of root included, which these cannot; and such options would keep a
# check from using what the learner's own build left in the cache.
BUILD_LIMITS = ("data=2000000000", "fsize=1000000000", "cpu=120", "nproc=512")
# How the builder says that the engine, and not the answer, is at fault.
ENGINE_FAULTS = (
    "no space left on device",
    "Cannot connect to the Docker daemon",
    "error reading from server",
    "transport is closing",
    "code = Unavailable",
)
STUCK = (
    " If you are stuck: unfold the solution, find the one line that differs"
    " from yours, fold it again, and write that line yourself."
)
NOT_COUNTED = "This is not your mistake, and the attempt is not counted."


@dataclasses.dataclass(frozen=True)
class Criterion:
    """One thing that must hold; `hint` says where to look if it does not.

    `points`: what it is worth where an exercise counts points.
    """

    key: str
    text: str
    met: bool
    hint: str = ""
    points: int = 0


@dataclasses.dataclass(frozen=True)
class Report:
    """What a check found. `passed` when every criterion is met."""

    exercise: str
    criteria: tuple[Criterion, ...]
    more: str = ""  # what a learner reads after some attempts

    @property
    def passed(self) -> bool:
        """Whether every criterion is met."""
        return all(criterion.met for criterion in self.criteria)

    def unmet(self) -> list[str]:
        """Keys of the criteria that are not met."""
        return [c.key for c in self.criteria if not c.met]

    @property
    def score(self) -> tuple[int, int]:
        """Points reached, and points to be had; (0, 0) where none count."""
        points = [(c.points if c.met else 0, c.points) for c in self.criteria]
        return sum(p[0] for p in points), sum(p[1] for p in points)

    def hint(self) -> str:
        """The hint of the first criterion that is not met, and after some
        attempts what the folded hint says."""
        first = next((c.hint for c in self.criteria if not c.met), "")
        return f"{first} {self.more}".strip()

    def __repr__(self) -> str:
        rows = [
            f"  {'met    ' if c.met else 'not met'}  {c.text}"
            for c in self.criteria
        ]
        if not self.passed:
            rows.append(f"  hint     {self.hint()}")
        return "\n".join([f"{self.exercise}: {self._verdict()}", *rows])

    def _verdict(self) -> str:
        met = sum(criterion.met for criterion in self.criteria)
        reached, most = self.score
        points = f", {reached} of {most} points" if most else ""
        if self.passed:
            return f"passed{points}"
        return f"not yet ({met} of {len(self.criteria)} met{points})"

    def _repr_html_(self) -> str:
        colour = "#0072B2" if self.passed else "#D55E00"
        rows = "".join(
            f"<tr><td style='text-align:left;font-weight:600'>"
            f"{'✓ met' if c.met else '✗ not met'}</td>"
            f"<td style='text-align:left'>{markup.inline(c.text)}</td></tr>"
            for c in self.criteria
        )
        hint = ""
        if not self.passed:
            hint = f"<p><b>Hint:</b> {markup.inline(self.hint())}</p>"
        return (
            f"<div style='border-left:4px solid {colour};padding-left:12px'>"
            f"<p><b>{self.exercise}</b>: {self._verdict()}</p>"
            f"<table>{rows}</table>{hint}</div>"
        )


class Bench:
    """Where an answer is looked at: the engine, and what must go afterwards.

    What it builds and runs bears the lesson's labels, is limited in memory,
    processes and time, gets no folder of the host, and is removed at the end.
    """

    def __init__(
        self,
        lesson: str,
        client: docker.DockerClient,
        build_limits: Sequence[str] = BUILD_LIMITS,
    ) -> None:
        self.lesson, self.client = lesson, client
        self.build_limits = build_limits
        self.token = f"check{uuid.uuid4().hex[:8]}"
        self.criteria: list[Criterion] = []
        self.containers: list = []
        self.volumes: list = []
        self.tags: list[str] = []

    def require(
        self, key: str, text: str, met: object, hint: str, points: int = 0
    ) -> bool:
        """Write a criterion on the card; say whether it is met."""
        self.criteria.append(Criterion(key, text, bool(met), hint, points))
        return bool(met)

    def tell(self, what: str) -> None:
        """Say what is looked at now: a long look must not be a silent one."""
        print(f"  ...  {what}", flush=True)

    def build(
        self, dockerfile: str, context: pathlib.Path | None = None
    ) -> str | None:
        """Build an answer; the tag of the image, or None if it fails.

        Writes the criterion `builds`; and `context`, where the folder is
        too large to be sent.
        """
        if context and (hint := too_large(context)):
            self.require("context", "the context is small", False, hint)
            return None
        built, hint = self.try_build(dockerfile, context)
        tag = self.tags[-1]
        return (
            tag
            if self.require("builds", "the image builds", built, hint)
            else None
        )

    def try_build(
        self,
        dockerfile: str | None,
        context: pathlib.Path | None = None,
        options: Sequence[str] = (),
    ) -> tuple[builds.Build | None, str]:
        """Build within limits; the build if it succeeded, else a hint.

        The tag is the last of `tags`. Writes no criterion.

        Raises:
            LabError: the engine, and not the answer, is at fault.
        """
        tag = f"{first_word(self.lesson)}-{self.token}:{len(self.tags)}"
        self.tags.append(tag)
        limits = [f"--ulimit={limit}" for limit in self.build_limits]
        label = f"--label={LABEL}={self.lesson}"
        try:
            built = builds.build(
                context,
                tag,
                dockerfile,
                options=(label, *limits, *options),
                timeout=BUILD_SECONDS,
            )
        except builds.TimeOver as error:
            return None, error.what
        if built.ok:
            return built, ""
        self.client.ping()  # an engine that is gone says so here
        # What a RUN prints is quoted behind its command: that is no proof.
        said = built.error.partition("process ")[0]
        if any(fault in said for fault in ENGINE_FAULTS):
            raise LabError(
                "The engine could not build your answer.",
                built.error,
                f"{NOT_COUNTED} Run `make doctor`, then the cell again.",
            )
        return None, f"The builder says: {built.error}"

    def volume(self):
        """A new named volume, removed at the end."""
        volume = self.client.volumes.create(
            f"{first_word(self.lesson)}-{self.token}-{len(self.volumes)}",
            labels={LABEL: self.lesson, **MAKER},
        )
        self.volumes.append(volume)
        return volume

    def exec(
        self, container, command: Sequence[str], seconds: float = 10
    ) -> tuple[int, str] | None:
        """Run a command in a running container: its exit code, and what it
        printed, at most 100 kB; None if it does not end in time."""
        words = ["docker", "exec", container.id, *command]
        try:
            done = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            return None
        return done.returncode, done.stdout[:100_000].decode(errors="replace")

    def run(self, image: str, **options: object):
        """Start a container of `image`, limited, with its ports published
        on the loopback address.

        Raises:
            ValueError: the check asks for rights or folders of the host.
        """
        self._refuse_powers(options)
        name = f"{first_word(self.lesson)}-{self.token}-{len(self.containers)}"
        container = self.client.containers.create(
            image,
            name=name,
            labels={LABEL: self.lesson, **MAKER},
            **{**LIMITS, **options},
        )
        self.containers.append(container)
        container.start()
        return container

    def _refuse_powers(self, options: dict[str, object]) -> None:
        """Raise ValueError where a container would get at the host."""
        harmless = {"no-new-privileges", "no-new-privileges:true"}
        mounted = options.get("volumes") or {}
        mounts = options.get("mounts") or []
        sources = [
            str(volume).partition(":")[0]
            for volume in mounted
            if isinstance(mounted, dict) or ":" in str(volume)
        ]
        sources += [m["Source"] for m in mounts if m["Type"] == "volume"]
        powers = {
            "rights": any(options.get(key) for key in POWERS)
            or not harmless.issuperset(options.get("security_opt") or ()),
            "network": any(
                str(options.get(key)).startswith(("host", "container:"))
                for key in ("network", "network_mode")
            ),
            "folder": any("/" in source for source in sources)
            or any(m["Type"] not in ("volume", "tmpfs") for m in mounts)
            or any(map(self._is_folder, sources)),
        }
        asked = [power for power, given in powers.items() if given]
        if asked:
            raise ValueError(f"A check gives no {asked[0]} of the host.")

    def _is_folder(self, volume: str) -> bool:
        """Whether a named volume stands for a folder of the host."""
        with contextlib.suppress(docker.errors.NotFound):
            attrs = self.client.volumes.get(volume).attrs
            return "device" in (attrs["Options"] or {})
        return False

    def wait(self, container, seconds: float = 15) -> int | None:
        """The container's exit code; None if it has not ended in time."""
        with contextlib.suppress(requests.RequestException):
            return container.wait(timeout=seconds)["StatusCode"]
        return None

    def container(self, name: str):
        """The container of that name, or None. Writes no criterion."""
        try:
            return self.client.containers.get(name)
        except docker.errors.NotFound:
            return None

    def fetch(
        self, container, port: str, path: str = "/", seconds: float = 8
    ) -> str | None:
        """The page behind a container's published port, None if none comes.

        It is waited for. A program that is still computing gets more time
        on a busy machine; one that listens already, but elsewhere, less.

        Args:
            port: the container's port, as in `80/tcp`.
            seconds: to wait on an idle machine.
        """
        begun, longest = time.monotonic(), stretch(seconds)
        look, used = 1.5, 0.0
        while (waited := time.monotonic() - begun) < longest:
            container.reload()
            published = (container.ports or {}).get(port)
            if container.status == "exited":
                return None
            if published:
                url = f"http://127.0.0.1:{published[0]['HostPort']}{path}"
                with contextlib.suppress(OSError, http.client.HTTPException):
                    return _page(url, longest)
            if waited > look:
                if waited > seconds and _computed(container) - used < 0.02:
                    return None
                listening = self.listening(container)
                if listening and not listening.get(int(port.split("/")[0])):
                    return None
                # That took a process inside: not often, and not the answer's.
                # The look itself may take seconds; what the program computes
                # is compared over one second after it.
                used = _computed(container)
                look = time.monotonic() - begun + 1
            time.sleep(0.1)
        return None

    def listening(self, container) -> dict[int, bool]:
        """TCP ports at which programs in a running container listen, and
        whether others than itself reach them.

        Empty where it holds no `cat` to read the kernel's table with. For
        the format see proc_pid_net(5); state 0A is LISTEN.
        """
        tables = ["cat", "/proc/net/tcp", "/proc/net/tcp6"]
        ports: dict[int, bool] = {}
        with contextlib.suppress(docker.errors.APIError):
            rows = container.exec_run(tables).output.decode().splitlines()
            sockets = [row.split()[1] for row in rows if " 0A " in row]
            for address, number in (s.split(":") for s in sockets):
                place, port = _address(address), int(number, 16)
                if str(place) != NAME_SERVICE:
                    reached = not place.is_loopback
                    ports[port] = ports.get(port, False) or reached
        return ports

    def close(self) -> None:
        """Remove what the check made."""
        for container in self.containers:
            with contextlib.suppress(docker.errors.APIError):
                container.remove(force=True, v=True)
        for volume in self.volumes:
            with contextlib.suppress(docker.errors.APIError):
                volume.remove(force=True)
        for tag in self.tags:
            with contextlib.suppress(docker.errors.APIError):
                self.client.images.remove(tag, force=True)


def stretch(seconds: float) -> float:
    """Seconds to wait for what may take so many on an idle machine.

    With a whole class on it, all take longer, by as much as there are more
    that want to run than there are processors.
    """
    load = os.getloadavg()[0] / os.cpu_count()
    return seconds * min(max(load, 1), SLOWEST)


def processor_seconds(container) -> float:
    """How long a running container's programs have computed so far."""
    usage = container.stats(stream=False, one_shot=True)["cpu_stats"]
    return usage["cpu_usage"]["total_usage"] / 1e9


def _computed(container) -> float:
    """Its processor seconds; NaN where the engine fails to look into it,
    as it may while a container begins or ends."""
    with contextlib.suppress(docker.errors.APIError):
        return processor_seconds(container)
    return math.nan


def wait_for(met: Callable[[], object], seconds: float) -> bool:
    """Whether something comes true in time."""
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def health_of(container) -> str:
    """A container's health now, "none" where nobody looks at it."""
    container.reload()
    return container.attrs["State"].get("Health", {}).get("Status", "none")


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address of /proc/net/tcp: words of 32 bits in the machine's order."""
    words = [int(text[at : at + 8], 16) for at in range(0, len(text), 8)]
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    return ipaddress.ip_address(packed)


def _page(url: str, seconds: float) -> str:
    """A page, or as much of it as comes in time: some never end."""
    deadline, parts, size = time.monotonic() + seconds, [], 0
    with urllib.request.urlopen(url, timeout=3) as answer:
        while part := answer.read1(65536):
            parts.append(part)
            size += len(part)
            if time.monotonic() > deadline or size > LARGEST_PAGE:
                break
    return b"".join(parts).decode(errors="replace")


def too_large(context: pathlib.Path) -> str:
    """A sentence if the folder, without what .dockerignore names, is larger
    than a check sends; else nothing."""
    root, sizes = str(context), {}
    for name in PatternMatcher(_ignored(pathlib.Path(context))).walk(root):
        with contextlib.suppress(OSError):
            path = pathlib.Path(root, name)
            if path.is_file() and not path.is_symlink():
                sizes[name] = path.stat().st_size
        total = sum(sizes.values()) if len(sizes) % 100 == 0 else 0
        if total > LARGEST_CONTEXT:
            break
    if sum(sizes.values()) <= LARGEST_CONTEXT:
        return ""
    largest = max(sizes, key=sizes.get)
    return (
        f"The folder holds more than {words.size(LARGEST_CONTEXT)}, so the"
        f" check did not send it. The largest file is {largest!r:.80}"
        f" ({words.size(sizes[largest])}). Which file keeps such things"
        " out of the context?"
    )


def copy_context(source: pathlib.Path, target: pathlib.Path) -> None:
    """Copy what the builder would get, and the files that tell it so.

    Links stay links, and only plain files come along: a pipe has no end.
    """
    told = ["Dockerfile", ".dockerignore", "Dockerfile.dockerignore"]
    kept = PatternMatcher(_ignored(source)).walk(str(source))
    for name in [*told, *kept]:
        path = source / name
        if path.is_file() or path.is_symlink():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target / name, follow_symlinks=False)
        elif path.is_dir():
            (target / name).mkdir(parents=True, exist_ok=True)


def _ignored(context: pathlib.Path) -> list[str]:
    """The patterns of a context's .dockerignore."""
    own, common = context / "Dockerfile.dockerignore", ".dockerignore"
    try:
        file = own if own.exists() else context / common
        text = file.read_text(errors="replace")
    except OSError:
        return []
    rows = (row.strip() for row in text.splitlines())
    return [row for row in rows if row and not row.startswith("#")]


@dataclasses.dataclass(frozen=True)
class Exercise:
    """An exercise: its id, the kind of answer it wants, how to look at it."""

    id: str
    wants: str
    examine: Callable[[Bench, object], None]


_known: dict[str, Exercise] = {}
last: Report | None = None  # what the latest check of this kernel found

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,200}")
IMAGE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.:/@-]{0,400}")


def _is_dockerfile(answer: object) -> bool:
    return isinstance(answer, str) and "\n" in answer.strip()


def _is_name(form: re.Pattern) -> Callable[[object], bool]:
    return lambda answer: (
        isinstance(answer, str) and bool(form.fullmatch(answer.strip()))
    )


def _is_folder(answer: object) -> bool:
    if not isinstance(answer, (str, pathlib.Path)) or not str(answer).strip():
        return False
    try:
        return pathlib.Path(answer).is_dir()
    except (OSError, ValueError):  # no path can look like this
        return False


def _is_number(answer: object) -> bool:
    return isinstance(answer, (int, float)) and not isinstance(answer, bool)


# Kinds of answers: what to say, and whether an answer is of the kind.
KINDS: dict[str, tuple[str, Callable[[object], bool]]] = {
    "dockerfile": ("the text of a Dockerfile", _is_dockerfile),
    "container": (
        "the name of a container, a text of one word",
        _is_name(NAME),
    ),
    "image": ("the name of an image, a text of one word", _is_name(IMAGE)),
    "folder": ("the path of a folder", _is_folder),
    "number": ("a number", _is_number),
    "text": (
        "a text",
        lambda answer: isinstance(answer, str) and bool(answer.strip()),
    ),
    "mapping": (
        "a dictionary",
        lambda answer: isinstance(answer, dict) and bool(answer),
    ),
    "app": (
        "a folder's path, the name of an image, or a dictionary with"
        " 'folder', 'image' and 'key'",
        lambda answer: (
            _is_folder(answer)
            or _is_name(IMAGE)(answer)
            or (isinstance(answer, dict) and _is_folder(answer.get("folder")))
        ),
    ),
}


def _mismatch(kind: str, answer: object) -> str:
    """Why an answer is not of its kind, in a sentence or two."""
    wanted = KINDS[kind][0]
    if answer is None:
        return f"It is None: was it set above? The check wants {wanted}."
    if isinstance(answer, (bytes, bytearray)):
        return (
            f"It is bytes, which is not {wanted}."
            " `.decode()` makes a text of them."
        )
    if hasattr(answer, "attrs") and hasattr(answer, "id"):
        return (
            f"It is an object of the SDK, which is not {wanted}."
            " Hand in its name: `.name` of a container, `.tags[0]` of an"
            " image."
        )
    if kind in ("dockerfile", "text") and isinstance(answer, pathlib.PurePath):
        return f"It is a path, which is not {wanted}. Try `.read_text()`."
    if isinstance(answer, str) and not answer.strip():
        return f"It is empty. The check wants {wanted}."
    if kind == "dockerfile" and isinstance(answer, str):
        return (
            f"It is the one line {answer!r:.60}, which is not {wanted}."
            " If it is a file's path: `pathlib.Path(...).read_text()` is its"
            " text."
        )
    if kind == "folder" and isinstance(answer, (str, pathlib.PurePath)):
        return f"There is no folder {str(answer)!r:.60} here."
    return f"It is {answer!r:.60}, which is not {wanted}."


def exercise(id: str, wants: str) -> Callable:
    """Register a function as the check of exercise `id`."""

    def register(examine: Callable[[Bench, object], None]) -> Callable:
        _known[id] = Exercise(id, wants, examine)
        return examine

    return register


def exercises(slug: str = "") -> dict[str, Exercise]:
    """Every exercise of the course, or those of one notebook, by its id.

    What the checks of another notebook need is not loaded for nothing: it
    takes memory of every kernel.
    """
    package = importlib.import_module("dockerlab.checks")
    there = {module.name for module in pkgutil.iter_modules(package.__path__)}
    for each in table.course().slugs:
        if each in there and slug in ("", each):
            importlib.import_module(f"dockerlab.checks.{each}")
    return {
        id: found
        for id, found in sorted(_known.items())
        if not slug or id.startswith(f"{slug}/")
    }


def check(id: str, answer: object) -> Report:
    """Look at an answer on the engine and say which criteria it meets.

    Args:
        id: the exercise, as `flask_app/greeting`.
        answer: what the exercise asks for.

    Raises:
        LabError: no such exercise, or an engine that does not answer; the
            latter is never counted against the answer.
    """
    global last
    last = _counted(_look(id, answer))
    return last


def _counted(report: Report) -> Report:
    """Note the attempt; from the third one on, the hint says what to change,
    from the sixth one on, where that is written."""
    missed = next(iter(report.unmet()), "")
    attempts = progress.note(report.exercise, report.passed, missed)
    more = progress.folded_hint(report.exercise)
    if report.passed or attempts <= PATIENCE or not more:
        return report
    if attempts > 2 * PATIENCE + 1:
        more += STUCK
    return dataclasses.replace(report, more=more)


def slug_of(exercise: str) -> str:
    """The notebook of an exercise: `flask_app` of `flask_app/port`."""
    return exercise.partition("/")[0]


def _look(id: str, answer: object) -> Report:
    wanted = exercises(slug_of(str(id))).get(id)
    if not wanted:
        raise LabError(
            f"There is no exercise {id!r}.",
            fix=f"The exercises are: {', '.join(exercises())}.",
        )
    kind, fits = KINDS[wanted.wants]
    if not fits(answer):
        text = f"the answer is {kind}"
        hint = _mismatch(wanted.wants, answer)
        return Report(id, (Criterion("answer", text, False, hint),))
    with _bench(slug_of(id)) as bench:
        try:
            wanted.examine(bench, answer)
        except docker.errors.APIError as error:
            # Status 4xx: the engine works, and refuses what it was asked.
            if not error.is_client_error():
                raise
            text = "the engine does what the answer asks for"
            hint = f"The engine says: {error.explanation or error}"
            bench.require("engine", text, False, hint[:400])
        return Report(id, tuple(bench.criteria))


@contextlib.contextmanager
def _bench(lesson: str) -> Iterator[Bench]:
    """A bench on the engine in use, cleared afterwards."""
    unwell = "The engine did not answer while your answer was looked at."
    fix = f"{NOT_COUNTED} Run `make doctor`, then the cell again."
    try:
        found = find()
        client = found.client(timeout=60)
        bench = Bench(lesson, client, () if found.box else BUILD_LIMITS)
        try:
            yield bench
        finally:
            bench.close()
            client.close()
    except (requests.RequestException, docker.errors.DockerException) as error:
        raise LabError(unwell, str(error)[:200], fix) from None
    except (LabError, KeyboardInterrupt):
        raise
    except Exception as error:
        # A fault of the check itself: whoever mends it sees the cause.
        why = f"{type(error).__name__}: {error}"[:300]
        fix = f"{NOT_COUNTED} Please report it, with your answer."
        raise LabError("The check itself failed.", why, fix) from error

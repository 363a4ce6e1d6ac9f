"""The small core under every exercise: answers, criteria, the card."""

import contextlib
import dataclasses
import html
import importlib
import pathlib
import pkgutil
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator

import docker
import docker.errors
import requests

from dockerlab import builds, engine, progress
from dockerlab.errors import LabError
from dockerlab.lab import LABEL, MAKER

LARGEST_CONTEXT = 50e6  # bytes
BUILD_SECONDS = 120
PATIENCE = 2  # attempts, before the hint says more
# What an answer may use up while it is looked at.
LIMITS = {"mem_limit": "256m", "pids_limit": 128, "nano_cpus": 1_000_000_000}


@dataclasses.dataclass(frozen=True)
class Criterion:
    """One thing that must hold; `hint` says where to look if it does not."""

    key: str
    text: str
    met: bool
    hint: str = ""


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
        if self.passed:
            return "passed"
        return f"not yet ({met} of {len(self.criteria)} met)"

    def _repr_html_(self) -> str:
        colour = "#0072B2" if self.passed else "#D55E00"
        rows = "".join(
            f"<tr><td style='text-align:left;font-weight:600'>"
            f"{'✓ met' if c.met else '✗ not met'}</td>"
            f"<td style='text-align:left'>{html.escape(c.text)}</td></tr>"
            for c in self.criteria
        )
        hint = ""
        if not self.passed:
            hint = f"<p><b>Hint:</b> {html.escape(self.hint())}</p>"
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

    def __init__(self, lesson: str, client: docker.DockerClient) -> None:
        self.lesson, self.client = lesson, client
        self.token = f"check{uuid.uuid4().hex[:8]}"
        self.criteria: list[Criterion] = []
        self.containers: list = []
        self.tags: list[str] = []

    def require(self, key: str, text: str, met: object, hint: str) -> bool:
        """Write a criterion on the card; say whether it is met."""
        self.criteria.append(Criterion(key, text, bool(met), hint))
        return bool(met)

    def build(
        self, dockerfile: str, context: pathlib.Path | None = None
    ) -> str | None:
        """Build an answer; the tag of the image, or None if it fails.

        Writes the criterion `builds`.
        """
        tag = f"dockerlab/{self.lesson}-{self.token}:{len(self.tags)}"
        label = ("--label", f"{LABEL}={self.lesson}")
        try:
            built = builds.build(
                context,
                tag,
                dockerfile,
                options=label,
                timeout=BUILD_SECONDS,
            )
        except LabError as error:
            self.require("builds", "the image builds", False, error.what)
            return None
        self.tags.append(tag)
        hint = f"The builder says: {built.error}" if not built.ok else ""
        return (
            tag
            if self.require("builds", "the image builds", built.ok, hint)
            else None
        )

    def run(self, image: str, **options: object):
        """Start a container of `image`, limited, with its ports published
        on the loopback address."""
        name = f"dockerlab-{self.lesson}-{self.token}-{len(self.containers)}"
        container = self.client.containers.create(
            image,
            name=name,
            labels={LABEL: self.lesson, **MAKER},
            **{**LIMITS, **options},
        )
        self.containers.append(container)
        container.start()
        return container

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

        It is waited for; shorter where the program inside listens already,
        but at other ports.

        Args:
            port: the container's port, as in `80/tcp`.
        """
        begun = time.monotonic()
        while (waited := time.monotonic() - begun) < seconds:
            container.reload()
            published = (container.ports or {}).get(port)
            if container.status == "exited":
                return None
            if published:
                url = f"http://127.0.0.1:{published[0]['HostPort']}{path}"
                with (
                    contextlib.suppress(OSError),
                    urllib.request.urlopen(url, timeout=3) as answer,
                ):
                    return answer.read().decode(errors="replace")
            listening = self.listening(container) if waited > 1.5 else ()
            if listening and int(port.split("/")[0]) not in listening:
                return None
            time.sleep(0.1)
        return None

    def listening(self, container) -> set[int]:
        """TCP ports at which programs in a running container listen.

        Empty where it holds no `cat` to read the kernel's table with. For
        the format see proc_pid_net(5); state 0A is LISTEN.
        """
        tables = ["cat", "/proc/net/tcp", "/proc/net/tcp6"]
        with contextlib.suppress(docker.errors.APIError):
            rows = container.exec_run(tables).output.decode().splitlines()
            sockets = [row.split() for row in rows if " 0A " in row]
            return {int(row[1].split(":")[1], 16) for row in sockets}
        return set()

    def close(self) -> None:
        """Remove what the check made."""
        for container in self.containers:
            with contextlib.suppress(docker.errors.APIError):
                container.remove(force=True, v=True)
        for tag in self.tags:
            with contextlib.suppress(docker.errors.APIError):
                self.client.images.remove(tag, force=True)


@dataclasses.dataclass(frozen=True)
class Exercise:
    """An exercise: its id, the kind of answer it wants, how to look at it."""

    id: str
    wants: str
    examine: Callable[[Bench, object], None]


_known: dict[str, Exercise] = {}
last: Report | None = None  # what the latest check of this kernel found

# Kinds of answers: what to say, and whether an answer is of the kind.
KINDS: dict[str, tuple[str, Callable[[object], bool]]] = {
    "dockerfile": (
        "the text of a Dockerfile",
        lambda answer: isinstance(answer, str) and "\n" in answer.strip(),
    ),
    "container": (
        "the name of a container, a text of one word",
        lambda answer: isinstance(answer, str) and len(answer.split()) == 1,
    ),
    "image": (
        "the name of an image, a text of one word",
        lambda answer: isinstance(answer, str) and len(answer.split()) == 1,
    ),
    "folder": (
        "the path of a folder",
        lambda answer: (
            isinstance(answer, (str, pathlib.Path))
            and pathlib.Path(answer).is_dir()
        ),
    ),
    "number": (
        "a number",
        lambda answer: (
            isinstance(answer, (int, float)) and not isinstance(answer, bool)
        ),
    ),
    "text": (
        "a text",
        lambda answer: isinstance(answer, str) and bool(answer.strip()),
    ),
    "mapping": (
        "a dictionary",
        lambda answer: isinstance(answer, dict) and bool(answer),
    ),
}


def exercise(id: str, wants: str) -> Callable:
    """Register a function as the check of exercise `id`."""

    def register(examine: Callable[[Bench, object], None]) -> Callable:
        _known[id] = Exercise(id, wants, examine)
        return examine

    return register


def exercises() -> dict[str, Exercise]:
    """Every exercise of the course, by its id."""
    package = importlib.import_module("dockerlab.checks")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("lesson_"):
            importlib.import_module(f"dockerlab.checks.{module.name}")
    return dict(sorted(_known.items()))


def check(id: str, answer: object) -> Report:
    """Look at an answer on the engine and say which criteria it meets.

    Args:
        id: the exercise, as `06-greeting`.
        answer: what the exercise asks for.

    Raises:
        LabError: no such exercise, or an engine that does not answer; the
            latter is never counted against the answer.
    """
    global last
    last = _counted(_look(id, answer))
    return last


def _counted(report: Report) -> Report:
    """Note the attempt; from the third one on, the hint says more."""
    missed = next(iter(report.unmet()), "")
    attempts = progress.note(report.exercise, report.passed, missed)
    more = progress.folded_hint(report.exercise)
    if report.passed or attempts <= PATIENCE or not more:
        return report
    return dataclasses.replace(report, more=more)


def _look(id: str, answer: object) -> Report:
    known = exercises()
    if id not in known:
        raise LabError(
            f"There is no exercise {id!r}.",
            fix=f"The exercises are: {', '.join(known)}.",
        )
    wanted = known[id]
    kind, fits = KINDS[wanted.wants]
    if not fits(answer):
        text = f"the answer is {kind}"
        hint = f"It is {answer!r:.60}, which is not {kind}."
        return Report(id, (Criterion("answer", text, False, hint),))
    with _bench(id[:2]) as bench:
        wanted.examine(bench, answer)
        return Report(id, tuple(bench.criteria))


@contextlib.contextmanager
def _bench(lesson: str) -> Iterator[Bench]:
    """A bench on the engine in use, cleared afterwards."""
    unwell = "The engine did not answer while your answer was looked at."
    fix = "This is not your mistake. Run `make doctor`, then the cell again."
    try:
        client = engine.find().client(timeout=60)
        bench = Bench(lesson, client)
        try:
            yield bench
        finally:
            bench.close()
            client.close()
    except (requests.RequestException, docker.errors.DockerException) as error:
        raise LabError(unwell, str(error)[:200], fix) from None

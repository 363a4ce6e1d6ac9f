"""Check an answer: look it up, examine it on the engine, count the attempt."""

import contextlib
import dataclasses
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import docker
import docker.errors
import requests

from dockerlab.base.errors import LabError
from dockerlab.checks import answers, limits
from dockerlab.checks.bench import NOT_COUNTED, Bench
from dockerlab.checks.report import Criterion, Report
from dockerlab.checks.results import NotStarted
from dockerlab.course import board, progress, table
from dockerlab.engine.find import find

PATIENCE = 2  # attempts before the hint says more
STUCK = (
    " If you are stuck: unfold the solution, find the one line that differs"
    " from yours, fold it again, and write that line yourself. To go on"
    " without it, type `python -m dockerlab solve {}` in a terminal."
)
# A check looks at a bench and an answer of the kind that its exercise wants.
Examine = Callable[[Bench, Any], None]


@dataclasses.dataclass(frozen=True)
class Exercise:
    """An exercise: its id, the kind of answer it wants, and its check."""

    id: str
    wants: str
    examine: Examine


_known: dict[str, Exercise] = {}
last: Report | None = None  # what the latest check of this kernel found


def exercise(id: str, wants: str) -> Callable[[Examine], Examine]:
    """Register a function as the check of exercise `id`.

    Args:
        wants: a key of `answers.KINDS`.
    """

    def register(examine: Examine) -> Examine:
        _known[id] = Exercise(id, wants, examine)
        return examine

    return register


def exercises(slug: str = "") -> dict[str, Exercise]:
    """Every exercise of the course, or those of one notebook, by id.

    The checks of other notebooks are not imported, because what they need
    would take memory of every kernel.
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
    """Look at an answer on the engine and report which criteria it meets.

    Args:
        id: the exercise, such as `flask_app/greeting`.
        answer: what the exercise asks for.

    Raises:
        LabError: there is no such exercise, or the engine failed; a failure
            of the engine is never counted as an attempt.
    """
    global last
    last = _counted(look(id, answer))
    return last


def _counted(report: Report) -> Report:
    """Count the attempt, and make the hint longer after some attempts.

    From the third attempt on it says what to change, from the sixth one on
    where the solution is.
    """
    missed = report.first.key if report.first else ""
    attempts = progress.note(report.exercise, report.passed, missed)
    board.checked(report.exercise, report.passed, missed)
    more = progress.folded_hint(report.exercise)
    if report.passed or attempts <= PATIENCE or not more:
        return report
    if attempts > 2 * PATIENCE + 1:
        more += STUCK.format(report.exercise)
    return dataclasses.replace(report, more=more)


def slug_of(exercise: str) -> str:
    """The notebook of an exercise: `flask_app` of `flask_app/port`."""
    return exercise.partition("/")[0]


def look(id: str, answer: object) -> Report:
    """Examine an answer, and count no attempt; one of another kind than the
    exercise wants is refused on the card.

    Raises:
        LabError: there is no such exercise, or the engine failed.
    """
    wanted = exercises(slug_of(str(id))).get(id)
    if not wanted:
        raise LabError(
            f"There is no exercise {id!r}.",
            fix=f"The exercises are: {', '.join(exercises())}.",
        )
    kind = answers.KINDS[wanted.wants]
    if not kind.fits(answer):
        text = f"the answer is {kind.wanted}"
        hint = answers.mismatch(wanted.wants, answer)
        return Report(id, (Criterion("answer", text, False, hint),))
    names = ("container", "image", "volume")
    if isinstance(answer, str) and wanted.wants in names:
        answer = answer.strip()
    with _bench(slug_of(id)) as bench:
        _examine(wanted, bench, answer)
        report = Report(id, tuple(bench.criteria), pass_mark=bench.pass_mark)
        if not report.passed:
            # A container that an engine took with it looks like a wrong
            # answer. An engine that is gone raises here.
            bench.client.ping()
        return report


def _examine(wanted: Exercise, bench: Bench, answer: object) -> None:
    """Run a check; what the engine refuses is a criterion of its own."""
    try:
        wanted.examine(bench, answer)
    except NotStarted as error:
        _refused(bench, str(error))
    except docker.errors.APIError as error:
        # Status 4xx: the engine works, and refuses what it was asked for.
        if not error.is_client_error():
            raise
        _refused(bench, str(error.explanation or error))


def _refused(bench: Bench, reason: str) -> None:
    text = "the engine does what the answer asks for"
    hint = f"The engine reports: {reason}"
    bench.require("engine", text, False, hint[:400])


@contextlib.contextmanager
def _bench(slug: str) -> Iterator[Bench]:
    """A bench on the engine in use, cleared afterwards."""
    try:
        found = find()
        client = found.client(timeout=300)
        boxed = bool(found.box)
        bench = Bench(slug, client, () if boxed else limits.BUILD, boxed)
        try:
            yield bench
        finally:
            bench.close()
            client.close()
    except (requests.RequestException, docker.errors.DockerException) as error:
        raise LabError(
            "The engine did not answer while your answer was looked at.",
            str(error)[:200],
            f"{NOT_COUNTED} Run `make doctor`, then run the cell again.",
        ) from None
    except (LabError, KeyboardInterrupt):
        raise
    except Exception as error:
        # A fault of the check itself: the cause helps to correct it.
        why = f"{type(error).__name__}: {error}"[:300]
        fix = f"{NOT_COUNTED} Please report it, with your answer."
        raise LabError("The check itself failed.", why, fix) from error

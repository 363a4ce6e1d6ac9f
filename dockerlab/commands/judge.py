"""Try known answers of learners, and count how often a check is wrong.

The answers are in tests/learners: each with the exercises that it is tried
on, and what a fair check says there. The table goes into docs/judge.md.
"""

import collections
import dataclasses
import itertools
import pathlib
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import click
import yaml

from dockerlab import paths
from dockerlab.base import documents
from dockerlab.base.errors import LabError
from dockerlab.checks import core
from dockerlab.checks.report import Report
from dockerlab.commands import places
from dockerlab.commands import scores as known_scores
from dockerlab.engine.find import find

FOLDER = paths.PROJECT / "tests" / "learners"
DOCUMENT = paths.PROJECT / "docs" / "judge.md"
# The app's port, where an exercise asks for another one than 8000.
PORTS = {
    "networks/port": 8080,
    "flask_app/no-tests": 80,
    "flask_app/fix-build": 80,
}
OUTCOMES = (
    "true pass",
    "true failure",
    "not counted",
    "false pass",
    "false failure",
    "wrong reason",
)
WRONG = OUTCOMES[3:]


@dataclasses.dataclass(frozen=True)
class Answer:
    """An answer, tried on one exercise.

    Attributes:
        expected: `pass`; or `unmet`, the key of the first criterion that is
            not met, and `says`, a part of the hint; or `lab`, a part of the
            message about a fault of the lab.
    """

    kind: str
    exercise: str
    text: str
    expected: Any


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What a check said about an answer, one of OUTCOMES, and in how long."""

    answer: Answer
    outcome: str
    card: str
    seconds: float


def collection(folder: pathlib.Path = FOLDER) -> Iterator[Answer]:
    """The known answers, in the order of their files."""
    for path in sorted(folder.glob("*.yml")):
        for row in yaml.safe_load(path.read_text("utf-8")):
            for exercise, expected in row["judged"].items():
                port = str(PORTS.get(exercise, 8000))
                text = row["answer"].replace("@PORT@", port)
                yield Answer(row["kind"], exercise, text, expected)


def slug_of(answer: Answer) -> str:
    """The notebook of an answer's exercise."""
    return core.slug_of(answer.exercise)


def judge(answer: Answer) -> Verdict:
    """Check an answer, and compare the card with what is fair."""
    begun = time.monotonic()
    try:
        made = places.hand_in(answer.exercise, answer.text)
        report = core.look(answer.exercise, made)
        outcome, card = _outcome(report, answer.expected), repr(report)
    except LabError as error:
        card = str(error)
        fair = _is(answer.expected, "lab") and answer.expected["lab"] in card
        outcome = "not counted" if fair else "wrong reason"
    return Verdict(answer, outcome, card, time.monotonic() - begun)


def _is(expected: object, key: str) -> bool:
    return isinstance(expected, Mapping) and key in expected


def _outcome(report: Report, expected: Any) -> str:
    if report.passed:
        return "true pass" if expected == "pass" else "false pass"
    if not _is(expected, "unmet"):
        return "false failure"
    first = report.first
    fair = first and first.key == expected["unmet"]
    return (
        "true failure"
        if fair and expected["says"] in report.hint()
        else "wrong reason"
    )


def confusion(verdicts: list[Verdict]) -> list[str]:
    """The rows of a Markdown table: how many of each outcome, by exercise."""
    counts: dict[str, collections.Counter[str]] = {}
    for verdict in verdicts:
        row = counts.setdefault(verdict.answer.exercise, collections.Counter())
        row[verdict.outcome] += 1
    rows = [
        f"| exercise | {' | '.join(OUTCOMES)} |",
        f"|---|{'---|' * len(OUTCOMES)}",
    ]
    for exercise, row in sorted(counts.items()):
        numbers = " | ".join(str(row[outcome]) for outcome in OUTCOMES)
        rows.append(f"| `{exercise}` | {numbers} |")
    total = sum(counts.values(), collections.Counter())
    numbers = " | ".join(f"**{total[outcome]}**" for outcome in OUTCOMES)
    return [*rows, f"| **all** | {numbers} |"]


@click.command("judge")
@click.argument("exercise", default="")
@click.option("--write", is_flag=True, help="Write the tables, too.")
@click.option("--scores", is_flag=True, help="Score the capstone's, too.")
def judge_command(exercise: str, write: bool, scores: bool) -> None:
    """Try the known answers, or those of EXERCISE, and print the table.

    The exit code is 1 if a verdict or a reason is wrong.
    """
    find().use()
    verdicts = _try(exercise)
    if not verdicts:
        raise LabError(f"No known answer is for {exercise!r}.")
    table = "\n".join(confusion(verdicts))
    print(f"\n{table}\n\n{_times(verdicts)}")
    wrong = any(verdict.outcome in WRONG for verdict in verdicts)
    if write:
        text = f"{table}\n\n{_times(verdicts)}.\n"
        documents.fill(DOCUMENT, "verdicts", text)
    if scores:
        points, unfair = known_scores.table()
        print(f"\n{points}")
        wrong = wrong or bool(unfair)
        if write:
            documents.fill(DOCUMENT, "scores", f"{points}\n")
    sys.exit(wrong)


def _try(exercise: str) -> list[Verdict]:
    """Check all known answers of exercises that begin so."""
    verdicts = []
    wanted = [a for a in collection() if a.exercise.startswith(exercise)]
    wanted.sort(key=lambda answer: answer.exercise)
    for slug, answers in itertools.groupby(wanted, slug_of):
        with places.place(slug):
            for answer in answers:
                verdicts.append(judge(answer))
                _print(verdicts[-1])
    return verdicts


def _print(verdict: Verdict) -> None:
    answer = verdict.answer
    mark = "WRONG" if verdict.outcome in WRONG else "ok"
    print(f"{mark:6} {verdict.seconds:5.1f} s  {answer.exercise}:", end=" ")
    print(f"{answer.kind}: {verdict.outcome}", flush=True)
    if verdict.outcome in WRONG:
        print(f"{answer.text}\nexpected: {answer.expected}\n{verdict.card}")


def _times(verdicts: list[Verdict]) -> str:
    seconds = sorted(verdict.seconds for verdict in verdicts)
    middle = statistics.median(seconds)
    return (
        f"{len(seconds)} answers; median {middle:.1f} s, at most"
        f" {seconds[-1]:.1f} s"
    )

"""The collection of learners' answers, and the table of its verdicts."""

from collections.abc import Iterator

import pytest

from dockerlab.base.errors import LabError
from dockerlab.checks import core
from dockerlab.checks.report import Criterion, Report
from dockerlab.commands import judge, places
from dockerlab.engine.find import find

EXPECTED = {
    "pass": "pass",
    "unmet": {"unmet": "serves", "says": "port 5000"},
    "lab": {"lab": "no network"},
}
PASSED = Report("x/y", (Criterion("serves", "it serves", True),))


def _missed(key: str, hint: str) -> Report:
    return Report("x/y", (Criterion(key, "it serves", False, hint),))


@pytest.mark.parametrize(
    ("expected", "found", "outcome"),
    [
        ("pass", PASSED, "true pass"),
        ("pass", _missed("serves", ""), "false failure"),
        ("pass", LabError("no network"), "wrong reason"),
        ("unmet", PASSED, "false pass"),
        ("unmet", _missed("serves", "It is port 5000."), "true failure"),
        ("unmet", _missed("serves", "EXPOSE"), "wrong reason"),
        ("unmet", _missed("builds", "port 5000"), "wrong reason"),
        ("lab", LabError("There is no network."), "not counted"),
        ("lab", LabError("The disk is full."), "wrong reason"),
        ("lab", _missed("builds", "no network"), "false failure"),
    ],
)
def test_a_verdict_is_compared(monkeypatch, expected, found, outcome):
    def look(_id: str, _answer: object) -> Report:
        if isinstance(found, LabError):
            raise found
        return found

    monkeypatch.setattr(core, "look", look)
    answer = judge.Answer("a kind", "x/y", "FROM x", EXPECTED[expected])
    verdict = judge.judge(answer)
    assert verdict.outcome == outcome
    row = judge.confusion([verdict, verdict])[2]
    assert row.startswith("| `x/y` |")
    assert sorted(row.split("|")[2:-1])[-1].strip() == "2"


def test_the_collection_is_large_and_for_exercises_that_exist():
    answers = list(judge.collection())
    assert len(answers) >= 200
    known = core.exercises()
    for answer in answers:
        assert answer.exercise in known, answer
        assert "@PORT@" not in answer.text
        assert answer.expected == "pass" or set(answer.expected) in (
            {"unmet", "says"},
            {"lab"},
        )
    pairs = [(answer.kind, answer.exercise) for answer in answers]
    assert len(pairs) == len(set(pairs))


def _by_exercise() -> dict[str, list[judge.Answer]]:
    found: dict[str, list[judge.Answer]] = {}
    for answer in judge.collection():
        found.setdefault(answer.exercise, []).append(answer)
    return found


def _exercises() -> Iterator[object]:
    """The exercises; those for which much must be prepared are long."""
    for exercise, answers in _by_exercise().items():
        long = judge.slug_of(answers[0]) in places.PLACES
        yield pytest.param(exercise, marks=[pytest.mark.long] * long)


@pytest.fixture
def engine(needs_engine, monkeypatch):
    """The engine's settings, until the end of the test."""
    for name, value in find().environment().items():
        monkeypatch.setenv(name, value)


# The tests of all exercises try answers of each kind, too.
@pytest.mark.parametrize("exercise", list(_exercises()))
def test_verdicts_are_fair(engine, request, exercise):
    """The first answer to each exercise; all of them in a long run."""
    whole = request.config.option.long
    answers = _by_exercise()[exercise][: None if whole else 1]
    with places.place(judge.slug_of(answers[0])):
        for answer in answers:
            verdict = judge.judge(answer)
            assert verdict.outcome not in judge.WRONG, (answer, verdict.card)

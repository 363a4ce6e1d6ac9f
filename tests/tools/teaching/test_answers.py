"""The answer key."""

import importlib

import pytest

from dockerlab.course import progress, table
from tools.teaching import answers

COURSE = table.course()
EXERCISES = [id for ids in progress.course().values() for id in ids]


@pytest.fixture(scope="module")
def key() -> str:
    return answers.as_markdown(COURSE)


def test_each_exercise_has_right_and_wrong_answers(key):
    parts = key.split("\n### ")[1:]
    assert [part.split("\n")[0] for part in parts] == [
        f"`{name}`" for name in EXERCISES
    ]
    for part in parts:
        assert "Solution:" in part
        assert "Another right answer:" in part
        assert "Wrong; the card marks" in part


def test_most_criteria_have_the_words_of_their_card():
    named = [
        (name, criterion)
        for slug in COURSE.slugs
        for name, rows in _wrong(slug).items()
        for criterion, _ in rows
        if criterion != "answer"  # its words depend on the kind of answer
    ]
    without = [row for row in named if not answers.card(*row, COURSE)[0]]
    assert len(without) < 0.1 * len(named), without


def _wrong(slug: str) -> dict:
    try:
        return importlib.import_module(f"tests.answers.{slug}").WRONG
    except ModuleNotFoundError:  # a notebook without exercises
        return {}


def test_words_of_a_card(tmp_path, monkeypatch):
    """The exercise's own check comes before others of the module."""
    (tmp_path / "flask_app.py").write_text(
        "@exercise('flask_app/a', wants='text')\n"
        "def a(bench, text):\n"
        "    bench.require('runs', 'it runs', ok, f'It ended with {code}.')\n"
        "@exercise('flask_app/b', wants='text')\n"
        "def b(bench, text):\n"
        "    bench.require('runs', f'it runs {n} times', ok, 'Look.')\n"
    )
    (tmp_path / "core.py").write_text("r('engine', 'it works', 1, 'x y')\n")
    (tmp_path / "base_images.py").write_text(
        "r('other', 'not shared', 1, 'x')\n"
    )
    monkeypatch.setattr(answers, "CHECKS", tmp_path)
    card = answers.card
    assert card("flask_app/b", "runs", COURSE) == ("it runs … times", "Look.")
    assert card("flask_app/a", "runs", COURSE)[1] == "It ended with …."
    assert card("flask_app/a", "engine", COURSE) == ("it works", "x y")
    assert card("flask_app/a", "other", COURSE) == ("", "")

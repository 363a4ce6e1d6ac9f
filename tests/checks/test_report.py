"""The card: points, hints and HTML."""

import dataclasses

from dockerlab.checks.report import Criterion, Report


def test_points_are_counted():
    row = Criterion("a", "text", True, points=3)
    report = Report("x", (row, dataclasses.replace(row, met=False)))
    assert report.score == (3, 6)
    assert "3 of 6 points" in repr(report)
    assert Report("x", ()).score == (0, 0)


def test_a_gate_prevents_a_pass_and_its_hint_comes_first():
    rows = (
        Criterion("size", "small", False, "Smaller.", points=20),
        Criterion("secret", "no token", False, "Remove it.", 5, gate=True),
        Criterion("serves", "it works", True, points=75),
    )
    report = Report("x", rows, pass_mark=75)
    assert report.score == (75, 100)
    assert not report.passed
    assert report.hint() == "Remove it."
    assert "1 closed gate prevents a pass" in repr(report)
    assert "no token (gate)" in report._repr_html_()
    opened = dataclasses.replace(rows[1], met=True)
    report = Report("x", (rows[0], opened, rows[2]), pass_mark=75)
    assert report.passed
    assert report.hint() == "Smaller."


def test_what_has_no_points_is_a_gate():
    rows = (
        Criterion("engine", "the engine can run it", False, "It reports: x"),
        Criterion("a", "text", True, points=100),
    )
    assert not Report("x", rows, pass_mark=75).passed


def test_code_in_a_card_is_code():
    """Between backticks, and nothing else becomes HTML."""
    criterion = Criterion("x", "`a` < b", False, "See `docker ps`.")
    card = Report("00-x", (criterion,))._repr_html_()
    assert "<code>a</code> &lt; b" in card
    assert "<code>docker ps</code>" in card

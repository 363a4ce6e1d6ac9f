"""The card: points, hints and HTML."""

import dataclasses

from dockerlab.checks.report import Criterion, Report


def test_points_are_counted():
    row = Criterion("a", "text", True, points=3)
    report = Report("x", (row, dataclasses.replace(row, met=False)))
    assert report.score == (3, 6)
    assert "3 of 6 points" in repr(report)
    assert Report("x", ()).score == (0, 0)


def test_code_in_a_card_is_code():
    """Between backticks, and nothing else becomes HTML."""
    criterion = Criterion("x", "`a` < b", False, "See `docker ps`.")
    card = Report("00-x", (criterion,))._repr_html_()
    assert "<code>a</code> &lt; b" in card
    assert "<code>docker ps</code>" in card

"""The rows of the score card."""

from dockerlab.checks.bench import Bench
from dockerlab.checks.report import Report
from dockerlab.checks.scorecard.properties import PROPERTIES, Card


def test_the_card_has_at_least_twenty_properties_and_100_points():
    assert len({row.key for row in PROPERTIES}) == len(PROPERTIES) >= 20
    assert sum(row.points for row in PROPERTIES) == 100
    assert all(row.hint.endswith((".", "?")) for row in PROPERTIES)


def test_a_card_writes_its_notes_before_the_hints():
    bench = Bench("capstone_ship", client=None)
    card = Card()
    card.note("builds", True)
    card.note("lint", False, "Line 1 is wrong")
    card.pass_over()
    card.write(bench)
    report = Report("capstone_ship/full", tuple(bench.criteria))
    assert [c.key for c in report.criteria] == [p.key for p in PROPERTIES]
    hints = {c.key: c.hint for c in report.criteria}
    assert hints["lint"].startswith("Line 1 is wrong. `hadolint")
    assert hints["user"].startswith("Not looked at")
    assert report.score == (3, 100)


def test_a_card_of_some_properties_counts_no_points():
    bench = Bench("capstone_ship", client=None)
    card = Card()
    card.note("size", True)
    card.write(bench, ("builds", "size"))
    report = Report("capstone_build/builds", tuple(bench.criteria))
    assert report.unmet() == ["builds"]
    assert report.score == (0, 0)

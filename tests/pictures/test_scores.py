"""The picture of the capstone's score card."""

from dockerlab import pictures
from dockerlab.checks.report import Criterion
from dockerlab.checks.scorecard import PROPERTIES

CRITERIA = [
    Criterion(row.key, row.text, index % 3 != 1, row.hint, row.points)
    for index, row in enumerate(PROPERTIES)
]


def test_score_card_counts_points():
    drawn = pictures.score_card(CRITERIA)
    met = [row for row in CRITERIA if row.met]
    assert drawn.data["reached"] == sum(row.points for row in met)
    assert drawn.data["most"] == 100
    assert drawn.data["met"] == [row.key for row in met]
    assert len(drawn.data["missing"]) == len(CRITERIA) - len(met)


def test_score_card_names_what_is_worth_most():
    drawn = pictures.score_card(CRITERIA)
    missing = [row for row in CRITERIA if not row.met]
    heaviest = max(missing, key=lambda row: row.points)
    assert heaviest.text in drawn.caption
    assert f"{heaviest.text}: not met, {heaviest.points}" in drawn.alt


def test_score_card_counts_closed_gates():
    rows = [
        Criterion("a", "it is signed", False, points=4, gate=True),
        Criterion("b", "it is small", False, points=9),
    ]
    drawn = pictures.score_card(rows)
    assert drawn.data["closed"] == ["a"]
    assert drawn.caption == "0 of 2 properties are met; closed gates: 1."
    assert "Gate: it is signed: not met, 4" in drawn.alt


def test_a_full_score_card_misses_nothing():
    row = Criterion("a", "it works", True, points=5)
    drawn = pictures.score_card([row, Criterion("b", "no points", False)])
    assert drawn.data["missing"] == []
    assert drawn.caption == "1 of 1 properties are met."


def test_readable(readable):
    long = Criterion("x", "a property with a long text " * 9, False, points=9)
    readable(pictures.score_card([*CRITERIA, long]))

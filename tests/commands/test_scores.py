"""The table of the capstone's known submissions."""

from dockerlab.checks.report import Criterion, Report
from dockerlab.commands import scores


def test_a_row_names_what_lacks_and_which_gates_are_closed():
    rows = (
        Criterion("builds", "it builds", True, points=3, gate=True),
        Criterion("pins", "pins", False, points=6),
        Criterion("user", "not root", False, points=5, gate=True),
    )
    found = scores.row("old", "bad", Report("x", rows, pass_mark=75))
    assert found == "| *old* | bad | 3 | pins | user |"
    whole = scores.row("new", "good", Report("x", rows[:1]))
    assert whole == "| *new* | good | 3 | nothing | none |"


def test_an_unfair_score_is_told(monkeypatch, capsys):
    names = list(scores.submissions())[:2]
    card = Report("x", (Criterion("pins", "pins", False, points=6),))

    def score(chosen):
        yield names[0], card, 1.0

    monkeypatch.setattr(scores, "score", score)
    table, wrong = scores.table()
    assert wrong == names[:1]
    assert table.splitlines()[0] == scores.HEAD[0]
    assert "expected to lack" in capsys.readouterr().out

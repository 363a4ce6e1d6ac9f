"""The rehearsal sees a board that does not show what the learners did."""

import pytest

from dockerlab.base.errors import LabError
from tools import rehearsal

RIGHT = {
    "learners": [
        {"nickname": name, "stuck": "3 times" if role == "stuck" else ""}
        for name, role in rehearsal.ROLES.items()
    ],
    "missed": [],
}


def _without(name: str) -> dict:
    rows = [row for row in RIGHT["learners"] if row["nickname"] != name]
    return {**RIGHT, "learners": rows}


def _all(stuck: str) -> dict:
    rows = [{**row, "stuck": stuck} for row in RIGHT["learners"]]
    return {**RIGHT, "learners": rows}


def test_a_board_that_shows_everybody_is_right(capsys):
    rehearsal._judge_board(RIGHT)
    assert "stuck: Bob, Cleo" in capsys.readouterr().out


@pytest.mark.parametrize(
    "room",
    [
        _without("Bob"),
        _without("Dan"),
        {**RIGHT, "learners": [{**r, "stuck": ""} for r in RIGHT["learners"]]},
        {
            **RIGHT,
            "learners": [{**r, "stuck": "x"} for r in RIGHT["learners"]],
        },
    ],
)
def test_a_board_that_misses_something_is_not(room):
    with pytest.raises(LabError):
        rehearsal._judge_board(room)

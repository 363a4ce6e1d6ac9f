"""The table of cache experiments: what it plots; it can be read."""

import pytest

from dockerlab import pictures
from dockerlab.base.errors import LabError
from dockerlab.builds import Build, Step


def build(**steps: bool | str) -> Build:
    """A build of steps that were cached (True), ran (False) or failed."""
    made = tuple(
        Step(
            number,
            name,
            "",
            name,
            (),
            outcome is True,
            0.0,
            1.0,
            outcome if isinstance(outcome, str) else "",
            "",
        )
        for number, (name, outcome) in enumerate(steps.items(), start=1)
    )
    return Build("", made, 1.0, True, "", 0)


LONG = "RUN " + "$HOME & <b> " * 20
TABLE = {
    "nothing": build(**{"FROM a": True, "COPY": True, LONG: True}),
    "edit": build(**{"FROM a": True, "COPY": False, LONG: False}),
    "broken": build(**{"FROM a": True, "COPY": True, "RUN no": "exit 1"}),
    "a change with a name of great length": build(COPY=False),
}


def test_cache_table_tells_what_ran():
    picture = pictures.cache_table(TABLE)
    rows = {row["step"]: row for row in picture.data}
    assert "FROM a" not in rows
    assert rows["COPY"]["nothing"] == "cached"
    assert rows["COPY"]["edit"] == "ran"
    assert rows["RUN no"]["broken"] == "failed"
    assert rows["RUN no"]["edit"] == ""
    assert "'edit', with 2 steps; 1 of 4 changes" in picture.caption


def test_cache_table_refuses_builds_without_steps():
    with pytest.raises(LabError, match="no step"):
        pictures.cache_table({"none": build()})


def test_readable(readable):
    for picture in (
        pictures.cache_table(TABLE),
        pictures.cache_table({"nothing": TABLE["nothing"]}),
        pictures.cache_table(
            {f"change {n}": TABLE["edit"] for n in "abcdefgh"}
        ),
    ):
        readable(picture)
        assert "<b>" not in picture.outputs()[1][0]["text/html"]

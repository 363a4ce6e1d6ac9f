"""Pictures of a build's steps: what they plot; they can be read."""

import dataclasses

import pytest

from dockerlab import pictures
from dockerlab.base.errors import LabError
from dockerlab.builds import Build, Step

DOLLARS = "RUN echo $A $B <&> " + "very long " * 20


def step(name, stage="", number=2, cached=False, start=0.0, end=1.0, error=""):
    """A step of a build."""
    facts = (number, name, stage, name, (), cached, start, end, error, "")
    return Step(*facts)


FIRST = Build(
    "",
    (
        step("[internal] load build context", number=0),
        step("FROM docker.io/library/b:1@sha256:1", "a", 1, True),
        step("RUN one", "a", 2, end=2.0),
        step("RUN two", "b", 2, end=1.5),
    ),
    2.0,
    True,
    "",
    0,
)
SECOND = dataclasses.replace(
    FIRST,
    steps=(
        step("FROM docker.io/library/b:1", "b", 1, True),
        step("RUN one", "a", 2, True, end=0.0),
        step(DOLLARS, "b", 2, end=1.5, error="failed"),
        step("RUN never", "b", 3, start=None, end=None),
    ),
)


@pytest.mark.parametrize(
    "picture",
    [
        pictures.two_builds(FIRST, SECOND),
        pictures.build_timeline(FIRST),
    ],
)
def test_readable(picture, readable):
    readable(picture)


def test_two_builds():
    picture = pictures.two_builds(FIRST, SECOND, ("first", "second"))
    rows = {row.pop("step"): row for row in picture.data}
    assert rows["FROM b:1"] == {
        "first": ("cached", 0),
        "second": ("cached", 0),
    }
    assert rows["a: RUN one"] == {"first": ("ran", 2), "second": ("cached", 0)}
    assert rows["b: RUN two"] == {"first": ("ran", 1.5), "second": ("", 0)}
    assert rows["b: RUN never"]["second"] == ("", 0)
    assert next(iter(rows)) == "FROM b:1"
    assert [row["second"] for row in rows.values()].count(("failed", 1.5)) == 1
    assert (
        "First: 2 steps ran in 3.5 s; second: 1 step failed" in picture.caption
    )


def test_build_timeline():
    picture = pictures.build_timeline(FIRST)
    assert picture.data[0]["step"] == "FROM b:1"
    assert "of work took 2.0 s" in picture.caption
    with pytest.raises(LabError, match="ran no step"):
        pictures.build_timeline(dataclasses.replace(FIRST, steps=()))

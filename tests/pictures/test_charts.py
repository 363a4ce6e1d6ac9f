"""Charts of numbers: what they plot, and that they can be read."""

import pytest

from dockerlab import pictures

BEFORE = {"images": {"course": 3, "others": 2}}
AFTER = {"images": {"course": 0, "others": 2}}


@pytest.mark.parametrize(
    "picture",
    [
        pictures.bars({"slim": 127.4, "<full>": 1023}, "MB", "slim"),
        pictures.dots({"a": [0.001, 0.002], "b": [1, 2, 3]}, "s"),
        pictures.course_objects(BEFORE, AFTER),
    ],
)
def test_readable(picture, readable):
    readable(picture)


def test_bars_and_dots():
    picture = pictures.bars(
        {"slim": 100.0, "full": 1000.0, "x": 500.0}, "MB", "x"
    )
    assert "100 MB (slim) to 1,000 MB (full): 10 times." in picture.caption
    small = pictures.bars({"much": 79.7, "little": 0.000172}, "MB")
    assert "little 172 B" in small.alt
    picture = pictures.dots({"a": [1, 2, 4], "b": [30, 20]}, "ms")
    assert picture.data["medians"] == {"a": 2, "b": 25}
    assert picture.figure.axes[0].get_xscale() == "log"
    picture = pictures.dots({"a": [0, 1.0], "b": [2.0]}, "ms")
    assert picture.figure.axes[0].get_xscale() == "linear"


def test_dots_far_apart(readable):
    """A process, a container and a virtual machine."""
    runs = {"process": [0.0007, 0.001], "container": [0.2], "VM": [8.0]}
    readable(pictures.dots(runs, "s"))


def test_course_objects():
    picture = pictures.course_objects(BEFORE, AFTER)
    assert picture.data == {"before": BEFORE, "after": AFTER}
    assert picture.caption == (
        "The reset left 0 of the course's 3 objects, "
        "and 2 of everybody else's 2."
    )

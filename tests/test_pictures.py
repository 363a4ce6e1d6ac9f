"""Pictures: what they plot, what they say, and that it can be read."""

import dataclasses
import uuid

import pytest

from dockerlab import pictures
from dockerlab.base.errors import LabError
from dockerlab.builds import Build, Step
from dockerlab.images import Config, HistoryRow, Image, Layer

BASE = "python:3.13-slim"
MB = 1_000_000
CONFIG = Config({}, (), (), "", "", (), (), {}, {}, "", (), ())


def image(*layers: tuple[str, int]) -> Image:
    """An image of (instruction, bytes), with one empty row on top."""
    made = tuple(Layer(f"{text} {n}", n, text) for text, n in layers)
    rows = tuple(HistoryRow(text, n, False) for text, n in layers)
    rows += (HistoryRow("ENV A=1", 0, True),)
    total = sum(n for _, n in layers)
    facts = ("sha256:0123456789abcdef", ("a:1",), (), "amd64", "linux", "")
    return Image(*facts, total, made, rows, CONFIG)


FROM = ("ADD rootfs.tar /", 100 * MB)
DOLLARS = "RUN echo $A $B <&> " + "very long " * 20
KEEP = image(FROM, ("RUN keep", 20 * MB))
DELETE = image(FROM, ("RUN keep", 20 * MB), (DOLLARS, 0))
SMALL = image(FROM, *((f"RUN make {n}", 10**n) for n in range(8)))


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


def drawn():
    """A picture of each kind."""
    counts = {"images": {"course": 3, "others": 2}}
    after = {"images": {"course": 0, "others": 2}}
    return [
        pictures.layer_stacks({"keep": KEEP, "delete": DELETE}),
        pictures.layer_stacks([SMALL], history=True),
        pictures.layer_stacks(dict.fromkeys("abcde", SMALL), over=KEEP),
        pictures.shared_layers({"k": KEEP, "s": SMALL, "d": DELETE}),
        pictures.two_builds(FIRST, SECOND),
        pictures.build_timeline(FIRST),
        pictures.bars({"slim": 127.4, "<full>": 1023}, "MB", "slim"),
        pictures.dots({"a": [0.001, 0.002], "b": [1, 2, 3]}, "s"),
        pictures.course_objects(counts, after),
    ]


def test_readable(readable):
    for picture in drawn():
        readable(picture)


def test_html_is_escaped():
    picture = pictures.bars({"<b>&": 1, "c": 2}, "MB")
    html = picture._repr_mimebundle_()["text/html"]
    assert "<b>" not in html
    assert "&lt;b&gt;&amp;" in html


def test_layer_stacks():
    picture = pictures.layer_stacks(
        {"keep": KEEP, "delete": DELETE}, over=KEEP
    )
    assert [row["own"] for row in picture.data["delete"]] == [False] * 2 + [
        True
    ]
    assert "common base of 120 MB, delete adds 0 B." in picture.caption
    picture = pictures.layer_stacks([KEEP], history=True)
    assert picture.data["a:1"][-1]["instruction"] == "ENV A=1"
    assert picture.caption == (
        "The largest layer of a:1, `ADD rootfs.tar /`, "
        "holds 100 MB of its 120 MB."
    )


def test_shared_layers():
    images = {"keep": KEEP, "small": SMALL, "delete": DELETE}
    picture = pictures.shared_layers(images)
    small = sum(10**n for n in range(8))
    assert picture.data["disk"] == 120 * MB + small
    assert picture.data["sum"] == 340 * MB + small
    shared = [box for box in picture.data["boxes"] if len(box["images"]) > 1]
    assert [box["images"] for box in shared] == [
        ["keep", "delete", "small"],
        ["keep", "delete"],
    ]
    assert "take 131 MB of disk, not 351 MB: 2 shared" in picture.caption


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
    assert "First: 2 steps ran in 3.5 s; second: 1 step ran" in picture.caption


def test_build_timeline():
    picture = pictures.build_timeline(FIRST)
    assert picture.data[0]["step"] == "FROM b:1"
    assert "of work took 2.0 s" in picture.caption
    with pytest.raises(LabError, match="ran no step"):
        pictures.build_timeline(dataclasses.replace(FIRST, steps=()))


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
    before = {"images": {"course": 3, "others": 2}}
    after = {"images": {"course": 0, "others": 2}}
    picture = pictures.course_objects(before, after)
    assert picture.data == {"before": before, "after": after}
    assert picture.caption == (
        "The reset left 0 of the course's 3 objects, "
        "and 2 of everybody else's 2."
    )


@pytest.fixture
def container(lab_client):
    """A container with a published port, stopped after the test."""
    made = lab_client.containers.run(
        BASE,
        ["sleep", "60"],
        name=f"dockerlab-test-{uuid.uuid4().hex[:8]}",
        ports={"80/tcp": ("127.0.0.1", None)},
        labels={"dockerlab.lesson": "test"},
        detach=True,
        init=True,
    )
    yield made
    made.remove(force=True)


def test_port_map(container, readable):
    picture = pictures.port_map(container)
    readable(picture)
    (port,) = picture.data["ports"]
    assert (port[0], port[2]) == ("127.0.0.1", "80/tcp")
    assert picture.data["command"] == "sleep 60"
    assert f"Port {port[1]} of the host leads to port 80" in picture.caption
    container.stop(timeout=1)
    with pytest.raises(LabError, match="is exited"):
        pictures.port_map(container)

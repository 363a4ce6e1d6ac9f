"""Pictures of layers: what they plot, and that they can be read."""

import pytest

from dockerlab import pictures
from dockerlab.images import Config, HistoryRow, Image, Layer

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


@pytest.mark.parametrize(
    "picture",
    [
        pictures.layer_stacks({"keep": KEEP, "delete": DELETE}),
        pictures.layer_stacks([SMALL], history=True),
        pictures.layer_stacks(dict.fromkeys("abcde", SMALL), over=KEEP),
        pictures.shared_layers({"k": KEEP, "s": SMALL, "d": DELETE}),
    ],
)
def test_readable(picture, readable):
    readable(picture)


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
    assert (
        "have 131 MB of unpacked files, not 351 MB: 2 shared"
        in picture.caption
    )

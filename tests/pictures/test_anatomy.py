"""Pictures of an image's anatomy: its parts, tags, and what is inherited."""

import dataclasses

import pytest

from dockerlab import pictures
from dockerlab.base.errors import LabError
from dockerlab.images import Config, HistoryRow, Image, Layer

CONFIG = Config(
    {"PATH": "/usr/bin:" + "/long" * 30, "PRICE": "$5 and $6"},
    ("python", "-c", "print('$x $y')"),
    (),
    "",
    "",
    (),
    (),
    {"dockerlab.lesson": "images"},
    {},
    "",
    (),
    (),
)
IDS = [f"sha256:{n}" + "a1b2c3d4" * 7 for n in range(3)]


def image(layers: int, config: Config = CONFIG) -> Image:
    """An image of so many layers of 1, 10, 100 ... bytes."""
    made = tuple(
        Layer(f"sha256:{n}{'0123456789' * 6}", 10**n, f"COPY $a{n} $b " * 9)
        for n in range(layers)
    )
    rows = tuple(HistoryRow(one.instruction, one.size, False) for one in made)
    facts = (IDS[0], ("images-greet-with-a-long-name:1",), ())
    size = sum(one.size for one in made)
    return Image(*facts, "amd64", "linux", "", size, made, rows, config)


def base_and_app() -> dict[str, Image]:
    """A base, one upon it, and an app upon that."""
    middle = dataclasses.replace(
        CONFIG,
        env={**CONFIG.env, "A": "1"},
        user="app",
        onbuild=("COPY app.py ./",),
        labels={**CONFIG.labels, "org.example.vendor": "Example"},
    )
    top = dataclasses.replace(middle, onbuild=(), cmd=("true",))
    named = {"base": CONFIG, "images-base": middle, "app": top}
    return {label: image(1, config) for label, config in named.items()}


MOMENTS = [
    ("built", {"1": IDS[0], "latest": IDS[0]}),
    ("built again", {"1": IDS[0], "2": IDS[1], "latest": IDS[0]}),
    ("moved", {"1": IDS[0], "2": IDS[1], "latest": IDS[1]}),
]


@pytest.mark.parametrize(
    "picture",
    [
        pictures.image_parts(image(1)),
        pictures.image_parts(image(12)),
        pictures.tag_moves(MOMENTS),
        pictures.tag_moves(MOMENTS[:1], {IDS[0]: "images-v1"}),
        pictures.inherited(base_and_app()),
    ],
    ids=["one layer", "twelve layers", "tags", "one moment", "inherited"],
)
def test_readable(picture, readable):
    readable(picture)


def test_image_parts():
    picture = pictures.image_parts(image(3))
    assert [row["size"] for row in picture.data["layers"]] == [1, 10, 100]
    assert picture.data["settings"][0] == "linux/amd64"
    assert "3 layers with 111 B of unpacked files" in picture.caption


def test_tag_moves():
    picture = pictures.tag_moves(MOMENTS)
    assert picture.data == {
        "ids": IDS[:2],
        "tags": {"1": [0, 0, 0], "latest": [0, 0, 1], "2": [None, 1, 1]},
    }
    assert picture.caption.startswith("Only `latest` moved to another image.")
    still = pictures.tag_moves(MOMENTS[:1])
    assert still.caption.startswith("No tag moved")
    with pytest.raises(LabError, match="no tag"):
        pictures.tag_moves([("nothing", {})])


def test_inherited():
    picture = pictures.inherited(base_and_app())
    assert picture.data["env A"] == ["", "set", "inherited"]
    assert picture.data["on build"] == ["", "set", ""]
    assert picture.data["command"] == ["set", "inherited", "set"]
    assert not any("lesson" in setting for setting in picture.data)
    assert "app sets 1 of its" in picture.caption

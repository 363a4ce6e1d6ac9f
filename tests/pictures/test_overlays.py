"""The picture of layers over each other: what it plots; it can be read."""

import pytest

from dockerlab import pictures
from dockerlab.base.errors import LabError

LAYERS = {
    "RUN " + "a very long instruction " * 9: [
        "shelf",
        "shelf/draft.txt",
        "./shelf/page.txt",
        "shelf/deep/inner.txt",
    ],
    "RUN rm draft.txt": ["shelf/.wh.draft.txt", "shelf/page.txt"],
    "RUN echo": ["shelf/a_name_that_is_far_too_long_for_its_column.txt"],
}
DIFF = [
    {"Path": "/shelf", "Kind": 0},
    {"Path": "/shelf/page.txt", "Kind": 0},
    {"Path": "/shelf/new.txt", "Kind": 1},
    {"Path": "/shelf/" + LAYERS["RUN echo"][0][6:], "Kind": 2},
    {"Path": "/tmp/elsewhere", "Kind": 1},
]


def test_overlay_tells_from_which_layer_a_file_is_seen():
    picture = pictures.overlay(LAYERS, DIFF, under="/shelf/")
    long = LAYERS["RUN echo"][0][6:]
    assert picture.data["seen"] == {
        "draft.txt": None,
        "page.txt": "container",
        long: None,
        "new.txt": "container",
    }
    assert picture.data["layers"][1]["files"]["draft.txt"] == "whiteout"
    assert "of 2 files seen, 2 come" in picture.caption


def test_overlay_of_a_container_that_wrote_nothing():
    # The SDK gives None, not an empty list.
    picture = pictures.overlay(LAYERS, None, under="/shelf")
    assert picture.data["seen"]["page.txt"] == "layer 2"


def test_overlay_refuses_a_folder_that_nobody_names():
    with pytest.raises(LabError, match="No layer"):
        pictures.overlay(LAYERS, DIFF, under="/nowhere")


def test_readable(readable):
    picture = pictures.overlay(LAYERS, DIFF, under="/shelf")
    readable(picture)
    _, (caption, _) = picture.outputs()
    assert "<b>" not in caption["text/html"]

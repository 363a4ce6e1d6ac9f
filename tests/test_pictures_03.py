"""Pictures of layers and builds: what they plot; they can be read."""

import pytest

from dockerlab import pictures
from dockerlab.base.errors import LabError
from dockerlab.builds import Build, Step

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
        pictures.overlay(LAYERS, DIFF, under="/shelf"),
        pictures.cache_table(TABLE),
        pictures.cache_table({"nothing": TABLE["nothing"]}),
        pictures.cache_table(
            {f"change {n}": TABLE["edit"] for n in "abcdefgh"}
        ),
    ):
        readable(picture)
        shown = picture._repr_mimebundle_(include=None, exclude=None)
        assert "<b>" not in shown["text/html"]

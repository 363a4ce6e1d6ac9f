"""Pictures of Dockerfile instructions: what they plot, and that nothing is
cut.
"""

import pytest

from dockerlab import pictures

MAP = {
    "HEALTHCHECK": {"later steps": [], "settings": ["healthcheck"]},
    "WORKDIR": {
        "later steps": ["directory", "environment", "files", "user"],
        "settings": ["workdir"],
    },
}
GOT = {
    ("absent", "absent", "as it is"): [],
    ("absent", "absent", "show run"): ["show", "run"],
    ("shell", "exec", "as it is"): ["show", "entry"],
    ("shell", "exec", "show run"): ["show", "entry"],
    ("exec", "shell", "as it is"): [
        *("show", "entry", "/bin/sh", "-c", "show cmd")
    ],
    ("exec", "shell", "show run"): ["show", "entry", "show", "run"],
}
SEEN = {
    "ARG TOKEN": {"a RUN": ["letmein"], "a container": []},
    "ENV LEVEL": {"a RUN": ["info"], "a container": ["info"]},
}
SAMPLES = [(0.1, "starting"), (1.2, "healthy"), (2.4, "unhealthy")]


@pytest.mark.parametrize(
    "picture",
    [
        pictures.instruction_map(MAP, "instruction"),
        pictures.entrypoint_table(GOT),
        pictures.values_seen(SEEN, "variable"),
    ],
    ids=lambda picture: picture.name,
)
def test_readable(picture, readable):
    readable(picture)


def test_map_counts_what_changed():
    picture = pictures.instruction_map(MAP)
    assert picture.data == MAP
    assert "1 changed later steps and 2 changed settings" in picture.caption
    assert "HEALTHCHECK changes settings: healthcheck" in picture.alt


def test_table_names_the_forms_that_ignore_arguments():
    picture = pictures.entrypoint_table(GOT)
    assert picture.data == GOT
    assert "1 of 3 combinations" in picture.caption
    assert "ENTRYPOINT in shell form" in picture.caption
    assert "as it is: not started" in picture.alt


def test_health_tells_states_in_order():
    picture = pictures.health_timeline(SAMPLES, {"file removed": 1.3})
    assert picture.data["samples"] == SAMPLES
    assert "starting, healthy and unhealthy" in picture.caption
    assert "file removed at 1.3 s" in picture.alt


def test_values_are_shown_where_they_are_visible():
    picture = pictures.values_seen(SEEN)
    assert picture.data == SEEN
    assert picture.caption == (
        "Visible in a RUN: ARG TOKEN and ENV LEVEL; in a container: ENV LEVEL."
    )
    assert "ARG TOKEN in a RUN: letmein, a container: not visible" in (
        picture.alt
    )

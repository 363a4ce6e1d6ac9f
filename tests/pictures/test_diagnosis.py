"""The table of symptoms: what it shows, and that it is readable."""

import types

import pytest

from dockerlab import pictures


def _container(name: str, log: bytes = b"", **state):
    known = {"Status": "exited", "ExitCode": 1, "Error": ""}
    return types.SimpleNamespace(
        name=name,
        reload=lambda: None,
        logs=lambda: log,
        attrs={"State": {**known, **state}},
    )


ERROR = (
    'runc create failed: exec: "pyhton": executable file not found in $PATH'
)
CONTAINERS = [
    _container("debugging-one", Status="running", ExitCode=0),
    _container("debugging-two", Status="created", ExitCode=127, Error=ERROR),
    _container("debugging-three", b"start\nKeyError: 'API_KEY'\n\n"),
    _container("debugging-five", b"x" * 300, ExitCode=137, OOMKilled=True),
    _container(
        "debugging-six",
        Status="running",
        ExitCode=0,
        Health={"Status": "unhealthy"},
    ),
]


@pytest.fixture
def picture():
    return pictures.symptoms(CONTAINERS)


def test_symptoms(picture, readable):
    rows = {row["name"]: row for row in picture.data}
    assert rows["two"]["noted"].startswith('"pyhton": executable file')
    assert rows["three"]["log"] == "KeyError: 'API_KEY'"
    assert (rows["five"]["code"], rows["five"]["noted"]) == (
        "137",
        "OOMKilled",
    )
    assert (rows["six"]["code"], rows["six"]["noted"]) == ("", "unhealthy")
    assert "one looks healthy from outside" in picture.caption
    readable(picture)


def test_where_every_container_shows_its_fault(readable):
    picture = pictures.symptoms(CONTAINERS[1:])
    assert "Every container shows" in picture.caption
    readable(picture)

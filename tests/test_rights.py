"""What containers may do, found out on a live engine."""

import pytest

from dockerlab import rights
from dockerlab.base import labels

IMAGE = "python:3.13-slim"


@pytest.mark.parametrize(
    ("options", "has", "can_get"),
    [
        ({"cap_drop": ["ALL"]}, 0, 0),
        ({"cap_drop": ["ALL"], "cap_add": ["CHOWN"]}, 1, 1),
        (
            {"cap_drop": ["ALL"], "cap_add": ["CHOWN"], "user": "1000"},
            0,
            1,
        ),
    ],
)
def test_capabilities_are_counted(lab_client, options, has, can_get):
    found = rights.capabilities(IMAGE, labels.of("test"), **options)
    assert (found["has"], found["can get"]) == (has, can_get)
    assert found["exist"] > 30


def test_attempts_run_as_the_user_they_name(lab_client):
    operations = {
        "container's user": ("", "test $(id -u) = 7"),
        "another user": ("8", "test $(id -u) = 8"),
        "impossible": ("", "false"),
    }
    found = rights.attempts(IMAGE, operations, labels.of("test"), user="7")
    assert found == {
        "container's user": True,
        "another user": True,
        "impossible": False,
    }

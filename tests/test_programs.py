"""A program of an image is run to its end, and its container removed."""

import pytest

from dockerlab.base import labels
from dockerlab.programs import output_of

BASE = "debian:trixie-slim"
pytestmark = pytest.mark.engine


def test_what_a_program_prints(lab_client, monkeypatch):
    monkeypatch.setenv("DOCKERLAB_LESSON", "testprograms")
    assert output_of(BASE, "echo hello") == "hello"
    shell = ["sh", "-c", "echo $A"]
    assert output_of(BASE, shell, environment={"A": "b"}) == "b"
    assert output_of(BASE, "true") == ""
    mine = {"label": labels.pair("testprograms")}
    assert lab_client.containers.list(all=True, filters=mine) == []

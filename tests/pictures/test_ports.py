"""The picture of published ports, from a live container."""

import uuid

import pytest

from dockerlab import pictures
from dockerlab.base.errors import LabError

BASE = "python:3.13-slim"


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

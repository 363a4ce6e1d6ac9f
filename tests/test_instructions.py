"""What an instruction changes: seen in a build, an image and a container."""

import dataclasses

import pytest

from dockerlab import builds, instructions
from dockerlab.base import labels

BEFORE = instructions.Observed({"user": "0"}, 2, {"env": {}}, {"user": "0"})
TEXT = """FROM debian:trixie-slim
EXPOSE 8000
CMD ["sh", "-c", "trap 'exit 10' TERM; echo user: 0; echo built user: 7; \
echo ready; sleep 60 & wait"]
"""


def test_equal_images_have_no_differences():
    assert not any(instructions.differences(BEFORE, BEFORE).values())


def test_differences_are_named_by_place():
    after = dataclasses.replace(
        BEFORE, build={"user": "7"}, layers=3, settings={"env": {"A": "b"}}
    )
    assert instructions.differences(BEFORE, after) == {
        "later steps": ["user"],
        "layers": ["+1"],
        "settings": ["env"],
        "containers": [],
    }


@pytest.mark.engine
def test_a_container_is_observed_and_removed(lab_client):
    mine = labels.of("testinstructions")
    options = ["--label", labels.pair("testinstructions")]
    tag = "testinstructions:1"
    builds.build(tag=tag, dockerfile=TEXT, options=options, check=True)
    try:
        observed = instructions.observe(lab_client, tag, mine)
    finally:
        lab_client.images.remove(tag, force=True)
    assert observed.build == {"user": "7"}
    assert observed.settings["ports"] == ("8000/tcp",)
    assert observed.container["user"] == "0"
    assert observed.container["ports"] == ["8000/tcp"]
    assert observed.container["signal"] == "SIGUSR1"
    found = {"label": labels.pair("testinstructions")}
    assert lab_client.containers.list(all=True, filters=found) == []

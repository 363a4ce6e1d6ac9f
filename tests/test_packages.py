"""The index of containers, as uv reads it."""

import tomllib
import types

import pytest

from dockerlab import packages
from dockerlab.engine import recipes
from dockerlab.engine.find import find


@pytest.mark.parametrize(
    ("printed", "index"),
    [
        (b"", None),
        (b"http://index/simple/\n", "http://index/simple/"),
    ],
)
def test_lines_for_uv(printed, index):
    """None where pip has no index of its own: the public one is meant."""
    containers = types.SimpleNamespace(run=lambda *_, **__: printed)
    client = types.SimpleNamespace(containers=containers)
    lines = tomllib.loads(packages.uv_index(client, {}))
    wanted = {"tool": {"uv": {"index": [{"url": index, "default": True}]}}}
    assert lines == (wanted if index else {})


def test_the_index_of_the_engine(lab_client):
    lines = packages.uv_index(lab_client, {})
    address = f"{recipes.INDEX}:{recipes.INDEX_PORT}"
    assert (address in lines) == (find().kind == "box")

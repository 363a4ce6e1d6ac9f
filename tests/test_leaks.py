"""A secret is found wherever an image has it."""

import io
import json

import pytest

from dockerlab import archives, leaks
from dockerlab.leaks import Place
from tests import saving

SECRET = "not-a-real-token"
RUN = f"RUN |1 TOKEN={SECRET} /bin/sh -c true # buildkit"


@pytest.fixture
def archive():
    layers = [
        saving.tar({"base.txt": SECRET.encode()}),
        saving.tar({"token.txt": b"x" + SECRET.encode(), "other": b"y"}),
        saving.tar({".wh.token.txt": b""}),
    ]
    digests = [saving.descriptor(layer)["digest"] for layer in layers]
    config = {
        "rootfs": {"diff_ids": digests},
        "history": [
            {"created_by": "ADD"},
            {"comment": "none"},
            {"created_by": RUN},
        ],
    }
    data = saving.docker_archive(json.dumps(config).encode(), layers)
    with archives.opened(io.BytesIO(data)) as opened:
        yield opened


def test_in_a_layer_that_a_later_one_hides_and_in_the_history(archive):
    base = archive.layers[0].digest
    assert leaks.places(archive, SECRET, {base}) == [
        Place("layer", 1, "token.txt"),
        Place("history", 2, RUN),
    ]


def test_in_the_base_only_if_asked_for(archive):
    found = leaks.places(archive, SECRET)
    assert found[0] == Place("layer", 0, "base.txt")


def test_what_is_nowhere_is_not_found(archive):
    assert leaks.places(archive, "another token") == []

"""Lists of an engine's images while others remove some."""

import types

import docker.errors
import pytest

from dockerlab.engine import listing


def _client(failures: int):
    """A client whose engine refuses some lists before it gives one."""
    calls = []

    def images(filters=None):
        calls.append(filters)
        if len(calls) <= failures:
            raise docker.errors.NotFound("content digest not found")
        return [{"Id": "sha256:1"}]

    return types.SimpleNamespace(api=types.SimpleNamespace(images=images))


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(listing, "PAUSE", 0)


def test_a_list_is_asked_for_again_while_an_image_is_removed():
    assert listing.images(_client(failures=3)) == [{"Id": "sha256:1"}]


def test_a_list_that_is_always_refused_is_an_error():
    with pytest.raises(docker.errors.NotFound):
        listing.images(_client(failures=listing.ATTEMPTS))

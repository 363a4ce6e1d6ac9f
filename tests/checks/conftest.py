"""What the tests of the checks share."""

import os

import pytest

from dockerlab.base import labels
from dockerlab.checks import core
from dockerlab.course import progress

# One for each process: what another one's check is still using is not left.
SLUG = f"testchecks{os.environ.get('PYTEST_XDIST_WORKER', '')}"
ID = f"{SLUG}/answer"


@pytest.fixture
def examined(monkeypatch, tmp_path):
    """Check an answer with an exercise that lives for one test.

    Call it with the kind of answer, the answer and the exercise's check; it
    returns the report.
    """
    monkeypatch.setenv("DOCKERLAB_PROGRESS", str(tmp_path / "progress"))

    def examine(wants, answer, look):
        known = {ID: core.Exercise(ID, wants, look)}
        monkeypatch.setattr(core, "exercises", lambda *_: known)
        return core.check(ID, answer)

    return examine


@pytest.fixture
def attempts(examined):
    """How many attempts were counted so far."""
    return lambda: progress.load().attempts(ID)


@pytest.fixture
def left(lab_client):
    """What checks left on the engine."""

    def names() -> list[str]:
        mine = {"label": labels.pair(SLUG)}
        containers = lab_client.containers.list(all=True, filters=mine)
        return [
            *(container.name for container in containers),
            *(v.name for v in lab_client.volumes.list(filters=mine)),
            *(n.name for n in lab_client.networks.list(filters=mine)),
            *(t for i in lab_client.images.list(filters=mine) for t in i.tags),
        ]

    return names

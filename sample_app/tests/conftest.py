"""Let the tests import the application from wherever pytest is run."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app import DEFAULTS, create_app


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """Hide the settings of the user's environment."""
    for name in [*DEFAULTS, "PORT"]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def make_client(tmp_path):
    """Return a function that starts an application on a fresh folder."""

    def make(**config):
        return create_app({"DATA_DIR": str(tmp_path), **config}).test_client()

    return make

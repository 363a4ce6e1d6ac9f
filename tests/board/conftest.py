"""A board without an engine, for tests of its rules."""

import sys

import pytest

from dockerlab import paths

sys.path.insert(0, str(paths.PROJECT / "board"))

from classboard.app import create_app

ROOM, KEY = "blue-whale-1234", "the instructor's key"


@pytest.fixture
def app(tmp_path):
    return create_app(
        {"ROOM": ROOM, "BOARD_KEY": KEY, "DATA_DIR": str(tmp_path)}
    )


@pytest.fixture
def client(app):
    """A browser without cookies, or a learner."""
    return app.test_client()


@pytest.fixture
def join(client):
    """Join as a learner; the headers of their requests."""

    def do(nickname: str = "Ada") -> dict[str, str]:
        content = {"room": ROOM, "nickname": nickname}
        answer = client.post("/api/join", json=content)
        assert answer.status_code == 200, answer.json
        return {"Authorization": f"Bearer {answer.json['key']}"}

    return do


@pytest.fixture
def state(app):
    """What the instructor's page shows."""

    def read() -> dict:
        browser = app.test_client()
        assert browser.get(f"/?key={KEY}").status_code == 302
        return browser.get("/room.json").json

    return read

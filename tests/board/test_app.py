"""What the board accepts, what it refuses, and what it shows."""

import json
import time

import pytest
from classboard import rules, store
from classboard.app import create_app

from tests.board.conftest import KEY, ROOM

PASSED = {"exercise": "flask_app/greeting", "passed": True}
MISSED = {
    "exercise": "flask_app/greeting",
    "passed": False,
    "missed": "greets",
}
pytestmark = pytest.mark.counted("checks of the board's safety")


def _send(client, headers, event) -> int:
    answer = client.post("/api/events", json=event, headers=headers)
    return answer.status_code


def test_the_room_shows_who_is_where(client, join, state):
    ada = join("Ada")
    assert _send(client, ada, {"notebook": "flask_app"}) == 204
    assert _send(client, ada, MISSED) == 204
    assert _send(client, ada, PASSED) == 204
    [row] = state()["learners"]
    assert row["nickname"] == "Ada"
    assert row["slug"] == "flask_app"
    assert row["passed"] == ["flask_app/greeting"]
    assert row["tried"] == []
    assert row["stuck"] == ""


def test_three_times_the_same_criterion_is_stuck(client, join, state):
    ada = join()
    for number in range(3):
        assert not state()["learners"][0]["stuck"], number
        _send(client, ada, MISSED)
    assert state()["learners"][0]["stuck"] == "flask_app/greeting: greets"
    assert state()["missed"] == [
        {
            "exercise": "flask_app/greeting",
            "criterion": "greets",
            "learners": 1,
        }
    ]
    _send(client, ada, PASSED)
    assert not state()["learners"][0]["stuck"]


def test_different_criteria_are_not_stuck(client, join, state):
    ada = join()
    for missed in ("builds", "greets", "greets"):
        _send(client, ada, {**MISSED, "missed": missed})
    assert not state()["learners"][0]["stuck"]


def test_ten_minutes_of_nothing_is_stuck(client, join, state, monkeypatch):
    join()
    later = time.time() + store.QUIET + 5
    monkeypatch.setattr(time, "time", lambda: later)
    assert state()["learners"][0]["stuck"] == "nothing for 10 minutes"


@pytest.mark.parametrize("code", ["", "blue", ROOM.upper(), None, 7, [ROOM]])
def test_the_code_of_the_room_is_needed(client, state, code):
    content = {"room": code, "nickname": "Eve"}
    assert client.post("/api/join", json=content).status_code == 403
    assert state()["learners"] == []


def test_codes_cannot_be_tried_for_long(client):
    content = {"room": "blue-whale-0000", "nickname": "Eve"}
    codes = [
        client.post("/api/join", json=content).status_code
        for _ in range(rules.WRONG_CODES_PER_MINUTE + 1)
    ]
    assert set(codes[:-1]) == {403}
    assert codes[-1] == 429


def test_a_learner_reads_nothing(client, join):
    ada = join()
    for place in ("/", "/room.json", "/?key=guessed"):
        answer = client.get(place, headers=ada)
        assert answer.status_code == 403
        assert "Ada" not in answer.text
    for place in ("/api/events", "/api/join"):
        assert client.get(place, headers=ada).status_code == 405


def test_a_learner_changes_no_other_record(client, join, state):
    ada, bob = join("Ada"), join("Bob")
    forged = {**PASSED, "nickname": "Bob"}
    assert _send(client, ada, forged) == 400
    assert _send(client, {"Authorization": "Bearer none"}, PASSED) == 401
    assert _send(client, {}, PASSED) == 401
    assert _send(client, bob, MISSED) == 204
    rows = {row["nickname"]: row for row in state()["learners"]}
    assert rows["Ada"]["passed"] == rows["Ada"]["tried"] == []
    assert rows["Bob"]["tried"] == ["flask_app/greeting"]


def test_a_learner_cannot_clear(client, join, state):
    ada = join()
    for headers in (ada, {}, {"X-Board-Key": "guessed"}):
        assert client.post("/api/clear", headers=headers).status_code == 403
    assert len(state()["learners"]) == 1


def test_the_cookie_alone_cannot_clear(app, join):
    join()
    browser = app.test_client()
    browser.get(f"/?key={KEY}")
    assert browser.post("/api/clear").status_code == 403


def test_cleared_is_gone_from_the_file_too(app, client, join, state, tmp_path):
    ada = join("Nickname-of-Ada")
    _send(client, ada, MISSED)
    assert client.post("/api/clear", headers={"X-Board-Key": KEY}).status_code
    assert state() == {"learners": [], "missed": [], "course": []}
    for file in tmp_path.iterdir():
        assert b"Nickname-of-Ada" not in file.read_bytes()
    assert _send(client, ada, PASSED) == 401


@pytest.mark.parametrize(
    "event",
    [
        [],
        "text",
        7,
        {},
        {"exercise": "flask_app/greeting"},
        {**PASSED, "passed": "yes"},
        {**PASSED, "exercise": "../../etc/passwd"},
        {**PASSED, "exercise": "flask_app/greeting\n"},
        {**PASSED, "exercise": "a" * 50 + "/b"},
        {**MISSED, "missed": "<script>"},
        {**MISSED, "missed": ["greets"]},
        {**PASSED, "code": "FROM python"},
        {"notebook": "Flask App"},
        {"notebook": None},
    ],
    ids=repr,
)
def test_bad_events_are_refused(client, join, state, event):
    ada = join()
    answer = client.post("/api/events", json=event, headers=ada)
    assert answer.status_code == 400
    assert answer.json["error"].endswith(".")
    assert state()["learners"][0]["tried"] == []


@pytest.mark.parametrize(
    "body", [b"", b"{half", b"\xff\xfe", b"[" * 900, b'{"a": NaN}']
)
def test_a_body_that_is_no_event_is_refused(client, join, body):
    headers = {**join(), "Content-Type": "application/json"}
    answer = client.post("/api/events", data=body, headers=headers)
    assert answer.status_code == 400


def test_a_large_body_is_refused(client, join):
    headers = {**join(), "Content-Type": "application/json"}
    body = json.dumps({**PASSED, "missed": "x" * rules.BODY})
    answer = client.post("/api/events", data=body, headers=headers)
    assert answer.status_code == 413


def test_a_learner_sends_only_so_much(client, join):
    ada, bob = join("Ada"), join("Bob")
    for _ in range(rules.PER_MINUTE):
        assert _send(client, ada, PASSED) == 204
    assert _send(client, ada, PASSED) == 429
    assert _send(client, bob, PASSED) == 204


def test_a_limit_ends_after_a_minute():
    now = [0.0]
    limit = rules.Limit(1, lambda: now[0])
    limit.count("a")
    with pytest.raises(rules.Refused):
        limit.count("a")
    limit.count("b")
    now[0] = 61
    limit.count("a")


def test_the_room_and_the_records_are_bounded(client, join, monkeypatch):
    ada = join()
    monkeypatch.setattr(rules, "EVENTS", 2)
    assert [_send(client, ada, PASSED) for _ in range(3)] == [204, 204, 403]
    monkeypatch.setattr(rules, "LEARNERS", 1)
    content = {"room": ROOM, "nickname": "Bob"}
    assert client.post("/api/join", json=content).status_code == 403


@pytest.mark.parametrize("name", ["", "  ", "x" * 25, None, 5, "\x07"])
def test_a_nickname_that_is_none_is_refused(client, name):
    content = {"room": ROOM, "nickname": name}
    assert client.post("/api/join", json=content).status_code == 400


def test_nicknames_are_cleaned_and_numbered(join, state):
    for name in ("Ada", " Ada\x1b", "Ada", "<b>Bob</b>"):
        join(name)
    names = [row["nickname"] for row in state()["learners"]]
    assert names == ["<b>Bob</b>", "Ada", "Ada (2)", "Ada (3)"]


def test_pages_load_nothing_from_elsewhere(app):
    browser = app.test_client()
    browser.get(f"/?key={KEY}")
    page = browser.get("/")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "http://" not in page.text
    cookie = browser.get(f"/?key={KEY}").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_no_key_is_stored(client, join, tmp_path):
    headers = join()
    key = headers["Authorization"].removeprefix("Bearer ").encode()
    for file in tmp_path.iterdir():
        assert key not in file.read_bytes()


def test_a_board_without_settings_does_not_start(tmp_path):
    with pytest.raises(RuntimeError, match="ROOM and BOARD_KEY"):
        create_app({"DATA_DIR": str(tmp_path)})

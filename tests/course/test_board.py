"""The learner's side of the board: off, joined, and in bad company."""

import http.server
import json
import stat
import threading
import time

import pytest

from dockerlab.base.errors import LabError
from dockerlab.checks.waiting import wait_for
from dockerlab.course import board


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKERLAB_PROGRESS", str(tmp_path))
    return tmp_path


@pytest.fixture
def server():
    """A server whose behaviour a test chooses; what it received."""

    class Handler(http.server.BaseHTTPRequestHandler):
        status, body, seconds, headers_more = 200, b"{}", 0.0, ()
        received: list

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            content = json.loads(self.rfile.read(length))
            key = self.headers.get("Authorization", "")
            self.received.append((self.path, content, key))
            time.sleep(self.seconds)
            self.send_response(self.status)
            for name, value in self.headers_more:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(self.body)

        def log_message(self, *words):
            pass

    Handler.received = []
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.url = f"http://127.0.0.1:{made.server_port}"
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield Handler
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def joined(server):
    """A learner who has joined the server's board."""
    server.body = b'{"key": "secret", "nickname": "Ada"}'
    place = board.join(server.url, "blue", "Ada")
    server.received.clear()
    return place


def test_it_is_off_unless_joined(server):
    assert board.place() is None
    board.opened("flask_app")
    board.checked("flask_app/greeting", True, "")
    assert server.received == []


def test_only_these_facts_are_sent(server, joined):
    board.opened("flask_app")
    board.checked("flask_app/greeting", False, "greets")
    assert wait_for(lambda: len(server.received) == 2, 60)
    assert server.received == [
        ("/api/events", {"notebook": "flask_app"}, "Bearer secret"),
        (
            "/api/events",
            {
                "exercise": "flask_app/greeting",
                "passed": False,
                "missed": "greets",
            },
            "Bearer secret",
        ),
    ]


def test_the_key_is_the_learners_alone(folder, joined):
    mode = stat.S_IMODE((folder / "board.json").stat().st_mode)
    assert mode == 0o600
    board.leave()
    assert board.place() is None


@pytest.mark.parametrize(
    "url", ["", "blue", "ftp://127.0.0.1", "file:///etc/passwd", "http://"]
)
def test_an_address_that_is_none(url):
    with pytest.raises(LabError, match="not the address of a board"):
        board.join(url, "blue", "Ada")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (403, b'{"error": "This is not the room\'s code."}', "room's code"),
        (403, b"\x1b[2J<html>", "status 403"),
        (200, b"<html>", "not the board"),
        (200, b"[1]", "not the board"),
        (200, b'{"key": "x"}', "not the board"),
        (302, b"", "status 302"),
    ],
)
def test_a_board_that_refuses_or_is_none(server, status, body, words):
    server.status, server.body = status, body
    server.headers_more = (("Location", "http://127.0.0.1:9/"),)
    with pytest.raises(LabError, match=words) as error:
        board.join(server.url, "blue", "Ada")
    assert "\x1b" not in str(error.value)
    assert board.place() is None


def test_a_board_that_is_away(server, joined, folder):
    known = json.loads((folder / "board.json").read_text())
    known["url"] = "http://127.0.0.1:9"
    (folder / "board.json").write_text(json.dumps(known))
    begun = time.monotonic()
    for _ in range(200):
        board.opened("flask_app")
    assert time.monotonic() - begun < 60
    with pytest.raises(LabError, match="does not answer"):
        board.join("http://127.0.0.1:9", "blue", "Ada")


def test_a_slow_and_a_hostile_board_delay_nothing(server, joined):
    server.seconds, server.body = 2, b"x" * 10_000_000
    begun = time.monotonic()
    for _ in range(200):
        board.checked("flask_app/greeting", True, "")
    # 200 answers of two seconds would take minutes.
    assert time.monotonic() - begun < 60
    assert len(server.received) < 60


def test_a_damaged_file_is_no_board(folder):
    (folder / "board.json").write_text("{half")
    assert board.place() is None
    board.opened("flask_app")

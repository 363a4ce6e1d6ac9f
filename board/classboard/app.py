"""The live board of a class: who is where, and who is stuck.

Learners send which exercise they checked and which criterion was missed.
Nobody but the instructor can read anything.
"""

import json
import os
import pathlib
from typing import Any

import flask
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from classboard import rules
from classboard.store import Store

HERE = pathlib.Path(__file__).parent
COOKIE = "board"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self';"
    " connect-src 'self'; img-src 'self'; frame-ancestors 'none'"
)


def create_app(settings: dict[str, str] | None = None) -> flask.Flask:
    """Build the application.

    Args:
        settings: ROOM, the code that learners need; BOARD_KEY, the
            instructor's key; DATA_DIR. Without it, environment variables.

    Raises:
        RuntimeError: a setting is missing.
    """
    found = dict(os.environ) if settings is None else settings
    missing = [n for n in ("ROOM", "BOARD_KEY") if not found.get(n)]
    if missing:
        raise RuntimeError(f"Set {' and '.join(missing)}; see make board.")
    app = flask.Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = rules.BODY
    board = Board(
        found["ROOM"],
        found["BOARD_KEY"],
        Store(pathlib.Path(found.get("DATA_DIR", "data"))),
    )
    app.extensions["board"] = board
    app.add_url_rule("/healthz", view_func=board.healthz)
    app.add_url_rule("/api/join", view_func=board.join, methods=["POST"])
    app.add_url_rule("/api/events", view_func=board.events, methods=["POST"])
    app.add_url_rule("/api/clear", view_func=board.clear, methods=["POST"])
    app.add_url_rule("/room.json", view_func=board.room)
    app.add_url_rule("/", view_func=board.page)
    app.register_error_handler(rules.Refused, _refused)
    app.register_error_handler(HTTPException, _failed)
    app.after_request(_protected)
    return app


class Board:
    """One room: its code, the instructor's key, and its data."""

    def __init__(self, room: str, key: str, store: Store) -> None:
        self._room, self._key, self.store = room, key, store
        self._joins = rules.Limit(rules.JOINS_PER_MINUTE)
        self._wrong = rules.Limit(rules.WRONG_CODES_PER_MINUTE)
        self._requests = rules.Limit(rules.PER_MINUTE)
        course = HERE.parent / "course.json"
        text = course.read_text("utf-8") if course.exists() else "[]"
        self.course: list[dict[str, Any]] = json.loads(text)

    def healthz(self) -> dict[str, str]:
        """Whether the board answers."""
        return {"status": "ok"}

    def join(self) -> dict[str, str]:
        """A learner joins with the room's code; the answer has their key."""
        self._joins.count()
        content = _content()
        if not rules.same(content.get("room"), self._room):
            self._wrong.count()
            raise rules.Refused(403, "This is not the room's code.")
        name = rules.nickname(content.get("nickname"))
        key, name = self.store.join(name)
        return {"key": key, "nickname": name}

    def events(self) -> tuple[str, int]:
        """A learner sends what they did."""
        header = flask.request.headers.get("Authorization", "")
        learner = self.store.learner(header.removeprefix("Bearer "))
        self._requests.count(str(learner))
        self.store.add(learner, rules.event(_content()))
        return "", 204

    def clear(self) -> tuple[str, int]:
        """The instructor deletes everything."""
        # Not the cookie: a page elsewhere could make the browser send it.
        self._require(flask.request.headers.get("X-Board-Key"))
        self.store.clear()
        return "", 204

    def room(self) -> dict[str, Any]:
        """The state of the room, for the page."""
        self._require(flask.request.cookies.get(COOKIE))
        return {**self.store.room(), "course": self.course}

    def page(self) -> flask.Response | str:
        """The instructor's page. The key in its address becomes a cookie."""
        given = flask.request.args.get("key")
        if given is None:
            self._require(flask.request.cookies.get(COOKIE))
            return flask.render_template("board.html", room=self._room)
        self._require(given)
        answer = flask.redirect("/")
        answer.set_cookie(COOKIE, given, httponly=True, samesite="Strict")
        return answer

    def _require(self, given: object) -> None:
        """Raise Refused unless the instructor's key was given."""
        if not rules.same(given, self._key):
            self._wrong.count()
            raise rules.Refused(403, "Only the instructor can see this.")


def _content() -> dict[str, Any]:
    """The JSON object of the request.

    Raises:
        rules.Refused: there is none.
    """
    try:
        content = flask.request.get_json(silent=True)
    except RequestEntityTooLarge:
        raise rules.Refused(413, "The request is too large.") from None
    if not isinstance(content, dict):
        raise rules.Refused(400, "The request has no JSON object.")
    return content


def _refused(error: rules.Refused) -> tuple[dict[str, str], int]:
    return {"error": error.reason}, error.status


def _failed(error: HTTPException) -> tuple[dict[str, str], int]:
    return {"error": error.name}, error.code or 500


def _protected(answer: flask.Response) -> flask.Response:
    """Let browsers load nothing from elsewhere, and keep no copy."""
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer

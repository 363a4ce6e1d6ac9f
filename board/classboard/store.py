"""The board's data: learners and what they did, in one SQLite file."""

import contextlib
import hashlib
import pathlib
import secrets
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from classboard import rules

STUCK_MISSES = 3  # the same criterion, one attempt after another
QUIET = 600  # seconds without an event
SCHEMA = """
CREATE TABLE IF NOT EXISTS learners (
    id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL,
    nickname TEXT UNIQUE NOT NULL, joined REAL NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, learner INTEGER NOT NULL REFERENCES learners,
    at REAL NOT NULL, slug TEXT NOT NULL, exercise TEXT NOT NULL,
    passed INTEGER NOT NULL, missed TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS of_learner ON events (learner);
"""


class Store:
    """Learners and their events.

    Args:
        folder: for the file; a volume in the container.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.file = folder / "board.sqlite3"
        with self._open() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(SCHEMA)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection; what it wrote is kept if nothing failed."""
        database = sqlite3.connect(self.file, timeout=20)
        database.row_factory = sqlite3.Row
        try:
            with database:
                yield database
        finally:
            database.close()

    def join(self, wanted: str) -> tuple[str, str]:
        """Add a learner; the key, which only they know, and the nickname.

        A nickname that is taken gets a number.

        Raises:
            rules.Refused: the room is full.
        """
        key = secrets.token_urlsafe(24)
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            rows = database.execute("SELECT nickname FROM learners")
            names = {row["nickname"] for row in rows}
            if len(names) >= rules.LEARNERS:
                raise rules.Refused(403, "The room is full.")
            name, number = wanted, 2
            while name in names:
                name, number = f"{wanted} ({number})", number + 1
            database.execute(
                "INSERT INTO learners (key, nickname, joined)"
                " VALUES (?, ?, ?)",
                (_hashed(key), name, time.time()),
            )
        return key, name

    def learner(self, key: str) -> int:
        """The number of the learner who has a key.

        Raises:
            rules.Refused: nobody has it.
        """
        with self._open() as database:
            row = database.execute(
                "SELECT id FROM learners WHERE key = ?", (_hashed(key),)
            ).fetchone()
        if row is None:
            raise rules.Refused(401, "The board does not know this key.")
        return int(row["id"])

    def add(self, learner: int, event: rules.Event) -> None:
        """Note an event of a learner, now.

        Raises:
            rules.Refused: the learner has too many.
        """
        with self._open() as database:
            [count] = database.execute(
                "SELECT count(*) FROM events WHERE learner = ?", (learner,)
            ).fetchone()
            if count >= rules.EVENTS:
                raise rules.Refused(403, "You have sent too many events.")
            database.execute(
                "INSERT INTO events"
                " (learner, at, slug, exercise, passed, missed)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    learner,
                    time.time(),
                    event.slug,
                    event.exercise,
                    event.passed,
                    event.missed,
                ),
            )

    def clear(self) -> None:
        """Delete every learner and every event."""
        with self._open() as database:
            database.execute("DELETE FROM events")
            database.execute("DELETE FROM learners")
        with self._open() as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database = sqlite3.connect(self.file, timeout=20)
        database.execute("VACUUM")  # nothing of them stays in free pages
        database.close()

    def room(self) -> dict[str, Any]:
        """The state of the room.

        Shape: `{"learners": [{"nickname", "slug", "passed": [ids],
        "tried": [ids], "quiet": seconds, "stuck": reason}], "missed":
        [{"exercise", "criterion", "learners"}]}`.
        """
        with self._open() as database:
            learners = database.execute(
                "SELECT * FROM learners ORDER BY nickname COLLATE NOCASE"
            ).fetchall()
            events = database.execute(
                "SELECT * FROM events ORDER BY id"
            ).fetchall()
        now = time.time()
        of_learner: dict[int, list[sqlite3.Row]] = {
            row["id"]: [] for row in learners
        }
        for event in events:
            of_learner.get(event["learner"], []).append(event)
        return {
            "learners": [
                _state(row, of_learner[row["id"]], now) for row in learners
            ],
            "missed": _most_missed(events),
        }


def _hashed(key: str) -> str:
    """What is stored instead of a key: a copy of the file shows none."""
    return hashlib.sha256(key.encode()).hexdigest()


def _state(
    learner: sqlite3.Row, events: list[sqlite3.Row], now: float
) -> dict[str, Any]:
    checks = [event for event in events if event["exercise"]]
    passed = {event["exercise"] for event in checks if event["passed"]}
    tried = {event["exercise"] for event in checks} - passed
    last = events[-1]["at"] if events else learner["joined"]
    return {
        "nickname": learner["nickname"],
        "slug": events[-1]["slug"] if events else "",
        "passed": sorted(passed),
        "tried": sorted(tried),
        "quiet": round(now - last),
        "stuck": _stuck(checks, now - last),
    }


def _stuck(checks: list[sqlite3.Row], quiet: float) -> str:
    """Why a learner may need help; empty if nothing shows it."""
    tail = checks[-STUCK_MISSES:]
    misses = {(event["exercise"], event["missed"]) for event in tail}
    if len(tail) == STUCK_MISSES and len(misses) == 1 and tail[-1]["missed"]:
        return f"{tail[-1]['exercise']}: {tail[-1]['missed']}"
    if quiet >= QUIET:
        return f"nothing for {round(quiet / 60)} minutes"
    return ""


def _most_missed(events: list[sqlite3.Row]) -> list[dict[str, Any]]:
    """The criteria that most learners missed, at most ten."""
    pairs = {
        (event["learner"], event["exercise"], event["missed"])
        for event in events
        if event["missed"]
    }
    counted = Counter((exercise, missed) for _, exercise, missed in pairs)
    return [
        {"exercise": exercise, "criterion": criterion, "learners": number}
        for (exercise, criterion), number in counted.most_common(10)
    ]

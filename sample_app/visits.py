"""Where the number of visits is kept: a SQLite file, or Redis."""

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

CREATE = """
    CREATE TABLE IF NOT EXISTS visits
    (page TEXT PRIMARY KEY, count INTEGER NOT NULL)
"""
ADD = """
    INSERT INTO visits VALUES ('/', 1)
    ON CONFLICT (page) DO UPDATE SET count = count + 1
    RETURNING count
"""
COUNT = "SELECT coalesce(sum(count), 0) FROM visits"


class StoreError(Exception):
    """The store does not answer; the cause is chained to it."""


class Store(Protocol):
    """What the application asks of a store."""

    name: str

    def add(self) -> int:
        """Count one visit and return the new number of visits."""

    def count(self) -> int:
        """Return the number of visits without counting one."""


class SQLiteStore:
    """Visits in a SQLite file, which is created when first needed."""

    name = "SQLite"

    def __init__(self, path: Path, timeout: float = 5) -> None:
        """Remember the path, and how many seconds to wait for a lock."""
        self.path = path
        self.timeout = timeout
        # A connection per thread: it is opened once, and nobody shares it.
        self.mine = threading.local()

    def add(self) -> int:
        """Count one visit and return the new number of visits."""
        return self._ask(ADD)

    def count(self) -> int:
        """Return the number of visits without counting one."""
        return self._ask(COUNT)

    def _ask(self, statement: str) -> int:
        try:
            if not hasattr(self.mine, "connection"):
                self.mine.connection = self._connect()
            # Fetching all rows ends the statement, which commits it.
            [(number,)] = self.mine.connection.execute(statement).fetchall()
        except (OSError, sqlite3.Error) as error:
            vars(self.mine).clear()  # the next call opens it once again
            raise StoreError("SQLite cannot use its file") from error
        return number

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Without an isolation level each statement is its own transaction,
        # so two workers that add at once wait for each other.
        connection = sqlite3.connect(
            self.path, timeout=self.timeout, isolation_level=None
        )
        connection.execute(CREATE)
        return connection


class RedisStore:
    """Visits in Redis, which many containers can share."""

    name = "Redis"
    key = "visits"

    def __init__(self, client: redis.Redis) -> None:
        """Use a client that the caller has configured."""
        self.client = client

    @classmethod
    def from_url(cls, url: str, timeout: float = 1) -> "RedisStore":
        """Connect to a URL, waiting at most `timeout` seconds per answer."""
        # The client would retry for several seconds. A page that says soon
        # what is wrong is better, and an INCR sent twice may count twice.
        client = redis.Redis.from_url(
            url,
            socket_connect_timeout=timeout,
            socket_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
        )
        return cls(client)

    def add(self) -> int:
        """Count one visit and return the new number of visits."""
        try:
            return int(self.client.incr(self.key))
        except redis.RedisError as error:
            raise StoreError("Redis does not answer") from error

    def count(self) -> int:
        """Return the number of visits without counting one."""
        try:
            return int(self.client.get(self.key) or 0)
        except redis.RedisError as error:
            raise StoreError("Redis does not answer") from error


def open_store(config: Mapping[str, Any]) -> Store:
    """Return Redis if `REDIS_URL` is set, else SQLite."""
    if config["REDIS_URL"]:
        return RedisStore.from_url(config["REDIS_URL"])
    # An absolute DATABASE wins over DATA_DIR: that is how paths join.
    return SQLiteStore(Path(config["DATA_DIR"]) / config["DATABASE"])

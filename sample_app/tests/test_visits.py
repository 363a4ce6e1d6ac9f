"""The two stores keep the same promises."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from visits import RedisStore, SQLiteStore, StoreError, open_store


class StubRedis:
    """The two commands that the store sends, kept in a dictionary."""

    def __init__(self):
        self.values = {}

    def incr(self, key):
        self.values[key] = self.values.get(key, 0) + 1
        return self.values[key]

    def get(self, key):
        # Redis stores text and returns bytes.
        if key in self.values:
            return str(self.values[key]).encode()
        return None


class SilentRedis:
    """A Redis that nobody reaches."""

    def incr(self, key):
        raise redis.ConnectionError("Connection refused")

    def get(self, key):
        raise redis.TimeoutError("Timeout reading from socket")


@pytest.fixture(params=["sqlite", "redis"])
def store(request, tmp_path):
    """Return an empty store of each kind in turn."""
    if request.param == "redis":
        return RedisStore(StubRedis())
    return SQLiteStore(tmp_path / "new" / "folder" / "visits.db")


def test_store_starts_at_zero_and_counts(store):
    assert store.count() == 0
    assert [store.add(), store.add(), store.add()] == [1, 2, 3]
    assert store.count() == 3


def test_sqlite_counts_every_visit_of_many_threads(tmp_path):
    # A store per thread: they share the file alone, as processes do.
    def add_25(_):
        mine = SQLiteStore(tmp_path / "visits.db", timeout=60)
        return [mine.add() for _ in range(25)]

    with ThreadPoolExecutor(8) as threads:
        answers = [n for some in threads.map(add_25, range(8)) for n in some]
    assert sorted(answers) == list(range(1, 201))
    assert SQLiteStore(tmp_path / "visits.db").count() == 200


def test_sqlite_without_its_file_is_a_store_error(tmp_path):
    (tmp_path / "file").touch()
    for path in [tmp_path, tmp_path / "file" / "visits.db"]:
        with pytest.raises(StoreError, match="SQLite cannot use its file"):
            SQLiteStore(path).add()


@pytest.mark.parametrize("method", ["add", "count"])
def test_silent_redis_is_a_store_error(method):
    with pytest.raises(StoreError, match="Redis does not answer") as caught:
        getattr(RedisStore(SilentRedis()), method)()
    assert isinstance(caught.value.__cause__, redis.RedisError)


def test_redis_url_is_used_when_set(tmp_path):
    config = {"DATA_DIR": tmp_path, "DATABASE": "v.db", "REDIS_URL": ""}
    assert open_store(config).path == tmp_path / "v.db"
    store = open_store(config | {"REDIS_URL": "redis://redis:6379/0"})
    assert store.name == "Redis"
    settings = store.client.connection_pool.connection_kwargs
    assert settings["socket_timeout"] == 1
    assert settings["socket_connect_timeout"] == 1


def test_absolute_database_wins_over_the_data_folder(tmp_path):
    config = {"DATA_DIR": "/elsewhere", "REDIS_URL": ""}
    store = open_store(config | {"DATABASE": str(tmp_path / "v.db")})
    assert store.path == tmp_path / "v.db"

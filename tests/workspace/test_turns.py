"""Marks that show the kernels on one machine who uses what."""

import concurrent.futures
import contextlib
import itertools
import subprocess
import sys
import uuid

import pytest

from dockerlab import paths
from dockerlab.workspace import turns


@pytest.fixture
def thing():
    """A thing of which nobody else holds a mark."""
    return f"test {uuid.uuid4()}"


def test_one_holds_a_mark(thing):
    mark = turns.hold(thing)
    assert turns.is_held(thing)
    assert not turns.hold(thing)
    mark.close()
    assert not turns.is_held(thing)


def test_workspaces_of_one_process_share_a_mark(thing):
    marks = [f"{thing} {n}" for n in range(3)]
    other = turns.hold(marks[0])
    assert turns.hold_first(marks, "me") == marks[1]
    other.close()
    # A notebook that is run again keeps its number.
    assert turns.hold_first(marks, "me") == marks[1]
    assert turns.hold_first(marks, "somebody") == marks[0]
    assert turns.hold_first(marks[:2], "a third one") is None
    turns.give_back(marks[1])
    assert turns.is_held(marks[1])
    turns.give_back(marks[1])
    assert not turns.is_held(marks[1])
    turns.give_back(marks[1])  # twice is no error
    turns.give_back(marks[0])


def test_many_use_a_thing_together_or_one_alone(thing):
    one, other = turns.Turn(thing), turns.Turn(thing)
    assert one.take(alone=False, seconds=0)
    assert other.take(alone=False, seconds=0)
    assert one.others()
    assert other.others()
    assert not one.take(alone=True, seconds=0)
    # Who waits to be alone uses it no more.
    assert not other.others()
    assert other.take(alone=True, seconds=0)
    assert not one.take(alone=False, seconds=0)
    other.give_back()
    assert one.take(alone=False, seconds=0)
    one.give_back()


def test_who_wants_all_places_stops_at_the_first_taken(thing, monkeypatch):
    tried = []
    hold = turns.hold
    monkeypatch.setattr(turns, "hold", lambda n: tried.append(n) or hold(n))
    first = turns.hold(f"{thing} 0")
    tried.clear()
    assert not turns.Turn(thing).take(alone=True, seconds=0)
    assert tried == [f"{thing} 0"]
    first.close()


def test_two_who_want_all_do_not_hinder_each_other(thing):
    both = [turns.Turn(thing), turns.Turn(thing)]
    for turn in both:
        assert turn.take(alone=False, seconds=0)

    def once(turn) -> bool:
        had = turn.take(alone=True, seconds=10)
        turn.give_back()
        return had

    with concurrent.futures.ThreadPoolExecutor() as pool:
        assert list(pool.map(once, both)) == [True, True]


ALONE = """
import sys
from dockerlab.workspace import turns
print(int(turns.turn(sys.argv[1]).take(alone=True, seconds=0)), flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def _process(thing: str):
    """Another process that has all places; its first line."""
    process = subprocess.Popen(
        [sys.executable, "-c", ALONE, thing],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=paths.PROJECT,
    )
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def test_a_killed_kernels_turn_is_over(thing):
    mine = turns.Turn(thing)
    with _process(thing) as (first, had):
        assert had == "1"
        assert not mine.take(alone=False, seconds=0)
        first.kill()
        assert mine.take(alone=False, seconds=10)
    mine.give_back()


def test_a_process_has_one_turn_at_a_thing(thing):
    assert turns.turn(thing) is turns.turn(thing)
    others = [turns.turn(f"{thing} {n}") for n in range(2)]
    assert all(a is not b for a, b in itertools.combinations(others, 2))

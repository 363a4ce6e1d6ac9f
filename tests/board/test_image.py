"""The capstone's score card, on the board's image.

The card judges how a service is built, run, stopped and replaced. The board
is used in its own way: a learner joins, and the instructor's page shows them.
"""

import json
import urllib.request

import pytest

from dockerlab.checks import pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.scorecard import score, usage
from dockerlab.checks.scorecard.contents import PORT
from dockerlab.checks.tools import has_cosign
from dockerlab.commands import board
from dockerlab.lab import Lab

ROOM, KEY = "blue-whale-1234", "the-instructors-key"
NAMES = {"Ada", "Grace"}
START = usage.start


def _start(bench, image, volume=None, **options):
    settings = {"ROOM": ROOM, "BOARD_KEY": KEY}
    return START(bench, image, volume, environment=settings, **options)


def _works(container) -> bool:
    """Whether learners can join, and what they do is kept."""
    if pages.fetch(container, PORT, "/healthz", seconds=30) is None:
        return False
    for name in sorted(NAMES):
        body = json.dumps({"room": ROOM, "nickname": name}).encode()
        joined = pages.request(container, PORT, "/api/join", body)
        if joined.status != 200:
            return False
    return _items(container) >= NAMES


def _items(container) -> set[str]:
    """The learners that the instructor sees."""
    pages.fetch(container, PORT, "/healthz", seconds=30)
    asked = urllib.request.Request(
        f"{pages.address(container, PORT)}/room.json",
        headers={"Cookie": f"board={KEY}"},
    )
    with urllib.request.urlopen(asked, timeout=120) as answer:
        return {row["nickname"] for row in json.load(answer)["learners"]}


@pytest.fixture
def judged(needs_engine, monkeypatch, tmp_path):
    """The criteria of the board's card, by their keys."""
    for name, value in {
        "start": _start,
        "works": _works,
        "items": _items,
        "LIST": "/healthz",
        "NAMES": NAMES,
    }.items():
        monkeypatch.setattr(usage, name, value)
    context = tmp_path / "board"
    board.write_context(context)
    lab = Lab("testboard")
    bench = Bench("testboard", lab.client)
    score(bench, context)
    yield bench.criteria
    bench.close()
    lab.close()


def test_the_board_has_all_points_but_those_of_a_signature(judged):
    unmet = {found.key: found.hint for found in judged if not found.met}
    assert unmet.keys() == ({"signed"} if has_cosign() else set()), unmet

"""Does proving the notebooks cost more than running them?

The same notebooks are run by nbval's strict comparison, by nbmake (which
compares nothing) and plainly, by nbclient.
"""

import sys

from benchmarks.core import Result, Series, in_turn, ratio, run, say, timed
from dockerlab.course import table
from dockerlab.course.running import Run

ROUNDS = 2
# A quick lesson: the ratio is about the machinery.
CHOSEN = ("first_container",)
MORE = ("first_container", "images_by_hand")  # for the growth
PYTEST = [sys.executable, "-m", "pytest", "-q", "-o", "addopts="]
NBVAL = [
    "--nbval",
    "--import-mode=importlib",
    "--nbval-cell-timeout=180",
    "--nbval-sanitize-with=tests/nbval_sanitize.cfg",
]


def _books(numbers: tuple[str, ...]) -> list:
    return [
        p
        for p in [b.path for b in table.course().notebooks]
        if p.stem[3:].startswith(numbers)
    ]


def _nbval(numbers: tuple[str, ...], *more: str) -> float:
    words = [*PYTEST, *NBVAL, *more, *_books(numbers)]
    return timed(lambda: run(*words))


def _nbmake(numbers: tuple[str, ...]) -> float:
    # Our conftest is about nbval's cells.
    plugins = ["-p", "no:nbval", "--noconftest", "--nbmake"]
    words = [*PYTEST, *plugins, *_books(numbers)]
    return timed(lambda: run(*words))


def _plain(numbers: tuple[str, ...]) -> float:
    def execute() -> None:
        for path in _books(numbers):
            with Run(path) as book:
                book.all()

    return timed(execute)


def measure(seconds: float) -> Result:
    """Ways of running the notebooks, and growth."""
    ways = in_turn(
        {
            "plain (nbclient)": lambda: _plain(CHOSEN),
            "nbval, strict": lambda: _nbval(CHOSEN),
            "nbmake": lambda: _nbmake(CHOSEN),
        },
        ROUNDS,
        "s",
    )
    plain, nbval, nbmake = ways.values()
    result = Result("validation", list(ways.values()))
    result.add(
        "nbval against plain execution",
        ratio(nbval, plain),
        1.1,
        reason="pytest starts, collects and compares; on notebooks this"
        " short that is a visible part.",
    )
    result.add("nbval against nbmake", ratio(nbval, nbmake), 1.1)
    say("growth with notebooks and processes")
    both = _nbval(MORE)
    shared = _nbval(MORE, "-n2", "--dist=loadscope")
    for title, value in (
        ("nbval, two lessons", both),
        ("nbval, two lessons in two processes", shared),
    ):
        result.series.append(Series(title, "s", (value,)))
    result.notes.append(
        f"The second, longer notebook adds {both - nbval.median:.1f} s; in two"
        f" processes both take {shared / both:.2f} of the time in one."
    )
    return result

"""How long a learner waits: the time of every code cell of every lesson."""

import concurrent.futures
import statistics

from benchmarks.core import Result, Series, say
from dockerlab import paths
from dockerlab.notebooks import Run

PROCESSES = 2
SHOWS_PROGRESS = ("%%bash", "docker build", "builds.build", "check(")


def _times(path) -> list[tuple[str, int, float, str]]:
    with Run(path) as book:
        return [
            (path.stem, number, seconds, book.cells[number].source)
            for number, seconds in enumerate(book.all())
        ]


def measure(seconds: float) -> Result:
    """Run all lessons, two at a time."""
    rows = []
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        for found in pool.map(_times, paths.lessons()):
            rows += found
            total = sum(row[2] for row in found)
            say(f"{found[0][0]}: {len(found)} cells, {total:.1f} s")
    times = sorted(row[2] for row in rows)
    share = statistics.quantiles(times, n=100)
    result = Result("waiting")
    result.series = [
        Series("a cell", "s", tuple(times)),
        *(
            Series(name, "s", (sum(row[2] for row in rows if row[0] == name),))
            for name in dict.fromkeys(row[0] for row in rows)
        ),
    ]
    slowest = sorted(rows, key=lambda row: -row[2])[:10]
    silent = [
        row
        for row in rows
        if row[2] > 10 and not any(w in row[3] for w in SHOWS_PROGRESS)
    ]
    result.add("a cell, median of all (s)", share[49], 0.5)
    result.add("a cell, 95 % are below (s)", share[94], 4)
    result.add("cells over 10 s without progress", len(silent), 0)
    for lesson, number, took, source in slowest:
        first = next(
            line
            for line in source.splitlines()
            if line.strip() and not line.startswith(("%%", "set -e", "#"))
        )
        result.notes.append(
            f"{took:.1f} s: {lesson}, code cell {number + 1}: `{first[:60]}`"
        )
    return result

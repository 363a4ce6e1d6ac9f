"""How long a learner waits: the time of every code cell of every lesson."""

import concurrent.futures
import dataclasses
import pathlib
import statistics
import threading
import time

from benchmarks.core import Result, Series, say
from dockerlab.course import table
from dockerlab.course.running import Run

AT_ONCE = 2
AFTERWARDS = 80  # seconds for what was begun last, and the next benchmark
PATIENCE = 10  # seconds that a cell may be silent


@dataclasses.dataclass(frozen=True)
class _Cell:
    """A code cell's run: its seconds, and the longest while without a word."""

    lesson: str
    number: int
    source: str
    seconds: float
    silence: float


def _cells(path: pathlib.Path) -> list[_Cell]:
    with Run(path) as book:
        found = []
        for number, cell in enumerate(book.cells):
            cell.outputs = []
            over = threading.Event()
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                listening = pool.submit(_longest_silence, cell, over)
                try:
                    seconds = book.cell(number)
                finally:
                    over.set()
            silence = listening.result()
            found.append(
                _Cell(path.stem, number, cell.source, seconds, silence)
            )
        return found


def _longest_silence(cell, over: threading.Event) -> float:
    """Seconds between two signs of life, or to the end."""
    longest, heard, last = 0.0, 0, time.monotonic()
    while not over.wait(0.2):
        said = len(str(cell.outputs))
        if said != heard:
            heard, last = said, time.monotonic()
        longest = max(longest, time.monotonic() - last)
    return longest


def measure(seconds: float) -> Result:
    """Run all lessons, two at a time, as far as the time goes."""
    result = Result("waiting")
    cells: list[_Cell] = []
    # The first lessons begin in any case: no figures would be no result.
    end = time.monotonic() + max(1.0, seconds - AFTERWARDS)

    def study(path: pathlib.Path) -> list[_Cell]:
        return _cells(path) if time.monotonic() < end else []

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        # The later lessons take longer: first, so that none runs alone.
        order = list(reversed([b.path for b in table.course().notebooks]))
        for path, found in zip(order, pool.map(study, order), strict=True):
            if not found:
                result.whole = False
                result.notes.append(f"{path.stem}: the time was over.")
                continue
            cells += found
            total = sum(cell.seconds for cell in found)
            say(f"{path.stem}: {len(found)} cells, {total:.1f} s")
    times = sorted(cell.seconds for cell in cells)
    result.series.append(Series("a cell", "s", tuple(times)))
    for lesson in sorted({cell.lesson for cell in cells}):
        total = sum(cell.seconds for cell in cells if cell.lesson == lesson)
        result.series.append(Series(lesson, "s", (total,)))
    share = statistics.quantiles(times, n=100)
    silent = [cell for cell in cells if cell.silence > PATIENCE]
    result.add("a cell, median of all (s)", share[49], 0.5)
    result.add(
        "a cell, 95 % are below (s)",
        share[94],
        4,
        reason="lessons that run beside each other share the processors.",
    )
    result.add(
        f"cells silent for more than {PATIENCE} s",
        len(silent),
        0,
        reason=", ".join(f"{c.lesson} {c.number + 1}" for c in silent),
    )
    slowest = sorted(cells, key=lambda cell: -cell.seconds)[:10]
    result.notes += [_named(cell) for cell in slowest]
    return result


def _named(cell: _Cell) -> str:
    first = next(
        line
        for line in cell.source.splitlines()
        if line.strip() and not line.startswith(("%%", "set -e", "#"))
    )
    return (
        f"{cell.seconds:.1f} s, silent for at most {cell.silence:.1f} s:"
        f" {cell.lesson}, code cell {cell.number + 1}: `{first[:60]}`"
    )

"""A room of learners on one machine and one engine, in one notebook."""

import collections
import concurrent.futures
import contextlib
import dataclasses
import itertools
import pathlib
import statistics
import time
from collections.abc import Iterable, Iterator

import psutil

from benchmarks.core import Result, Series, say
from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import table
from dockerlab.course.running import Run

# One alone, whom the others are held against, more than once.
SIZES = (1, 1, 1, 5, 10, 20, 40)
MEGABYTES = 150  # a learner may take beyond a bare kernel
LESSON = "layers_inside"
CELL_SECONDS = 180
CORES = psutil.cpu_count() or 1


def _memory(processes: Iterable[psutil.Process]) -> float:
    """Megabytes that processes have for themselves."""
    total = 0.0
    for process in processes:
        # What has ended meanwhile has none.
        with contextlib.suppress(psutil.Error):
            total += process.memory_full_info().uss / 1e6
    return total


def _children() -> dict[int, list[psutil.Process]]:
    """Of each process of this machine, by its number."""
    children = collections.defaultdict(list)
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            children[process.ppid()].append(process)
    return children


class _Learner:
    """One kernel that runs the lesson; its times and its largest memory."""

    def __init__(self, path: pathlib.Path, limit: float) -> None:
        self.path, self.limit = path, limit
        self.kernel: psutil.Process | None = None  # while it runs
        self.seconds = self.longest = 0.0
        self.most = self.bare = self.programs = 0.0
        self.error = ""

    def study(self) -> None:
        """Run the lesson, as far as a cell that fails."""
        begun = time.monotonic()
        with Run(self.path, self.limit) as run:
            kernel = psutil.Process(run.pid)
            self.bare, self.kernel = _memory([kernel]), kernel
            try:
                self.longest = max(run.all())
            except LabError as error:
                self.error = str(error)[-300:]
            self.kernel = None
        self.seconds = time.monotonic() - begun

    @property
    def memory(self) -> float:
        """Megabytes beyond a bare kernel's, at most."""
        return self.most - self.bare

    def look(self, children: dict[int, list[psutil.Process]]) -> None:
        """Measure the kernel and the programs that it runs."""
        if not (kernel := self.kernel):
            return
        family = [*children.get(kernel.pid, [])]
        for process in family:  # which grows on the way
            family += children.get(process.pid, [])
        programs = _memory(family)
        if (now := _memory([kernel]) + programs) > self.most:
            self.most, self.programs = now, programs


def _disk() -> float:
    return psutil.disk_usage(str(paths.home())).used / 1e6


def _busy() -> float:
    """Seconds that this machine's processors have worked so far."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system + times.irq + times.softirq


@dataclasses.dataclass(frozen=True)
class _Room:
    """Learners that began at once."""

    learners: list[_Learner]
    seconds: float  # until the last was done
    busy: float  # seconds of the processors, for whatever ran
    disk: float  # MB

    @property
    def size(self) -> int:
        return len(self.learners)


def _room(path: pathlib.Path, size: int) -> _Room:
    """Let so many learners run the lesson, and look at them meanwhile."""
    # Each has so much less of the machine than one that is alone.
    limit = CELL_SECONDS * max(1.0, size / CORES)
    learners = [_Learner(path, limit) for _ in range(size)]
    disk, busy, begun, most = _disk(), _busy(), time.monotonic(), 0.0
    with concurrent.futures.ThreadPoolExecutor(size) as pool:
        work = [pool.submit(learner.study) for learner in learners]
        pause = 1.0
        while concurrent.futures.wait(work, pause).not_done:
            looked = time.monotonic()
            most = max(most, _disk() - disk)
            children = _children()
            for learner in learners:
                learner.look(children)
            # A look costs the room a part of its processors: a small one.
            pause = max(1.0, 30 * (time.monotonic() - looked))
        for done in work:
            done.result()
    return _Room(learners, time.monotonic() - begun, _busy() - busy, most)


def _series(rooms: list[_Room]) -> Iterator[Series]:
    """What rooms of one size showed."""
    size = rooms[0].size
    everybody = [learner for room in rooms for learner in room.learners]
    for what, unit, values in (
        ("time", "s", [lr.seconds for lr in everybody]),
        ("longest cell", "s", [lr.longest for lr in everybody]),
        ("processors' time", "s", [room.busy / size for room in rooms]),
        ("memory", "MB", [lr.memory for lr in everybody]),
        ("disk", "MB", [room.disk / size for room in rooms]),
    ):
        yield Series(f"{_people(size)}, {what} of one", unit, tuple(values))


def _people(number: int) -> str:
    return f"{number} learners" if number > 1 else "1 learner"


def measure(seconds: float) -> Result:
    """Rooms that grow, as far as the time goes."""
    [path] = [
        p
        for p in [b.path for b in table.course().notebooks]
        if p.stem[3:].startswith(LESSON)
    ]
    end = time.monotonic() + seconds
    rooms: list[_Room] = []
    for size in SIZES:
        if rooms and time.monotonic() + 2.2 * rooms[-1].seconds > end:
            break
        say(_people(size))
        rooms.append(_room(path, size))
    result = Result("classroom", whole=len(rooms) == len(SIZES))
    for _size, same in itertools.groupby(rooms, key=lambda room: room.size):
        result.series += _series(list(same))
    if left := set(SIZES) - {room.size for room in rooms}:
        result.notes.append(
            f"{min(left)} learners and more were not measured: the time of"
            " this run was over. `make bench ONLY=classroom` measures all."
        )
    _judge(rooms, result)
    return result


def _judge(rooms: list[_Room], result: Result) -> None:
    """Hold the rooms against the targets."""
    everybody = [learner for room in rooms for learner in room.learners]
    failed = [
        f"One of {room.size}: {learner.error}"
        for room in rooms
        for learner in room.learners
        if learner.error
    ]
    result.add("learners who failed", len(failed), 0, reason=" ".join(failed))
    programs = statistics.median(learner.programs for learner in everybody)
    result.add(
        "memory of a learner beyond Jupyter's kernel (MB)",
        statistics.median(lr.memory for lr in everybody),
        MEGABYTES,
        reason=f"{programs:.0f} MB of them are Docker's command line and"
        " buildx, while a build runs.",
    )
    alone = [room for room in rooms if room.size == 1]
    last = rooms[-1]
    seconds_alone = statistics.median(room.seconds for room in alone)
    busy_alone = statistics.median(room.busy for room in alone)
    result.add(
        f"{last.size} learners against one learner's time x {last.size} /"
        f" {CORES} cores",
        last.seconds / (seconds_alone * max(1.0, last.size / CORES)),
        1.1,
        reason=f"the processors work {last.busy / last.size:.0f} s for each,"
        f" and {busy_alone:.0f} s for one in the {seconds_alone:.0f} s that"
        " it takes alone.",
    )

"""A room of learners on one machine and one engine, all in lesson 03."""

import concurrent.futures
import statistics
import threading
import time

import psutil

from benchmarks.core import Result, Series, say
from dockerlab import paths
from dockerlab.errors import LabError
from dockerlab.notebooks import Run

SIZES = (1, 5, 10, 20, 40)
MEGABYTES = 150  # a learner may take beyond a bare kernel
LESSON = "03"


def _memory(pid: int) -> tuple[float, float]:
    """Megabytes that a kernel has for itself, and those of the programs that
    it runs."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0.0, 0.0
    sizes = []
    for member in family:
        try:
            sizes.append(member.memory_full_info().uss / 1e6)
        except psutil.Error:
            sizes.append(0.0)
    return sizes[0], sum(sizes[1:])


class _Learner:
    """One kernel that runs the lesson; its time and its largest memory."""

    def __init__(self, path, number: int) -> None:
        self.path, self.number = path, number
        self.seconds = self.most = self.bare = self.programs = 0.0
        self.error = ""

    def study(self) -> "_Learner":
        begun = time.monotonic()
        with Run(self.path) as run:
            self.bare = sum(_memory(run.pid))
            over = threading.Event()
            watch = threading.Thread(target=self._watch, args=[run, over])
            watch.start()
            try:
                run.all()
            except LabError as error:
                self.error = str(error)[-300:]
            over.set()
            watch.join()
        self.seconds = time.monotonic() - begun
        return self

    def _watch(self, run: Run, over: threading.Event) -> None:
        while not over.wait(1):
            kernel, programs = _memory(run.pid)
            if kernel + programs > self.most:
                self.most, self.programs = kernel + programs, programs


def _disk() -> float:
    return psutil.disk_usage(str(paths.home())).used / 1e6


def _room(path, size: int) -> tuple[list[_Learner], float, float]:
    """Learners that began at once; how long it took, and disk in MB."""
    before, begun = _disk(), time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(size) as pool:
        learners = [_Learner(path, number) for number in range(size)]
        work = [pool.submit(learner.study) for learner in learners]
        most = 0.0
        while not all(done.done() for done in work):
            most = max(most, _disk() - before)
            time.sleep(0.5)
        for done in work:
            done.result()
    return learners, time.monotonic() - begun, most


def measure(seconds: float) -> Result:
    """Rooms that grow, as far as the time goes."""
    [path] = [p for p in paths.lessons() if p.name.startswith(LESSON)]
    result = Result("classroom")
    begun, alone, last = time.monotonic(), 0.0, 0.0
    failed, ratios, memory, programs = 0, {}, [], []
    cores = psutil.cpu_count() or 1
    for size in SIZES:
        left = seconds - (time.monotonic() - begun)
        if last and 2.2 * last > left:
            result.whole = False
            result.notes.append(
                f"{size} learners were not measured: the time of this run was"
                " over. `make bench ONLY=classroom` measures all."
            )
            break
        say(f"{size} learners")
        learners, last, disk = _room(path, size)
        alone = alone or last
        failed += sum(bool(learner.error) for learner in learners)
        result.notes += [lr.error for lr in learners if lr.error][:2]
        memory += [lr.most - lr.bare for lr in learners]
        programs += [lr.programs for lr in learners]
        each = tuple(learner.seconds for learner in learners)
        title = f"{size} learners" if size > 1 else "1 learner"
        result.series += [
            Series(f"{title}, time of one", "s", each),
            Series(f"{title}, memory of one", "MB", tuple(memory[-size:])),
            Series(f"{title}, disk of one", "MB", (disk / size,)),
        ]
        ratios[size] = last / (alone * max(1.0, size / cores))
    largest = max(ratios)
    result.add(
        "learners who failed",
        failed,
        0,
        reason="what stopped them stands below.",
    )
    result.add(
        "memory of a learner beyond Jupyter's kernel (MB)",
        statistics.median(memory),
        MEGABYTES,
        reason=f"{statistics.median(programs):.0f} MB of them are Docker's"
        " command line and buildx, while a build runs.",
    )
    result.add(
        f"{largest} learners against one learner's time x {largest} / {cores}"
        " cores",
        ratios[largest],
        1.1,
        reason="more kernels than cores also wait for each other's builds.",
    )
    return result

"""Run preparation tasks in parallel and show their progress."""

import concurrent.futures
import dataclasses
import sys
import threading
import time
from collections.abc import Callable
from typing import Protocol

from dockerlab.base.machine import Report

HEARTBEAT = 10.0  # seconds between two lines about a task that takes long


@dataclasses.dataclass(frozen=True)
class Task:
    """One thing to do: `run(report)` may report lines while it works."""

    title: str
    run: Callable[[Report], object]
    after: tuple["Task", ...] = ()
    usual: int = 0  # seconds it usually takes, 0 when it is quick


class Display(Protocol):
    """What shows the progress of tasks; a context manager."""

    def __enter__(self) -> object: ...

    def __exit__(self, *exception: object) -> None: ...

    def start(self, task: Task) -> Report:
        """Show that a task begins; return what takes its lines."""

    def finish(self, task: Task, ok: bool) -> None:
        """Show that a task is done, or failed."""


def _print_line(text: str) -> None:
    """Print a line in one piece, since several threads print."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class _Lines:
    """Progress for a file or a log: one line for each event."""

    def __init__(self, count: int) -> None:
        self.count, self.done = count, 0
        self.running: dict[str, tuple[float, str]] = {}
        self.mutex = threading.Lock()
        self.over = threading.Event()
        self.heart = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> "_Lines":
        self.heart.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.over.set()
        self.heart.join()

    def start(self, task: Task) -> Report:
        with self.mutex:
            self.running[task.title] = (time.monotonic(), "")
        usual = f" (usually {task.usual} s)" if task.usual else ""
        _print_line(f"  ...  {task.title}{usual}")
        return lambda line: self._keep(task.title, line)

    def finish(self, task: Task, ok: bool) -> None:
        with self.mutex:
            began, _ = self.running.pop(task.title)
            self.done += ok
        mark = "done" if ok else "FAILED"
        seconds = time.monotonic() - began
        done = f"[{self.done}/{self.count}]"
        _print_line(f"{done} {task.title}: {mark}, {seconds:.1f} s")

    def _keep(self, title: str, line: str) -> None:
        with self.mutex:
            self.running[title] = (self.running[title][0], line)

    def _beat(self) -> None:
        while not self.over.wait(HEARTBEAT):
            with self.mutex:
                rows = list(self.running.items())
            for title, (began, line) in rows:
                seconds = time.monotonic() - began
                _print_line(f"  ...  {title}: {seconds:.0f} s, {line[:60]}")


def _display(count: int) -> Display:
    """Return what fits the output: bars on a terminal, else lines."""
    if not sys.stdout.isatty():
        return _Lines(count)
    from dockerlab.base.bars import Bars  # loads rich, which few need

    return Bars(count)


def run_all(
    tasks: list[Task],
    workers: int = 4,
    watch: Callable[[list[str]], None] = lambda left: None,
) -> None:
    """Run tasks, each as soon as the tasks that it comes after are done.

    After the first error no further task begins. The running ones are
    waited for, then the error is raised.

    Args:
        watch: gets the titles of what is left, the running tasks first,
            whenever they change.
    """
    if not tasks:
        return
    display = _display(len(tasks))
    listed = {id(task) for task in tasks}
    waiting = list(tasks)
    done: set[int] = set()
    running: dict[concurrent.futures.Future[None], Task] = {}
    error: BaseException | None = None

    def work(task: Task) -> None:
        report = display.start(task)
        try:
            task.run(report)
        except BaseException:
            display.finish(task, False)
            raise
        display.finish(task, True)

    with display, concurrent.futures.ThreadPoolExecutor(workers) as pool:
        while running or (waiting and not error):
            for task in [] if error else list(waiting):
                if {id(other) for other in task.after} & listed <= done:
                    waiting.remove(task)
                    running[pool.submit(work, task)] = task
            watch([task.title for task in (*running.values(), *waiting)])
            finished, _ = concurrent.futures.wait(
                running, return_when=concurrent.futures.FIRST_COMPLETED
            )
            for future in finished:
                done.add(id(running.pop(future)))
                error = error or future.exception()
    if error:
        raise error

"""Run what must be prepared, in parallel, and show how far it is."""

import concurrent.futures
import dataclasses
import sys
import threading
import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import (
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

Tell = Callable[[str], None]
HEARTBEAT = 10.0  # seconds between two signs of life without a terminal


@dataclasses.dataclass(frozen=True)
class Task:
    """One thing to do: `run(tell)` may say lines while it works."""

    title: str
    run: Callable[[Tell], None]
    after: tuple["Task", ...] = ()
    usual: int = 0  # seconds it usually takes, 0 when it is quick


def _line(text: str) -> None:
    """Print a line in one piece: several threads print."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class _Lines:
    """Progress where the output is a file or a log: one line an event."""

    def __init__(self, count: int) -> None:
        self.count, self.done = count, 0
        self.running: dict[str, tuple[float, str]] = {}
        self.mutex = threading.Lock()
        self.over = threading.Event()
        self.pulse = threading.Thread(target=self._pulse, daemon=True)

    def __enter__(self) -> "_Lines":
        self.pulse.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.over.set()
        self.pulse.join()

    def start(self, task: Task) -> Tell:
        with self.mutex:
            self.running[task.title] = (time.monotonic(), "")
        usual = f" (usually {task.usual} s)" if task.usual else ""
        _line(f"  ...  {task.title}{usual}")
        return lambda line: self._say(task.title, line)

    def finish(self, task: Task, ok: bool) -> None:
        with self.mutex:
            began, _ = self.running.pop(task.title)
            self.done += ok
        mark = "done" if ok else "FAILED"
        seconds = time.monotonic() - began
        done = f"[{self.done}/{self.count}]"
        _line(f"{done} {task.title}: {mark}, {seconds:.1f} s")

    def _say(self, title: str, line: str) -> None:
        with self.mutex:
            self.running[title] = (self.running[title][0], line)

    def _pulse(self) -> None:
        while not self.over.wait(HEARTBEAT):
            with self.mutex:
                rows = list(self.running.items())
            for title, (began, line) in rows:
                seconds = time.monotonic() - began
                _line(f"  ...  {title}: {seconds:.0f} s, {line[:60]}")


class _Bars:
    """Progress on a terminal: a line a task, alive."""

    def __init__(self, console: Console, count: int) -> None:
        self.count, self.done = count, 0
        self.bars = Progress(
            SpinnerColumn(finished_text="[green]ok[/]"),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[line]}"),
            console=console,
        )
        self.ids: dict[str, int] = {}

    def __enter__(self) -> "_Bars":
        self.bars.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.bars.stop()

    def start(self, task: Task) -> Tell:
        usual = f"usually {task.usual} s" if task.usual else ""
        row = self.bars.add_task(task.title, total=1, line=usual)
        self.ids[task.title] = row
        return lambda line: self.bars.update(row, line=line[:48])

    def finish(self, task: Task, ok: bool) -> None:
        self.done += ok
        self.bars.update(
            self.ids[task.title],
            completed=1 if ok else 0,
            line=f"{self.done} of {self.count}" if ok else "[red]failed",
        )


def run_all(tasks: list[Task], workers: int = 4) -> None:
    """Run tasks, each as soon as those it comes after are done.

    The first error stops what has not begun, waits for what has, and is
    raised.
    """
    if not tasks:
        return
    console = Console()
    show = (
        _Bars(console, len(tasks))
        if console.is_terminal
        else _Lines(len(tasks))
    )
    wanted = {id(task) for task in tasks}
    waiting, done, running, error = list(tasks), set(), {}, None

    def work(task: Task) -> None:
        tell = show.start(task)
        try:
            task.run(tell)
        except BaseException:
            show.finish(task, False)
            raise
        show.finish(task, True)

    with show, concurrent.futures.ThreadPoolExecutor(workers) as pool:
        while running or (waiting and not error):
            for task in [] if error else list(waiting):
                before = {id(t) for t in task.after} & wanted
                if before <= done:
                    waiting.remove(task)
                    running[pool.submit(work, task)] = task
            finished, _ = concurrent.futures.wait(
                running, return_when=concurrent.futures.FIRST_COMPLETED
            )
            for future in finished:
                done.add(id(running.pop(future)))
                error = error or future.exception()
    if error:
        raise error

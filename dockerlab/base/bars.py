"""Progress bars of tasks on a terminal."""

from rich.progress import (
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from dockerlab.base.machine import Report
from dockerlab.base.tasks import Task


class Bars:
    """One line for each task, redrawn while the tasks run."""

    def __init__(self, count: int) -> None:
        self.count, self.done = count, 0
        self.bars = Progress(
            SpinnerColumn(finished_text="[green]ok[/]"),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[line]}"),
        )
        self.ids: dict[str, TaskID] = {}

    def __enter__(self) -> "Bars":
        self.bars.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.bars.stop()

    def start(self, task: Task) -> Report:
        """Add a line for the task; return what shows text in it."""
        usual = f"usually {task.usual} s" if task.usual else ""
        row = self.bars.add_task(task.title, total=1, line=usual)
        self.ids[task.title] = row
        return lambda line: self.bars.update(row, line=line[:48])

    def finish(self, task: Task, ok: bool) -> None:
        """Show the task's end in its line."""
        self.done += ok
        self.bars.update(
            self.ids[task.title],
            completed=1 if ok else 0,
            line=f"{self.done} of {self.count}" if ok else "[red]failed",
        )

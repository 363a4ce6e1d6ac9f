"""Rehearse a class: kit, another machine's home, board, learners, records.

`make rehearsal` packs a kit, takes a fresh copy of the course and an empty
home to a network namespace that has only loopback, loads the kit there and
starts the board. Ten learners with a kernel each work through the first
notebook's exercises: seven pass, two miss the same criterion three times, and
one uses `solve`. Then their records are collected as an instructor does it.

The class is on one machine and one engine, so it takes longer than a room.
"""

import concurrent.futures
import dataclasses
import http.cookiejar
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.base.errors import LabError
from dockerlab.commands import board
from dockerlab.course import board as learners_board
from dockerlab.course import cells, table
from dockerlab.course.running import Run
from dockerlab.engine.find import find

SLUG = "first_container"
PORT = 8801
SECONDS = 600.0  # for a cell: ten learners share this machine
STUCK_TRIES = 3
ROLES = {"Ada": "solved", "Bob": "stuck", "Cleo": "stuck"} | {
    name: "passes"
    for name in ("Dan", "Eve", "Finn", "Gus", "Hana", "Ivo", "Jun")
}


@dataclasses.dataclass(frozen=True)
class Learner:
    """One who takes part, with a record of their own."""

    name: str
    role: str
    folder: pathlib.Path

    @property
    def variables(self) -> dict[str, str]:
        """What their kernel and commands get."""
        return {"DOCKERLAB_PROGRESS": str(self.folder)}

    def command(self, *words: str) -> str:
        """Run one of the course's commands; what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "dockerlab", *words],
            env={**os.environ, **self.variables},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def work(self) -> None:
        """Do the exercises of the notebook, as the role says."""
        path = table.course().notebook(SLUG).path
        with Run(path, SECONDS, **self.variables) as run:
            run.cell(0)
            for number, exercise in exercises(run):
                if self.role == "stuck":
                    for _ in range(STUCK_TRIES):
                        run.fails(number)
                    return
                if self.role == "solved":
                    run.fails(number)
                    self.command("solve", exercise)
                    return
                code = cells.solution_in(cells.read(path), exercise)
                run.cells[number].source = code
                run.cell(number)


def exercises(run: Run) -> list[tuple[int, str]]:
    """The numbers and ids of a notebook's exercises, in its order."""
    return [
        (number, tag.removeprefix("exercise:"))
        for number, cell in enumerate(run.cells)
        for tag in cell.metadata.get("tags", [])
        if tag.startswith("exercise:")
    ]


def hold_class() -> None:
    """Start the board, let the learners work, and collect their records.

    Raises:
        LabError: the board or a record does not say what happened.
    """
    engine = find()
    engine.use()
    known = board.room()
    board.build()
    board.run(engine, known, board.LOOPBACK, PORT)
    address = f"http://{board.LOOPBACK}:{PORT}"
    with tempfile.TemporaryDirectory() as scratch:
        class_ = [
            Learner(name, role, pathlib.Path(scratch, name))
            for name, role in ROLES.items()
        ]
        for learner in class_:
            learner.folder.mkdir()
            os.environ.update(learner.variables)
            learners_board.join(address, known.code, learner.name)
        del os.environ["DOCKERLAB_PROGRESS"]
        begun = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(len(class_)) as pool:
            list(pool.map(Learner.work, class_))
        print(f"{len(class_)} learners: {time.monotonic() - begun:.0f} s")
        _judge_board(_room(address, known.key))
        records = pathlib.Path(scratch, "records")
        records.mkdir()
        for learner in class_:
            file = records / f"{learner.name}.json"
            words = ["--export", str(file), "--name", learner.name]
            learner.command("progress", *words)
        printed = class_[0].command("class", str(records))
        print(printed)
    board.clear(engine)
    missing = [name for name in ROLES if name not in printed]
    if missing:
        raise LabError(f"No records of {', '.join(missing)}.")
    print("Rehearsed.")


def _room(address: str, key: str) -> dict[str, list[dict[str, object]]]:
    """What the instructor's page shows."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
    opener.open(f"{address}/?key={key}", timeout=60).close()
    with opener.open(f"{address}/room.json", timeout=60) as answer:
        found: dict[str, list[dict[str, object]]] = json.load(answer)
    return found


def _judge_board(room: dict[str, list[dict[str, object]]]) -> None:
    """Raise LabError unless the board shows what the learners did."""
    rows = {str(row["nickname"]): row for row in room["learners"]}
    print(json.dumps(room["missed"]))
    stuck = {name for name, row in rows.items() if row["stuck"]}
    wanted = {name for name, role in ROLES.items() if role == "stuck"}
    if rows.keys() != ROLES.keys() or stuck != wanted:
        raise LabError(
            f"The board shows {sorted(rows)}, stuck: {sorted(stuck)}.",
            f"It should show {sorted(ROLES)}, stuck: {sorted(wanted)}.",
        )
    print(f"On the board: {len(rows)}; stuck: {', '.join(sorted(stuck))}")


def rehearse() -> None:
    """Pack a kit, and hold the class in a place that has nothing else."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as scratch:
        kit, copy = f"{scratch}/course.kit", f"{scratch}/course"
        variables = {"DOCKERLAB_HOME": f"{scratch}/home"}
        steps = (
            f"make kit-load FILE={kit} && .venv/bin/python -m dockerlab"
            " engine up && .venv/bin/python -m tools.rehearsal class"
        )
        clone = ["git", "clone", "--quiet", str(paths.PROJECT), copy]
        offline = f"ip link set lo up && cd {copy} && {steps}"
        subprocess.run(
            [sys.executable, "-m", "dockerlab", "kit", "save", kit], check=True
        )
        subprocess.run(clone, check=True)
        apart = machine.as_root(
            ["unshare", "--net", "sh", "-ec", offline], variables
        )
        try:
            subprocess.run(apart, check=True)
        finally:
            subprocess.run(
                ["make", "-C", copy, "clean", "ALL=1"],
                env={**os.environ, **variables},
            )


if __name__ == "__main__":
    hold_class() if sys.argv[1:] == ["class"] else rehearse()

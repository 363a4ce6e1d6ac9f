"""Run every notebook on other engines and report what differs.

    python -m tools.on_engines                    all engines of the table
    python -m tools.on_engines forky bookworm     these kinds of boxes
    python -m tools.on_engines bookworm images    one notebook on one of them
    python -m tools.on_engines own                the engine of this machine
    python -m tools.on_engines --jobs 1 --report forky.md forky

Each engine is a box of its own. Every code cell runs, also after one that
failed. The counts go into the tables of docs/robustness.md. With --report, a
file lists each cell that failed and each whose output is not the stored one.
On Podman single commands are tried too, because most notebooks need BuildKit.
Exit code 1 if a cell failed on one of Docker's engines.
"""

import argparse
import concurrent.futures
import contextlib
import dataclasses
import os
import pathlib
import re
import subprocess
import sys

from nbformat import NotebookNode

from dockerlab import paths
from dockerlab.base import documents
from dockerlab.base.errors import LabError
from dockerlab.commands import doctor_engine
from dockerlab.course import normalize, table
from dockerlab.course.running import Run
from dockerlab.course.table import Notebook
from dockerlab.engine import gaps, kinds
from dockerlab.engine.find import Engine, find
from dockerlab.workspace import passed_over
from tools import learner, outputs

DOCUMENT = paths.PROJECT / "docs" / "robustness.md"
SUITES = [
    "forky",
    "forky-classic",
    "trixie",
    "bookworm",
    "rootless",
    "userns",
    "podman",
]
OWN = "own"  # the engine of this machine, which is no box
LAB = [sys.executable, "-m", "dockerlab"]
FILE = "FROM debian:trixie-slim\nRUN echo hi > /x\n"
# A beginner's commands: title, shell command.
COMMANDS = {
    "docker version": "docker version",
    "docker run": "docker run --rm debian:trixie-slim true",
    "docker run --memory": "docker run --rm -m 64m debian:trixie-slim true",
    "docker run --cpus": "docker run --rm --cpus 0.5 debian:trixie-slim true",
    "docker run --read-only": "docker run --rm --read-only"
    " debian:trixie-slim true",
    "docker build (BuildKit)": f"printf '{FILE}' | docker build -t x/y -",
    "docker build (legacy builder)": f"printf '{FILE}' | DOCKER_BUILDKIT=0"
    " docker build -t x/y -",
    "docker volume": "docker volume create testlab-v &&"
    " docker volume rm testlab-v",
    "docker network": "docker network create testlab-n &&"
    " docker network rm testlab-n",
    "docker exec": "docker run -d --name testlab-e debian:trixie-slim"
    " sleep 60 && docker exec testlab-e true;"
    " code=$?; docker rm -f testlab-e; exit $code",
    "docker logs": "docker run --name testlab-l debian:trixie-slim echo"
    " hi && docker logs testlab-l | grep hi;"
    " code=$?; docker rm -f testlab-l; exit $code",
    "docker save": "docker save debian:trixie-slim | wc -c",
    "docker stats": "docker stats --no-stream",
    "docker swarm init": "docker swarm init --advertise-addr 127.0.0.1",
}


@dataclasses.dataclass
class Result:
    """What a notebook's run on an engine showed.

    Args:
        failed: the end of the error, by the cell's number from 0.
        passed_over: why it could not run, of each cell that says so itself.
        differs: a diff of the output, by the cell's number.
    """

    slug: str
    cells: int = 0
    failed: dict[int, str] = dataclasses.field(default_factory=dict)
    passed_over: dict[int, str] = dataclasses.field(default_factory=dict)
    differs: dict[int, str] = dataclasses.field(default_factory=dict)

    @property
    def text(self) -> str:
        """How many cells ran, for the table."""
        said = len(self.passed_over)
        ran = self.cells - len(self.failed) - said
        more = f" ({said} say why)" if said else ""
        return f"{ran} of {self.cells}{more}"


def run_notebook(book: Notebook, settings: dict[str, str]) -> Result:
    """Run all code cells of a notebook on an engine."""
    found = Result(book.slug)
    with Run(book.path, 180, **settings) as run:
        stored = outputs.of_cells(run.cells)
        found.cells = len(run.cells)
        for number in range(found.cells):
            try:
                run.cell(number)
            except LabError as error:
                found.failed[number] = _end(error)
        normalize.normalize(run.book)
        for number, now in enumerate(outputs.of_cells(run.cells)):
            difference = outputs.difference(stored[number], now)
            if why := said_by(run.cells[number]):
                found.passed_over[number] = why
            elif difference and number not in found.failed:
                found.differs[number] = difference
    suite = settings["DOCKERLAB_SUITE"] or OWN
    print(
        f"{suite}: {book.slug}: {found.text} cells,"
        f" {len(found.differs)} outputs differ",
        flush=True,
    )
    for number, text in found.failed.items():
        print(f"  cell {number}: {text.splitlines()[-1][-200:]}", flush=True)
    return found


def said_by(cell: NotebookNode) -> str:
    """What a cell says about why the engine cannot run it, if it does."""
    for output in cell.outputs:
        _, mark, why = output.get("text", "").partition(passed_over.MARK)
        if mark:
            return why.strip(": \n")
    return ""


def _end(error: LabError) -> str:
    """The last 1000 characters of an error, without colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", str(error)).strip()[-1000:]


def try_commands(environment: dict[str, str]) -> dict[str, str]:
    """Return for each command `works`, or the end of its error."""
    found = {}
    for title, command in COMMANDS.items():
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )
        lines = [row for row in done.stderr.splitlines() if row.strip()]
        error = lines[-1][:120] if lines else f"exit code {done.returncode}"
        if "lookup" in error:
            error = "fails: it needs an image of its own from a registry"
        found[f"`{title}`"] = error if done.returncode else "works"
    return found


def run_suite(suite: str, books: list[Notebook], jobs: int) -> list[Result]:
    """Run notebooks on one engine and write the tables."""
    settings = {"DOCKERLAB_SUITE": suite, "DOCKERLAB_ENGINE": "box"}
    if suite == OWN:
        settings = {"DOCKERLAB_SUITE": "", "DOCKERLAB_ENGINE": "own"}
    os.environ |= settings
    subprocess.run([*LAB, "engine", "up", "--tests"], check=True)
    engine = find()
    title = _title(engine)
    with (
        learner.of(engine.box) as more,
        concurrent.futures.ThreadPoolExecutor(jobs) as pool,
    ):
        kernel = {**settings, "DOCKER_HOST": engine.url, **more}
        work = [pool.submit(run_notebook, book, kernel) for book in books]
        found = [done.result() for done in work]
    if suite == "podman":
        commands = try_commands(engine.environment())
        write("podman", ["command", title], commands)
    rows = {result.slug: result.text for result in found}
    write("engines", ["notebook", title], rows)
    if engine.box:
        engine.box.stop()
    return found


def _title(engine: Engine) -> str:
    """Return the engine's title for the table's head."""
    with contextlib.closing(engine.client()) as client:
        info = client.info()
    options = " ".join(info.get("SecurityOptions") or ())
    extras = {
        "containerd store": doctor_engine.image_store(info) == "containerd",
        "user namespaces": "name=userns" in options,
        "rootless": gaps.is_rootless(info),
    }
    named = [name for name, true in extras.items() if true]
    return ", ".join([engine.title, *named])


def write(place: str, head: list[str], rows: dict[str, str]) -> None:
    """Put a column into a table of the document, or replace it.

    Rows that are not among `rows` keep their cells, except in the table of
    notebooks, where only notebooks of the course keep a row.
    """
    lines = documents.read(DOCUMENT, place).splitlines()
    cells = [line.strip("|").split("|") for line in lines]
    old = {row[0].strip(): [c.strip() for c in row[1:]] for row in cells}
    titles = next(iter(old.values()), [])
    columns = {
        title: {name: row[n] for name, row in old.items() if n < len(row)}
        for n, title in enumerate(titles)
    }
    columns[head[1]] = columns.get(head[1], {}) | rows
    names = list(dict.fromkeys([*list(old)[2:], *rows]))
    if place == "engines":
        names = [slug for slug in table.course().slugs if slug in names]
    made = [[head[0], *columns], ["---"] * (1 + len(columns))]
    made += [[n, *(c.get(n, "") for c in columns.values())] for n in names]
    written = "".join(f"| {' | '.join(row)} |\n" for row in made)
    documents.fill(DOCUMENT, place, written)


def report(found: dict[str, list[Result]]) -> str:
    """Return the cells that failed or printed something else, as text."""
    lines = []
    for suite, results in found.items():
        for result in results:
            lines.append(f"# {suite}: {result.slug}: {result.text}")
            for number, text in result.failed.items():
                lines += [f"## cell {number} failed", text]
            for number, why in result.passed_over.items():
                lines += [f"## cell {number} is passed over", why]
            for number, difference in result.differs.items():
                lines += [f"## cell {number} prints something else"]
                lines += [difference]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run, write the tables; return how many cells failed that must not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", metavar="SUITE-OR-SLUG")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--report", type=pathlib.Path)
    chosen = parser.parse_args()
    course = table.course()
    known = {OWN, *kinds.KINDS}
    slugs = [word for word in chosen.words if word not in known]
    suites = [word for word in chosen.words if word in known] or SUITES
    books = [course.notebook(s) for s in slugs] or list(course.notebooks)
    found = {}
    for suite in suites:
        found[suite] = run_suite(suite, books, chosen.jobs)
        if chosen.report:
            chosen.report.write_text(report(found), "utf-8")
    red = sum(
        len(result.failed)
        for suite, results in found.items()
        for result in results
        if suite != "podman"
    )
    print(f"{red} cells failed on Docker's engines.")
    return red


if __name__ == "__main__":
    sys.exit(bool(main()))

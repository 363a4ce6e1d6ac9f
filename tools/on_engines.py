"""Run every notebook on other engines, and say what differs.

    python tests/on_engines.py forky bookworm podman
    python tests/on_engines.py bookworm 07 11b

The second runs these lessons alone. Each engine is a box of its own. Every
code cell is run, also after one that failed, and counted. On Podman single
commands are tried too, since few lessons get far without BuildKit. The tables
go into docs/robustness.md. Exit 1 if a cell failed on an engine of Docker's.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

from dockerlab import paths
from dockerlab.base import documents
from dockerlab.base.errors import LabError
from dockerlab.course import table
from dockerlab.course.running import Run
from dockerlab.engine.box import Box
from dockerlab.engine.find import find

DOCUMENT = paths.PROJECT / "docs" / "robustness.md"
SUITES = ["forky", "bookworm", "podman"]
LAB = [sys.executable, "-m", "dockerlab"]
FILE = "FROM debian:trixie-slim\nRUN echo hi > /x\n"
# What a beginner's day is made of: title, shell command.
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


def _notebook(path: pathlib.Path, settings: dict) -> tuple[int, int]:
    """How many cells passed, and how many there are."""
    passed, first = 0, ""
    with Run(path, **settings) as run:
        for number in range(len(run.cells)):
            try:
                run.cell(number)
                passed += 1
            except LabError as error:
                first = first or f"cell {number + 1}: {_last_line(error)}"
        count = len(run.cells)
    where = settings["DOCKERLAB_SUITE"]
    print(f"{where}: {path.stem}: {passed} of {count} cells. {first}")
    return passed, count


def _last_line(error: LabError) -> str:
    lines = re.sub(r"\x1b\[[\d;]*m", "", str(error)).strip().splitlines()
    return lines[-1][-200:] if lines else ""


def _commands(environment: dict) -> dict[str, str]:
    """What each command said when it failed, or that it works."""
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
        said = lines[-1][:120] if lines else f"exit code {done.returncode}"
        if "lookup" in said:
            said = "fails: it wants an image of its own from a registry"
        found[f"`{title}`"] = said if done.returncode else "works"
    return found


def main(words: list[str]) -> int:
    """Run, write the tables; how many cells failed where none should."""
    chosen = tuple(word for word in words if word[:1].isdigit())
    suites = [word for word in words if word not in chosen] or SUITES
    books = [
        p
        for p in [b.path for b in table.course().notebooks]
        if p.stem[3:].startswith(chosen or "")
    ]
    red = 0
    for suite in suites:
        settings = {"DOCKERLAB_SUITE": suite, "DOCKERLAB_ENGINE": "box"}
        up = [*LAB, "engine", "up", "--tests", "--suite", suite]
        subprocess.run(up, env={**os.environ, **settings}, check=True)
        box = Box(suite)
        kernel = {**settings, "DOCKER_HOST": box.url}
        title = find(suite).title
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            work = [pool.submit(_notebook, path, kernel) for path in books]
            found = [done.result() for done in work]
        if suite == "podman":
            _write("podman", ["command", title], _commands(box.environment()))
        else:
            red += sum(count - passed for passed, count in found)
        texts = [f"{passed} of {count}" for passed, count in found]
        names = [path.stem for path in books]
        _write("engines", ["lesson", title], dict(zip(names, texts)))
        box.stop()
    print(f"{red} cells failed on Docker's engines.")
    return red


def _write(place: str, head: list[str], rows: dict[str, str]) -> None:
    """Put a column into a table of the document, or into its old place;
    lessons that did not run now keep what it said of them."""
    lines = documents.read(DOCUMENT, place).splitlines()
    cells = [line.strip("|").split("|") for line in lines]
    old = {row[0].strip(): [c.strip() for c in row[1:]] for row in cells}
    titles = old.get(head[0], [])
    columns = {
        title: {name: row[n] for name, row in old.items() if n < len(row)}
        for n, title in enumerate(titles)
    }
    columns[head[1]] = columns.get(head[1], {}) | rows
    names = dict.fromkeys([*list(old)[2:], *rows])
    made = [[head[0], *columns], ["---"] * (1 + len(columns))]
    made += [[n, *(c.get(n, "") for c in columns.values())] for n in names]
    written = "".join(f"| {' | '.join(row)} |\n" for row in made)
    documents.fill(DOCUMENT, place, written)


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))

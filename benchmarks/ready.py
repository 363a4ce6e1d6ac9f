"""From a bare machine to the first executed cell, against the least.

Ours is the course's own way from a fresh copy and an empty home: `make
start`, and `first_container`'s first cell as soon as JupyterLab's address is
printed. The floor is the same downloads done bare, in parallel: the pinned
packages into a new environment, and the mmdebstrap runs of the engine's root
and of the base image with Python.
"""

import concurrent.futures
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import psutil

from benchmarks.core import Result, Series, run, say, timed
from dockerlab import paths
from dockerlab.base import bootstrap, machine
from dockerlab.engine import kinds, roots

FACTOR, SECONDS, AGAIN = 1.15, 120, 6
PYTHON = "python3 python3-pip python3-venv python-is-python3 netbase tzdata"
EARLY = "You can read the first notebook now"
FIRST_CELL = (
    "from dockerlab.course.running import Run\n"
    "from dockerlab.course.table import course\n"
    "with Run(course().notebooks[0].path) as run:\n"
    "    run.cell(0)\n"
    "    run.cell(1)\n"
)


def _floor(folder: pathlib.Path) -> float:
    """Seconds of the bare downloads, in parallel."""
    kind = kinds.kind(kinds.DEFAULT)
    box = kind.all_packages.replace(" ", ",")
    image = f"ca-certificates,{PYTHON.replace(' ', ',')}"
    uv = shutil.which("uv") or bootstrap.VENV / "bin" / "uv"
    venv = folder / "venv"
    cache = {"UV_CACHE_DIR": str(folder / "cache"), "UV_SYSTEM_CERTS": "true"}

    def packages() -> None:
        run(sys.executable, "-m", "venv", venv)
        pins = ["--require-hashes", "--requirement", bootstrap.REQUIREMENTS]
        python = ["--quiet", "--python", venv / "bin" / "python"]
        run(uv, "pip", "install", *python, *pins, **cache)

    def root(name: str, suite: str, names: str, *how: str) -> None:
        words = ["mmdebstrap", "--quiet", *how, f"--include={names}"]
        words += [*roots.download_options(suite), suite, str(folder / name)]
        run(*roots.in_private_mounts(words))

    extract = ("--variant=extract", "--include=?essential")

    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        work = [
            pool.submit(packages),
            pool.submit(root, "box", kind.debian, box, *extract),
            pool.submit(root, "image", "trixie", image, "--variant=minbase"),
        ]
        for done in work:
            done.result()
    return time.monotonic() - begun


def _port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _copy(folder: pathlib.Path) -> pathlib.Path:
    """The course as a fresh clone would be."""
    project = folder / "course"
    skip = shutil.ignore_patterns(
        ".git", ".venv", ".kit", "__pycache__", "*.egg-info", ".*_cache"
    )
    shutil.copytree(paths.PROJECT, project, ignore=skip)
    return project


def _received() -> int:
    return psutil.net_io_counters().bytes_recv


@contextlib.contextmanager
def _started(
    words: list[str], project: pathlib.Path, settings: dict[str, str]
) -> Iterator[None]:
    """Let a command run from the line that says that JupyterLab answers."""
    process = subprocess.Popen(
        words,
        cwd=project,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    said = ""
    while EARLY not in said:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(words)}\n{said[-800:]}")
        said += line
    yield
    process.stdout.read()
    if process.wait():
        raise RuntimeError(f"{' '.join(words)}: exit code {process.wait()}")


def measure(seconds: float) -> Result:
    """Once from nothing, once again, and the floor."""
    result = Result("ready")
    if not machine.is_debian():
        result.notes.append("Measured on Debian and Ubuntu only.")
        result.series.append(Series("not measured here", "s", (0.0,)))
        return result
    machine.packages(roots.HOST_PACKAGES)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = pathlib.Path(name)
        project, home = _copy(folder), folder / "home"
        port = _port()
        settings = {
            "DOCKERLAB_HOME": str(home),
            "DOCKERLAB_ENGINE": "box",
            "DOCKER_HOST": "",
            "UV_CACHE_DIR": str(folder / "uv"),
        }

        make = ["make", "start", f"PORT={port}"]

        def start() -> None:
            run(*make, cwd=project, **settings)

        def cell() -> None:
            python = project / ".venv" / "bin" / "python"
            run(python, "-c", FIRST_CELL, cwd=project, **settings)

        try:
            say("from nothing to JupyterLab, and the first cell")
            received, begun = _received(), time.monotonic()
            with _started(make, project, settings):
                lab = time.monotonic() - begun
                cell()
                first = time.monotonic() - begun
            ready = time.monotonic() - begun
            received = _received() - received
            run("make", "stop", cwd=project, **settings)
            say("again")
            again = timed(start)
        finally:
            run("make", "clean", "ALL=1", cwd=project, **settings)
        say("the floor")
        floor = _floor(folder)
        for left in ("box", "image"):
            machine.remove_tree(folder / left)
    result.series = [
        Series("bare machine to JupyterLab", "s", (lab,)),
        Series("bare machine to first executed cell", "s", (first,)),
        Series("bare machine to everything ready", "s", (ready,)),
        Series("JupyterLab, the second time", "s", (again,)),
        Series("the same downloads, bare and in parallel", "s", (floor,)),
        Series("received by the network meanwhile", "MB", (received / 1e6,)),
    ]
    result.add("bare machine to JupyterLab (s)", lab, SECONDS)
    result.add(
        "bare machine to first executed cell, against the floor",
        first / floor,
        FACTOR,
        reason="what prepares the engine comes with the environment, which"
        " is installed first; the floor has no layers to pack, to compress"
        " and to bring into the engine.",
    )
    result.add("JupyterLab, the second time (s)", again, AGAIN)
    return result

"""From a bare machine to the first executed cell, against the least.

Ours is the course's own way from a fresh copy and an empty home: `make
start`, then `first_container`'s first cell. The floor is the same downloads
done bare, in parallel: the pinned packages into a new environment, and the
mmdebstrap runs of the engine's root and of the base image with Python.
"""

import concurrent.futures
import pathlib
import shutil
import socket
import sys
import tempfile
import time

import psutil

from benchmarks.core import Result, Series, run, say, timed
from dockerlab import paths
from dockerlab.base import bootstrap, machine
from dockerlab.engine import kinds, roots
from dockerlab.engine.prepare import HOST_PACKAGES

FACTOR, SECONDS, AGAIN = 1.3, 120, 6
PYTHON = "python3 python3-pip python3-venv python-is-python3 netbase tzdata"
FIRST_CELL = (
    "from dockerlab.course.running import Run\n"
    "from dockerlab.course.table import course\n"
    "with Run(course().notebooks[0].path) as run:\n"
    "    run.cell(0)\n"
    "    run.cell(1)\n"
)


def _floor(folder: pathlib.Path) -> float:
    """Seconds of the bare downloads, in parallel."""
    bare = ["mmdebstrap", "--quiet", "--variant=minbase"]
    box = kinds.KINDS["trixie"].all_packages.replace(" ", ",")
    image = f"ca-certificates,{PYTHON.replace(' ', ',')}"
    uv = shutil.which("uv") or bootstrap.VENV / "bin" / "uv"
    venv = folder / "venv"
    cache = {"UV_CACHE_DIR": str(folder / "cache"), "UV_SYSTEM_CERTS": "true"}

    def packages() -> None:
        run(sys.executable, "-m", "venv", venv)
        pins = ["--require-hashes", "--requirement", bootstrap.REQUIREMENTS]
        python = ["--quiet", "--python", venv / "bin" / "python"]
        run(uv, "pip", "install", *python, *pins, **cache)

    def root(name: str, names: str) -> None:
        words = [*bare, f"--include={names}", "trixie", str(folder / name)]
        run(*roots.in_private_mounts(words))

    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        work = [
            pool.submit(packages),
            pool.submit(root, "box", box),
            pool.submit(root, "image", image),
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


def measure(seconds: float) -> Result:
    """Once from nothing, once again, and the floor."""
    result = Result("ready")
    if not machine.is_debian():
        result.notes.append("Measured on Debian and Ubuntu only.")
        result.series.append(Series("not measured here", "s", (0.0,)))
        return result
    machine.packages(HOST_PACKAGES)
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

        def start() -> None:
            run("make", "start", f"PORT={port}", cwd=project, **settings)

        def cell() -> None:
            python = project / ".venv" / "bin" / "python"
            run(python, "-c", FIRST_CELL, cwd=project, **settings)

        try:
            say("from nothing to JupyterLab, and the first cell")
            received = _received()
            lab = timed(start)
            first = lab + timed(cell)
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
        f" is installed first; to JupyterLab it is {lab / floor:.2f}, then a"
        " kernel starts and imports.",
    )
    result.add("JupyterLab, the second time (s)", again, AGAIN)
    return result

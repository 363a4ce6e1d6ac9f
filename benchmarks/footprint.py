"""What the course takes: bytes on disk, packages installed."""

import importlib.metadata
import pathlib

from benchmarks.core import Result, Series
from dockerlab import paths
from dockerlab.base import bootstrap
from dockerlab.engine.box import boxes, disk_used


def _megabytes(folder: pathlib.Path) -> float:
    return disk_used(folder) / 1e6


def measure(seconds: float) -> Result:
    """Measure what is prepared here."""
    supplied = paths.home() / "supplies"
    rows = {
        "Python environment": _megabytes(bootstrap.VENV),
        "the course's own files, notebooks with outputs": _megabytes(
            paths.NOTEBOOKS
        ),
        "supplies: registry with the stand-ins": _megabytes(
            supplied / "registry"
        ),
        "supplies: Debian base of the stand-ins": _megabytes(
            supplied / "debian-root"
        ),
        "supplies: wheels and index": _megabytes(supplied / "wheels")
        + _megabytes(supplied / "index"),
    }
    for box in boxes():
        rows[f"box {box.suite}: Debian root"] = _megabytes(box.root)
        data = box.folder / "data"
        rows[f"box {box.suite}: the engine's data"] = _megabytes(data)
    result = Result(
        "footprint",
        [Series(name, "MB", (value,)) for name, value in rows.items()],
    )
    result.series.append(Series("all together", "MB", (sum(rows.values()),)))
    python = len(list(importlib.metadata.distributions()))
    result.series.append(Series("Python packages", "packages", (python,)))
    wheels = len(list((supplied / "wheels").glob("*")))
    result.series.append(Series("wheels for the lessons", "files", (wheels,)))
    return result

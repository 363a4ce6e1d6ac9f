"""Four common ways to package the same app, on the same base."""

import pathlib
import shutil
import statistics
import tempfile
import uuid

import docker

from benchmarks.core import Result, Series, counted, timed
from dockerlab import builds, images, paths
from dockerlab.base import labels
from dockerlab.lab import Lab

ROUNDS = 3
EDITS = 3  # of the code, in each round: such a build takes half a second
BASE = "python:3.13-slim"
HERE = pathlib.Path(__file__).parent / "dockerfiles"
# What makes two figures level: no learner would notice less.
LEVEL = {"size": 1.02, "build": 1.15, "code": 1.1, "requirements": 1.1}


def _lay_out(target: pathlib.Path) -> None:
    """Make a folder of the app as that way of packaging has it."""
    name = target.name
    skip = shutil.ignore_patterns("__pycache__", "data", "Dockerfile*")
    source = paths.PROJECT / "sample_app"
    shutil.copytree(source, target, ignore=skip)
    ours = source / "Dockerfile"
    theirs = HERE / f"{name}.Dockerfile"
    shutil.copy(ours if name == "ours" else theirs, target / "Dockerfile")
    if name != "ours":
        # .dockerignore and gunicorn's settings are part of our way.
        (target / ".dockerignore").unlink()
        if name == "classic":
            (target / "gunicorn.conf.py").unlink()


def _build(context: pathlib.Path, tag: str, *options: str) -> float:
    words = (*options, "--label", labels.pair("testlab"))
    return timed(lambda: builds.build(context, tag, options=words, check=True))


def _edit(path: pathlib.Path) -> None:
    # Never the same twice: the builder would remember an earlier run.
    path.write_text(f"{path.read_text()}# {uuid.uuid4()}\n")


def measure(seconds: float) -> Result:
    """Sizes, and times of three kinds of builds, in turn."""
    lab = Lab("testlab")
    client = docker.from_env()
    names = [*sorted(p.stem.split(".")[0] for p in HERE.iterdir()), "ours"]
    found: dict[str, dict[str, list[float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        base = images.read_image(client, BASE)
        for turn in range(ROUNDS):
            for name in counted(names):
                context = pathlib.Path(folder, name)
                if not turn:
                    _lay_out(context)
                tag = f"testlab-{name}"
                row = found.setdefault(
                    name,
                    {"size": [], "build": [], "code": [], "requirements": []},
                )
                row["build"].append(_build(context, tag, "--no-cache"))
                built = images.read_image(client, tag)
                row["size"].append(built.added_over(base) / 1e6)
                for _ in range(EDITS):
                    _edit(context / "app.py")
                    row["code"].append(_build(context, tag))
                _edit(context / "requirements.txt")
                row["requirements"].append(_build(context, tag))
    lab.close()
    return _result(found)


def _result(found: dict[str, dict[str, list[float]]]) -> Result:
    titles = {
        "size": ("above the base", "MB"),
        "build": ("build without cache", "s"),
        "code": ("after an edit of the code", "s"),
        "requirements": ("after an edit of the requirements", "s"),
    }
    result = Result("images")
    for key, (title, unit) in titles.items():
        for name, row in found.items():
            values = tuple(row[key])
            result.series.append(Series(f"{name}: {title}", unit, values))
        ours = statistics.median(found["ours"][key])
        best = min(
            statistics.median(row[key])
            for name, row in found.items()
            if name != "ours"
        )
        result.add(
            f"ours against the best other: {title}",
            ours / best,
            LEVEL[key],
            reason="two builds of ours are the same: what is installed goes"
            " from one stage to another, and every file gets one date.",
        )
    return result

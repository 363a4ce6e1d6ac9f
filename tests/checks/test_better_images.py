"""The checks of `better_images`, without an engine."""

import dataclasses

from dockerlab.buildlog import Build, Step
from dockerlab.checks.better_images import _bases


def _step(name: str) -> Step:
    return Step(0, name, "", name, (), False, None, None, "", "")


def test_a_twin_of_another_build_is_not_a_base():
    digest = "@sha256:" + "0" * 64
    steps = [
        _step(f"FROM docker.io/library/{name}{digest}")
        for name in ("python:3.13", "python:3.13-slim")
    ]
    build = Build("", tuple(steps), 0.0, True, "", 0)
    assert _bases(build) == ["python:3.13", "python:3.13-slim"]
    mine = dataclasses.replace(build, bases=("python:3.13",))
    assert _bases(mine) == ["python:3.13"]

"""Verdicts do not depend on the engine's image store.

`test_exercises.py` tries every answer on the engine of the course. Here the
solution and the first wrong answer of each exercise get the same verdicts on
an engine with the other store.
"""

import os
import subprocess
import sys

import nbformat
import pytest

from dockerlab.course import table
from dockerlab.engine import kinds
from dockerlab.engine.box import Box
from dockerlab.engine.find import find
from tests.checks.test_exercises import FENCE, Kernel, answers_of, tagged

BOOKS = [
    pytest.param(book.path, marks=pytest.mark.lesson(book.slug), id=book.slug)
    for book in table.course().notebooks
]


@pytest.fixture(scope="module")
def other_store(needs_engine):
    """Settings for a box with the other image store, which runs."""
    if find().kind != "box":
        pytest.skip("the box has both stores")
    classic = kinds.CONTAINERD_STORE in kinds.kind().options
    box = Box("forky-classic" if classic else "forky")
    settings = {"DOCKERLAB_SUITE": box.suite, "DOCKERLAB_ENGINE": "box"}
    words = ["engine", "up", "--tests", "--suite", box.suite]
    subprocess.run(
        [sys.executable, "-m", "dockerlab", *words],
        env={**os.environ, **settings},
        check=True,
        capture_output=True,
    )
    yield {**settings, "DOCKER_HOST": box.url}
    box.stop()


@pytest.mark.long  # it runs minutes, as long as test_exercises.py
@pytest.mark.parametrize("path", BOOKS)
def test_the_same_verdicts(path, other_store, tmp_path):
    cells = nbformat.read(path, as_version=4).cells
    starters = tagged(cells, "exercise:")
    if not starters:
        pytest.skip("it has no exercises")
    solutions, answers = tagged(cells, "solution:"), answers_of(path.stem[3:])
    kernel = Kernel(cells)
    environment = {**os.environ, **other_store}
    environment["DOCKERLAB_PROGRESS"] = str(tmp_path)
    different = []
    with kernel.client.setup_kernel(env=environment):
        for code in kernel.setup:
            kernel.run(code)
        for id, starter in starters.items():
            kernel.verdict(starter)  # solutions use its names
            [solution] = FENCE.findall(solutions[id])
            passed, unmet, hint = kernel.verdict(solution)
            if not passed:
                different.append((id, "solution", unmet, hint))
            key, wrong = answers.WRONG[id][0]
            passed, unmet, hint = kernel.verdict(wrong)
            if passed or unmet[0] != key:
                different.append((id, wrong, unmet, hint))
        kernel.run("lab.close()")
    assert not different

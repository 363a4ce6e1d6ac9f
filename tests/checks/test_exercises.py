"""Every exercise: solutions pass, starters and wrong answers do not.

The notebooks contain the solutions, so the code that a learner unfolds is
tried. `tests/answers/<slug>.py` has typical wrong answers, each with the
criterion that it breaks, and a second right answer written in another way.
"""

import importlib
import os
import pathlib
import re
import types

import nbclient
import nbformat
import pytest

from dockerlab import checks, paths
from dockerlab.course import table

FENCE = re.compile(r"```(?:python|bash)\n(.*?)```", re.DOTALL)
SEE = "__import__('dockerlab.checks', fromlist=['core']).core.last"


def tagged(cells: list, prefix: str) -> dict[str, str]:
    return {
        tag.removeprefix(prefix): cell.source
        for cell in cells
        for tag in cell.metadata.get("tags", [])
        if tag.startswith(prefix)
    }


def answers_of(slug: str) -> types.ModuleType:
    return importlib.import_module(f"tests.answers.{slug}")


class Kernel:
    """A notebook's kernel after its setup cells."""

    def __init__(self, cells: list) -> None:
        book = nbformat.v4.new_notebook(cells=[])
        where = {"metadata": {"path": str(paths.PROJECT / "notebooks")}}
        self.client = nbclient.NotebookClient(
            book, timeout=900, kernel_name="python3", resources=where
        )
        self.setup = [
            cell.source
            for cell in cells
            if "setup" in cell.metadata.get("tags", [])
        ]

    def run(self, code: str) -> str:
        """Execute a cell; return the text that it printed or returned."""
        cell = nbformat.v4.new_code_cell(code)
        self.client.nb.cells = [cell]
        self.client.execute_cell(cell, 0)
        texts = [
            output.get("text") or output.get("data", {}).get("text/plain", "")
            for output in cell.outputs
        ]
        return "".join(texts)

    def verdict(self, code: str) -> tuple[bool, list[str], str]:
        """Run an answer's cell; return whether it passed, the keys of the
        criteria that are not met, and the hint."""
        self.run(code)
        see = f"r = {SEE}; print(r.passed, *r.unmet(), sep='|')"
        passed, *unmet = self.run(see).strip().split("|")
        return passed == "True", unmet, self.run(f"print({SEE}.hint())")


@pytest.fixture(scope="class")
def lesson(request, tmp_path_factory):
    """The notebook's kernel after its setup, its cells, and the answers."""
    path = request.cls.path
    cells = nbformat.read(path, as_version=4).cells
    kernel = Kernel(cells)
    # Hints get longer after many attempts: count them apart.
    progress = str(tmp_path_factory.mktemp("progress"))
    environment = {**os.environ, "DOCKERLAB_PROGRESS": progress}
    with kernel.client.setup_kernel(env=environment):
        for code in kernel.setup:
            kernel.run(code)
        yield kernel, cells, answers_of(path.stem[3:])
        kernel.run("lab.close()")


def _ids(path: pathlib.Path) -> list[str]:
    return list(tagged(nbformat.read(path, 4).cells, "exercise:"))


def _tests_of(lesson_path: pathlib.Path) -> type:
    """One class per notebook, so that processes can share the notebooks."""

    @pytest.mark.lesson(lesson_path.stem[3:])
    class Answers:
        path = lesson_path

        @pytest.mark.parametrize("id", _ids(lesson_path))
        def test_answers(self, id, lesson, record_property):
            for kind, number in _try_all(id, *lesson).items():
                record_property(kind, number)

    return Answers


for _path in [b.path for b in table.course().notebooks]:
    globals()[f"Test_{_path.stem[3:]}"] = _tests_of(_path)


def _try_all(id: str, kernel: Kernel, cells: list, answers) -> dict[str, int]:
    """Try every answer to an exercise; count them by their kind."""
    starter = tagged(cells, "exercise:")[id]
    [solution] = FENCE.findall(tagged(cells, "solution:")[id])

    passed, _, hint = kernel.verdict(starter)
    assert not passed
    assert hint.strip(), "the starter's card gives no hint"
    for right in (solution, answers.ALSO_RIGHT[id]):
        passed, unmet, hint = kernel.verdict(right)
        assert passed, f"{right}\nis right, but: {unmet} {hint}"
    wrongs = answers.WRONG[id]
    assert len(wrongs) >= 3
    for key, wrong in wrongs:
        passed, unmet, hint = kernel.verdict(wrong)
        assert not passed, wrong
        # Some depend on the image store: then each store's key is named.
        keys = key if isinstance(key, tuple) else (key,)
        assert unmet[0] in keys, f"{wrong}\n{unmet} {hint}"
        assert hint.strip()
    return {"solutions": 1, "alternatives": 1, "wrong": len(wrongs)}


def test_every_check_has_its_exercise():
    ids = [
        id
        for path in [b.path for b in table.course().notebooks]
        for id in _ids(path)
    ]
    assert sorted(checks.exercises()) == sorted(ids)

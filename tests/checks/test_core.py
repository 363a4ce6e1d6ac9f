"""A check: the answer's kind, the attempts, and faults that are nobody's."""

import ast
import pathlib
import subprocess
import sys

import pytest
import requests

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.checks import core
from dockerlab.course import progress


@pytest.fixture
def bench_without_engine(monkeypatch):
    """Let checks get a bench whose engine is not there."""

    class Bench:
        def __init__(self) -> None:
            self.criteria = []
            self.client = self
            self.alive = True
            self.pass_mark = 100

        def require(self, key, text, met, hint):
            self.criteria.append(core.Criterion(key, text, bool(met), hint))

        def ping(self):
            if not self.alive:
                raise requests.ConnectionError("gone")

        def client_of(self, timeout):
            return self

        def close(self):
            pass

    bench = Bench()
    found = type("Found", (), {"box": None, "client": bench.client_of})()
    monkeypatch.setattr(core, "find", lambda: found)
    monkeypatch.setattr(core, "Bench", lambda *_: bench)
    return bench


def test_an_answer_of_another_kind_is_not_looked_at(examined, attempts):
    def look(bench, answer):
        pytest.fail("was looked at")

    report = examined("dockerfile", "app/Dockerfile", look)
    assert report.unmet() == ["answer"]
    assert "read_text" in report.hint()
    assert attempts() == 1


def test_space_around_a_name_does_not_matter(examined, bench_without_engine):
    def look(bench, name):
        bench.require("name", "it is the name", name == "flask-web", "Look.")

    assert examined("container", " flask-web\n", look).passed


def test_an_exercise_that_does_not_exist_is_refused():
    with pytest.raises(LabError, match="networks/port"):
        core.check("networks/prot", "x")


def test_a_fault_of_the_check_is_reported_as_one(
    examined, attempts, bench_without_engine
):
    with pytest.raises(LabError, match="not counted") as caught:
        examined("number", 1, lambda bench, answer: answer["x"])
    assert caught.value.what == "The check itself failed."
    assert isinstance(caught.value.__cause__, TypeError)
    assert attempts() == 0


def test_a_criterion_is_not_missed_because_the_engine_is_gone(
    examined, attempts, bench_without_engine
):
    """What an engine took with it looks like a wrong answer."""

    def look(bench, answer):
        bench.require("runs", "it runs", False, "Start it.")

    assert examined("number", 1, look).unmet() == ["runs"]
    assert attempts() == 1
    bench_without_engine.criteria.clear()
    bench_without_engine.alive = False
    with pytest.raises(LabError, match="not your mistake"):
        examined("number", 1, look)
    assert attempts() == 1


def test_hints_grow_with_attempts(examined, monkeypatch, bench_without_engine):
    def look(bench, answer):
        bench.criteria.clear()
        bench.require("k", "t", False, "Look")

    monkeypatch.setattr(progress, "folded_hint", lambda id: "Change this.")
    hints = [examined("number", 1, look).hint() for _ in range(6)]
    assert hints[0] == hints[1] == "Look"
    assert hints[2] == hints[4] == "Look Change this."
    assert hints[5].startswith("Look Change this. If you are stuck")


def test_a_check_imports_no_other_notebooks_needs():
    """They would take memory of every learner in a class."""
    code = (
        "import sys; from dockerlab.checks import core;"
        "core.exercises('build_cache');"
        "from dockerlab.course.table import course;"
        "print(*[s for s in course().slugs"
        " if f'dockerlab.checks.{s}' in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert loaded.stdout.split() == ["build_cache"]


FOLDER = paths.PROJECT / "dockerlab" / "checks"
# What builds or starts something of a learner, and who may call it.
DOORS = {"builds.build", "containers.create", "containers.run", "exec_run"}
KEEPERS = {
    "bench.py": DOORS,
    # The container that it creates runs a command of the course.
    "pages.py": {"exec_run", "containers.create"},
    # They start what an exercise is about, before there is an answer.
    "first_container.py": {"containers.run"},
    "images_and_hub.py": {"builds.build", "containers.run"},
    "registries.py": {"builds.build"},
    "registry_inside.py": {"builds.build"},
}


@pytest.mark.parametrize(
    "path",
    sorted(FOLDER.rglob("*.py")),
    ids=lambda path: str(path.relative_to(FOLDER)),
)
def test_answers_are_built_and_run_through_the_bench(path: pathlib.Path):
    """One door, so that limits and faults of the engine are minded once."""
    called = {
        door
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        for door in DOORS
        if f".{ast.unparse(node.func)}".endswith(f".{door}")
    }
    assert called <= KEEPERS.get(path.name, set())

"""Tests mirror modules: those of dockerlab/x/y.py are in tests/x/test_y.py."""

from dockerlab import paths
from dockerlab.course import progress, table

TESTS = paths.PROJECT / "tests"
# Modules without a file of tests, each with the reason.
ELSEWHERE = {
    "dockerlab/__main__.py": "one line; every test of a command runs it",
    "dockerlab/course/ledger.py": "tests/course/test_claims.py reads it",
    "dockerlab/course/fields.py": "tests/course/test_table.py: its messages",
    "dockerlab/commands/ipython_config.py": "two lines of settings",
    "dockerlab/commands/authors.py": "tests/commands/test_cli.py calls it",
    "dockerlab/commands/findings.py": "tests/commands/test_doctor.py",
    "dockerlab/commands/engines.py": "tests/commands/test_cli.py calls it",
    "dockerlab/commands/lab.py": "tests/commands/test_cli.py calls it",
    "dockerlab/commands/relay.py": "tests/commands/test_board.py",
    "dockerlab/commands/records.py": "tests/course/test_progress.py calls it",
    "dockerlab/host_file.py": "the notebook secure_run runs it",
    "dockerlab/pipelines/gate.py": "tests/test_pipelines.py runs it",
    "dockerlab/pipelines/smoke.py": "tests/test_pipelines.py runs it",
    "dockerlab/paths.py": "tests/commands/test_cli.py: folders to refuse",
    "dockerlab/workspace/folders.py": "tests/test_lab.py uses them",
    "dockerlab/workspace/objects.py": "tests/test_lab.py removes some",
    "dockerlab/workspace/wrapper.py": "tests/test_lab.py: the labels it adds",
    "dockerlab/base/bars.py": "tests/base/test_tasks.py sees what it draws",
    "dockerlab/base/errors.py": "one class; every test of an error uses it",
    "dockerlab/base/markup.py": "ten lines; tests of pictures and quizzes",
    "dockerlab/engine/recipes.py": "tests/engine/test_standins.py",
    "dockerlab/engine/scripts/layers/python_paths.py": "test_standins.py",
    "dockerlab/engine/registry.py": "tests/engine/test_box.py runs it",
    "dockerlab/engine/roots.py": "tests/engine/test_box.py runs them",
    "dockerlab/pictures/learners.py": "tests/course/test_progress.py",
}
ELSEWHERE |= {
    f"dockerlab/checks/{book.slug}.py": "tests/checks/test_exercises.py"
    for book in table.course().notebooks
    if progress.course()[book.slug]
}
ELSEWHERE |= {
    f"dockerlab/checks/scorecard/{name}.py": "test_scorecard.py beside it"
    for name in ("contents", "hardship", "service", "usage")
}


def test_every_module_has_its_file_of_tests():
    missing = []
    for path in sorted((paths.PROJECT / "dockerlab").rglob("*.py")):
        place = path.relative_to(paths.PROJECT)
        if path.name == "__init__.py" or place.as_posix() in ELSEWHERE:
            continue
        folder = TESTS.joinpath(*place.parts[1:-1])
        if not (folder / f"test_{path.name}").exists():
            missing.append(place.as_posix())
    assert missing == []


def test_what_is_tested_elsewhere_exists():
    gone = [p for p in ELSEWHERE if not (paths.PROJECT / p).exists()]
    assert gone == []

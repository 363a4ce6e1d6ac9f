"""Resetting a notebook, and putting a solution into it."""

import json
import shutil
import subprocess

import pytest

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import cells, delivered, progress, table

SLUG = "flask_app"
EXERCISE = f"{SLUG}/greeting"


@pytest.fixture(autouse=True)
def book(tmp_path, monkeypatch) -> table.Notebook:
    """A notebook of a downloaded course, without Git."""
    folder = tmp_path / "notebooks"
    shutil.copytree(paths.PROJECT / "notebooks", folder)
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOCKERLAB_PROGRESS", str(tmp_path / "progress"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    course = table.read(folder / "course.yml")
    monkeypatch.setattr(table, "course", lambda: course)
    return course.notebook(SLUG)


def test_a_notebook_that_was_not_changed_stays(book):
    delivered.keep_copies()
    before = book.path.read_text("utf-8")
    assert delivered.reset(SLUG) is None
    assert book.path.read_text("utf-8") == before
    assert not (book.path.parent / "mine").exists()


def test_reset_keeps_each_version_of_the_learner(book):
    delivered.keep_copies()
    before = book.path.read_text("utf-8")
    for number, text in enumerate(("{}", before + " "), start=1):
        book.path.write_text(text, "utf-8")
        kept = delivered.reset(SLUG)
        assert kept == (
            book.path.parent / "mine" / f"{book.path.stem}-{number}.ipynb"
        )
        assert kept.read_text("utf-8") == text
        assert book.path.read_text("utf-8") == before
    assert table.files_that_differ(table.course()) == []


def test_reset_brings_a_removed_notebook_back(book):
    delivered.keep_copies()
    before = book.path.read_text("utf-8")
    book.path.unlink()
    assert delivered.reset(SLUG) is None
    assert book.path.read_text("utf-8") == before


def test_git_knows_what_was_delivered(book):
    folder = book.path.parent
    name = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], [*name, "commit", "-qm", "a"]):
        subprocess.run(["git", "-C", folder, *words], check=True)
    delivered.keep_copies()
    assert not (paths.home() / "delivered").exists()
    before = book.path.read_text("utf-8")
    book.path.write_text("mine", "utf-8")
    assert delivered.reset(SLUG)
    assert book.path.read_text("utf-8") == before


def test_without_git_and_copy_nothing_is_touched(book):
    book.path.write_text("mine", "utf-8")
    with pytest.raises(LabError, match="fresh download"):
        delivered.reset(SLUG)
    assert book.path.read_text("utf-8") == "mine"


def test_a_later_start_keeps_the_first_copies(book):
    delivered.keep_copies()
    before = book.path.read_text("utf-8")
    book.path.write_text("mine", "utf-8")
    delivered.keep_copies()
    assert delivered.text_of(book) == before


def test_solve_puts_the_solution_into_its_cell(book):
    delivered.keep_copies()
    solution = cells.solution(book.path, EXERCISE)
    before = cells.read(book.path)
    assert delivered.solve(EXERCISE) == book
    after = cells.read(book.path)
    [changed] = [b for a, b in zip(before, after) if a.source != b.source]
    assert f"exercise:{EXERCISE}" in changed.tags
    lines = changed.source.splitlines()
    assert delivered.MARK in lines[:2]
    lines.remove(delivered.MARK)
    assert lines == solution.rstrip().splitlines()


def test_solved_is_not_passed(book):
    delivered.keep_copies()
    delivered.solve(EXERCISE)
    assert progress.note(EXERCISE, passed=True) == 1
    record = progress.load()
    assert EXERCISE in record.solved
    assert not record.passed(EXERCISE)


def test_what_was_passed_before_stays_passed(book):
    delivered.keep_copies()
    progress.note(EXERCISE, passed=True)
    delivered.solve(EXERCISE)
    record = progress.load()
    assert record.passed(EXERCISE)
    assert EXERCISE not in record.solved


@pytest.mark.parametrize("name", ["flask_app/none", "nowhere/x", "x", ""])
def test_an_unknown_exercise_is_refused(book, name):
    delivered.keep_copies()
    with pytest.raises(LabError, match=EXERCISE):
        delivered.solve(name)


def test_a_cell_that_is_gone_and_a_damaged_file_are_explained(book):
    delivered.keep_copies()
    content = json.loads(book.path.read_text("utf-8"))
    content["cells"] = content["cells"][:2]
    for text in (json.dumps(content), "{half", "[]"):
        book.path.write_text(text, "utf-8")
        with pytest.raises(LabError, match="python -m dockerlab reset"):
            delivered.solve(EXERCISE)
        assert book.path.read_text("utf-8") == text
    assert progress.load().solved == {}


def test_commands(book, command, refused, tmp_path):
    """The commands report what they did, and an unknown name."""
    refused(command("solve", "flask_app/none"), EXERCISE)
    refused(command("reset", "none"), "flask_app")

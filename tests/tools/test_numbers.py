"""Lesson numbers in code are found."""

import pytest

from tools import numbers


@pytest.mark.parametrize(
    "text",
    [
        'lab = Lab("06")',
        "quiz('04a')",
        "see lesson 06",
        "lesson_06.py",
        "Lesson-7",
        'check("06-greeting")',
        "open('06_flask_app.ipynb')",
        "`11b`",
    ],
)
def test_a_lesson_number_is_found(tmp_path, text):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text(f"# first line\n{text}\n")
    [fault] = numbers.faults(tmp_path)
    assert fault.startswith("tests/test_x.py line 2 has the lesson number ")


@pytest.mark.parametrize(
    "text",
    [
        'lab = Lab("flask_app")',
        "python:3.10-slim",
        "2026-11-27",
        "'12'",
        "lesson of 7 cells",
        "0600",
        "10 lessons",
    ],
)
def test_other_numbers_are_allowed(tmp_path, text):
    (tmp_path / "dockerlab").mkdir()
    (tmp_path / "dockerlab" / "x.py").write_text(text)
    assert numbers.faults(tmp_path) == []


def test_a_lesson_number_in_a_files_name_is_found(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_pictures_01.py").touch()
    assert numbers.faults(tmp_path) == [
        "tests/test_pictures_01.py has a lesson number in its name."
    ]

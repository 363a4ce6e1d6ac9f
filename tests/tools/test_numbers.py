"""Lesson numbers in code are found.

The texts say N for the digits, so that this file has no such number itself.
"""

import pytest

from tools import numbers


@pytest.mark.parametrize(
    "text",
    [
        'lab = Lab("NN")',
        "quiz('NNa')",
        "see lesson NN",
        "lesson_NN.py",
        "Lesson-N",
        'check("NN-greeting")',
        "open('NN_flask_app.ipynb')",
        "`MMb`",
    ],
)
def test_a_lesson_number_is_found(tmp_path, text):
    text = text.replace("NN", "06").replace("MM", "11").replace("-N", "-7")
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

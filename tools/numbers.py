"""Lesson numbers in code and tests: there must be none.

A slug names everything that belongs to a notebook. Its number is only its
place in notebooks/course.yml and may change at any time.
"""

import pathlib
import re

from dockerlab import paths

FOLDERS = ("dockerlab", "tests", "tools", "benchmarks")
SUFFIXES = (".py", ".yml", ".sh", ".cfg", ".json", "")
# Files that must contain numbers, each with its reason.
ALLOWED = {
    "dockerlab/course/table.py": "explains the file names with an example",
    "benchmarks/results.json": "holds figures",
    "tools/numbers.py": "holds the patterns",
    "tests/tools/test_numbers.py": "tries the patterns",
    "tests/workspace/test_cleaning.py": "cleans labels of the first edition",
    "tests/workspace/test_names.py": "aliases contain a seat's number",
    "tests/workspace/test_seats.py": "aliases contain a seat's number",
    "tests/base/test_labels.py": "reads labels of the first edition",
    "tests/course/test_table.py": "tests how numbers are given",
    "tests/test_counterproofs.py": "makes a notebook file with a number",
    "tests/course/test_links.py": "tests links to numbered files",
    "tests/course/test_generated.py": "tests how files are renumbered",
    "tests/course/test_progress.py": "reads a record of the first edition",
}
_NUMBERS = re.compile(
    r"""\b(?:lessons?|notebooks?)[ _-]?\d\d?\b   # lesson 06, lesson_06
    | (["'`])(?:0\d[ab]?|1\d[ab])\1             # "06", "11b"
    | (?<![\w.:-])(?:0\d|1[0-5])[ab]?[-_][a-z]{2,}  # 06-greeting, 06_flask_app
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FILE_NAME = re.compile(r"(?:^|_)(?:0\d|1[0-5])[ab]?(?:_|$)")


def faults(project: pathlib.Path = paths.PROJECT) -> list[str]:
    """Every lesson number in names and text of files, a sentence each."""
    wrong = []
    for folder in FOLDERS:
        for path in sorted((project / folder).rglob("*")):
            place = path.relative_to(project).as_posix()
            if "__pycache__" in place or place in ALLOWED:
                continue
            if _FILE_NAME.search(path.stem):
                wrong.append(f"{place} has a lesson number in its name.")
            if path.is_file() and path.suffix in SUFFIXES:
                wrong += _in_text(place, path.read_text("utf-8", "replace"))
    return wrong


def _in_text(place: str, text: str) -> list[str]:
    return [
        f"{place} line {number} has the lesson number {found[0]}."
        for number, line in enumerate(text.splitlines(), start=1)
        for found in _NUMBERS.finditer(line)
    ]

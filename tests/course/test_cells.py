"""The reader of notebook files."""

import json
import os

import pytest

from dockerlab.base.errors import LabError
from dockerlab.course import cells


def markdown(source: str, *tags: str) -> dict:
    """A markdown cell as a file stores it."""
    return {
        "id": "m",
        "cell_type": "markdown",
        "source": source.splitlines(keepends=True),
        "metadata": {"tags": list(tags)} if tags else {},
    }


def code(source: str, *tags: str, outputs: tuple[dict, ...] = ()) -> dict:
    """A code cell as a file stores it."""
    return {
        **markdown(source, *tags),
        "cell_type": "code",
        "execution_count": 1,
        "outputs": list(outputs),
    }


@pytest.fixture
def written(tmp_path):
    """Write a notebook file with these cells."""

    def write(*rows: dict):
        path = tmp_path / "book.ipynb"
        path.write_text(json.dumps({"cells": rows}))
        return path

    return write


STARTER = code("answer = 1", "exercise:flask_app/port")
OTHER = code("answer = 2", "exercise:flask_app/visits")
SOLUTION = markdown(
    "<details>\n\n```python\nanswer = 42\n```\n\n</details>",
    "solution:flask_app/port",
)
HINT = markdown(
    "<details><summary>Hint</summary>\n\nLook at\nthe *end*.\n\n</details>"
)


def test_what_a_cell_has(written):
    stream = {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}
    result = {
        "output_type": "execute_result",
        "data": {"text/plain": "42", "text/html": ["<b>", "42</b>"]},
    }
    path = written(
        markdown("# Title\ntext"),
        code("1 + 1", "setup", outputs=(stream, result)),
    )
    prose, work = cells.read(path)
    assert (prose.number, prose.source) == (1, "# Title\ntext")
    assert (prose.is_prose, prose.is_code, prose.tags) == (True, False, ())
    assert (work.number, work.executed, work.tags) == (2, 1, ("setup",))
    assert work.printed == "a\nb42"
    assert work.html == ("<b>42</b>",)
    assert cells.code(path) == [work]
    assert cells.source_of(path) == "# Title\ntext\n1 + 1"


def test_exercises_with_starter_hint_and_solution(written):
    path = written(STARTER, HINT, SOLUTION, OTHER)
    assert cells.exercises(path) == ["flask_app/port", "flask_app/visits"]
    assert cells.starter(path, "flask_app/port") == "answer = 1"
    assert cells.solution(path, "flask_app/port") == "answer = 42\n"
    assert cells.hint(path, "flask_app/port") == "Look at the *end*."
    for look in (cells.solution, cells.hint):
        assert look(path, "flask_app/visits") == ""
    assert cells.starter(path, "flask_app/none") == ""


def test_a_hint_beside_its_solution_does_not_tell_the_solution(written):
    both = "".join([*HINT["source"], *SOLUTION["source"]])
    path = written(STARTER, markdown(both, "solution:flask_app/port"))
    assert cells.hint(path, "flask_app/port") == "Look at the *end*."
    assert cells.solution(path, "flask_app/port") == "answer = 42\n"


def test_the_hint_of_the_next_exercise_is_not_taken(written):
    path = written(STARTER, OTHER, HINT)
    assert cells.hint(path, "flask_app/port") == ""
    assert cells.hint(path, "flask_app/visits") == "Look at the *end*."


def test_a_file_is_read_once_until_it_changes(written, monkeypatch):
    path = written(STARTER)
    first = cells.read(path)
    assert cells.read(path) is first
    written(OTHER)
    os.utime(path, ns=(1, 1))
    assert cells.read(path)[0].source == "answer = 2"


def test_a_file_that_is_not_a_notebook(tmp_path):
    path = tmp_path / "book.ipynb"
    with pytest.raises(LabError, match=r"book\.ipynb cannot be read"):
        cells.read(path)
    for text in ("{half", "[]", '{"cells": [{}]}', '{"cells": 1}'):
        path.write_text(text)
        with pytest.raises(LabError, match=r"book\.ipynb is not a notebook"):
            cells.read(path)
        path.unlink()

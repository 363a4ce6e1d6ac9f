"""Notebook files are executed and keep their outputs."""

import nbformat
import pytest
from nbformat import v4

from dockerlab.base.errors import LabError
from dockerlab.course import cells
from dockerlab.course.execute import execute_file


def test_outputs_are_stored_and_normalized(tmp_path):
    path = tmp_path / "book.ipynb"
    source = "import sys\nprint('a', flush=True)\nprint('b')"
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(source)]), path)
    assert execute_file(path) > 0
    [cell] = cells.read(path)
    assert (cell.printed, cell.executed) == ("a\nb\n", 1)
    stored = nbformat.read(path, as_version=4)
    assert len(stored.cells[0].outputs) == 1
    assert stored.cells[0].metadata == {}


def test_a_failure_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "book.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell("1 / 0")]), path)
    before = path.read_text()
    with pytest.raises(LabError, match="code cell 0 failed"):
        execute_file(path)
    assert path.read_text() == before

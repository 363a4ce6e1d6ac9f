"""A notebook's cells run in a kernel of their own."""

import nbformat
import pytest
from nbformat import v4

from dockerlab.course.running import CellError, Run


@pytest.fixture
def written(tmp_path):
    """Write a notebook with these code cells; its file."""

    def write(*sources: str):
        path = tmp_path / "book.ipynb"
        cells = [v4.new_code_cell(source) for source in sources]
        cells.insert(0, v4.new_markdown_cell("# Title"))
        nbformat.write(v4.new_notebook(cells=cells), path)
        return path

    return write


def test_cells_share_a_kernel_in_the_notebooks_folder(written):
    path = written(
        "import os, pathlib\nhere = pathlib.Path.cwd()",
        "print(here, os.environ['COLOUR'], os.getpid())",
    )
    with Run(path, COLOUR="blue") as run:
        first, second = run.all()
        [printed] = run.cells[1].outputs
        assert printed.text == f"{path.parent} blue {run.pid}\n"
    assert first > 0
    assert second > 0
    assert run.cells[1].execution_count == 2


def test_a_cell_that_fails_gives_its_error(written):
    path = written("assert 1 == 2, 'no'", "'still alive'")
    with Run(path) as run:
        with pytest.raises(CellError) as raised:
            run.cell(0)
        assert raised.value.kind == "AssertionError"
        assert "code cell 0 failed" in raised.value.what
        assert run.fails(0)
        assert not run.fails(1)


def test_a_cell_that_does_not_end_is_interrupted(written):
    path = written("import time\ntime.sleep(60)")
    with Run(path, limit=2) as run:
        with pytest.raises(
            CellError, match="did not end within 2 s"
        ) as raised:
            run.cell(0)
        assert raised.value.kind == ""


def test_a_kernel_that_dies(written):
    path = written("import os\nos._exit(1)")
    with Run(path) as run, pytest.raises(CellError, match="the kernel died"):
        run.cell(0)

"""Notebooks are stored without what varies from run to run."""

import pytest
from nbformat import v4

from dockerlab.course.normalize import normalize


@pytest.fixture
def notebook():
    """A notebook as Jupyter stores it after a run."""
    stream = [
        v4.new_output("stream", name="stdout", text="a\n"),
        v4.new_output("stream", name="stdout", text="b\n"),
        v4.new_output("stream", name="stderr", text="c\n"),
        v4.new_output(
            "display_data",
            {"text/html": "x<!-- buttons --><b><!-- end of buttons -->y"},
        ),
    ]
    cells = [
        v4.new_markdown_cell("# Title", id="title"),
        v4.new_code_cell("1", id="0000000a", outputs=stream),
        v4.new_code_cell("2", id="0000000b"),
    ]
    cells[1].metadata = {"tags": ["setup"], "execution": {"started": "now"}}
    made = v4.new_notebook(cells=cells)
    made.cells[2].id = made.cells[1].id
    made.metadata = {"widgets": {}, "language_info": {"version": "3.13"}}
    return made


def test_what_varies_goes(notebook):
    normalize(notebook)
    assert notebook.cells[1].metadata == {"tags": ["setup"]}
    assert notebook.cells[0].metadata == {}
    texts = [o.get("text") for o in notebook.cells[1].outputs]
    assert texts == ["a\nb\n", "c\n", None]
    assert notebook.cells[1].outputs[2].data["text/html"] == "xy"
    assert notebook.metadata.language_info == {"name": "python"}
    again = str(notebook)
    normalize(notebook)
    assert str(notebook) == again


def test_ids_are_kept_where_they_are_unique(notebook):
    taken = {"11111111"}
    normalize(notebook, "flask_app", taken)
    first, second, third = (cell.id for cell in notebook.cells)
    assert second == "0000000a"
    assert len({first, second, third}) == 3
    assert taken == {"11111111", first, second, third}
    assert all(len(each) == 8 for each in taken)


def test_new_ids_depend_on_the_notebook(notebook):
    other = v4.new_notebook(cells=[v4.new_markdown_cell("# Title", id="t")])
    same = v4.new_notebook(cells=[v4.new_markdown_cell("# Title", id="t")])
    normalize(notebook, "flask_app")
    normalize(other, "images")
    normalize(same, "flask_app")
    assert notebook.cells[0].id == same.cells[0].id != other.cells[0].id

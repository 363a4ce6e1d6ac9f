"""The tables of engines, and the report of what differs."""

import nbformat
import pytest

from dockerlab.base import documents
from dockerlab.base.errors import LabError
from dockerlab.workspace import passed_over
from tools import learner, on_engines
from tools.on_engines import Result

TABLE = """\
# Engines
<!-- engines -->
| notebook | Old Engine |
| --- | --- |
| gone | 1 of 1 |
| first_container | 44 of 45 |
<!-- end of engines -->
"""


@pytest.fixture
def document(tmp_path, monkeypatch):
    """A document with a table of engines."""
    path = tmp_path / "robustness.md"
    path.write_text(TABLE)
    monkeypatch.setattr(on_engines, "DOCUMENT", path)
    return path


def test_a_new_engine_is_a_column(document):
    rows = {"images_by_hand": "78 of 78", "first_container": "45 of 45"}
    on_engines.write("engines", ["notebook", "New"], rows)
    assert documents.read(document, "engines").splitlines() == [
        "| notebook | Old Engine | New |",
        "| --- | --- | --- |",
        "| first_container | 44 of 45 | 45 of 45 |",
        "| images_by_hand |  | 78 of 78 |",
    ]


def test_an_engine_that_is_there_keeps_its_other_rows(document):
    on_engines.write(
        "engines", ["notebook", "Old Engine"], {"images_by_hand": "x"}
    )
    text = documents.read(document, "engines")
    assert "| first_container | 44 of 45 |\n| images_by_hand | x |\n" in text


def test_the_report_lists_each_cell():
    found = Result(
        "images_by_hand",
        4,
        failed={1: "no such image"},
        passed_over={3: "it has no limits"},
        differs={2: "-a\n+b"},
    )
    assert found.text == "2 of 4 (1 say why)"
    assert on_engines.report({"forky": [found]}) == (
        "# forky: images_by_hand: 2 of 4 (1 say why)\n"
        "## cell 1 failed\nno such image\n"
        "## cell 3 is passed over\nit has no limits\n"
        "## cell 2 prints something else\n-a\n+b\n"
    )


def test_a_cell_that_its_engine_cannot_run_is_no_failure():
    said = f"usage\n{passed_over.MARK}: it has none.\nRead on."
    cell = nbformat.v4.new_code_cell(
        outputs=[nbformat.v4.new_output("stream", text=said)]
    )
    assert on_engines.said_by(cell) == "it has none.\nRead on."
    other = nbformat.v4.new_output("stream", text="usage")
    assert not on_engines.said_by(nbformat.v4.new_code_cell(outputs=[other]))


def test_the_engine_of_the_machine_is_no_box():
    with learner.of(None) as more:
        assert more == {}


def test_the_end_of_an_error_has_its_reason():
    text = "The cell failed: " + "x" * 3_000 + "\n\x1b[31mLabError: no engine"
    assert on_engines._end(LabError(text)).endswith("\nLabError: no engine")

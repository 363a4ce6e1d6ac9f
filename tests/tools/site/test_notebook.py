"""A notebook's cells as the site shows them."""

import nbformat
import pytest
from nbformat.v4 import new_output

from dockerlab import pictures
from dockerlab.course import cells, table
from tools.site import anchors, notebook
from tools.site.source import Source


@pytest.fixture
def source(tmp_path):
    return Source(tmp_path / "source")


def test_a_picture_becomes_a_file_with_its_caption(source):
    picture = pictures.bars({"a": 1, "b <": 2}, "MB", "a")
    stored = [
        new_output("display_data", data, metadata=metadata)
        for data, metadata in picture.outputs()
    ]
    text = new_output("stream", name="stdout", text="hello")
    shown = notebook.outputs(source, "notebooks/x", [text, *stored, text])
    assert [output.output_type for output in shown] == [
        "stream",
        "display_data",
        "stream",
    ]
    html = shown[1].data["text/html"]
    [file] = (source.static / "pictures").iterdir()
    assert file.read_bytes() == picture.png()
    assert f'src="../_static/pictures/{file.name}"' in html
    assert 'width="825"' in html
    assert "b &lt;" in html.partition("alt=")[2]
    assert f"<figcaption>{notebook.html.escape(picture.caption)}<" in html


def test_anchors_follow_the_heading_of_their_cell():
    text = notebook.with_anchor("## Layers\n\nText.", "cell-1")
    assert text.startswith("## Layers\n\n<div")
    assert text.endswith('id="cell-1"></div>\n\n\nText.')
    assert notebook.with_anchor("Text.", "cell-1").endswith("\n\nText.")


def test_every_cell_has_an_anchor(source):
    book = table.course().notebooks[0]
    notebook.write(source, book)
    page = source.folder / "notebooks" / f"{book.slug}.ipynb"
    content = nbformat.read(page, as_version=4)
    text = page.read_text("utf-8")
    stored = cells.read(book.path)
    assert len(content.cells) == len(stored) + 1  # a note to the reader
    for cell in stored:
        assert anchors.of_cell(cell.id) in text
    folded = [
        c for c in content.cells if "hide-input" in c.metadata.get("tags", ())
    ]
    setup = [
        c
        for c in stored
        if c.is_code and "setup" in c.tags and not c.source.startswith("%%")
    ]
    assert len(folded) == len(setup)
    assert "Run this cell, and the answers" not in text

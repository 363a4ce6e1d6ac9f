"""What is read from a notebook for its instructor, and the notes."""

import pytest

from dockerlab.course import cells, table
from dockerlab.course.cells import Cell
from tools.teaching import material, notes


def _cell(number: int, source: str, *tags: str, html: str = "") -> Cell:
    kind = "code" if source.startswith("print") else "markdown"
    shown = (html,) if html else ()
    return Cell(number, f"{number:08}", kind, source, tags, html=shown)


PICTURE = '<div class="dockerlab"><span></span><em>One <b>line</b>.</em></div>'
FOUND = material.sections(
    [
        _cell(1, "# Title\n\nWords."),
        _cell(2, "## First\n\n**Predict first.** What?\n\nMore."),
        _cell(3, "print(1)", "claim:layers", html=PICTURE),
        _cell(4, "## Second"),
        _cell(5, "print(2)"),
        _cell(6, "## What goes wrong\n\nThe port is taken.\n\n```\nx\n```"),
        _cell(7, "## Your turn"),
        _cell(8, "print(3)", "exercise:a/b"),
    ]
)


def test_sections():
    titles = [section.title for section in FOUND]
    assert titles == ["First", "Second", "What goes wrong", "Your turn"]
    first = FOUND[0]
    assert first.claims == ["layers"]
    assert first.predictions == ["**Predict first.** What?"]
    assert first.captions == ["One line."]
    assert FOUND[3].exercises == ["a/b"]


def test_what_can_be_skipped_and_usual_stumbles():
    assert [s.title for s in FOUND if not s.is_needed] == ["Second"]
    assert material.stumbles(FOUND) == ["The port is taken."]


@pytest.mark.parametrize("slug", table.course().slugs)
def test_each_notebook_has_notes(slug):
    book = table.course().notebook(slug)
    text = notes.as_markdown(book)
    assert text.startswith(f"# {book.title}\n")
    assert f"{book.minutes} minutes" in text
    assert "## Usual wrong answers" in text
    for claim in book.claims:
        assert f"`{claim}`" in text
    if material.PREDICT in cells.source_of(book.path):
        assert "## Predictions for the room" in text

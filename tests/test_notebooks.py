"""The form of every notebook. `make check` adds the limits and the style of
those that are rewritten: see tools/style.py."""

import itertools
import re

import nbformat
import pytest

from dockerlab import paths
from dockerlab.course import table
from tools import unfinished


@pytest.fixture(
    params=table.course().notebooks, ids=lambda book: book.slug, scope="module"
)
def row(request) -> table.Notebook:
    """A notebook's row of the table."""
    return request.param


@pytest.fixture(scope="module")
def book(row) -> nbformat.NotebookNode:
    """The notebook itself."""
    return nbformat.read(row.path, as_version=4)


@pytest.fixture
def is_old(row) -> bool:
    """Whether the notebook has the text of the first edition."""
    return row.slug in unfinished.notebooks()


@pytest.fixture
def is_rest(row, is_old) -> bool:
    """Whether it is what new notebooks left of one of the first edition."""
    return is_old and row.deep


# What fails where a cell does not show what its text claims.
PROOF = re.compile(
    r"\bassert\b|\btest\s|\bgrep -q|docker image inspect"
    r"|\bgrep --only-matching"
)


def _code(book) -> list:
    return [cell for cell in book.cells if cell.cell_type == "code"]


def _tags(cell) -> list[str]:
    return cell.metadata.get("tags", [])


def test_stores_no_error_and_no_path_of_this_machine(book):
    text = nbformat.writes(book)
    assert str(paths.PROJECT) not in text
    outputs = [o for cell in _code(book) for o in cell.outputs]
    assert all(output.output_type != "error" for output in outputs)
    assert all(output.get("name") != "stderr" for output in outputs)


def test_most_of_what_it_prints_is_compared(book):
    prints = [cell for cell in _code(book) if cell.outputs]
    excused = [c for c in prints if "nbval-ignore-output" in _tags(c)]
    assert len(excused) <= 0.3 * len(prints)
    following = dict(itertools.pairwise(cell.id for cell in _code(book)))
    sources = {cell.id: cell.source for cell in _code(book)}
    for cell in excused:
        shown = cell.source + sources.get(following.get(cell.id), "")
        assert PROOF.search(shown), cell.source


def test_code_cells_are_short(book, is_old):
    rows = [
        [line for line in cell.source.splitlines() if line.strip()]
        for cell in _code(book)
    ]
    if is_old:  # `make check` knows today's limit, which is lower
        assert max(map(len, rows)) <= 25
    assert max(len(line) for row in rows for line in row) <= 79
    # It hides an error. In an exercise, the check finds it.
    assert not any(
        line.startswith("!")
        for cell in _code(book)
        if not any(tag.startswith("exercise:") for tag in _tags(cell))
        # In a `.dockerignore` the mark includes a file.
        if not cell.source.startswith("%%writefile")
        for line in cell.source.splitlines()
    )


def test_has_pictures_with_captions(book, is_rest):
    shown = [o for cell in _code(book) for o in cell.outputs]
    places = [
        n for n, o in enumerate(shown) if "image/png" in o.get("data", {})
    ]
    # Two of the notebook's own, and that of the progress.
    assert len(places) >= (1 if is_rest else 3)
    for n in places:
        assert shown[n].metadata["image/png"]["alt"]
        caption = shown[n + 1].data["text/html"]
        assert caption.startswith('<div class="dockerlab"><span role="img"')
        assert 'aria-label=""' not in caption
        assert "<em></em>" not in caption


def test_follows_the_frame_of_the_first_edition(book, is_old, is_rest):
    if is_rest or not is_old:
        return  # `make check` knows today's frame
    text = "\n".join(c.source for c in book.cells if c.cell_type != "code")
    for part in (
        "What you will do",
        "What you need",
        "Minutes",
        "## What goes wrong",
        "## Your turn",
        "## In practice",
        "## Recap",
        "## Further reading",
        "**Next:**",
    ):
        assert part in text
    exercises = [t for c in book.cells for t in _tags(c) if "exercise:" in t]
    assert exercises

"""The form of every notebook. `make check` adds the limits and the style of
those that are rewritten: see tools/style.py."""

import itertools
import statistics

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
    """Whether the notebook has the form of the first edition."""
    return row.slug in unfinished.notebooks()


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
        proof = ("assert", "test -n", "docker image inspect")
        shown = cell.source + sources.get(following.get(cell.id), "")
        assert any(word in shown for word in proof), cell.source


def test_code_cells_are_short(book):
    rows = [
        [line for line in cell.source.splitlines() if line.strip()]
        for cell in _code(book)
    ]
    lengths = sorted(map(len, rows))
    assert statistics.median(lengths) <= 7
    assert lengths[int(len(lengths) * 0.95)] <= 12
    assert lengths[-1] <= 25
    assert max(len(line) for row in rows for line in row) <= 79
    # A failed command after ! does not stop a cell. In an exercise the check
    # after it decides.
    work = [c for c in _code(book) if "exercise:" not in str(_tags(c))]
    lines = [line for cell in work for line in cell.source.splitlines()]
    assert not any(line.startswith("!") for line in lines)


def test_has_pictures_with_captions(book, row, is_old):
    shown = [o for cell in _code(book) for o in cell.outputs]
    places = [
        n for n, o in enumerate(shown) if "image/png" in o.get("data", {})
    ]
    assert len(places) >= (3 if is_old and not row.deep else 2)
    for n in places:
        assert shown[n].metadata["image/png"]["alt"]
        caption = shown[n + 1].data["text/html"]
        assert caption.startswith('<div class="dockerlab"><span role="img"')
        assert 'aria-label=""' not in caption
        assert "<em></em>" not in caption


def test_follows_the_frame_of_the_first_edition(book, row, is_old):
    if not is_old or row.deep:
        return  # `make check` knows today's frame; deep ones are remains
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
    assert len(exercises) >= 3

"""Each proof of the course can fail (see `counterproofs/harness.py`)."""

import dataclasses
import re

import nbformat
import pytest
from nbformat import v4

from dockerlab.course import cells, table
from tests.counterproofs import harness
from tests.counterproofs.harness import Book, Change


def _cases(slug: str) -> list:
    """Each change of a notebook; long but for the sample."""
    return [
        pytest.param(
            claim,
            change,
            id=f"{claim}-{number}",
            marks=[] if change.sample else [pytest.mark.long],
        )
        for claim, changes in harness.load(slug).changes.items()
        for number, change in enumerate(changes, start=1)
    ]


def _controls(slug: str) -> list:
    """One change for each set of cells that run before a proof."""
    book = harness.load(slug)
    if harness.check(book):
        return []  # test_changes_fit_their_notebook reports what is wrong
    plans = {
        tuple(book.plan(claim, change)): pytest.param(claim, change, id=claim)
        for claim, changes in book.changes.items()
        for change in changes
        if book.needed(claim, book.proof(claim, change)) or change.skip
    }
    return list(plans.values())


def _tests_of(slug: str) -> type:
    """A class for each notebook: processes share the classes."""

    @pytest.mark.lesson(slug)
    class Changed:
        book = harness.load(slug)

        @pytest.mark.counted("changes that made a proof fail, as they must")
        @pytest.mark.parametrize(("claim", "change"), _cases(slug))
        def test_proof_fails(self, claim, change):
            harness.refute(self.book, claim, change)

        @pytest.mark.long
        @pytest.mark.parametrize(("claim", "change"), _controls(slug))
        def test_proof_passes_without_the_change(self, claim, change):
            harness.control(self.book, claim, change)

    return Changed


for _slug in harness.slugs():
    globals()[f"TestCounter_{_slug}"] = _tests_of(_slug)


@pytest.mark.parametrize("slug", harness.slugs())
def test_changes_fit_their_notebook(slug):
    assert harness.check(harness.load(slug)) == []


@pytest.mark.parametrize("slug", table.course().slugs)
def test_a_cell_tagged_with_a_claim_asserts(slug):
    silent = [
        f"{cell.id} {cell.tagged('claim:')}"
        for cell in cells.code(table.course().notebook(slug).path)
        if cell.tagged("claim:")
        and not re.search(r"^\s*assert ", cell.source, re.MULTILINE)
    ]
    assert silent == []


def _cell(id: str, source: str, *tags: str) -> dict:
    cell = v4.new_code_cell(source, id=id)
    cell.metadata["tags"] = list(tags)
    return cell


@pytest.fixture
def book(tmp_path):
    """The counter-proof of a small notebook that needs no engine."""
    cells = [
        _cell("prepare", "word = 'an even number'", "setup"),
        _cell("measure", "number = 2"),
        _cell("other", "raise OSError('not needed')"),
        _cell("show", "print(word)"),
        _cell("prove", "rest = number % 2\nassert rest == 0", "claim:even"),
        _cell("later", "number = 4"),
        _cell("again", "assert number == 4", "claim:four"),
    ]
    path = tmp_path / "01_small_book.ipynb"
    nbformat.write(v4.new_notebook(cells=cells), path)
    return Book(path, {"even": [ODD]}, {"even": "measure"})


ODD = Change(cell="measure", old="2", new="3", because="The number is odd.")


def _with(book: Book, **fields: object) -> tuple[Book, Change]:
    """The counter-proof with another change."""
    change = dataclasses.replace(ODD, **fields)
    return dataclasses.replace(book, changes={"even": [change]}), change


def test_a_change_that_fits(book):
    assert harness.check(book) == []
    assert book.plan("even", ODD) == ["prepare", "measure", "prove"]
    assert book.changed("even", ODD) == {"measure": "number = 3"}


def test_every_cell_before_the_proof_runs_where_needs_has_no_list(book):
    whole = dataclasses.replace(book, needs={})
    before = ["prepare", "measure", "other", "show"]
    assert whole.plan("even", ODD) == [*before, "prove"]
    _, change = _with(book, skip=("other",))
    before.remove("other")
    assert whole.plan("even", change) == [*before, "prove"]


def test_edits_of_one_cell_follow_each_other(book):
    _, change = _with(book, also=(("measure", "3", "3 * 5"),))
    assert book.changed("even", change) == {"measure": "number = 3 * 5"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"cell": "nowhere"}, "no code cell nowhere before prove"),
        ({"cell": "later", "old": "4"}, "no code cell later before prove"),
        ({"old": "5"}, "has this text 0 times, not once: '5'"),
        ({"cell": "prove", "old": "rest"}, "has this text 2 times, not once"),
        ({"new": "2"}, "Cell measure of small_book is not changed"),
        ({"proof": "again"}, "Cell again of small_book does not prove even"),
        ({"skip": ("measure",)}, "Cell measure of small_book is changed but"),
        (
            {"cell": "show", "old": "word"},
            "Cell show of small_book is changed",
        ),
        ({"cell": "prove", "old": "== 0", "new": "== 1"}, "assertions are"),
        ({"also": (("show", "word", "''"),)}, "add it to NEEDS['even']"),
    ],
)
def test_a_change_that_does_not_fit_is_reported(book, fields, message):
    changed, _ = _with(book, **fields)
    [wrong] = harness.check(changed)
    assert message in wrong


def test_a_claim_without_proof_is_reported(book):
    changed = dataclasses.replace(book, changes={"odd": [ODD]}, needs={})
    assert harness.check(changed) == ["No cell of small_book proves odd."]


def test_needs_that_no_change_uses_are_reported(book):
    changed = dataclasses.replace(book, needs={**book.needs, "four": ""})
    wrong = harness.check(changed)
    assert wrong == ["No change of small_book uses NEEDS['four']."]


@pytest.mark.engine  # a kernel takes seconds
def test_the_line_that_failed_is_returned(book):
    harness.control(book, "even", ODD)
    assert harness.refute(book, "even", ODD) == "assert rest == 0"


@pytest.mark.engine  # a kernel takes seconds
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"new": "4"}, "the proof prove still passes, although: The number"),
        ({"new": "1 / 0"}, "cell measure failed before the proof"),
        ({"new": "None"}, "raised TypeError, not AssertionError"),
    ],
    ids=["passes", "fails before", "another error"],
)
def test_a_proof_that_does_not_fail_is_reported(book, fields, message):
    changed, change = _with(book, **fields)
    with pytest.raises(harness.CounterProofError, match=message):
        harness.refute(changed, "even", change)


@pytest.mark.engine  # a kernel takes seconds
def test_needs_that_lack_a_cell_are_reported(book):
    lacking = dataclasses.replace(book, needs={"even": ""})
    message = "cell prove fails without any change"
    with pytest.raises(harness.CounterProofError, match=message):
        harness.control(
            lacking, "even", dataclasses.replace(ODD, cell="prove")
        )

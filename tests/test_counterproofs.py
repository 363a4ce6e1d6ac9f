"""Each proof of the course can fail (see `counterproofs/harness.py`)."""

import dataclasses
import re

import pytest

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


CELLS = "e530427a 041aa7fe 9eb7425f 49fb1ec5 fd07061b"
FILES = Change(
    cell="fd07061b",
    old="touch /only-in-a",
    new="true",
    because="Nobody wrote the file.",
)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"cell": "99999999"}, "no code cell 99999999"),
        ({"old": "touch /only-in-b"}, "0 times"),
        ({"old": "o"}, "times, not once"),
        ({"new": "touch /only-in-a"}, "is not changed"),
        ({"cell": "84676c75"}, "before c8aa4767"),
        ({"proof": "22afdb0e"}, "does not prove own-filesystem"),
        ({"skip": ("fd07061b",)}, "does not run"),
        (
            {"cell": "c8aa4767", "old": "not has(b)", "new": "has(b)"},
            "its assertions are changed",
        ),
    ],
)
def test_a_change_that_does_not_fit_is_reported(fields, message):
    change = dataclasses.replace(FILES, **fields)
    [wrong] = harness.check(
        Book("why_containers", {"own-filesystem": [change]})
    )
    assert message in wrong


def test_an_unknown_claim_is_reported():
    wrong = harness.check(Book("why_containers", {"layers": []}))
    assert wrong == ["why_containers has no claim layers."]


def test_needs_that_no_change_uses_are_reported():
    changes = {"own-filesystem": [FILES]}
    needs = {"own-filesystem": CELLS, "fast-start": "9d91ea8a"}
    wrong = harness.check(Book("why_containers", changes, needs))
    assert wrong == ["No change of why_containers uses NEEDS['fast-start']."]


@pytest.mark.lesson("why_containers")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        # Something that the proof does not depend on.
        (
            dataclasses.replace(FILES, new="touch /only-in-a /b"),
            "still passes",
        ),
        (dataclasses.replace(FILES, new="false"), "fd07061b failed before"),
        (
            dataclasses.replace(
                FILES,
                cell="c8aa4767",
                old='"/only-in-a"])',
                new="missing])",
            ),
            "raised NameError, not AssertionError",
        ),
    ],
    ids=["passes", "fails before", "another error"],
)
def test_a_proof_that_does_not_fail_is_reported(change, message):
    claim = "own-filesystem"
    book = Book("why_containers", {claim: [change]}, {claim: CELLS})
    with pytest.raises(harness.CounterProofError, match=message):
        harness.refute(book, claim, change)

"""Claims and the cells that prove them."""

import re

import pytest

from dockerlab.course import cells, claims, table
from dockerlab.course.cells import Cell


def test_every_claim_has_a_notebook_and_a_proof():
    assert claims.without_notebook() == []
    assert claims.missing() == []
    assert claims.unknown() == []


def test_the_ledger_has_whole_rows():
    ledger = claims.ledger()
    assert list(ledger) == [claim.id for claim in ledger.values()]
    assert all(claim.says and claim.proof for claim in ledger.values())


def test_the_advantages_link_to_their_proofs():
    book = table.course().notebook("what_is_a_container")
    text = "\n".join(c.source for c in cells.read(book.path) if c.is_prose)
    [rows] = re.findall(r"^\| advantage .*\n\|-.*\n((?:\|.*\n?)+)", text, re.M)
    assert len(rows.splitlines()) == 9
    for row in rows.splitlines():
        *_, ids, place, _ = row.split("|")
        slug = re.search(r"\[(\w+)\]", place)
        proves = table.course().notebook(slug[1]) if slug else book
        assert set(re.findall(r"`([\w-]+)`", ids)) <= set(proves.claims)


@pytest.fixture
def changed(monkeypatch):
    """Replace the cells of the first notebook with a claim."""
    book = next(one for one in table.course().notebooks if one.claims)
    read = cells.read

    def change(*replacement: Cell) -> table.Notebook:
        monkeypatch.setattr(
            cells,
            "read",
            lambda path: replacement if path == book.path else read(path),
        )
        return book

    return change


def cell(source: str, *tags: str) -> Cell:
    """A code cell."""
    return Cell(7, "0a", "code", source, tags)


def test_a_proof_must_assert(changed):
    claim = next(b for b in table.course().notebooks if b.claims).claims[0]
    book = changed(cell("assert True", f"claim:{claim}"))
    [proof] = [p for p in claims.proofs()[claim] if p.slug == book.slug]
    assert str(proof) == f"{book.slug} cell 7"
    changed(cell("print(True)", f"claim:{claim}"))
    assert (claim, book.slug) in claims.missing()


def test_a_claim_that_the_ledger_does_not_have_is_found(changed):
    changed(cell("assert True", "claim:no-such"))
    assert claims.unknown() == ["no-such"]

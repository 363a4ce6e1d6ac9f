"""The claims of the course, and the cells that prove them."""

import dataclasses

from dockerlab.course import cells, table
from dockerlab.course.ledger import Claim, ledger

__all__ = [
    "Claim",
    "Proof",
    "ledger",
    "missing",
    "proofs",
    "unknown",
    "without_notebook",
]


@dataclasses.dataclass(frozen=True)
class Proof:
    """A cell that proves a claim: its notebook's slug, number and id."""

    slug: str
    number: int
    cell: str

    def __str__(self) -> str:
        return f"{self.slug} cell {self.number}"


def proofs() -> dict[str, list[Proof]]:
    """For each claim the cells that prove it.

    A cell proves a claim if it is tagged `claim:<id>` and asserts something.
    """
    found: dict[str, list[Proof]] = {}
    for book in table.course().notebooks:
        for cell in cells.read(book.path):
            if cell.is_code and "assert" in cell.source:
                proof = Proof(book.slug, cell.number, cell.id)
                for claim in cell.tagged("claim:"):
                    found.setdefault(claim, []).append(proof)
    return found


def missing() -> list[tuple[str, str]]:
    """Claims without a proof, each with the slug of its notebook."""
    proven = {
        (claim, proof.slug)
        for claim, places in proofs().items()
        for proof in places
    }
    return [
        (claim, book.slug)
        for book in table.course().notebooks
        for claim in book.claims
        if (claim, book.slug) not in proven
    ]


def without_notebook() -> list[str]:
    """Claims of the ledger that no notebook of the table proves."""
    had = {c for book in table.course().notebooks for c in book.claims}
    return [claim for claim in ledger() if claim not in had]


def unknown() -> list[str]:
    """Claims that a cell is tagged with and the ledger does not have."""
    return sorted(set(proofs()) - set(ledger()))

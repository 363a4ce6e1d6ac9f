"""The ledger of claims, and the cells that prove them."""

import dataclasses
import pathlib

import yaml

from dockerlab.course import cells, table

LEDGER = pathlib.Path(__file__).parent / "claims.yml"


@dataclasses.dataclass(frozen=True)
class Claim:
    """One sentence of the ledger, and the kind of proof it needs."""

    id: str
    kind: str
    says: str
    proof: str


def ledger() -> dict[str, Claim]:
    """Every claim by its id."""
    sections = yaml.safe_load(LEDGER.read_text("utf-8"))
    rows = [row for section in sections.values() for row in section]
    return {row["id"]: Claim(**row) for row in rows}


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
    """Claims, with the slug of the notebook that lacks their proof."""
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
    """Claims of the ledger that no notebook of the table has."""
    had = {c for book in table.course().notebooks for c in book.claims}
    return [claim for claim in ledger() if claim not in had]


def unknown() -> list[str]:
    """Claims that a cell or the table names and the ledger does not know."""
    named = set(proofs())
    named.update(c for book in table.course().notebooks for c in book.claims)
    return sorted(named - set(ledger()))

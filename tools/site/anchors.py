"""Names of places in a page. Needs the standard library alone: the modules
that Sphinx loads use it too."""

import re

CELL = "cell-"


def of_heading(text: str) -> str:
    """The anchor of a heading: its words, in lower case, with hyphens.

    It depends on the words alone, so links to it survive new outputs and new
    cells.
    """
    words = re.sub(r"[`*]", "", text).lower()
    return re.sub(r"\W+", "-", words).strip("-") or "section"


def of_cell(id: str) -> str:
    """The anchor of a notebook's cell."""
    return CELL + id


def of_term(term: str) -> str:
    """The anchor of a term in the glossary."""
    return f"term-{of_heading(term)}"


def of_claim(claim: str) -> str:
    """The anchor of a claim in the ledger and in the counter-proofs."""
    return f"claim-{claim}"

"""The cheat sheet: one page, made from results of the notebooks.

Nothing in it is written by hand, so it always fits the notebooks. The effects
are the output of the cell with the tag `cheatsheet`. The mistakes are the
sentences after **Common mistake with X.** The proofs are the cells with the
tag `claim:X`.
"""

import re

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import cells, claims, links, table

FILE = paths.PROJECT / "docs" / "cheatsheet.md"
_MISTAKE = re.compile(r"\*\*Common mistake with (\w+)\.\*\* (.+)")
_HEAD = """# Dockerfile instructions on one page

`python -m dockerlab cheatsheet` writes this page from the stored results of the notebooks. Each instruction was placed between a base image and two probes: one at build time, one in a container. A dash means that nothing changed.

| instruction | while building, later steps see | layers | settings of the image | a container has another | common mistake | proof |
|---|---|---|---|---|---|---|
"""  # noqa: E501


def effects() -> dict[str, dict[str, str]]:
    """For each instruction, what it changed in which place.

    Raises:
        LabError: no notebook has stored such a result.
    """
    for book in table.course().notebooks:
        for cell in cells.read(book.path):
            if "cheatsheet" in cell.tags and cell.printed:
                return dict(map(_effect, cell.printed.splitlines()))
    raise LabError(
        "No notebook has results for the cheat sheet.",
        fix="Execute the notebook whose cell has the tag `cheatsheet`:"
        " `make notebooks`.",
    )


def _effect(line: str) -> tuple[str, dict[str, str]]:
    name, *parts = line.split(" | ")
    return name, dict(part.split(": ", 1) for part in parts)


def mistakes() -> dict[str, str]:
    """The common mistake with each instruction, from the notebooks."""
    found: dict[str, str] = {}
    for book in table.course().notebooks:
        for cell in cells.read(book.path):
            if cell.is_prose:
                found.update(_MISTAKE.findall(cell.source))
    return found


def render() -> str:
    """The cheat sheet as Markdown."""
    wrong, proven = mistakes(), claims.proofs()
    rows = []
    for name, changed in effects().items():
        parts = [
            f"`{name}`",
            *(
                changed.get(where, "-")
                for where in ("later steps", "layers", "settings")
            ),
            changed.get("containers", "-"),
            _in_docs(wrong.get(name, "-")).replace("|", "\\|"),
            ", ".join(map(_linked, proven.get(name, []))) or "-",
        ]
        rows.append(f"| {' | '.join(parts)} |\n")
    return _HEAD + "".join(rows)


def _linked(proof: claims.Proof) -> str:
    path = table.course().notebook(proof.slug).path
    place = path.relative_to(paths.PROJECT)
    return f"[{proof.slug}, cell {proof.number}](../{place})"


def _in_docs(text: str) -> str:
    """A notebook's text with links that work in docs/."""
    return links.renumbered(table.course(), FILE.parent, text)

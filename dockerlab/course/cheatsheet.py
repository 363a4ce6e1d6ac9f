"""The cheat sheet: one page, made from what the notebooks printed and proved.

Nothing in it is written by hand, so it cannot drift from the notebooks: the
effects are the output of the cell tagged `cheatsheet`, the mistakes are the
sentences marked **Common mistake with X.**, the proofs are the cells tagged
`claim:X`.
"""

import re

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import cells, claims, table

FILE = paths.PROJECT / "docs" / "cheatsheet.md"
_MISTAKE = re.compile(r"\*\*Common mistake with (\w+)\.\*\* (.+)")
_HEAD = """# Dockerfile instructions on one page

Made by `python -m dockerlab cheatsheet` from the stored results of the notebooks, in which every instruction was put between a base and two probes: one at build time, one in a container. A dash means that nothing changed.

| instruction | while building, later steps see | layers | settings of the image | a container has another | common mistake | proof |
|---|---|---|---|---|---|---|
"""  # noqa: E501


def effects() -> dict[str, dict[str, str]]:
    """For each instruction, where a notebook saw it change what.

    Raises:
        LabError: no notebook holds such a result.
    """
    for book in table.course().notebooks:
        for cell in cells.read(book.path):
            if "cheatsheet" in cell.tags and cell.printed:
                return dict(map(_effect, cell.printed.splitlines()))
    raise LabError(
        "No notebook holds results to make the cheat sheet from.",
        fix="Execute the notebook with the cell tagged `cheatsheet`:"
        " `make notebooks`.",
    )


def _effect(line: str) -> tuple[str, dict[str, str]]:
    name, *parts = line.split(" | ")
    return name, dict(part.split(": ", 1) for part in parts)


def mistakes() -> dict[str, str]:
    """The common mistake with each instruction, in a notebook's words."""
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
            _from_docs(wrong.get(name, "-")).replace("|", "\\|"),
            ", ".join(map(_linked, proven.get(name, []))) or "-",
        ]
        rows.append(f"| {' | '.join(parts)} |\n")
    return _HEAD + "".join(rows)


def _linked(proof: claims.Proof) -> str:
    path = table.course().notebook(proof.slug).path
    place = path.relative_to(paths.PROJECT)
    return f"[{proof.slug}, cell {proof.number}](../{place})"


def _from_docs(text: str) -> str:
    """A notebook's text with its links to notebooks as seen from docs/."""
    return re.sub(r"\]\((\d\d_\w+\.ipynb)", r"](../notebooks/\1", text)

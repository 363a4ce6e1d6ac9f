"""The cheat sheet: one page, made from what lesson 04 printed and proved.

Nothing in it is written by hand, so it cannot drift from the lesson: the
effects are the output of the cell tagged `cheatsheet`, the mistakes are the
sentences marked **Common mistake with X.**, the proofs are the cells tagged
`claim:X`.
"""

import json
import pathlib
import re

from dockerlab import claims, paths
from dockerlab.errors import LabError

FILE = paths.PROJECT / "docs" / "cheatsheet.md"
_MISTAKE = re.compile(r"\*\*Common mistake with (\w+)\.\*\* (.+)")
_HEAD = """# Dockerfile instructions on one page

Made by `python -m dockerlab cheatsheet` from the stored results of lesson 04, in which every instruction was put between a base and two probes: one at build time, one in a container. A dash means that nothing changed.

| instruction | while building, later steps see | layers | settings of the image | a container has another | common mistake | proof |
|---|---|---|---|---|---|---|
"""  # noqa: E501


def _notebooks() -> list[tuple[pathlib.Path, list[dict]]]:
    return [
        (path, json.loads(path.read_text("utf-8"))["cells"])
        for path in paths.lessons()
        if path.name.startswith("04")
    ]


def effects() -> dict[str, dict[str, str]]:
    """For each instruction, where the lesson saw it change what.

    Raises:
        LabError: the lesson's notebook holds no such result.
    """
    for _, cells in _notebooks():
        for cell in cells:
            if "cheatsheet" in cell["metadata"].get("tags", []):
                text = "".join(
                    part for out in cell["outputs"] for part in out["text"]
                )
                return dict(map(_effect, text.splitlines()))
    raise LabError(
        "Lesson 04 holds no results to make the cheat sheet from.",
        fix="Execute it first: `make notebooks ONLY=04b`.",
    )


def _effect(line: str) -> tuple[str, dict[str, str]]:
    name, *parts = line.split(" | ")
    return name, dict(part.split(": ", 1) for part in parts)


def mistakes() -> dict[str, str]:
    """The common mistake with each instruction, in the lesson's words."""
    found: dict[str, str] = {}
    for _, cells in _notebooks():
        for cell in cells:
            if cell["cell_type"] == "markdown":
                found.update(_MISTAKE.findall("".join(cell["source"])))
    return found


def render() -> str:
    """The cheat sheet as Markdown."""
    wrong, proven = mistakes(), claims.proofs()
    links = {path.stem: path.name for path, _ in _notebooks()}
    rows = []
    for name, changed in effects().items():
        proofs = [
            f"[{stem[:3]}, cell {number}](../notebooks/{links[stem]})"
            for stem, _, number in (p.split() for p in proven.get(name, []))
            if stem in links
        ]
        cells = [
            f"`{name}`",
            *(
                changed.get(where, "-")
                for where in ("later steps", "layers", "settings")
            ),
            changed.get("containers", "-"),
            wrong.get(name, "-").replace("|", "\\|"),
            ", ".join(proofs) or "-",
        ]
        rows.append(f"| {' | '.join(cells)} |\n")
    return _HEAD + "".join(rows)

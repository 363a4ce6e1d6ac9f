"""The cheat sheet: one page, made from results of the notebooks.

The first table is not written by hand, so it always fits the notebooks. The
effects are the output of the cell with the tag `cheatsheet`. The mistakes are
the sentences after **Common mistake with X.** The proofs are the cells with
the tag `claim:X`. The newer features, which not every engine has, are the list
in `features.yml`.
"""

import dataclasses
import functools
import pathlib
import re

import yaml

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import cells, claims, links, table

FILE = paths.PROJECT / "docs" / "cheatsheet.md"
FEATURES = pathlib.Path(__file__).with_name("features.yml")
_MISTAKE = re.compile(r"\*\*Common mistake with (\w+)\.\*\* (.+)")
_HEAD = """# Dockerfile instructions on one page

`python -m dockerlab cheatsheet` writes this page from the stored results of the notebooks. Each instruction was placed between a base image and two probes: one at build time, one in a container. A dash means that nothing changed. `FROM` brings all layers of its base image: here, one more. A new `ENTRYPOINT` removes the inherited `CMD`.

| instruction | while building, later steps see | layers | settings of the image | a container has another | common mistake | proof |
|---|---|---|---|---|---|---|
"""  # noqa: E501
_NEWER = """
All engines of today know these seventeen instructions. `STOPSIGNAL` came with Docker 1.9, `SHELL` and `HEALTHCHECK` with Docker 1.12.

## Newer features

The program that reads a Dockerfile, the *frontend*, has a version of its own, and each engine contains one. `# syntax=docker/dockerfile:1` as the first line asks for the newest one of version 1. So older engines get most of these features, too. It needs an engine with BuildKit, which is the default builder since Docker Engine 23.0. *Buildx* is the client's part: `docker buildx version` prints its version, and `docker buildx inspect` that of BuildKit. [builder_features](../{place}) tries which features your builder has.

| feature | what it does | Dockerfile frontend | also needs |
|---|---|---|---|
"""  # noqa: E501


@dataclasses.dataclass(frozen=True)
class Feature:
    """A newer feature: how it is written, what it does, the version of the
    frontend that has it, and what else must be new enough."""

    line: str
    does: str
    dockerfile: str
    also: str = ""


@functools.cache
def features() -> tuple[Feature, ...]:
    """The newer features, the oldest first."""
    rows = yaml.safe_load(FEATURES.read_text("utf-8"))
    return tuple(Feature(**row) for row in rows)


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
            _cell(_in_docs(wrong.get(name, "-"))),
            ", ".join(map(_linked, proven.get(name, []))) or "-",
        ]
        rows.append(f"| {' | '.join(parts)} |\n")
    return _HEAD + "".join(rows) + _newer()


def _newer() -> str:
    """The table of the newer features."""
    path = table.course().notebook("builder_features").path
    rows = [
        f"| `{_cell(feature.line)}` | {_cell(feature.does)} |"
        f" {feature.dockerfile} | {feature.also or '-'} |\n"
        for feature in features()
    ]
    place = path.relative_to(paths.PROJECT).as_posix()
    return _NEWER.format(place=place) + "".join(rows)


def _cell(text: str) -> str:
    """A text for a field of a table."""
    return text.replace("|", "\\|")


def _linked(proof: claims.Proof) -> str:
    path = table.course().notebook(proof.slug).path
    place = path.relative_to(paths.PROJECT)
    return f"[{proof.slug}, cell {proof.number}](../{place})"


def _in_docs(text: str) -> str:
    """A notebook's text with links that work in docs/."""
    return links.renumbered(table.course(), FILE.parent, text)

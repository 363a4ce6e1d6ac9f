"""Read the cells of notebook files. A file that did not change is read once.

It parses the file's JSON itself: importing nbformat takes longer than the
first cell of a notebook may.
"""

import dataclasses
import functools
import json
import pathlib
import re
from collections.abc import Iterable
from typing import Any

from dockerlab.base.errors import LabError

HINT = "<summary>Hint</summary>"
_FENCE = re.compile(r"```(?:python|bash)\n(.*?)```", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Cell:
    """One cell of a notebook file.

    Attributes:
        number: its place in the file, from 1.
        kind: `code`, `markdown` or `raw`.
        printed: the stored text output of a code cell, streams and results.
        executed: the stored execution count, None where there is none.
        html: the stored HTML outputs.
    """

    number: int
    id: str
    kind: str
    source: str
    tags: tuple[str, ...]
    printed: str = ""
    executed: int | None = None
    html: tuple[str, ...] = ()

    @property
    def is_code(self) -> bool:
        """Whether it is a code cell."""
        return self.kind == "code"

    @property
    def is_prose(self) -> bool:
        """Whether it is a markdown cell."""
        return self.kind == "markdown"

    def tagged(self, prefix: str) -> list[str]:
        """What follows `prefix` in those of its tags that begin with it."""
        return [t[len(prefix) :] for t in self.tags if t.startswith(prefix)]


def read(path: pathlib.Path) -> tuple[Cell, ...]:
    """The cells of a notebook file, in order.

    Raises:
        LabError: the file is missing or is not a notebook.
    """
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise LabError(
            f"The notebook {path.name} cannot be read.",
            error.strerror or str(error),
            "Restore the file from the course's repository.",
        ) from None
    except (ValueError, LookupError, TypeError) as error:
        raise LabError(
            f"{path.name} is not a notebook.",
            str(error),
            "Restore the file from the course's repository.",
        ) from None


@functools.lru_cache(maxsize=100)
def _read(path: pathlib.Path, changed: int) -> tuple[Cell, ...]:
    return parse(path.read_text("utf-8"))


def parse(text: str) -> tuple[Cell, ...]:
    """The cells of a notebook file's text, in order.

    Raises:
        ValueError, LookupError, TypeError: it is not a notebook.
    """
    rows = json.loads(text)["cells"]
    return tuple(_cell(row, n) for n, row in enumerate(rows, start=1))


def _cell(row: dict[str, Any], number: int) -> Cell:
    outputs = row.get("outputs") or []
    data = [output.get("data") or {} for output in outputs]
    texts = [
        _text(output.get("text") or shown.get("text/plain"))
        for output, shown in zip(outputs, data)
    ]
    return Cell(
        number=number,
        id=row.get("id", ""),
        kind=row["cell_type"],
        source=_text(row["source"]),
        tags=tuple(row["metadata"].get("tags") or ()),
        printed="".join(texts),
        executed=row.get("execution_count"),
        html=tuple(_text(d["text/html"]) for d in data if "text/html" in d),
    )


def _text(value: str | list[str] | None) -> str:
    """Text as a notebook file stores it: whole, or as a list of lines."""
    return "".join(value or ())


def code(path: pathlib.Path) -> list[Cell]:
    """The code cells of a notebook file."""
    return [cell for cell in read(path) if cell.is_code]


def source_of(path: pathlib.Path) -> str:
    """The source of all cells of a notebook file."""
    return "\n".join(cell.source for cell in read(path))


def exercises(path: pathlib.Path) -> list[str]:
    """The ids of the exercises in a notebook file, in order."""
    return [id for cell in read(path) for id in cell.tagged("exercise:")]


def starter(path: pathlib.Path, exercise: str) -> str:
    """The source of the cell in which a learner answers an exercise; empty
    where the file does not have the exercise."""
    for cell in read(path):
        if exercise in cell.tagged("exercise:"):
            return cell.source
    return ""


def solution(path: pathlib.Path, exercise: str) -> str:
    """The code of an exercise's folded solution; empty without one."""
    return solution_in(read(path), exercise)


def solution_in(found: Iterable[Cell], exercise: str) -> str:
    """The code of an exercise's folded solution among these cells."""
    for cell in found:
        if exercise in cell.tagged("solution:"):
            code = _FENCE.search(cell.source)
            return code[1] if code else ""
    return ""


def hint(path: pathlib.Path, exercise: str) -> str:
    """The folded hint below an exercise, as plain text; empty without one."""
    below = False
    for cell in read(path):
        if cell.tagged("exercise:"):
            below = exercise in cell.tagged("exercise:")
        elif below and HINT in cell.source:
            # The solution may be in the same cell, in a fold of its own.
            folded = cell.source.partition(HINT)[2].partition("</details>")[0]
            return " ".join(re.sub(r"<[^>]+>", " ", folded).split())
    return ""

"""Compare the outputs of a notebook's cells with the stored ones."""

import configparser
import difflib
import functools
import re
from collections.abc import Iterable
from typing import Any

from dockerlab import paths

IGNORED = {"nbval-ignore-output", "raises-exception"}
SANITIZE = paths.PROJECT / "tests" / "nbval_sanitize.cfg"
DRAWN = ("<Picture", "<Caption", "<Figure")
LINES = 40  # of a difference that are shown


@functools.cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return what truly varies between two runs, and its replacement."""
    read = configparser.RawConfigParser()
    read.read(SANITIZE, "utf-8")
    return [
        (re.compile(read[name]["regex"]), read[name]["replace"])
        for name in read.sections()
    ]


def sanitized(text: str) -> str:
    """Return a text without what varies between two runs."""
    for pattern, replacement in _patterns():
        text = pattern.sub(replacement, text)
    return text


def of_cells(cells: Iterable[Any]) -> list[str | None]:
    """Return the text that each code cell printed; None where it varies."""
    return [_of_cell(cell) for cell in cells]


def _of_cell(cell: Any) -> str | None:
    if IGNORED & set(cell.metadata.get("tags", ())):
        return None
    streams: dict[str, str] = {}
    results = []
    for output in cell.outputs:
        if output.output_type == "stream":
            name = output.name
            streams[name] = streams.get(name, "") + output.text
        elif output.output_type in ("execute_result", "display_data"):
            text = str(output.data.get("text/plain", ""))
            if not text.startswith(DRAWN):
                results.append(text)
    parts = [streams.get("stdout", ""), streams.get("stderr", ""), *results]
    return sanitized("\n".join(parts))


def difference(stored: str | None, now: str | None) -> str:
    """Return a diff of two outputs; empty where they agree or vary."""
    if stored is None or now is None or stored == now:
        return ""
    rows = difflib.unified_diff(
        stored.splitlines(), now.splitlines(), lineterm="", n=0
    )
    return "\n".join(list(rows)[2 : LINES + 2])

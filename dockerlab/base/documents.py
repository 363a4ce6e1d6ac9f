"""Places in documents that a command fills with what it found out.

A place begins with a line `<!-- its name -->` and ends with a line
`<!-- end of its name -->`.
"""

import pathlib


def _parts(text: str, name: str) -> tuple[str, str, str]:
    """What stands before a place, in it and behind it, with its marks."""
    before, begin, rest = text.partition(f"<!-- {name} -->\n")
    inside, end, behind = rest.partition(f"<!-- end of {name} -->")
    if not end:
        raise RuntimeError(f"The document has no place for {name}.")
    return before + begin, inside, end + behind


def read(path: pathlib.Path, name: str) -> str:
    """What stands in the document's place of that name.

    Raises:
        RuntimeError: it has no such place.
    """
    return _parts(path.read_text("utf-8"), name)[1]


def fill(path: pathlib.Path, name: str, lines: str) -> None:
    """Put these lines where others stood.

    Raises:
        RuntimeError: the document has no such place.
    """
    text = filled(path.read_text("utf-8"), name, lines)
    path.write_text(text, "utf-8")


def filled(text: str, name: str, lines: str) -> str:
    """A document's text with these lines in its place of that name.

    Raises:
        RuntimeError: it has no such place.
    """
    before, _, behind = _parts(text, name)
    return f"{before}{lines}{behind}"

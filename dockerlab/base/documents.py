"""Marked places in documents, whose text a command writes.

A place begins with a line `<!-- its name -->` and ends with a line
`<!-- end of its name -->`.
"""

import pathlib


def _parts(text: str, name: str, document: str) -> tuple[str, str, str]:
    """The text before a place with its opening mark, the text inside, and
    the closing mark with the text after it."""
    before, begin, rest = text.partition(f"<!-- {name} -->\n")
    inside, end, after = rest.partition(f"<!-- end of {name} -->")
    if not end:
        raise RuntimeError(f"{document} has no place for {name}.")
    return before + begin, inside, end + after


def read(path: pathlib.Path, name: str) -> str:
    """Return the text in the document's place of that name.

    Raises:
        RuntimeError: the document has no such place.
    """
    return _parts(path.read_text("utf-8"), name, path.name)[1]


def fill(path: pathlib.Path, name: str, lines: str) -> None:
    """Replace the text in the document's place of that name.

    Raises:
        RuntimeError: the document has no such place; the file is unchanged.
    """
    text = filled(path.read_text("utf-8"), name, lines, path.name)
    path.write_text(text, "utf-8")


def filled(
    text: str, name: str, lines: str, document: str = "The document"
) -> str:
    """Return a document's text with these lines in its place of that name.

    Args:
        document: how the error names the document.

    Raises:
        RuntimeError: the document has no such place.
    """
    before, _, after = _parts(text, name, document)
    return f"{before}{lines}{after}"

"""Documents and notebooks: links that lead nowhere, tables that are old."""

import pathlib
import re
from collections.abc import Iterator

from dockerlab import paths
from dockerlab.course import cells, cheatsheet, generated, table
from tools import language

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def documents() -> list[pathlib.Path]:
    """Every document of the project that is not a notebook."""
    top = paths.PROJECT
    found = [
        *top.glob("*.md"),
        *top.glob("docs/**/*.md"),
        *top.glob(".github/**/*.md"),
    ]
    return sorted([*found, top / "capstone" / "README.md"])


def faults() -> list[str]:
    """Dead links and generated text that is out of date, a sentence each."""
    wrong = table.files_that_differ(table.course())
    if wrong:
        return wrong  # the rest needs all files at their places
    wrong = generated.differences()
    if cheatsheet.FILE.read_text("utf-8") != cheatsheet.render():
        wrong.append(
            f"docs/{cheatsheet.FILE.name} is out of date: run"
            " `python -m dockerlab cheatsheet`."
        )
    for path in documents():
        wrong += dead_links(path, path.read_text("utf-8"))
    for book in table.course().notebooks:
        text = "\n\n".join(
            cell.source for cell in cells.read(book.path) if cell.is_prose
        )
        wrong += dead_links(book.path, text)
    return wrong


def dead_links(path: pathlib.Path, text: str) -> list[str]:
    """The links of a text to files or headings that do not exist."""
    return [
        f"{path.name} has a link to {link}, which does not exist."
        for link in _LINK.findall(language.without_code(text))
        if not _leads_somewhere(path, text, link)
    ]


def _leads_somewhere(path: pathlib.Path, text: str, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True  # another machine's: nothing here can tell
    file, _, heading = link.partition("#")
    target = path.parent / file if file else path
    if not target.exists():
        return False
    if not heading or target.suffix == ".ipynb":
        return True
    return heading in set(anchors(target.read_text("utf-8")))


def anchors(markdown: str) -> Iterator[str]:
    """The anchors of a document's headings, as repository hosts make them."""
    for title in _HEADING.findall(markdown):
        kept = re.sub(r"[^\w\- ]", "", title.lower())
        yield kept.replace(" ", "-")

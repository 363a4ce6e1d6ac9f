"""The terms of the course: docs/glossary.md, read and written as a page."""

import dataclasses
import html
import pathlib
import re

from dockerlab import paths
from tools.site import anchors

FILE = paths.PROJECT / "docs" / "glossary.md"
_ROW = re.compile(r"^\|\s*(?P<term>[^|]+?)\s*\|\s*(?P<means>[^|]+?)\s*\|")
_NOT_A_TERM = re.compile(r"[-\s]+|term")


@dataclasses.dataclass(frozen=True)
class Term:
    """One term, and what it means."""

    name: str
    means: str

    @property
    def anchor(self) -> str:
        """Its place in the page of the glossary."""
        return anchors.of_term(self.name)

    @property
    def forms(self) -> list[str]:
        """The ways to write it: `pull / push` has two, `out of memory (OOM)`
        too, and `publish (a port)` has one."""
        short, _, rest = self.name.partition(" (")
        forms = [form.strip() for form in short.split(" / ")]
        other = rest.rstrip(")")
        if other and not other.startswith(("a ", "an ", "the ")):
            forms.append(other)
        return forms


def terms(file: pathlib.Path = FILE) -> list[Term]:
    """The rows of the glossary's table; none where there is no file."""
    if not file.exists():
        return []
    rows = map(_ROW.match, file.read_text("utf-8").splitlines())
    return [
        Term(row["term"], row["means"])
        for row in rows
        if row and not _NOT_A_TERM.fullmatch(row["term"])
    ]


def page(found: list[Term]) -> str:
    """The glossary as a page: an anchor for each term."""
    rows = "\n".join(
        f'<dt id="{term.anchor}">{html.escape(term.name)}</dt>'
        f"<dd>{html.escape(term.means)}</dd>"
        for term in sorted(found, key=lambda term: term.name.lower())
    )
    return (
        "# Glossary\n\nOne term for one thing, in every notebook. Each page"
        " links a term here where it uses it first.\n\n"
        f'<dl class="glossary">\n{rows}\n</dl>\n'
    )

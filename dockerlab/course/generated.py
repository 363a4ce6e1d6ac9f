"""Write what follows from the table: file numbers, links, README's table.

`make format` calls `write`; a test fails where `differences` finds any.
"""

import pathlib
import re
from collections.abc import Iterator

import nbformat

from dockerlab import paths
from dockerlab.base import documents
from dockerlab.base.errors import LabError
from dockerlab.course import normalize, table
from dockerlab.course.table import Course, Notebook

README = paths.PROJECT / "README.md"
DOCS = paths.PROJECT / "docs"
_LINK = re.compile(r"(\]\((?:[^)\s]*/)?)\d\d_([a-z0-9_]+)\.ipynb\b")
_NEXT = re.compile(r"^\*\*Next:\*\*.*$", re.MULTILINE)
_NEXT_LINK = re.compile(r"\*\*Next:\*\* \[[a-z0-9_]+\]\([^)]+\)")


def write() -> list[str]:
    """Rename files, normalize notebooks, and write what is generated; what
    was changed, a sentence each.

    Raises:
        LabError: a notebook of the table has no file.
    """
    course = table.course()
    changed = list(_rename(course))
    for path, text in _wanted(course):
        if path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(f"{path.relative_to(paths.PROJECT)} written.")
    return changed


def differences() -> list[str]:
    """What `write` would change, a sentence each."""
    course = table.course()
    wrong = table.files_that_differ(course)
    if wrong:
        return wrong
    return [
        f"{path.relative_to(paths.PROJECT)} is not as `make format` leaves it."
        for path, text in _wanted(course)
        if path.read_text("utf-8") != text
    ]


def _rename(course: Course) -> Iterator[str]:
    """Give each notebook file its number; what was renamed."""
    there: dict[str, pathlib.Path] = {}
    for path in paths.NOTEBOOKS.rglob("*.ipynb"):
        match = table.NUMBERED.fullmatch(path.name)
        if match:
            there[match[2]] = path
    moves = []
    for book in course.notebooks:
        if book.slug not in there:
            raise LabError(
                f"The notebook {book.slug} has no file.",
                f"{table.FILE.name} lists it.",
                f"Write notebooks/{book.name}, or take it from the table.",
            )
        if there[book.slug] != book.path:
            moves.append((there[book.slug], book.path))
    # Two files may exchange their numbers: all step aside first.
    for old, _ in moves:
        old.rename(old.with_suffix(".moving"))
    for old, new in moves:
        new.parent.mkdir(exist_ok=True)
        old.with_suffix(".moving").rename(new)
        yield f"{old.name} renamed to {new.name}."


def _wanted(course: Course) -> Iterator[tuple[pathlib.Path, str]]:
    """Each file that follows from the table, with the text it must have."""
    for book in course.notebooks:
        yield book.path, notebook_text(course, book)
    for path in [README, *sorted(DOCS.glob("*.md"))]:
        text = _with_links(course, path.read_text("utf-8"))
        if path == README:
            text = documents.filled(text, "notebooks", notebook_rows(course))
            text = documents.filled(text, "pathways", pathway_rows(course))
        yield path, text


def notebook_text(course: Course, book: Notebook) -> str:
    """A notebook's file as it must be: normalized, its links by number."""
    content = nbformat.read(book.path, as_version=4)
    normalize.normalize(content)
    for cell in content.cells:
        if cell.cell_type == "markdown":
            cell.source = _with_links(course, cell.source)
            cell.source = _NEXT.sub(
                lambda found: _led_on(course, book, found[0]), cell.source
            )
    return nbformat.writes(content) + "\n"


def _led_on(course: Course, book: Notebook, line: str) -> str:
    """The line that leads on, with the link to the notebook that follows."""
    following = course.after(book.slug)
    if following is None:
        return line
    link = f"**Next:** [{following.slug}]({following.name})"
    if _NEXT_LINK.match(line):
        return _NEXT_LINK.sub(lambda _: link, line)
    return link


def _with_links(course: Course, text: str) -> str:
    """Text whose links to notebooks have today's numbers."""

    def numbered(found: re.Match[str]) -> str:
        if found[2] not in course.slugs:
            return found[0]
        return f"{found[1]}{course.notebook(found[2]).name}"

    return _LINK.sub(numbered, text)


def notebook_rows(course: Course) -> str:
    """README's table of the notebooks."""
    lines = []
    for part in course.parts:
        lines += [
            f"**{part.title}**",
            "",
            "| # | notebook | afterwards you can | minutes |",
            "|---|---|---|---|",
        ]
        for book in part.notebooks:
            place = book.path.relative_to(paths.PROJECT)
            lines.append(
                f"| {book.number} | [{book.title}]({place})"
                f" | {book.outcome} | {book.minutes} |"
            )
        lines.append("")
    return "\n".join(lines)


def pathway_rows(course: Course) -> str:
    """README's table of the pathways, each with its minutes."""
    lines = ["| pathway | notebooks | minutes |", "|---|---|---|"]
    for pathway in course.pathways:
        books = [course.notebook(slug) for slug in pathway.notebooks]
        links = ", ".join(
            f"[{b.slug}]({b.path.relative_to(paths.PROJECT)})" for b in books
        )
        minutes = sum(book.minutes for book in books)
        lines.append(f"| {pathway.title} | {links} | {minutes} |")
    return "\n".join([*lines, ""])

"""Write what follows from the table: the numbers of files, links between
notebooks, README's tables.

`make format` calls `write`. `make check` fails where `differences` finds any.
"""

import pathlib
import re
from collections.abc import Iterator

import nbformat

from dockerlab import paths
from dockerlab.base import documents
from dockerlab.base.errors import LabError
from dockerlab.course import agendas, links, normalize, table
from dockerlab.course.table import Course, Notebook

README = paths.PROJECT / "README.md"
DOCS = paths.PROJECT / "docs"
AGENDAS = DOCS / "teaching" / "agendas.md"
# Files of a notebook that name its cells by their ids.
FOLLOWERS = ("dockerlab/quizzes/{}.yml", "tests/counterproofs/{}.py")
_NEXT = re.compile(r"^\*\*Next:\*\*.*$", re.MULTILINE)
_NEXT_LINK = re.compile(r"\*\*Next:\*\* \[[a-z0-9_]+\]\([^)]+\)")


def write() -> list[str]:
    """Rename files, normalize notebooks and write what is generated.

    Returns:
        What was changed, a sentence each.

    Raises:
        LabError: a notebook of the table has no file.
    """
    course = table.course()
    changed = list(_rename(course))
    for path, text in list(_wanted(course)):
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
        f"{path.relative_to(paths.PROJECT)} is out of date: run `make format`."
        for path, text in _wanted(course)
        if path.read_text("utf-8") != text
    ]


def _rename(course: Course) -> Iterator[str]:
    """Give each notebook file its number; what was renamed."""
    here: dict[str, pathlib.Path] = {}
    for path in table.files(course):
        match = table.NUMBERED.fullmatch(path.name)
        if match:
            here[match[2]] = path
    moves = []
    for book in course.notebooks:
        if book.slug not in here:
            raise LabError(
                f"The notebook {book.slug} has no file.",
                f"{table.FILE.name} lists it.",
                f"Write {book.path}, or remove it from {table.FILE.name}.",
            )
        if here[book.slug] != book.path:
            moves.append((here[book.slug], book.path))
    # Two files may exchange their numbers: all get other names first.
    for old, _ in moves:
        old.rename(old.with_suffix(".moving"))
    for old, new in moves:
        new.parent.mkdir(exist_ok=True)
        old.with_suffix(".moving").rename(new)
        yield f"{old.name} renamed to {new.name}."


def _wanted(course: Course) -> Iterator[tuple[pathlib.Path, str]]:
    """Each file that follows from the table, with the text it must have."""
    taken: set[str] = set()
    for book in course.notebooks:
        content = nbformat.read(book.path, as_version=4)
        before = [cell.get("id", "") for cell in content.cells]
        normalize.normalize(content, book.slug, taken)
        _navigate(course, book, content)
        yield book.path, str(nbformat.writes(content)) + "\n"
        yield from _followers(book, before, [c.id for c in content.cells])
    for path in [README, *sorted(DOCS.rglob("*.md"))]:
        if path == AGENDAS:
            yield path, agendas.as_markdown(course)
            continue
        text = links.renumbered(course, path.parent, path.read_text("utf-8"))
        if path == README:
            text = documents.filled(text, "notebooks", notebook_rows(course))
            text = documents.filled(text, "pathways", pathway_rows(course))
        yield path, text


def _navigate(
    course: Course, book: Notebook, content: nbformat.NotebookNode
) -> None:
    """Write today's links into a notebook, in place."""
    for cell in content.cells:
        if cell.cell_type == "markdown":
            text = links.renumbered(course, book.path.parent, cell.source)
            cell.source = _NEXT.sub(
                lambda found: _next_line(course, book, found[0]), text
            )


def _followers(
    book: Notebook, before: list[str], after: list[str]
) -> Iterator[tuple[pathlib.Path, str]]:
    """Files that name a notebook's cells, with the cells' new ids."""
    changed = {
        old: new for old, new in zip(before, after) if old and old != new
    }
    if not changed:
        return
    ids = re.compile("|".join(map(re.escape, changed)))
    for place in FOLLOWERS:
        path = paths.PROJECT / place.format(book.slug)
        if path.exists():
            text = path.read_text("utf-8")
            yield path, ids.sub(lambda found: changed[found[0]], text)


def _next_line(course: Course, book: Notebook, line: str) -> str:
    """The line `**Next:**` of a notebook with the link that it must have."""
    following = course.after(book.slug)
    if following is None:
        return line
    link = f"**Next:** [{following.slug}]({following.name})"
    if _NEXT_LINK.match(line):
        return _NEXT_LINK.sub(lambda _: link, line)
    return link


def notebook_rows(course: Course) -> str:
    """README's table of the notebooks."""
    lines = []
    for part in course.sections:
        lines += [
            f"**{part.title}**",
            "",
            "| # | notebook | afterwards you can | minutes |",
            "|---|---|---|---|",
        ]
        for book in part.notebooks:
            place = book.path.relative_to(paths.PROJECT)
            lines.append(
                f"| {book.label} | [{book.title}]({place})"
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

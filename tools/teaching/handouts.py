"""Pages to print: the cheat sheet, a command card, the room's join page."""

import dataclasses
import html
import pathlib
import re
import shutil

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import cells
from dockerlab.course.table import Course
from tools.teaching import markup

CHEATSHEET = paths.PROJECT / "docs" / "cheatsheet.md"
COMMANDS = "## Commands of this notebook"
STYLE = """
@page {size: A4; margin: 12mm}
body {font: 10pt/1.4 "DejaVu Sans", Arial, sans-serif; color: #1a1a1a}
h1 {font-size: 17pt; color: #14324d; margin: 0 0 4mm}
h2 {font-size: 12pt; color: #14324d; margin: 4mm 0 1mm;
  break-after: avoid}
table {border-collapse: collapse; width: 100%}
td, th {border-bottom: 1px solid #bbb; padding: 1mm 2mm; text-align: left;
  vertical-align: top}
tr {break-inside: avoid}
code {font-family: "DejaVu Sans Mono", Menlo, monospace; font-size: .9em}
ul {margin: 1mm 0; padding-left: 5mm}
a {color: inherit; text-decoration: none}
"""
# All instructions on one page, newer features on the next.
WIDE = """
@page {size: A4 landscape; margin: 9mm}
h2 {break-before: page}
body {font-size: 7.5pt; line-height: 1.3}
h1 {font-size: 14pt; margin-bottom: 2mm} p {margin: 0 0 2mm}
td, th {padding: .6mm 2mm} td:last-child {white-space: nowrap}
"""
LARGE = "body {font-size: 16pt} .big {font-size: 30pt; font-weight: bold}"


@dataclasses.dataclass(frozen=True)
class Handout:
    """One document to print: its file's name, and its page as HTML."""

    name: str
    page: str


def all_of(course: Course, board: str, code: str) -> list[Handout]:
    """The handouts of a class.

    Args:
        board: the address of the live board; empty without one.
        code: of the room.
    """
    return [cheat_sheet(), command_card(course), join_page(board, code)]


def cheat_sheet() -> Handout:
    """All Dockerfile instructions, without the links to the notebooks."""
    text = CHEATSHEET.read_text("utf-8")
    body = markup.from_markdown(text)
    return _handout("cheatsheet", "Dockerfile instructions", WIDE, body)


def command_card(course: Course) -> Handout:
    """The commands of the notebooks of the first part."""
    part = course.parts[0]
    rows = [f"<h1>Commands: {html.escape(part.title)}</h1>"]
    for book in part.notebooks:
        text = commands_of(cells.source_of(book.path))
        if text:
            rows.append(f"<h2>{html.escape(book.title)}</h2>")
            rows.append(markup.from_markdown(text))
    return _handout("commands", "Commands", "", "".join(rows))


def commands_of(source: str) -> str:
    """The section of a notebook that lists its commands, as Markdown."""
    _, found, rest = source.partition(COMMANDS)
    if not found:
        return ""
    return re.split(r"^#|^\*\*Next", rest, flags=re.MULTILINE)[0].strip()


def join_page(board: str, code: str) -> Handout:
    """How a learner of this class begins."""
    shown = f"make start BOARD={board} ROOM={code}" if board else "make start"
    steps = [
        "Open a terminal in the folder of the course.",
        f"Type <p class='big'><code>{html.escape(shown)}</code></p>",
        "Your browser opens JupyterLab on the first notebook.",
    ]
    if board:
        steps.append(
            f"The room's code is <span class='big'>{html.escape(code)}</span>."
            " Choose a nickname; your code and your answers are not sent."
        )
    items = "".join(f"<li>{step}</li>" for step in steps)
    body = (
        f"<h1>Join the class</h1><ol>{items}</ol><p>If something fails, type"
        " <code>make doctor</code>.</p>"
    )
    return _handout("join", "Join the class", LARGE, body)


def _handout(name: str, title: str, style: str, body: str) -> Handout:
    return Handout(name, markup.page(title, STYLE + style, body))


def write(handouts: list[Handout], folder: pathlib.Path) -> list[pathlib.Path]:
    """Write PDF files into a folder.

    Raises:
        LabError: there is no Chromium.
    """
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        raise LabError(
            "Handouts are printed by Chromium, which is not here.",
            fix="Install it (on Debian: `apt-get install chromium`), then run"
            " `make handouts` again.",
        )
    from playwright.sync_api import sync_playwright  # takes a second

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=browser, args=["--no-sandbox"]
        )
        page = chromium.new_page()
        for handout in handouts:
            page.set_content(handout.page)
            target = folder / f"{handout.name}.pdf"
            page.pdf(path=target, prefer_css_page_size=True, tagged=True)
            written.append(target)
        chromium.close()
    return written

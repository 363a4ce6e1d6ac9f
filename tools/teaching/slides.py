"""Slides of a notebook, for a local copy of reveal.js.

One idea a slide: a section's heading, a prediction, a short cell with its
output, a picture. The prose between them is in the speaker notes.
"""

import dataclasses
import html
import pathlib
import re
import shutil
from collections.abc import Iterator

import nbformat
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

from dockerlab.base.errors import LabError
from dockerlab.course.table import Course, Notebook
from tools.teaching import markup, material

LINES, COLUMNS = 12, 90  # of a cell that fit on a slide
ROOM = 17  # lines of a cell and its output, with a sentence above
LEAD = 180  # letters of a sentence above a cell
PLUGINS = ("notes",)
_HEADING = re.compile(r"^(#{1,3})\s+(.+)$")
_OUTSIDE = re.compile(
    r"Check yourself|At work|In practice|Further reading|How far you are"
)
_LEARN = re.compile(r"\*\*(You will learn|What you will do)\*\*")
STYLE = """
body {background: #fff; font-family: "DejaVu Sans", Arial, sans-serif}
.reveal {font-size: 30px; line-height: 1.4; color: #1a1a1a}
.reveal h1 {font-size: 1.8em} .reveal h2 {font-size: 1.35em}
.reveal h1, .reveal h2 {color: #14324d; line-height: 1.2; font-weight: bold;
  margin: 0 0 .6em}
.reveal .slides section {text-align: left; padding: 30px 50px;
  box-sizing: border-box}
.reveal p {margin: 0 0 .6em} .reveal strong {font-weight: bold}
.reveal em {font-style: italic}
.reveal ul, .reveal ol {display: block; margin: 0 0 .6em 1.2em}
.reveal li {margin: .25em 0}
.reveal code, .reveal pre {font-family: "DejaVu Sans Mono", Menlo, monospace}
.reveal code {font-size: .88em}
.reveal pre {font-size: 19px; line-height: 1.35; background: #f0f3f6;
  padding: .6em .8em; margin: 0 0 .7em; box-sizing: border-box;
  white-space: pre-wrap}
.reveal pre.output {background: #fff; border-left: 5px solid #0072B2}
.reveal .where {font-size: 20px; color: #4a5a68; margin: 0 0 .8em}
.reveal .lead {font-size: 25px}
.reveal .predict {border-left: 8px solid #D55E00; padding-left: .7em}
.reveal img {max-height: 430px; max-width: 100%; display: block}
.reveal figcaption {font-size: 23px; margin-top: .4em}
.reveal table {font-size: 23px; border-collapse: collapse}
.reveal td, .reveal th {border-bottom: 1px solid #ccc; padding: .2em .6em;
  text-align: left}
"""
START = """
Reveal.initialize({width: 1280, height: 720, margin: 0.04, hash: true,
  center: false, transition: "none", pdfSeparateFragments: false,
  plugins: [RevealNotes]});
"""


def write(course: Course, folder: pathlib.Path, reveal: pathlib.Path) -> int:
    """Write a deck for each notebook, and an index of them.

    Args:
        folder: the target, which is replaced.
        reveal: the folder of reveal.js, with `dist` and `plugin`.

    Returns:
        The number of slides.

    Raises:
        LabError: reveal.js is not complete.
    """
    if not (reveal / "dist" / "reveal.js").is_file():
        raise LabError(
            "The slides need reveal.js, which is not here.",
            f"There is no {reveal / 'dist' / 'reveal.js'}.",
            "Remove .venv-site, then run `make slides` again.",
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(reveal / "dist", folder / "reveal" / "dist")
    for name in PLUGINS:
        shutil.copytree(
            reveal / "plugin" / name, folder / "reveal" / "plugin" / name
        )
    count = 0
    for book in course.notebooks:
        slides = list(deck(book))
        count += len(slides)
        text = _page(book.title, "\n".join(slides))
        (folder / f"{book.slug}.html").write_text(text, "utf-8")
    (folder / "index.html").write_text(_index(course), "utf-8")
    return count


def deck(book: Notebook) -> Iterator[str]:
    """The slides of a notebook, each the HTML of a section."""
    content = nbformat.read(book.path, as_version=4)
    told = _Told(book.title)
    skipping = False
    for number, cell in enumerate(content.cells):
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            title = _title_in(cell.source)
            if title:
                skipping = bool(_OUTSIDE.search(title))
            if number == 0:
                yield _first(book, cell.source)
            elif not skipping and "<details" not in cell.source:
                yield from _from_prose(cell.source, told)
        elif cell.cell_type == "code" and not skipping:
            shown = not any(tag.startswith("exercise:") for tag in tags)
            if shown and "setup" not in tags:
                yield from _from_code(cell, told)


@dataclasses.dataclass
class _Told:
    """What was told since the last slide, for the notes of the next one.

    Attributes:
        where: the heading of the section.
    """

    where: str
    paragraphs: list[str] = dataclasses.field(default_factory=list)

    def taken(self) -> list[str]:
        """The paragraphs, which are used now."""
        taken, self.paragraphs = self.paragraphs, []
        return taken

    def lead(self) -> str:
        """The section, and the sentence before a cell, as HTML."""
        where = f'<p class="where">{html.escape(self.where)}</p>'
        last = self.paragraphs[-1] if self.paragraphs else ""
        sentence = re.split(r"(?<=[.?!:])\s+", last.strip())[-1]
        if not sentence or len(sentence) > LEAD or "\n" in sentence:
            return where
        return (
            f'{where}<div class="lead">{markup.from_markdown(sentence)}</div>'
        )


def _title_in(source: str) -> str:
    for line in source.splitlines():
        found = _HEADING.match(line)
        if found and len(found[1]) == 2:
            return found[2]
    return ""


def _first(book: Notebook, source: str) -> str:
    """The title slide: the title, and what learners will be able to do."""
    parts = source.split("\n\n")
    learn = [n for n, part in enumerate(parts) if _LEARN.search(part)]
    shown = "\n\n".join(parts[learn[0] : learn[0] + 2]) if learn else ""
    rest = [p for n, p in enumerate(parts) if n and n not in learn]
    title = f"<h1>{html.escape(book.title)}</h1>"
    return _slide(title + markup.from_markdown(shown), rest)


def _from_prose(source: str, told: _Told) -> Iterator[str]:
    """A slide for a heading, and one for each prediction; the other text
    goes into the speaker notes of the next slide."""
    head = ""
    for part in source.split("\n\n"):
        found = _HEADING.match(part)
        if found:
            head = told.where = found[2].replace("`", "")
        elif material.PREDICT in part:
            body = f'<div class="predict">{markup.from_markdown(part)}</div>'
            yield _slide(_heading(head or told.where) + body, told.taken())
            head = ""
        elif head:
            body = _heading(head) + markup.from_markdown(_short(part))
            yield _slide(body, [*told.taken(), part])
            head = ""
        else:
            told.paragraphs.append(part)
    if head:
        yield _slide(_heading(head), told.taken())


def _from_code(cell: NotebookNode, told: _Told) -> Iterator[str]:
    """A slide for a short cell with its output, and one for each picture."""
    lines = cell.source.splitlines()
    printed = _printed(cell)
    wide = max(map(len, lines), default=0) > COLUMNS
    if len(lines) <= LINES and not wide and (printed or "%%" in cell.source):
        source = cell.source.removeprefix("%%bash\n")
        room = ROOM - len(lines)
        shown = _cut(printed, room)
        output = markup.plain(shown) if shown else ""
        body = told.lead() + markup.code(source, cell.source) + output
        yield _slide(body, told.taken())
    for picture in _pictures(cell):
        yield _slide(told.lead() + picture, told.taken())


def _printed(cell: NotebookNode) -> str:
    """What a cell printed, without the colours of a terminal."""
    text = "".join(
        output.get("text", "")
        for output in cell.outputs
        if output.output_type == "stream"
    )
    return str(strip_ansi(text)).strip()


def _cut(text: str, room: int) -> str:
    """The first lines of an output, as far as they fit."""
    lines = [
        line if len(line) <= COLUMNS else f"{line[: COLUMNS - 1]}…"
        for line in text.splitlines()
    ]
    return "\n".join(lines[:room] + ["…"] * (len(lines) > room))


def _pictures(cell: NotebookNode) -> Iterator[str]:
    """Each picture of a cell with its caption."""
    caption = re.compile(r"<em>(.*?)</em>", re.DOTALL)
    for output, following in zip(cell.outputs, [*cell.outputs[1:], None]):
        data = output.get("data", {})
        if "image/png" not in data:
            continue
        alt = output.metadata.get("image/png", {}).get("alt", "")
        below = "".join((following or {}).get("data", {}).get("text/html", ""))
        words = caption.search(below)
        yield (
            f'<figure><img src="data:image/png;base64,{data["image/png"]}"'
            f' alt="{html.escape(alt)}"><figcaption>'
            f"{words[1] if words else ''}</figcaption></figure>"
        )


def _short(text: str) -> str:
    """The first two sentences of a paragraph; lists stay as they are."""
    if text.lstrip().startswith(("-", "|", "1.", "```")):
        lines = text.splitlines()
        return "\n".join(lines[:LINES])
    sentences = re.split(r"(?<=[.?!])\s+", text)
    return " ".join(sentences[:2])


def _heading(text: str) -> str:
    return f"<h2>{markup.from_markdown(text)[3:-5]}</h2>" if text else ""


def _slide(body: str, notes: list[str]) -> str:
    said = markup.from_markdown("\n\n".join(notes))
    aside = f'<aside class="notes">{said}</aside>' if notes else ""
    return f"<section>{body}{aside}</section>"


def _page(title: str, slides: str) -> str:
    place = "reveal/dist"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title>"
        f'<link rel="stylesheet" href="{place}/reset.css">'
        f'<link rel="stylesheet" href="{place}/reveal.css">'
        f"<style>{STYLE}{markup.styles()}</style></head>"
        f'<body><div class="reveal"><div class="slides">{slides}</div></div>'
        f'<script src="{place}/reveal.js"></script>'
        '<script src="reveal/plugin/notes/notes.js"></script>'
        f"<script>{START}</script></body></html>"
    )


def _index(course: Course) -> str:
    rows = "".join(
        f'<li><a href="{book.slug}.html">{html.escape(book.title)}</a></li>'
        for book in course.notebooks
    )
    body = (
        "<h1>Slides</h1><p>Press S in a deck for the speaker view, Esc for"
        f" the overview.</p><ol>{rows}</ol>"
    )
    style = "body {font: 18px/1.6 sans-serif; margin: 3em; color: #14324d}"
    return markup.page("Slides", style, body)

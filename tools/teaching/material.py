"""What a notebook offers to an instructor: sections, predictions, mistakes.

Everything is read from the notebook file, its quiz and the table.
"""

import dataclasses
import re
from collections.abc import Iterable

from dockerlab import quizzes
from dockerlab.course import cells
from dockerlab.course.cells import Cell
from dockerlab.course.table import Notebook

PREDICT = "**Predict first"
WRONG = "What goes wrong"
_HEADING = re.compile(r"^##\s+(.+)$", re.MULTILINE)
# What a section must not be to be skipped: each notebook needs its frame.
_FRAME = re.compile(
    r"Your turn|What goes wrong|Check yourself|At work|Recap|In practice"
    r"|Commands of this notebook|Further reading|How far you are"
)
_CAPTION = re.compile(r"<em>(.*?)</em>", re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")


@dataclasses.dataclass(frozen=True)
class Section:
    """The cells below one heading of the second level.

    Attributes:
        title: of the heading.
        cells: the first one has the heading.
    """

    title: str
    cells: tuple[Cell, ...]

    @property
    def claims(self) -> list[str]:
        """The claims that are proven here."""
        return [c for cell in self.cells for c in cell.tagged("claim:")]

    @property
    def exercises(self) -> list[str]:
        """The ids of the exercises here."""
        return [x for cell in self.cells for x in cell.tagged("exercise:")]

    @property
    def predictions(self) -> list[str]:
        """What the room is asked before a cell runs, one text each."""
        return [
            part.strip()
            for cell in self.cells
            if cell.is_prose
            for part in cell.source.split("\n\n")
            if PREDICT in part
        ]

    @property
    def captions(self) -> list[str]:
        """The captions of the pictures here."""
        return [
            _TAGS.sub("", found)
            for cell in self.cells
            for html in cell.html
            if html.startswith('<div class="dockerlab">')
            for found in _CAPTION.findall(html)
        ]

    @property
    def is_needed(self) -> bool:
        """Whether the notebook loses something that it promises without
        this section."""
        kept = any("setup" in cell.tags for cell in self.cells)
        frame = _FRAME.search(self.title)
        return bool(frame or kept or self.claims or self.exercises)


def sections(found: Iterable[Cell]) -> list[Section]:
    """The sections of a notebook, in order, without what is above the first
    heading of the second level."""
    groups: list[tuple[str, list[Cell]]] = []
    for cell in found:
        heading = _HEADING.search(cell.source) if cell.is_prose else None
        if heading:
            groups.append((heading[1].strip(), [cell]))
        elif groups:
            groups[-1][1].append(cell)
    return [Section(title, tuple(rows)) for title, rows in groups]


def of(book: Notebook) -> list[Section]:
    """The sections of a notebook file."""
    return sections(cells.read(book.path))


def stumbles(found: Iterable[Section]) -> list[str]:
    """The first sentences of each part of "What goes wrong"."""
    texts = [
        part.strip()
        for section in found
        if WRONG in section.title
        for cell in section.cells
        if cell.is_prose
        for part in cell.source.split("\n\n")
    ]
    return [
        text
        for text in texts
        if text and not text.startswith(("#", "<", "|", "```", "    "))
    ]


def misconceptions(slug: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The quiz's questions, each with its wrong answers and why each is
    wrong."""
    return [
        (
            question.question,
            [(a.answer, a.because) for a in question.answers if not a.correct],
        )
        for question in quizzes.load(slug)
    ]

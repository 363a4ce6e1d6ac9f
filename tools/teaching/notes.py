"""Notes for the instructor on one notebook."""

from collections.abc import Iterable

from dockerlab.course import cells
from dockerlab.course.table import Notebook
from tools import style
from tools.teaching import material
from tools.teaching.material import Section

TEXT_LENGTH = 400  # letters of a stumble


def as_markdown(book: Notebook) -> str:
    """The notes on a notebook as a document's text."""
    found = material.of(book)
    measures = style.measure(cells.read(book.path))
    parts = [
        f"# {book.title}",
        f"Notebook `{book.slug}`. Afterwards, learners can {book.outcome}.",
        f"**Time**: {book.minutes} minutes for one person, of which about"
        f" {_exercise_minutes(measures)} are exercises. Add 10 % for"
        " questions.",
        _predictions(found),
        _misconceptions(book.slug),
        _stumbles(found),
        _show(found),
        _skip(found),
    ]
    return "\n\n".join([part for part in parts if part]) + "\n"


def _exercise_minutes(measures: style.Measures) -> int:
    return round(1.2 * sum(measures.exercises))


def _predictions(found: Iterable[Section]) -> str:
    rows = [
        f"- *{section.title}*: {text}"
        for section in found
        for text in section.predictions
    ]
    if not rows:
        return ""
    return "\n".join(
        [
            "## Predictions for the room",
            "",
            "Ask for a show of hands before you run the cell.",
            "",
            *rows,
        ]
    )


def _misconceptions(slug: str) -> str:
    lines = ["## Usual wrong answers"]
    for question, wrong in material.misconceptions(slug):
        lines += ["", f"**{question}**", ""]
        lines += [f"- {answer}: {because}" for answer, because in wrong]
    return "\n".join(lines)


def _stumbles(found: Iterable[Section]) -> str:
    texts = material.stumbles(found)
    if not texts:
        return ""
    rows = [f"- {text[:TEXT_LENGTH]}".replace("\n", " ") for text in texts]
    return "\n".join(["## Usual stumbles", "", *rows])


def _show(found: Iterable[Section]) -> str:
    rows = []
    for section in found:
        proven = ", ".join(f"`{claim}`" for claim in section.claims)
        if proven:
            rows.append(f"- *{section.title}*: proves {proven}.")
        rows += [f"- Picture: {caption}" for caption in section.captions]
    return "\n".join(["## What to show", "", *rows]) if rows else ""


def _skip(found: Iterable[Section]) -> str:
    rows = [f"- {s.title}" for s in found if not s.is_needed]
    if not rows:
        return ""
    return "\n".join(
        [
            "## What to skip when you are late",
            "",
            "No exercise and no proof of this notebook is in these sections."
            " Still run their cells: later ones may use what they create.",
            "",
            *rows,
        ]
    )

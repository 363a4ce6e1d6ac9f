"""Agendas of the pathways for instructors, with clock times and breaks."""

import dataclasses
from collections.abc import Iterable

from dockerlab.course.table import Course, Notebook, Pathway

START = 9 * 60  # minutes after midnight
QUESTIONS = 1.1  # a class takes 10 % longer than one person
LONGEST = 100  # minutes without a break
BREAK, LUNCH = 15, 60
NOON = 11 * 60 + 45  # from here on, a break is the lunch
EVENING = 17 * 60 + 30  # no notebook ends later
FOR_CLASSES = ("half-a-day", "one-day", "two-days")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One line of an agenda.

    Attributes:
        day: counts from 1.
        begin, end: minutes after midnight.
        slug: of the notebook; empty for a break.
    """

    day: int
    begin: int
    end: int
    text: str
    slug: str = ""


def clock(minutes: int) -> str:
    """Minutes after midnight as `9:05`."""
    return f"{minutes // 60}:{minutes % 60:02}"


def plan(books: Iterable[Notebook]) -> list[Entry]:
    """The agenda of these notebooks, one after another.

    A break comes before a notebook that would make the time without one
    longer than LONGEST; around noon it is the lunch. A notebook that would
    end in the evening begins the next day.
    """
    entries: list[Entry] = []
    day, now, since, eaten = 1, START, START, False
    for book in books:
        length = round(book.minutes * QUESTIONS)
        if now > since and now - since + length > LONGEST:
            lunch = now >= NOON and not eaten
            rest = LUNCH if lunch else BREAK
            if now + rest + length > EVENING:
                day, now, eaten = day + 1, START, False
            else:
                text = "Lunch" if lunch else "Break"
                entries.append(Entry(day, now, now + rest, text))
                eaten = eaten or lunch
                now += rest
            since = now
        entries.append(
            Entry(day, now, now + length, book.title, slug=book.slug)
        )
        now += length
    return entries


def of_classes(course: Course) -> list[tuple[Pathway, list[Entry]]]:
    """The pathways for classes, each with its agenda."""
    return [
        (pathway, plan(map(course.notebook, pathway.notebooks)))
        for pathway in course.pathways
        if pathway.name in FOR_CLASSES
    ]


def as_markdown(course: Course) -> str:
    """All agendas as a document's text."""
    lines = [
        "# Agendas",
        "",
        "Each agenda is a pathway of the course for a class. A notebook has"
        " its minutes for one person and 10 % for questions. There is a break"
        f" after {LONGEST} minutes at the latest. `make format` writes this"
        " page from the table of the course; `make notes` writes notes on"
        " each notebook.",
    ]
    for pathway, entries in of_classes(course):
        lines += ["", f"## {pathway.title}"]
        for day in sorted({entry.day for entry in entries}):
            of_day = [entry for entry in entries if entry.day == day]
            if entries[-1].day > 1:
                lines += ["", f"**Day {day}**"]
            lines += ["", "| from | to | |", "|---|---|---|"]
            lines += [
                f"| {clock(e.begin)} | {clock(e.end)} | {_what(e)} |"
                for e in of_day
            ]
    return "\n".join([*lines, ""])


def _what(entry: Entry) -> str:
    if not entry.slug:
        return f"*{entry.text}*"
    return f"{entry.text} (`{entry.slug}`)"

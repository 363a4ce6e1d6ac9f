"""The limits and the style of notebooks."""

import dataclasses
import re
from collections.abc import Iterable

from dockerlab.course import cells, table
from dockerlab.course.cells import Cell
from dockerlab.course.table import Notebook
from tools import language, unfinished

CELLS = 70
LEAST_WORDS, MOST_WORDS, MOST_WORDS_DEEP = 1200, 2000, 2100
CODE_LINES = 12
WORDS_PER_CODE_CELL = 45
ALONE = 0.9  # the part of the code cells that have prose before and after
LEAST_EXERCISES, MOST_EXERCISES = 2, 4
EXERCISE_MINUTES = 5  # unless the cell's tag `minutes:N` gives another number
FRAME = (
    "**You will learn**",
    "**Before you start**",
    "**Time**",
    "**Predict first",
    "What goes wrong",
    "## Your turn",
    "## At work",
    "## Recap",
    "## Commands of this notebook",
    "## Further reading",
    "**Next:**",
)
# Commands of a host's shell: what only GNU's programs accept.
_GNU_LONG = (
    r"head|tail|cut|mkdir|rmdir|rm|cp|mv|ln|ls|cat|wc|tr|uniq|seq|touch|chmod"
    r"|chown|tee|xargs|date|stat|du|df|sed"
)
_GNU = re.compile(
    r"^(?:"
    rf"(?:{_GNU_LONG})\s(?:.*\s)?--[a-z]"
    r"|(?:timeout|tac|nproc|sha256sum|md5sum|free|ss)(?:\s|$)"
    r"|grep\s+(?:\S+\s+)*-[a-zA-Z]*P"
    r"|sed\s+(?:\S+\s+)*(?:-i|-[nEr]+i)(?:\s|$)"
    r"|(?:date\s+(?:\S+\s+)*-d|stat\s+(?:\S+\s+)*-c|du\s+(?:\S+\s+)*-\w*b)"
    r"(?:\s|$)"
    r"|head\s+(?:-n\s*|-c\s*)-\d"
    r"|xargs\s+(?:\S+\s+)*-\w*r(?:\s|$)"
    r"|find\s.*\s-printf\s"
    r")"
)
_SHELL = re.compile(r"%%(?:bash|sh|script)\b")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_SINGLE_QUOTED = re.compile(r"'[^']*'")
_DOUBLE_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_SUBSTITUTION = re.compile(r"\$\(([^()]*)\)")
_SEPARATOR = re.compile(r"\|\||&&|[|;&\n(){}`]")
_LEADING = re.compile(
    r"^(?:(?:if|then|else|elif|while|until|do|!|time|sudo|env|\w+=\S*)\s+)*"
)


@dataclasses.dataclass(frozen=True)
class Measures:
    """What is counted in a notebook.

    Attributes:
        words: of prose, without the folded solutions.
        code: the code cells that are not an exercise's starter.
        alone: of these, the ones with prose before and after.
        exercises: minutes of each exercise.
    """

    cells: int
    words: int
    code: int
    alone: int
    exercises: tuple[int, ...]

    @property
    def minutes(self) -> int:
        """How long a beginner takes: reading, running, exercises, quiz."""
        work = sum(self.exercises) + 3
        return round(1.2 * (self.words / 200 + self.code * 25 / 60 + work))


def measure(content: Iterable[Cell]) -> Measures:
    """Count a notebook's cells and words."""
    content = list(content)
    kinds = ["markdown", *(cell.kind for cell in content), "markdown"]
    code = [cell for cell in content if _is_work(cell)]
    alone = [
        cell
        for cell in code
        if kinds[cell.number - 1] == kinds[cell.number + 1] == "markdown"
    ]
    return Measures(
        len(content),
        len(language.words(text_of(content))),
        len(code),
        len(alone),
        tuple(_minutes(c) for c in content if c.tagged("exercise:")),
    )


def _is_work(cell: Cell) -> bool:
    return cell.is_code and not cell.tagged("exercise:")


def _minutes(cell: Cell) -> int:
    given = cell.tagged("minutes:")
    return int(given[0]) if given else EXERCISE_MINUTES


def text_of(content: Iterable[Cell]) -> str:
    """The prose of a notebook, without the folded solutions."""
    return "\n\n".join(
        language.prose(cell.source)
        for cell in content
        if cell.is_prose and not cell.tagged("solution:")
    )


def faults(book: Notebook) -> list[str]:
    """Where a notebook breaks the limits or the style, a sentence each."""
    content = cells.read(book.path)
    counted = measure(content)
    most = MOST_WORDS_DEEP if book.deep else MOST_WORDS
    wrong = []
    if counted.cells > CELLS:
        wrong.append(f"{counted.cells} cells; at most {CELLS}.")
    if not LEAST_WORDS <= counted.words <= most:
        wrong.append(f"{counted.words} words; {LEAST_WORDS} to {most}.")
    if not LEAST_EXERCISES <= len(counted.exercises) <= MOST_EXERCISES:
        wrong.append(
            f"{len(counted.exercises)} exercises; {LEAST_EXERCISES} to"
            f" {MOST_EXERCISES}."
        )
    if counted.alone < ALONE * counted.code:
        wrong.append(
            f"{counted.alone} of {counted.code} code cells have prose before"
            f" and after; at least {ALONE:.0%}."
        )
    if counted.minutes > book.minutes:
        wrong.append(
            f"It takes {counted.minutes} minutes; course.yml has"
            f" {book.minutes}."
        )
    wrong += _in_cells(content)
    wrong += _in_text(text_of(content))
    source = "\n".join(cell.source for cell in content if cell.is_prose)
    wrong += [f"{part!r} is missing." for part in FRAME if part not in source]
    return wrong


def _in_cells(content: Iterable[Cell]) -> list[str]:
    wrong = []
    for cell in content:
        if not cell.is_code:
            continue
        lines = [x for x in cell.source.splitlines() if x.strip()]
        if len(lines) > CODE_LINES and not cell.tagged("exercise:"):
            wrong.append(
                f"Cell {cell.number} has {len(lines)} lines of code; at most"
                f" {CODE_LINES}."
            )
        wrong += [
            f"Cell {cell.number} has a command that only GNU's tools"
            f" understand: {command}"
            for command in gnu_only(cell.source)
        ]
    return wrong


def _in_text(text: str) -> list[str]:
    wrong = [f"The word {word!r}." for word in language.old_words(text)]
    wrong += [
        f"A sentence of {len(language.words(sentence))} words; at most"
        f" {language.LONGEST_SENTENCE}: {sentence}"
        for sentence in language.long_sentences(text)
    ]
    average = language.average_sentence(text)
    if average > language.AVERAGE_SENTENCE:
        wrong.append(
            f"Sentences have {average:.1f} words on average; at most"
            f" {language.AVERAGE_SENTENCE}."
        )
    return wrong


def gnu_only(source: str) -> list[str]:
    """The commands of a shell cell that other systems' tools refuse.

    Programs inside containers are not looked at: neither the text of a
    here-document nor a quoted script.
    """
    if not _SHELL.match(source):
        return []
    found = []
    for command in _commands(_without_heredocs(source)):
        if _GNU.match(command):
            found.append(command)
    return found


def _without_heredocs(source: str) -> str:
    kept, end = [], None
    for line in source.splitlines()[1:]:
        if end is not None:
            end = None if line.strip() == end else end
            continue
        kept.append(line)
        opened = _HEREDOC.search(line)
        end = opened[2] if opened else None
    return "\n".join(kept).replace("\\\n", " ")


def _commands(script: str) -> list[str]:
    """The simple commands of a script, those of substitutions included."""
    script = re.sub(r"(?m)(?:^|\s)#.*$", "", script)
    script = _SINGLE_QUOTED.sub("_", script)
    inner = " ; ".join(_SUBSTITUTION.findall(script))
    script = _DOUBLE_QUOTED.sub("_", _SUBSTITUTION.sub("_", script))
    parts = _SEPARATOR.split(f"{script}\n{inner}")
    return [_LEADING.sub("", part.strip()) for part in parts if part.strip()]


def course_faults(books: Iterable[Notebook]) -> list[str]:
    """Where notebooks taken together break a limit, a sentence each."""
    counted = [measure(cells.read(book.path)) for book in books]
    code = sum(one.code for one in counted)
    share = sum(one.words for one in counted) / code if code else 0
    if code and share < WORDS_PER_CODE_CELL:
        return [
            f"The course has {share:.0f} words per code cell; at least"
            f" {WORDS_PER_CODE_CELL}."
        ]
    return []


def rewritten() -> list[Notebook]:
    """The notebooks that must keep all limits."""
    waiting = unfinished.notebooks()
    return [b for b in table.course().notebooks if b.slug not in waiting]


def all_faults() -> list[str]:
    """The faults of all notebooks, a sentence each, and what is wrong with
    the list of those that are not rewritten."""
    done = rewritten()
    wrong = course_faults(done)
    for book in table.course().notebooks:
        wrong += [f"{book.slug}: {x}" for x in in_every_notebook(book)]
        found = faults(book)
        if book in done:
            wrong += [f"{book.slug}: {fault}" for fault in found]
        elif not found:
            wrong.append(
                f"{book.slug} keeps all limits: take it out of"
                f" {unfinished.FILE.name}."
            )
    wrong += [
        f"{slug} in {unfinished.FILE.name} is not in the course."
        for slug in unfinished.notebooks()
        if slug not in table.course().slugs
    ]
    return wrong


def in_every_notebook(book: Notebook) -> list[str]:
    """Faults that no notebook may have, rewritten or not."""
    content = cells.read(book.path)
    wrong = []
    if content[0].source.partition("\n")[0] != f"# {book.title}":
        wrong.append(f"Its heading must be `# {book.title}`.")
    order = [cell.executed for cell in content if cell.is_code]
    if order != list(range(1, len(order) + 1)):
        wrong.append(
            "Its cells were not executed in order: run"
            f" `make notebooks ONLY={book.slug}`."
        )
    return wrong

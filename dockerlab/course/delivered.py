"""Notebooks as they were delivered: reset one, put a solution into one.

The learner works on the same files that the course delivers. What they were
like is known from Git, or from copies that `make start` made.
"""

import json
import pathlib
import shutil
import subprocess

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import cells, progress, table
from dockerlab.course.table import Notebook

MARK = "# The solution of the course, put here by `solve`."


def _copy(book: Notebook) -> pathlib.Path:
    return paths.home() / "delivered" / book.name


def _from_git(book: Notebook) -> str:
    """The text of the last commit; empty where Git does not have it."""
    folder, name = str(book.path.parent), f"HEAD:./{book.path.name}"
    words = ["git", "-C", folder, "show", name]
    try:
        found = subprocess.run(words, capture_output=True, check=False)
    except OSError:  # there is no Git
        return ""
    return found.stdout.decode("utf-8") if found.returncode == 0 else ""


def keep_copies() -> None:
    """Keep a copy of each notebook that Git does not have.

    `make start` calls it before the learner opens one. A copy of an earlier
    day stays: the notebook may be changed by now.
    """
    if _from_git(table.course().notebooks[0]):
        return
    for book in table.course().notebooks:
        if not _copy(book).exists():
            _copy(book).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(book.path, _copy(book))


def text_of(book: Notebook) -> str:
    """The notebook file's text, as it was delivered.

    Raises:
        LabError: neither Git nor a copy has it.
    """
    text = _from_git(book)
    if text:
        return text
    try:
        return _copy(book).read_text("utf-8")
    except OSError:
        raise LabError(
            f"The course has no copy of {book.name} as it was delivered.",
            "Git does not have the file, and `make start` made no copy.",
            "Take the file from a fresh download of the course.",
        ) from None


def reset(slug: str) -> pathlib.Path | None:
    """Put a notebook back as it was delivered.

    Returns:
        Where the learner's version is now, in the folder `mine` beside the
        notebook; None if the notebook was as it was delivered.

    Raises:
        LabError: there is no such notebook, or no delivered version, or the
            files cannot be written.
    """
    book = _notebook(slug)
    text = text_of(book)
    try:
        if book.path.exists():
            if book.path.read_text("utf-8") == text:
                return None
            kept = _free(book.path.parent / "mine", book.path.stem)
            kept.parent.mkdir(exist_ok=True)
            shutil.copyfile(book.path, kept)
        else:
            kept = None
        _write(book.path, text)
    except OSError as error:
        raise _not_written(book, error) from None
    return kept


def solve(exercise: str) -> Notebook:
    """Put an exercise's solution into its cell, and note that it was solved.

    Returns:
        The notebook that has the solution now.

    Raises:
        LabError: there is no such exercise, its cell is gone, or the file
            cannot be read or written.
    """
    book, solution = _delivered_solution(exercise)
    try:
        content = json.loads(book.path.read_text("utf-8"))
        places = [
            cell
            for cell in content["cells"]
            if f"exercise:{exercise}" in (cell["metadata"].get("tags") or ())
        ]
        if not places:
            raise LabError(
                f"The cell of {exercise} is not in {book.name} any more.",
                fix=f"Type `python -m dockerlab reset {book.slug}`, then try"
                " again. Your version is kept.",
            )
        places[0]["source"] = solution.splitlines(keepends=True)
        text = json.dumps(content, indent=1, ensure_ascii=False)
        _write(book.path, f"{text}\n")
    except (ValueError, LookupError, TypeError, AttributeError):
        raise LabError(
            f"{book.name} is damaged.",
            fix=f"Type `python -m dockerlab reset {book.slug}`, then try"
            " again. Your version is kept.",
        ) from None
    except OSError as error:
        raise _not_written(book, error) from None
    progress.note_solved(exercise)
    return book


def _delivered_solution(exercise: str) -> tuple[Notebook, str]:
    """The notebook of an exercise, and the text for its cell."""
    slug = exercise.partition("/")[0]
    if slug in table.course().slugs:
        book = table.course().notebook(slug)
        code = cells.solution_in(cells.parse(text_of(book)), exercise)
        if code:
            # The first line of a shell cell must stay the first one.
            first, _, rest = code.partition("\n")
            lines = [first, MARK, rest] if first[:2] == "%%" else [MARK, code]
            return book, "\n".join(lines).rstrip()
    known = [id for ids in progress.course().values() for id in ids]
    raise LabError(
        f"There is no exercise {exercise!r}.",
        fix=f"The exercises are: {', '.join(known)}.",
    )


def _notebook(slug: str) -> Notebook:
    slugs = table.course().slugs
    if slug not in slugs:
        raise LabError(
            f"There is no notebook {slug!r}.",
            fix=f"The notebooks are: {', '.join(slugs)}.",
        )
    return table.course().notebook(slug)


def _free(folder: pathlib.Path, stem: str) -> pathlib.Path:
    """The first name with a number that no file has."""
    number = 1
    while (folder / f"{stem}-{number}.ipynb").exists():
        number += 1
    return folder / f"{stem}-{number}.ipynb"


def _write(path: pathlib.Path, text: str) -> None:
    """Write a file whole, or leave it as it is."""
    partial = path.with_suffix(".partial")
    partial.write_text(text, "utf-8")
    partial.replace(path)


def _not_written(book: Notebook, error: OSError) -> LabError:
    return LabError(
        f"{book.name} cannot be replaced.",
        error.strerror or str(error),
        "Free some space, or allow yourself to write in the course's folder.",
    )

"""The table of the course: `notebooks/course.yml`, read and checked.

The table is the only place that knows the order of the notebooks. A slug
names everything that belongs to a notebook: its file, its checks, its quiz,
its label and its exercises (`flask_app/port`).
"""

import dataclasses
import functools
import pathlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from dockerlab import paths
from dockerlab.base import labels
from dockerlab.base.errors import LabError

FILE = paths.NOTEBOOKS / "course.yml"
NUMBERED = re.compile(r"(\d\d)_(\w+)\.ipynb")
DEEP_DIVES = "deep_dives"


@dataclasses.dataclass(frozen=True)
class Notebook:
    """One row of the table.

    Attributes:
        outcome: what a learner can do afterwards, as the end of a sentence
            that begins with "you can".
        minutes: for a beginner, exercises and quiz included.
        needs: slugs of the notebooks to read before this one.
        claims: ids of the claims that this notebook proves.
        first_edition: ids of the first edition's exercises, each with the
            name that the exercise has here.
        number: its place among the core notebooks or the deep dives, from 1.
    """

    slug: str
    title: str
    outcome: str
    minutes: int
    needs: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    first_edition: Mapping[str, str] = dataclasses.field(default_factory=dict)
    deep: bool = False
    number: int = 0
    folder: pathlib.Path = paths.NOTEBOOKS

    @property
    def name(self) -> str:
        """Its file's name, as `08_flask_app.ipynb`."""
        return f"{self.number:02}_{self.slug}.ipynb"

    @property
    def path(self) -> pathlib.Path:
        """Its file."""
        folder = self.folder / DEEP_DIVES if self.deep else self.folder
        return folder / self.name

    @property
    def word(self) -> str:
        """What the names of its objects on the engine begin with."""
        return first_word(self.slug)


@dataclasses.dataclass(frozen=True)
class Part:
    """A part of the course: its notebooks, in order."""

    name: str
    title: str
    notebooks: tuple[Notebook, ...]


@dataclasses.dataclass(frozen=True)
class Pathway:
    """A selection of notebooks for one kind of reader, by slug."""

    name: str
    title: str
    notebooks: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Course:
    """The whole table."""

    parts: tuple[Part, ...]
    pathways: tuple[Pathway, ...]

    @functools.cached_property
    def notebooks(self) -> tuple[Notebook, ...]:
        """Every notebook, in the order of the course."""
        return tuple(book for part in self.parts for book in part.notebooks)

    @functools.cached_property
    def slugs(self) -> tuple[str, ...]:
        """Every slug, in the order of the course."""
        return tuple(book.slug for book in self.notebooks)

    def notebook(self, slug: str) -> Notebook:
        """The notebook of that slug.

        Raises:
            LabError: there is none.
        """
        for book in self.notebooks:
            if book.slug == slug:
                return book
        raise LabError(
            f"There is no notebook {slug!r} in the course.",
            fix=f"The notebooks are: {', '.join(self.slugs)}.",
        )

    def of_file(self, path: pathlib.Path) -> Notebook | None:
        """The notebook that lies in a file, None for another file."""
        for book in self.notebooks:
            if book.path == path:
                return book
        return None

    def after(self, slug: str) -> Notebook | None:
        """The notebook that follows, None behind the last one."""
        following = self.slugs.index(slug) + 1
        if following == len(self.notebooks):
            return None
        return self.notebooks[following]

    @functools.cached_property
    def exercises_of_first_edition(self) -> dict[str, str]:
        """Each exercise id of the first edition, with today's id."""
        return {
            old: f"{book.slug}/{new}"
            for book in self.notebooks
            for old, new in book.first_edition.items()
        }


def first_word(slug: str) -> str:
    """The first word of a slug: `flask` of `flask_app`."""
    return slug.partition("_")[0]


@functools.cache
def course() -> Course:
    """The table of this course.

    Raises:
        LabError: the file is missing or has a fault.
    """
    return read(FILE)


def read(file: pathlib.Path) -> Course:
    """Read a table.

    Raises:
        LabError: it is missing, is not YAML, lacks a field, has an unknown
            field, the same slug twice, or names a notebook that it does not
            hold.
    """
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except OSError as error:
        raise _fault(file, error.strerror or str(error)) from None
    except yaml.YAMLError as error:
        raise _fault(file, str(error)) from None
    try:
        found = _course(content, file.parent)
    except (ValueError, TypeError) as error:
        raise _fault(file, str(error)) from None
    return found


def _fault(file: pathlib.Path, why: str) -> LabError:
    return LabError(
        f"The table of the course, {file.name}, cannot be used.",
        why,
        "Correct the file; docs/CONTRIBUTING.md explains its fields.",
    )


def _course(content: Any, folder: pathlib.Path) -> Course:
    _only(content, "the table", ("parts", "pathways"))
    core, deep = 0, 0
    parts = []
    for row in content["parts"]:
        _only(row, "a part", ("name", "title", "notebooks"))
        books = []
        for fields in row["notebooks"]:
            is_deep = bool(isinstance(fields, dict) and fields.get("deep"))
            core, deep = core + (not is_deep), deep + is_deep
            books.append(_notebook(fields, deep if is_deep else core, folder))
        parts.append(Part(row["name"], row["title"], tuple(books)))
    pathways = []
    for row in content["pathways"]:
        _only(row, "a pathway", ("name", "title", "notebooks"))
        slugs = tuple(row["notebooks"])
        pathways.append(Pathway(row["name"], row["title"], slugs))
    found = Course(tuple(parts), tuple(pathways))
    _compare(found)
    return found


def _only(row: Any, what: str, wanted: Iterable[str]) -> None:
    """Raise ValueError unless a mapping has exactly these fields."""
    wanted = tuple(wanted)
    if not isinstance(row, dict):
        raise ValueError(f"Not a mapping, but {what} must be one: {row!r}.")
    for name in wanted:
        if name not in row:
            raise ValueError(f"The field {name!r} of {what} is missing.")
    for name in row:
        if name not in wanted:
            raise ValueError(f"Unknown field {name!r} of {what}.")


def _notebook(row: Any, number: int, folder: pathlib.Path) -> Notebook:
    must = ("slug", "title", "outcome", "minutes")
    may = ("needs", "claims", "first_edition", "deep")
    given = tuple(k for k in may if isinstance(row, dict) and k in row)
    _only(row, f"the notebook at place {number}", (*must, *given))
    slug, minutes = row["slug"], row["minutes"]
    if not isinstance(slug, str) or not labels.SLUG.fullmatch(slug):
        raise ValueError(
            f"{slug!r} is no slug: use lower case words with underscores."
        )
    if not isinstance(minutes, int) or not 0 < minutes < 600:
        raise ValueError(f"The minutes of {slug} are {minutes!r}.")
    for name in ("title", "outcome"):
        if not isinstance(row[name], str) or not row[name].strip():
            raise ValueError(f"The {name} of {slug} is {row[name]!r}.")
    return Notebook(
        slug,
        row["title"],
        row["outcome"],
        minutes,
        tuple(row.get("needs") or ()),
        tuple(row.get("claims") or ()),
        dict(row.get("first_edition") or {}),
        bool(row.get("deep")),
        number,
        folder,
    )


def _compare(found: Course) -> None:
    """Raise ValueError where rows contradict each other."""
    seen: set[str] = set()
    claimed: dict[str, str] = {}
    old: dict[str, str] = {}
    for book in found.notebooks:
        if book.slug in seen:
            raise ValueError(f"The slug {book.slug} is there twice.")
        for need in book.needs:
            if need not in seen:
                raise ValueError(
                    f"{book.slug} needs {need}, which does not come before it."
                )
        for claim in book.claims:
            if claim in claimed:
                raise ValueError(
                    f"Both {claimed[claim]} and {book.slug} have the claim"
                    f" {claim}."
                )
            claimed[claim] = book.slug
        for exercise in book.first_edition:
            if exercise in old:
                raise ValueError(
                    f"Both {old[exercise]} and {book.slug} have the exercise"
                    f" {exercise} of the first edition."
                )
            old[exercise] = book.slug
        seen.add(book.slug)
    for pathway in found.pathways:
        for slug in pathway.notebooks:
            if slug not in seen:
                raise ValueError(
                    f"The pathway {pathway.name} names {slug}, which is no"
                    " notebook of the course."
                )


def files_that_differ(found: Course) -> list[str]:
    """What is wrong with the notebook files, a sentence each: missing ones,
    numbers that do not fit, files that the table does not know."""
    books = {book.path: book for book in found.notebooks}
    slugs = {book.slug: book for book in found.notebooks}
    folder = found.notebooks[0].folder
    there = sorted([*folder.glob("*.ipynb"), *folder.glob("*/*.ipynb")])
    wrong = []
    here = set()
    for path in there:
        match = NUMBERED.fullmatch(path.name)
        book = slugs.get(match[2]) if match else None
        if book is None:
            wrong.append(f"{path.name} is not in {FILE.name}.")
            continue
        here.add(book.slug)
        if path not in books:
            wrong.append(
                f"{path.name} must be {book.path.relative_to(folder)}:"
                " `make format` renames it."
            )
    wrong += [
        f"{book.name} is missing."
        for book in found.notebooks
        if book.slug not in here
    ]
    return wrong

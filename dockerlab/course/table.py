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

import yaml

from dockerlab import paths
from dockerlab.base import labels
from dockerlab.base.errors import LabError
from dockerlab.course.fields import Fields
from dockerlab.course.ledger import ledger

FILE = paths.NOTEBOOKS / "course.yml"
OF_TESTS = re.compile(r"test[a-z0-9]*")  # workspaces that are no notebook's
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
        """Its file's name, as `03_flask_app.ipynb`."""
        return f"{self.number:02}_{self.slug}.ipynb"

    @property
    def label(self) -> str:
        """Its number as readers see it: `8`, of a deep dive `D3`."""
        return f"D{self.number}" if self.deep else str(self.number)

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
    def sections(self) -> tuple[Part, ...]:
        """As readers see it: each part without its deep dives, then those."""
        parts = [
            dataclasses.replace(
                part, notebooks=tuple(b for b in part.notebooks if not b.deep)
            )
            for part in self.parts
        ]
        deep = tuple(book for book in self.notebooks if book.deep)
        dives = [Part(DEEP_DIVES, "Deep dives", deep)] if deep else []
        return (*parts, *dives)

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
        """The notebook in a file, None for another file."""
        for book in self.notebooks:
            if book.path == path:
                return book
        return None

    def after(self, slug: str) -> Notebook | None:
        """The next notebook of the same kind, core or deep dive; None after
        the last one."""
        book = self.notebook(slug)
        same = [one for one in self.notebooks if one.deep == book.deep]
        following = same[book.number : book.number + 1]
        return following[0] if following else None

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
        LabError: the file is missing or is not YAML, a row lacks a field or
            has one of a wrong type, or rows contradict each other.
    """
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except OSError as error:
        raise _fault(file, error.strerror or str(error)) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _fault(file, str(error)) from None
    try:
        found = _course(Fields(content, "The table"), file.parent)
        _compare(found)
    except ValueError as error:
        raise _fault(file, str(error)) from None
    return found


def _fault(file: pathlib.Path, why: str) -> LabError:
    return LabError(
        f"The table of the course, {file.name}, cannot be used.",
        why,
        "Correct the file; docs/CONTRIBUTING.md explains its fields.",
    )


def _course(fields: Fields, folder: pathlib.Path) -> Course:
    """The table from the content of its file.

    Raises:
        ValueError: a field is missing, unknown or of a wrong type.
    """
    fields.only("parts", "pathways")
    numbers = {False: 0, True: 0}  # of the core, of the deep dives
    parts = []
    for row in fields.rows("parts"):
        row.only("name", "title", "notebooks")
        books = []
        for each in row.rows("notebooks"):
            deep = each.flag("deep")
            numbers[deep] += 1
            books.append(_notebook(each, numbers[deep], folder))
        parts.append(Part(row.text("name"), row.text("title"), tuple(books)))
    if not any(numbers.values()):
        raise ValueError("The table has no notebook.")
    pathways = []
    for row in fields.rows("pathways"):
        row.only("name", "title", "notebooks")
        pathways.append(
            Pathway(
                row.text("name"), row.text("title"), row.names("notebooks")
            )
        )
    return Course(tuple(parts), tuple(pathways))


def _notebook(row: Fields, number: int, folder: pathlib.Path) -> Notebook:
    slug = row.text("slug")
    if not labels.SLUG.fullmatch(slug):
        raise ValueError(
            f"{slug!r} is not a slug: use lower case words with underscores."
        )
    if OF_TESTS.fullmatch(slug):
        raise ValueError(f"{slug!r} is a name for the workspaces of tests.")
    row = row.named(slug)
    row.only(
        "slug",
        "title",
        "outcome",
        "minutes",
        optional=("needs", "claims", "first_edition", "deep"),
    )
    return Notebook(
        slug=slug,
        title=row.text("title"),
        outcome=row.text("outcome"),
        minutes=row.number("minutes", most=600),
        needs=row.names("needs"),
        claims=row.names("claims"),
        first_edition=row.mapping("first_edition"),
        deep=row.flag("deep"),
        number=number,
        folder=folder,
    )


def _compare(found: Course) -> None:
    """Raise ValueError where rows contradict each other or the ledger."""
    slugs: set[str] = set()
    claims: dict[str, str] = {}
    old: dict[str, str] = {}
    for book in found.notebooks:
        if book.slug in slugs:
            raise ValueError(f"Two notebooks have the slug {book.slug}.")
        for need in book.needs:
            if need not in slugs:
                raise ValueError(
                    f"{book.slug} needs {need}, which is not a notebook"
                    " before it."
                )
        for claim in book.claims:
            if claim not in ledger():
                raise ValueError(
                    f"{book.slug} has the claim {claim}, which claims.yml"
                    " does not have."
                )
        _once(claims, book.claims, book.slug, "claim")
        _once(old, book.first_edition, book.slug, "first edition's exercise")
        slugs.add(book.slug)
    for pathway in found.pathways:
        for slug in pathway.notebooks:
            if slug not in slugs:
                raise ValueError(
                    f"The pathway {pathway.name} names {slug}, which is not"
                    " a notebook of the course."
                )


def _once(
    seen: dict[str, str], names: Iterable[str], slug: str, what: str
) -> None:
    """Note which notebook has each name; ValueError if two have the same."""
    for name in names:
        if name in seen:
            raise ValueError(
                f"Both {seen[name]} and {slug} have the {what} {name}."
            )
        seen[name] = slug


def files(found: Course) -> list[pathlib.Path]:
    """The notebook files in the folders of the course, sorted."""
    folder = found.notebooks[0].folder
    deep = folder / DEEP_DIVES
    return sorted([*folder.glob("*.ipynb"), *deep.glob("*.ipynb")])


def files_that_differ(found: Course) -> list[str]:
    """What is wrong with the notebook files, a sentence each: missing ones,
    numbers that do not fit, files that the table does not have."""
    slugs = {book.slug: book for book in found.notebooks}
    wrong = []
    here: set[str] = set()
    for path in files(found):
        match = NUMBERED.fullmatch(path.name)
        book = slugs.get(match[2]) if match else None
        if book is None:
            wrong.append(f"{path.name} is not in {FILE.name}.")
        elif book.slug in here:
            wrong.append(f"There are two files of {book.slug}: {path.name}.")
        elif path != book.path:
            wrong.append(
                f"{path.name} must be {book.path.relative_to(book.folder)}:"
                " `make format` renames it."
            )
        if book:
            here.add(book.slug)
    wrong += [
        f"{book.name} is missing."
        for book in found.notebooks
        if book.slug not in here
    ]
    return wrong

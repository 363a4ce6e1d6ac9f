"""The table of the course: what it accepts, and each error's message."""

import pathlib
import shutil

import pytest
import yaml

from dockerlab.base.errors import LabError
from dockerlab.course import table
from dockerlab.course.ledger import ledger

CLAIM, OTHER_CLAIM = list(ledger())[:2]


def book(slug: str, **fields: object) -> dict:
    """A row of the table."""
    row = {"slug": slug, "title": "Do it", "outcome": "do it", "minutes": 30}
    return row | fields


def content(*books: dict, pathway: tuple[str, ...] = ()) -> dict:
    """A table with one part and one pathway."""
    return {
        "parts": [{"name": "use", "title": "Use", "notebooks": list(books)}],
        "pathways": [
            {"name": "short", "title": "Short", "notebooks": list(pathway)}
        ],
    }


@pytest.fixture
def written(tmp_path):
    """Write a table to a file."""

    def write(what: object) -> pathlib.Path:
        file = tmp_path / "course.yml"
        file.write_text(what if isinstance(what, str) else yaml.dump(what))
        return file

    return write


def test_numbers_come_from_the_order(written):
    rows = [book("one"), book("side", deep=True), book("two")]
    course = table.read(written(content(*rows, pathway=("one", "two"))))
    places = [
        one.path.relative_to(one.folder).as_posix() for one in course.notebooks
    ]
    assert places == [
        "01_one.ipynb",
        "deep_dives/01_side.ipynb",
        "02_two.ipynb",
    ]
    assert course.after("one") == course.notebook("two")
    assert course.after("two") is None
    assert course.after("side") is None
    assert course.of_file(course.notebook("two").path).slug == "two"
    assert course.of_file(pathlib.Path("two.ipynb")) is None
    assert course.pathways[0].notebooks == ("one", "two")


def test_a_notebook_that_does_not_exist_is_named(written):
    course = table.read(written(content(book("one"))))
    with pytest.raises(LabError) as raised:
        course.notebook("two")
    assert raised.value.what == "There is no notebook 'two' in the course."
    assert raised.value.fix == "The notebooks are: one."


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (
            content(book("one"), book("one")),
            "Two notebooks have the slug one.",
        ),
        (
            content(book("one", claims=["no-such"])),
            "one has the claim no-such, which claims.yml does not have.",
        ),
        (
            content(
                book("one", claims=[CLAIM]),
                book("two", claims=[OTHER_CLAIM, CLAIM]),
            ),
            f"Both one and two have the claim {CLAIM}.",
        ),
        (
            content(book("one", needs=["two"]), book("two")),
            "one needs two, which is not a notebook before it.",
        ),
        (
            content(book("one"), pathway=("one", "three")),
            "The pathway short names three, which is not a notebook of the"
            " course.",
        ),
        (
            content(
                book("one", first_edition={"00-a": "a"}),
                book("two", first_edition={"00-a": "b"}),
            ),
            "Both one and two have the first edition's exercise 00-a.",
        ),
        (
            content(book("One")),
            "'One' is not a slug: use lower case words with underscores.",
        ),
        (
            content(book("testlab")),
            "'testlab' is a name for the workspaces of tests.",
        ),
        (
            content(book("one", minutes="30")),
            "The field 'minutes' of one must be a number from 1 to 600, and"
            " is '30'.",
        ),
        (
            content(book("one", minutes=True)),
            "The field 'minutes' of one must be a number from 1 to 600, and"
            " is True.",
        ),
        (
            content(book("one", title="")),
            "The field 'title' of one must be a text, and is ''.",
        ),
        (
            content(book("one", needs="start")),
            "The field 'needs' of one must be a list of names, and is"
            " 'start'.",
        ),
        (
            content(book("one", claims=[1])),
            "The field 'claims' of one must be a list of names, and is [1].",
        ),
        (
            content(book("one", first_edition=["00-a"])),
            "The field 'first_edition' of one must be a mapping of names to"
            " names, and is ['00-a'].",
        ),
        (
            content(book("one", deep="yes")),
            "The field 'deep' of Row 1 of 'notebooks' must be true or false,"
            " and is 'yes'.",
        ),
        (content(book("one", minuts=1)), "one has no field 'minuts'."),
        (content({"slug": "one"}), "one lacks the field 'title'."),
        (
            content("one"),
            "Row 1 of 'notebooks' must have fields, and is 'one'.",
        ),
        (content(), "The table has no notebook."),
        ({"parts": []}, "The table lacks the field 'pathways'."),
        ("", "The table must have fields, and is None."),
        (
            {"parts": {}, "pathways": []},
            "The field 'parts' of The table must be a list, and is {}.",
        ),
    ],
)
def test_a_fault_of_the_table_is_explained(written, what, message):
    with pytest.raises(LabError) as raised:
        table.read(written(what))
    assert raised.value.why == message
    assert raised.value.what == (
        "The table of the course, course.yml, cannot be used."
    )
    assert "CONTRIBUTING.md" in raised.value.fix


def test_a_table_that_cannot_be_read(written, tmp_path):
    with pytest.raises(LabError) as raised:
        table.read(tmp_path / "course.yml")
    assert raised.value.why == "No such file or directory"
    with pytest.raises(LabError) as raised:
        table.read(written("parts: ["))
    assert "line 1" in raised.value.why


def test_files_that_do_not_fit_the_table(written, tmp_path):
    rows = [book("one"), book("two"), book("three"), book("four")]
    course = table.read(written(content(*rows)))
    for name in (
        "01_one",
        "05_two",
        "07_odd",
        "notes",
        "03_three",
        "09_three",
    ):
        (tmp_path / f"{name}.ipynb").touch()
    folder = tmp_path / ".ipynb_checkpoints"
    folder.mkdir()
    (folder / "one-checkpoint.ipynb").touch()
    assert table.files_that_differ(course) == [
        "05_two.ipynb must be 02_two.ipynb: `make format` renames it.",
        "07_odd.ipynb is not in course.yml.",
        "There are two files of three: 09_three.ipynb.",
        "notes.ipynb is not in course.yml.",
        "04_four.ipynb is missing.",
    ]
    shutil.rmtree(folder)
    for path in tmp_path.glob("*.ipynb"):
        path.unlink()
    for one in course.notebooks:
        one.path.touch()
    assert table.files_that_differ(course) == []


def test_the_courses_own_table_fits_its_files():
    assert table.files_that_differ(table.course()) == []

"""What follows from the table: renamed files, links, navigation, README."""

import pathlib
import re

import nbformat
import pytest
from nbformat import v4

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import cells, generated, table

TABLE = """
parts:
  - name: use
    title: Use
    notebooks:
      - {slug: one, title: Begin, outcome: begin, minutes: 10}
      - {slug: two, title: Go on, outcome: go on, minutes: 20}
      - {slug: three, title: Go further, outcome: go far, minutes: 30}
      - {slug: four, title: End, outcome: end, minutes: 40}
pathways:
  - {name: short, title: Short, notebooks: [one, four]}
"""
README = """# Course
<!-- notebooks -->
<!-- end of notebooks -->
<!-- pathways -->
<!-- end of pathways -->
"""


@pytest.fixture
def small_course(tmp_path, monkeypatch):
    """A course of four notebooks in a folder; its folder."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / "course.yml").write_text(TABLE)
    (tmp_path / "README.md").write_text(README)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "more.md").write_text(
        "[x](../notebooks/09_two.ipynb)\n"
    )
    monkeypatch.setattr(paths, "PROJECT", tmp_path)
    monkeypatch.setattr(generated, "README", tmp_path / "README.md")
    monkeypatch.setattr(generated, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(table, "FILE", folder / "course.yml")
    table.course.cache_clear()
    for book in table.course().notebooks:
        content = v4.new_notebook(
            cells=[
                v4.new_markdown_cell(f"# {book.title}"),
                v4.new_code_cell("1 + 1", execution_count=1),
                v4.new_markdown_cell(
                    "**Next:** [one](01_one.ipynb), and more"
                ),
            ]
        )
        nbformat.write(content, book.path)
    generated.write()
    yield tmp_path
    table.course.cache_clear()


def change(folder: pathlib.Path, *pairs: tuple[str, str]) -> None:
    """Change text of the table."""
    file = folder / "notebooks" / "course.yml"
    text = file.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    table.course.cache_clear()


def next_line(path: pathlib.Path) -> str:
    """The line that leads to the next notebook."""
    [line] = [
        line
        for line in cells.source_of(path).splitlines()
        if line.startswith("**Next:**")
    ]
    return line


def test_what_is_generated_is_up_to_date(small_course):
    assert generated.differences() == []
    assert generated.write() == []
    lines = [next_line(book.path) for book in table.course().notebooks]
    assert lines == [
        "**Next:** [two](02_two.ipynb), and more",
        "**Next:** [three](03_three.ipynb), and more",
        "**Next:** [four](04_four.ipynb), and more",
        "**Next:** [one](01_one.ipynb), and more",
    ]
    readme = (small_course / "README.md").read_text("utf-8")
    assert "| 2 | [Go on](notebooks/02_two.ipynb) | go on | 20 |" in readme
    assert "| Short | [one](notebooks/01_one.ipynb), " in readme
    assert "| 50 |" in readme
    more = (small_course / "docs" / "more.md").read_text("utf-8")
    assert more == "[x](../notebooks/02_two.ipynb)\n"


def test_a_moved_notebook_is_renamed_and_linked(small_course):
    change(
        small_course,
        ("slug: two", "slug: aside"),
        ("slug: three", "slug: two"),
        ("slug: aside", "slug: three"),
    )
    assert generated.differences() == [
        "02_two.ipynb must be 03_two.ipynb: `make format` renames it.",
        "03_three.ipynb must be 02_three.ipynb: `make format` renames it.",
    ]

    changed = generated.write()

    assert generated.differences() == []
    assert "02_two.ipynb renamed to 03_two.ipynb." in changed
    names = [path.name for path in table.files(table.course())]
    assert names == [
        "01_one.ipynb",
        "02_three.ipynb",
        "03_two.ipynb",
        "04_four.ipynb",
    ]
    lines = [next_line(book.path) for book in table.course().notebooks[:3]]
    assert [line.partition(",")[0] for line in lines] == [
        "**Next:** [three](02_three.ipynb)",
        "**Next:** [two](03_two.ipynb)",
        "**Next:** [four](04_four.ipynb)",
    ]
    assert cells.read(table.course().notebook("two").path)[0].source == (
        "# Go on"  # the file moved with its content
    )


def test_deep_dives_are_listed_last_with_their_own_numbers(small_course):
    change(
        small_course,
        ("{slug: two, title: Go on,", "{slug: two, deep: true, title: Go on,"),
    )
    generated.write()
    readme = (small_course / "README.md").read_text("utf-8")
    assert re.findall(r"^(?:\*\*.*|\| D?\d)", readme, re.MULTILINE) == [
        *("**Use**", "| 1", "| 2", "| 3", "**Deep dives**", "| D1")
    ]


def test_titles_come_from_the_table(small_course):
    change(small_course, ("title: Begin", "title: Start"))
    assert generated.differences() == [
        "README.md is out of date: run `make format`."
    ]
    generated.write()
    readme = (small_course / "README.md").read_text("utf-8")
    assert "[Start](notebooks/01_one.ipynb)" in readme


def test_a_notebook_without_a_file_is_named(small_course):
    table.course().notebook("one").path.unlink()
    assert generated.differences() == ["01_one.ipynb is missing."]
    with pytest.raises(LabError, match="one has no file"):
        generated.write()


def test_links_follow_a_notebook_into_another_folder(small_course):
    change(small_course, ("slug: three", "deep: true, slug: three"))
    generated.write()
    assert generated.differences() == []
    course = table.course()
    assert next_line(course.notebook("two").path).startswith(
        "**Next:** [four](03_four.ipynb)"
    )


def test_cell_ids_are_unique_across_the_course(small_course):
    one, two = (book.path for book in table.course().notebooks[:2])
    first, second = cells.read(one)[0].id, cells.read(two)[0].id
    text = two.read_text("utf-8")
    two.write_text(text.replace(f'"{second}"', f'"{first}"'), "utf-8")
    quiz = small_course / generated.FOLLOWERS[0].format("two")
    quiz.parent.mkdir(parents=True)
    quiz.write_text(f'- shown: "{first}"\n')
    assert generated.differences() == [
        "notebooks/02_two.ipynb is out of date: run `make format`.",
        "dockerlab/quizzes/two.yml is out of date: run `make format`.",
    ]
    generated.write()
    assert generated.differences() == []
    assert cells.read(one)[0].id == first
    assert quiz.read_text() == f'- shown: "{cells.read(two)[0].id}"\n'
    ids = [
        cell.id
        for book in table.course().notebooks
        for cell in cells.read(book.path)
    ]
    assert len(set(ids)) == len(ids)

"""`make notes`, `make handouts`, `make slides`: what an instructor needs."""

import pathlib

import click

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import table
from tools.site import environment
from tools.teaching import answers, handouts, notes, slides

BUILD = paths.PROJECT / "build"


@click.group()
def main() -> None:
    """What an instructor needs, made from the notebooks."""


@main.command("notes")
def notes_command() -> None:
    """Write notes on each notebook, and the answer key."""
    course = table.course()
    folder = BUILD / "teaching"
    (folder / "notes").mkdir(parents=True, exist_ok=True)
    _write(folder / "answers.md", answers.as_markdown(course))
    for book in course.notebooks:
        _write(folder / "notes" / f"{book.slug}.md", notes.as_markdown(book))
    click.echo(f"Notes and answer key are in {_shown(folder)}.")


@main.command("handouts")
@click.option("--board", default="", help="The address of the live board.")
@click.option("--room", default="", help="The code of the room.")
def handouts_command(board: str, room: str) -> None:
    """Write the pages to print, as PDF."""
    made = handouts.all_of(table.course(), board, room)
    for path in handouts.write(made, BUILD / "handouts"):
        click.echo(_shown(path))


@main.command("slides")
def slides_command() -> None:
    """Write slides of each notebook."""
    count = slides.write(table.course(), BUILD / "slides", reveal())
    place = _shown(BUILD / "slides" / "index.html")
    click.echo(f"{count} slides. Open {place} in a browser.")


def reveal() -> pathlib.Path:
    """The folder of reveal.js, which a package of the site's environment
    contains."""
    environment.make()
    [found] = environment.VENV.glob(
        "lib/python*/site-packages/sphinx_revealjs/_static/revealjs"
    )
    return found


def _write(path: pathlib.Path, text: str) -> None:
    path.write_text(text, "utf-8")


def _shown(path: pathlib.Path) -> pathlib.Path:
    return path.relative_to(paths.PROJECT)


if __name__ == "__main__":
    try:
        main(standalone_mode=True)
    except LabError as error:
        raise SystemExit(str(error)) from None

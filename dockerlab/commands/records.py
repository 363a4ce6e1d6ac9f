"""Commands for learners' records: progress, and a class of them."""

import dataclasses
import json
import pathlib
import sys

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import delivered, progress, table

RELOAD = "If it is open in JupyterLab, choose File, Reload Notebook from Disk."


@click.command("progress")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option(
    "--export",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    help="Write a record to hand in.",
)
@click.option("--name", default="", help="Your name in that record.")
def progress_command(
    as_json: bool, export: pathlib.Path | None, name: str
) -> None:
    """Print which exercises you have passed."""
    record, notebooks = progress.load(), progress.course()
    if export:
        progress.export(export, name)
        click.echo(f"Your record is in {export}.")
    elif as_json:
        known = {**dataclasses.asdict(record), "course": notebooks}
        click.echo(json.dumps(known, indent=1))
    else:
        rows = Table("notebook", "passed", "of", "solved", "attempts")
        for slug, ids in notebooks.items():
            passed = sum(map(record.passed, ids))
            tried = sum(map(record.attempts, ids))
            solved = sum(name in record.solved for name in ids)
            figures = (passed, len(ids), solved, tried)
            rows.add_row(slug, *map(str, figures))
        Console().print(rows)
        click.echo("Solved: `solve` put the course's solution in place.")


@click.command("solve")
@click.argument("exercise")
def solve_command(exercise: str) -> None:
    """Put the solution of an exercise, such as flask_app/greeting, into its
    cell. It is then marked as solved, and not as passed."""
    book = delivered.solve(exercise)
    click.echo(f"The solution of {exercise} is in its cell in {book.name}.")
    click.echo(f"{RELOAD} Then run the cell.")


@click.command("reset")
@click.argument("slug")
def reset_command(slug: str) -> None:
    """Put a notebook, such as flask_app, back as it was delivered. Your
    version is kept."""
    kept = delivered.reset(slug)
    name = table.course().notebook(slug).name
    click.echo(f"{name} is as it was delivered.")
    if kept:
        click.echo(f"Your version is {kept.relative_to(paths.PROJECT)}.")
        click.echo(RELOAD)


@click.command("class")
@click.argument("folder", type=click.Path(path_type=pathlib.Path))
@click.option(
    "--figure",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    help="Where to draw the heat map; otherwise class.png in the folder.",
)
def class_command(folder: pathlib.Path, figure: pathlib.Path | None) -> None:
    """Print and draw the progress of a class from its exported records."""
    records, refused = progress.read_class(folder)
    notebooks = {k: ids for k, ids in progress.course().items() if ids}
    parts = {
        part.title: [
            i for b in part.notebooks for i in notebooks.get(b.slug, [])
        ]
        for part in table.course().parts
    }
    rows = Table("learner", *parts, "attempts")
    click.echo("Per cent of the exercises passed in each part:")
    for record in records:
        shares = [progress.share(record, ids) for ids in parts.values()]
        tried = sum(record.attempts(name) for name in record.exercises)
        rows.add_row(escape(record.learner), *map(_heat, shares), str(tried))
    Console().print(rows)
    for error in refused:
        click.secho(error.what, fg="red", err=True)
    if records:
        figure = figure or folder / "class.png"
        _draw(records, notebooks, figure)
        click.echo(f"The heat map is in {figure}.")
    sys.exit(1 if refused else 0)


def _draw(
    records: list[progress.Record],
    notebooks: dict[str, list[str]],
    figure: pathlib.Path,
) -> None:
    """Draw the heat map of a class into a file.

    Raises:
        LabError: the file cannot be written, or has no known format.
    """
    from dockerlab import pictures  # takes a second

    chart = pictures.class_map(records, notebooks)
    try:
        chart.figure.savefig(figure)
    except (OSError, ValueError) as error:
        raise LabError(
            f"The heat map cannot be drawn into {figure}.",
            str(error),
            "Name a .png file in a folder of yours: --figure FILE.",
        ) from None


def _heat(share: float | None) -> Text:
    """Return a share as a cell of the heat map; a greater one is darker."""
    if share is None:
        return Text("-", justify="right")
    shade = round(255 - 155 * share)
    ink = "white" if share > 0.6 else "black"
    style = f"{ink} on rgb({shade - 60},{shade - 20},{shade})"
    return Text(f"{100 * share:.0f}", style=style, justify="right")

"""`python -m dockerlab ...`: the commands behind the Makefile."""

import dataclasses
import functools
import json
import pathlib
import shlex
import signal
import sys

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from dockerlab import paths, vm
from dockerlab.base import machine, processes, tasks
from dockerlab.base.errors import LabError
from dockerlab.commands import doctor, jupyter
from dockerlab.course import cheatsheet, claims, progress, table
from dockerlab.engine import kit, roots, supplies
from dockerlab.engine.box import Box, boxes, chosen_suite, disk_used
from dockerlab.engine.find import Engine, find
from dockerlab.engine.prepare import prepare
from dockerlab.lab import remove_all


class _Group(click.Group):
    """Shows a LabError as its message, and an interruption as one line."""

    def invoke(self, context: click.Context) -> object:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            return super().invoke(context)
        except LabError as error:
            click.secho(error.what, fg="red", err=True)
            for line in (error.why, error.fix):
                if line:
                    click.echo(line, err=True)
            sys.exit(1)
        except (KeyboardInterrupt, click.Abort):
            click.echo(f"\nInterrupted. {machine.TRY_AGAIN}", err=True)
            sys.exit(130)


@click.group(cls=_Group)
def main() -> None:
    """The Docker course's own commands."""


@main.command()
@click.option("--port", default=8888, show_default=True, type=int)
@click.option(
    "--later/--no-later",
    default=True,
    help="Whether the images that only later lessons need follow.",
)
def start(port: int, later: bool) -> None:
    """Prepare everything, then JupyterLab on `start_here`."""
    jupyter.require_port(port)
    found, ran = find(), jupyter.running()
    # Both take seconds, and neither needs the other.
    serve = functools.partial(jupyter.serve, found, port)
    beside = [tasks.Task("JupyterLab", lambda report: serve(), usual=5)]
    if found.box and not found.box.prepared():
        title = "modules of the first lesson"
        beside.append(tasks.Task(title, jupyter.compile_modules))
    try:
        found = prepare(found, extra=beside)
    except BaseException:
        if not ran:
            processes.end(jupyter.NAME)
        raise
    click.echo(f"{found.title} ({_whose(found)}) is ready.")
    url = serve()
    if later and _lacks(found, supplies.LATER):
        if not processes.find("supplies"):
            command = ["-m", "dockerlab", "engine", "supplies"]
            processes.launch("supplies", command, found.environment())
        click.echo("Images for later lessons follow in the background.")
    jupyter.show(url)
    click.secho("\nJupyterLab is ready, on this machine only:", bold=True)
    click.echo(f"  {url}\n\n`make stop` ends it.")


def _whose(found: Engine) -> str:
    return "the lab's own" if found.box else "your own"


def _lacks(found: Engine, images: tuple[str, ...]) -> list[str]:
    client = found.client()
    tags = supplies.tagged(client)
    client.close()
    return [name for name in images if name not in tags]


@main.command()
def stop() -> None:
    """End JupyterLab and the lab's own engine."""
    for name, title in (("jupyter", "JupyterLab"), ("supplies", "Downloads")):
        if processes.end(name):
            click.echo(f"{title} stopped.")
    for box in boxes():
        was = box.init() is not None
        box.stop()
        if was:
            click.echo(f"The lab's engine ({box.suite}) stopped.")


@main.command()
@click.option("--all", "everything", is_flag=True, help="The box too.")
def clean(everything: bool) -> None:
    """Remove what the course made in the engine at hand."""
    found = find()
    if everything and found.kind == "box":
        # One by one, what a day has left in it would take minutes.
        click.echo("Removing the lab's own engine with all that is in it ...")
    elif found.version:
        client = found.client()
        gone = remove_all(client)
        client.close()
        for name in gone:
            click.echo(f"removed {name}")
        click.echo(f"{len(gone)} objects of the course removed.")
    elif not everything:
        click.echo("No engine runs; there is nothing to remove.")
    if everything:
        for name in ("jupyter", "supplies"):
            processes.end(name)
        for box in boxes():
            box.remove()
        # Only what the lab keeps there: the folder may hold other things.
        for name in ("box", "supplies", "vm", "workspaces"):
            machine.remove_tree(paths.home() / name)
        for name in ("jupyter", "supplies"):
            processes.log_file(name).unlink(missing_ok=True)
        click.echo("The lab's own engine and its supplies are removed.")


@main.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--port", default=8888, type=int)
def doctor_command(as_json: bool, port: int) -> None:
    """Look at the machine and the engine; exit 1 if a lesson cannot run."""
    report = doctor.examine(port)
    if as_json:
        click.echo(json.dumps(report, indent=1))
    else:
        for row in report["checks"]:
            mark = (
                "ok  " if row["ok"] else "FAIL" if row["required"] else "note"
            )
            colour = {"ok  ": "green", "FAIL": "red"}.get(mark, "yellow")
            click.secho(mark, fg=colour, nl=False)
            click.echo(f"  {row['name']}: {row['detail']}")
            if row["fix"]:
                click.echo(f"      what to do: {row['fix']}")
        verdict = (
            "Every lesson can run."
            if report["ok"]
            else ("A lesson could not run: see FAIL above.")
        )
        click.echo(verdict)
    sys.exit(0 if report["ok"] else 1)


@main.group("engine")
def engine_group() -> None:
    """The engine that the course uses."""


suite_option = click.option(
    "--suite",
    default=chosen_suite,
    show_default=True,
    type=click.Choice(roots.SUITES),
    help="The box's Debian suite (else DOCKERLAB_SUITE).",
)


@engine_group.command()
@suite_option
@click.option("--tests", is_flag=True, help="What the tests need, too.")
def up(suite: str, tests: bool) -> None:
    """Find the engine, or build and start the box; bring base images."""
    images, extra = supplies.FIRST, []
    if tests:
        images += supplies.LATER
    if tests and machine.is_debian():
        install = functools.partial(machine.packages, ["chromium"])
        extra.append(tasks.Task("browser for the tests", install, usual=15))
    found = prepare(find(suite), images, extra)
    click.echo(f"{found.title} ({_whose(found)}): {found.url}")


@engine_group.command()
@suite_option
def down(suite: str) -> None:
    """Stop the box; nothing happens to an engine of yours."""
    Box(suite).stop()
    click.echo(f"The lab's engine ({suite}) is down.")


@engine_group.command()
@suite_option
def status(suite: str) -> None:
    """Say which engine is used, and what the lab keeps."""
    found = find(suite)
    click.echo(f"engine:  {_whose(found)}")
    click.echo(f"address: {found.url}")
    version = found.title if found.version else "not running"
    click.echo(f"version: {version}")
    if found.box:
        kept = disk_used(found.box.folder) + disk_used(found.box.supplies)
        click.echo(f"kept:    {kept / 1e6:.0f} MB in {paths.home()}")
    sys.exit(0 if found.version else 1)


@engine_group.command()
@suite_option
def env(suite: str) -> None:
    """Print what a shell needs: eval "$(python -m dockerlab engine env)"."""
    for key, value in find(suite).environment().items():
        click.echo(f"export {key}={shlex.quote(value)}")


@engine_group.command("supplies")
@suite_option
def supplies_command(suite: str) -> None:
    """Bring the images that only later lessons need."""
    found = find(suite)
    prepare(found, [*supplies.FIRST, *supplies.LATER])


@main.group("kit")
def kit_group() -> None:
    """The whole preparation in one file, for machines without network."""


kit_file = click.argument(
    "file", type=click.Path(dir_okay=False, path_type=pathlib.Path)
)


@kit_group.command()
@kit_file
def save(file: pathlib.Path) -> None:
    """Write a kit of what is prepared here."""
    kit.save(file)
    size = file.stat().st_size / 1e6
    click.echo(f"{file} is written: {size:.0f} MB.")


@kit_group.command()
@kit_file
def load(file: pathlib.Path) -> None:
    """Prepare this machine from a kit."""
    kit.load(file)
    click.echo("The kit is loaded. `make start` needs no network now.")


@main.command("vm")
def vm_command() -> None:
    """Prepare the small virtual machine of `why_containers`."""
    tasks.run_all([tasks.Task("virtual machine", vm.prepare, usual=40)])
    click.echo(vm.describe(vm.boot_times(1)))


@main.command("progress")
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
    """Which exercises you have passed."""
    record, lessons = progress.load(), progress.course()
    if export:
        progress.export(export, name)
        click.echo(f"Your record is in {export}.")
    elif as_json:
        known = {**dataclasses.asdict(record), "course": lessons}
        click.echo(json.dumps(known, indent=1))
    else:
        rows = Table("notebook", "passed", "of", "attempts")
        for lesson, ids in lessons.items():
            passed = sum(map(record.passed, ids))
            tried = sum(map(record.attempts, ids))
            row = (lesson, passed, len(ids), tried)
            rows.add_row(*map(str, row))
        Console().print(rows)


@main.command("class")
@click.argument("folder", type=click.Path(path_type=pathlib.Path))
@click.option(
    "--figure",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    help="Where to draw the heat map; else class.png in the folder.",
)
def class_command(folder: pathlib.Path, figure: pathlib.Path | None) -> None:
    """Print and draw the progress of a class from its exported records."""
    from dockerlab import pictures  # takes a second

    records, refused = progress.read_class(folder)
    lessons = {k: ids for k, ids in progress.course().items() if ids}
    parts = {
        part.title: [
            i for b in part.notebooks for i in lessons.get(b.slug, [])
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
        chart = pictures.class_map(records, lessons)
        try:
            chart.figure.savefig(figure)
        except (OSError, ValueError) as error:
            raise LabError(
                f"The heat map cannot be drawn into {figure}.",
                str(error),
                "Name a .png file in a folder of yours: --figure FILE.",
            ) from None
        click.echo(f"The heat map is in {figure}.")
    sys.exit(1 if refused else 0)


def _heat(share: float) -> Text:
    """A share as a cell of the heat map: the more, the darker."""
    shade = round(255 - 155 * share)
    ink = "white" if share > 0.6 else "black"
    style = f"{ink} on rgb({shade - 60},{shade - 20},{shade})"
    return Text(f"{100 * share:.0f}", style=style, justify="right")


@main.command("claims")
@click.option("--check", is_flag=True, help="Exit 1 if a proof is missing.")
def claims_command(check: bool) -> None:
    """Which cell proves which claim."""
    proven = claims.proofs()
    rows = Table("claim", "says", "proven by")
    for claim in claims.ledger().values():
        places = map(str, proven.get(claim.id, []))
        rows.add_row(claim.id, claim.says, ", ".join(places))
    Console().print(rows)
    gaps = claims.missing()
    for claim, lesson in gaps:
        click.echo(f"{lesson} owes a proof of {claim}", err=True)
    strangers = claims.unknown()
    for claim in strangers:
        click.echo(f"{claim} is not in the ledger", err=True)
    click.echo(f"{len(proven)} claims proven, {len(gaps)} proofs missing.")
    sys.exit(1 if check and (gaps or strangers) else 0)


@main.command("cheatsheet")
def cheatsheet_command() -> None:
    """Write docs/cheatsheet.md from the stored results of notebooks."""
    cheatsheet.FILE.write_text(cheatsheet.render(), "utf-8")
    click.echo(f"{cheatsheet.FILE.relative_to(paths.PROJECT)} written.")


@main.command("notebooks")
@click.argument("slugs", nargs=-1)
def notebooks_command(slugs: tuple[str, ...]) -> None:
    """Execute notebooks and store their outputs, normalized."""
    from dockerlab.course import execute  # takes a second, others need it not

    course = table.course()
    books = [course.notebook(slug) for slug in slugs] or course.notebooks
    for book in books:
        click.echo(f"{book.name} ... ", nl=False)
        click.echo(f"{execute.execute_file(book.path):.1f} s")


@main.command("format")
def format_command() -> None:
    """Give the notebooks their numbers, and write what follows the table."""
    from dockerlab.course import generated  # takes a second

    for line in generated.write():
        click.echo(line)

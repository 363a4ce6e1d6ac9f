"""Commands for the whole lab: start, stop, clean, doctor, vm."""

import functools
import json
import sys
from collections.abc import Callable

import click

from dockerlab import paths, vm
from dockerlab.base import machine, processes, tasks
from dockerlab.base.errors import LabError
from dockerlab.commands import doctor, jupyter
from dockerlab.course import board, delivered
from dockerlab.engine import recipes, supplies
from dockerlab.engine.box import boxes
from dockerlab.engine.find import Engine, find
from dockerlab.engine.prepare import prepare
from dockerlab.workspace.cleaning import remove_all

# Background processes of the course, and their titles.
BACKGROUND = {
    jupyter.NAME: "JupyterLab",
    "supplies": "Downloads",
    "relay": "The board's relay",
}
# The lab's own folders in DOCKERLAB_HOME, which may hold other things.
KEPT = ("box", "supplies", "vm", "workspaces")


def owner_of(engine: Engine) -> str:
    """Return whose engine it is, in words."""
    return "the lab's own" if engine.box else "your own"


@click.command()
@click.option("--port", default=8888, show_default=True, type=int)
@click.option(
    "--later/--no-later",
    default=True,
    help="Whether to fetch the images that only later notebooks need.",
)
@click.option("--board", "board_url", default="", help="Of your class.")
@click.option("--room", default="", help="The code of the class's room.")
@click.option("--nick", default="", help="What the board shows.")
def start(
    port: int, later: bool, board_url: str, room: str, nick: str
) -> None:
    """Prepare everything, then open JupyterLab on the first notebook."""
    jupyter.require_port(port)
    _meet(board_url, room, nick)
    delivered.keep_copies()
    engine, ran = find(), jupyter.running()
    # JupyterLab and the engine take seconds and do not need each other.
    serve = functools.partial(jupyter.serve, engine, port)
    first = bool(engine.box and not engine.box.prepared())
    open_early = functools.partial(_serve, serve, early=first)
    beside = [tasks.Task("JupyterLab", open_early, usual=5)]
    if first:
        title = "modules of the first notebook"
        beside.append(tasks.Task(title, jupyter.compile_modules))
    try:
        engine = prepare(engine, extra=beside)
    except BaseException:
        if not ran:
            processes.end(jupyter.NAME)
        raise
    click.echo(f"{engine.title} ({owner_of(engine)}) is ready.")
    url = serve()
    if later and _missing(engine, supplies.LATER):
        if not processes.find("supplies"):
            command = ["-m", "dockerlab", "engine", "supplies"]
            processes.launch("supplies", command, engine.environment())
        click.echo("Images for later notebooks follow in the background.")
    if not first:
        jupyter.show(url)
    click.secho("\nJupyterLab is ready, on this machine only:", bold=True)
    click.echo(f"  {url}\n\n`make stop` ends it.")


def _serve(
    serve: Callable[[], str], report: machine.Report, early: bool
) -> None:
    """Start JupyterLab; tell its address at once where the engine takes a
    minute."""
    url = serve()
    if early:
        print(
            f"\nYou can read the first notebook now:\n  {url}\nIts first cell"
            " waits until the engine is ready.\n",
            flush=True,
        )
        jupyter.show(url)


def _meet(url: str, room: str, nick: str) -> None:
    """Join the board of a class, or leave the one of an earlier start."""
    board.leave()
    if not url:
        return
    try:
        found = board.join(url, room, nick or "learner")
    except LabError as error:
        click.secho(error.what, fg="red", err=True)
        click.echo(f"{error.why}\n{error.fix}", err=True)
        return
    click.echo(
        f"The board of your class shows you as {found.nickname}. It gets the"
        " notebook you open, and which criterion a check missed."
    )


def _missing(engine: Engine, images: tuple[str, ...]) -> list[str]:
    """Return the images that the engine does not have, or that the box has
    as an older recipe made them."""
    client = engine.client()
    tags = supplies.tagged(client)
    client.close()
    return [
        name
        for name in images
        if name not in tags
        or (engine.box and supplies.outdated(recipes.TAGS[name]))
    ]


@click.command()
def stop() -> None:
    """Stop JupyterLab and the lab's own engine."""
    for name, title in BACKGROUND.items():
        if processes.end(name):
            click.echo(f"{title} stopped.")
    for box in boxes():
        was = box.init() is not None
        box.stop()
        if was:
            click.echo(f"The lab's engine ({box.suite}) stopped.")


@click.command()
@click.option("--all", "everything", is_flag=True, help="The box too.")
def clean(everything: bool) -> None:
    """Remove what the course created on the engine."""
    engine = find()
    if everything and engine.kind == "box":
        # Removing a day's objects one by one would take minutes.
        click.echo("Removing the lab's own engine with everything in it ...")
    elif engine.version:
        client = engine.client(timeout=None)
        gone = remove_all(client)
        client.close()
        for name in gone:
            click.echo(f"removed {name}")
        click.echo(f"{len(gone)} objects of the course removed.")
    elif not everything:
        click.echo("No engine is running, so there is nothing to remove.")
    if everything:
        _remove_lab()
        click.echo("The lab's own engine and its supplies are removed.")


def _remove_lab() -> None:
    """Remove the boxes and everything else that the lab keeps."""
    for name in BACKGROUND:
        processes.end(name)
    for box in boxes():
        box.remove()
    for name in KEPT:
        machine.remove_tree(paths.home() / name)
    for name in BACKGROUND:
        processes.log_file(name).unlink(missing_ok=True)


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--port", default=8888, type=int)
def doctor_command(as_json: bool, port: int) -> None:
    """Examine machine and engine; exit with 1 if a notebook cannot run."""
    report = doctor.examine(port)
    if as_json:
        click.echo(json.dumps(report, indent=1))
    else:
        for row in report["checks"]:
            _show_check(row)
        click.echo(
            "Every notebook can run."
            if report["ok"]
            else "Some notebooks cannot run: see FAIL above."
        )
    sys.exit(0 if report["ok"] else 1)


def _show_check(row: dict) -> None:
    """Print one finding of the doctor."""
    mark, colour = ("ok", "green") if row["ok"] else ("note", "yellow")
    if not row["ok"] and row["required"]:
        mark, colour = "FAIL", "red"
    click.secho(f"{mark:4}", fg=colour, nl=False)
    click.echo(f"  {row['name']}: {row['detail']}")
    if row["fix"]:
        click.echo(f"      what to do: {row['fix']}")


@click.command("vm")
def vm_command() -> None:
    """Prepare the small virtual machine of `namespaces_and_vms`."""
    tasks.run_all([tasks.Task("virtual machine", vm.prepare, usual=40)])
    click.echo(vm.describe(vm.boot_times(1)))

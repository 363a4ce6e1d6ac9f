"""Commands for the engine and for kits."""

import functools
import os
import pathlib
import shlex
import sys

import click

from dockerlab import paths
from dockerlab.base import machine, tasks
from dockerlab.commands.lab import owner_of
from dockerlab.engine import environment, kinds, kit, supplies
from dockerlab.engine.box import Box, disk_used
from dockerlab.engine.find import find
from dockerlab.engine.prepare import prepare

suite_option = click.option(
    "--suite",
    default=kinds.chosen,
    show_default=True,
    type=click.Choice(tuple(kinds.KINDS)),
    help="The kind of box (otherwise DOCKERLAB_SUITE).",
)


@click.group("engine")
def engine() -> None:
    """The engine that the course uses."""


@engine.command()
@suite_option
@click.option("--tests", is_flag=True, help="What the tests need, too.")
def up(suite: str, tests: bool) -> None:
    """Find the engine, or build and start the box; fetch base images."""
    images = [*supplies.FIRST, *(supplies.LATER if tests else ())]
    extra = []
    if tests and machine.is_debian():
        install = functools.partial(machine.packages, ["chromium"])
        extra.append(tasks.Task("browser for the tests", install, usual=15))
    found = prepare(find(suite), images, extra)
    click.echo(f"{found.title} ({owner_of(found)}): {found.url}")


@engine.command()
@suite_option
def down(suite: str) -> None:
    """Stop the box; an engine of your own keeps running."""
    Box(suite).stop()
    click.echo(f"The lab's engine ({suite}) is stopped.")


@engine.command()
@suite_option
def status(suite: str) -> None:
    """Print which engine is used and what the lab keeps."""
    found = find(suite)
    click.echo(f"engine:  {owner_of(found)}")
    click.echo(f"address: {found.url}")
    version = found.title if found.version else "not running"
    click.echo(f"version: {version}")
    if found.box:
        kept = disk_used(found.box.folder) + disk_used(found.box.supplies)
        click.echo(f"kept:    {kept / 1e6:.0f} MB in {paths.home()}")
    sys.exit(0 if found.version else 1)


@engine.command()
@suite_option
def env(suite: str) -> None:
    """Print what a shell needs: eval "$(python -m dockerlab engine env)"."""
    for key in environment.to_remove(os.environ):
        click.echo(f"unset {key}")
    for key, value in find(suite).environment().items():
        click.echo(f"export {key}={shlex.quote(value)}")


@engine.command("supplies")
@suite_option
def supplies_command(suite: str) -> None:
    """Fetch the images that only later notebooks need."""
    prepare(find(suite), [*supplies.FIRST, *supplies.LATER])


@engine.command()
@suite_option
def trim(suite: str) -> None:
    """Empty the build cache of the box, which fills gigabytes."""
    found = find(suite)
    if not found.box:
        click.echo("This engine is your own: its build cache is left alone.")
        return
    click.echo("Emptying the build cache ...")
    # After a whole run on a slow machine, this takes minutes.
    client = found.client(timeout=None)
    freed = client.api.prune_builds(all=True)
    client.close()
    click.echo(f"Build cache: {freed['SpaceReclaimed'] / 1e6:.0f} MB freed.")


@click.group("kit")
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
    click.echo("\n".join(kit.contents(file)))


@kit_group.command()
@kit_file
def load(file: pathlib.Path) -> None:
    """Prepare this machine from a kit."""
    kit.load(file)
    click.echo("The kit is loaded. `make start` needs no network now.")

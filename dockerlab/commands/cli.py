"""`python -m dockerlab ...`: the commands behind the Makefile."""

import signal
import sys

import click

from dockerlab.base import machine
from dockerlab.base.errors import LabError
from dockerlab.commands import authors, board, engines, judge, lab, records


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


for command in (
    lab.start,
    lab.stop,
    lab.clean,
    lab.doctor_command,
    lab.vm_command,
    engines.engine,
    engines.kit_group,
    records.progress_command,
    records.solve_command,
    records.reset_command,
    records.class_command,
    board.board_command,
    board.board_clear_command,
    authors.claims_command,
    authors.cheatsheet_command,
    authors.notebooks_command,
    judge.judge_command,
    authors.format_command,
):
    main.add_command(command)

"""Commands for authors: claims, cheat sheet, notebooks, format."""

import sys

import click
from rich.console import Console
from rich.table import Table

from dockerlab import paths
from dockerlab.course import cheatsheet, claims, table


@click.command("claims")
@click.option(
    "--check", is_flag=True, help="Exit with 1 if a proof is missing."
)
def claims_command(check: bool) -> None:
    """Print which cell proves which claim."""
    proven = claims.proofs()
    rows = Table("claim", "statement", "proven by")
    for claim in claims.ledger().values():
        places = map(str, proven.get(claim.id, []))
        rows.add_row(claim.id, claim.says, ", ".join(places))
    Console().print(rows)
    gaps = claims.missing()
    for name, slug in gaps:
        click.echo(f"{slug} has no proof of {name}", err=True)
    strangers = claims.unknown()
    for name in strangers:
        click.echo(f"{name} is not in the list of claims", err=True)
    click.echo(f"{len(proven)} claims proven, {len(gaps)} proofs missing.")
    sys.exit(1 if check and (gaps or strangers) else 0)


@click.command("cheatsheet")
def cheatsheet_command() -> None:
    """Write docs/cheatsheet.md from the notebooks' stored outputs."""
    cheatsheet.FILE.write_text(cheatsheet.render(), "utf-8")
    click.echo(f"{cheatsheet.FILE.relative_to(paths.PROJECT)} written.")


@click.command("notebooks")
@click.argument("slugs", nargs=-1)
def notebooks_command(slugs: tuple[str, ...]) -> None:
    """Execute notebooks and store their outputs, normalized."""
    from dockerlab.course import execute  # takes a second

    course = table.course()
    books = [course.notebook(slug) for slug in slugs] or course.notebooks
    for book in books:
        click.echo(f"{book.name} ... ", nl=False)
        click.echo(f"{execute.execute_file(book.path):.1f} s")


@click.command("format")
def format_command() -> None:
    """Rename the notebooks and write what follows from course.yml."""
    from dockerlab.course import generated  # takes a second

    for line in generated.write():
        click.echo(line)

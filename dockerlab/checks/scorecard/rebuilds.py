"""Build the capstone: as it is, after an edit, and with newer releases."""

import pathlib
import re
from collections.abc import Iterator
from concurrent.futures import Future

from dockerlab import wheels
from dockerlab.checks import contexts, tools
from dockerlab.checks.bench import Bench
from dockerlab.checks.scorecard.contents import Contents
from dockerlab.checks.scorecard.properties import Card

TOMORROW = "99.0"  # the newer version of every package
KNOWN = "blinker click flask gunicorn itsdangerous jinja2 markupsafe werkzeug"
INDEX = "tomorrow-index"
# Debian's index has only the newest version of a package: a pin breaks soon.
NOT_COUNTED = {"DL3008"}
FROM = re.compile(r"\s*FROM\s", re.IGNORECASE)
# A heredoc begins in a line of an instruction, and ends with its word.
HEREDOC = re.compile(r"<<-?([\"']?)(\w+)\1")


def build(
    bench: Bench, card: Card, folder: pathlib.Path, context: pathlib.Path
) -> str | None:
    """Build from a copy of what the builder would get; the image's tag.

    Args:
        folder: the answer.
        context: where the copy goes.
    """
    if hint := contexts.too_large(folder):
        card.note("builds", False, hint)
        return None
    contexts.copy(folder, context)
    built = bench.try_build(None, context)
    card.note("builds", built.ok, built.hint)
    if not built.ok or not built.build:
        return None
    sent = built.build.context_bytes / 1e6
    card.note("context", sent < 1, f"{sent:.1f} MB were sent.")
    _lint(card, (context / "Dockerfile").read_text(errors="replace"))
    return built.tag


def _lint(card: Card, dockerfile: str) -> None:
    warnings = [
        f"Line {row['line']}, {row['code']}: {row['message']}."
        for row in tools.lint(dockerfile)
        if row["level"] in ("error", "warning")
        and row["code"] not in NOT_COUNTED
    ]
    card.note("lint", not warnings, warnings[0] if warnings else "")


def edit(
    bench: Bench, card: Card, context: pathlib.Path, contents: Future[Contents]
) -> None:
    """Judge what an edit of the code builds again."""
    for path in context.rglob("*.py"):
        if not {"nearby", "tests"} & set(path.relative_to(context).parts):
            with path.open("a") as file:
                file.write("\n# edited\n")
    built = bench.try_build(None, context)
    held = contents.result()
    after = bench.layers(built.tag) if built.ok else []
    kept = held.packages <= set(after) and after != held.layers
    card.note("cached", held.packages and kept, built.hint)


def meet_tomorrow(
    bench: Bench,
    card: Card,
    context: pathlib.Path,
    contents: Future[Contents],
    edited: Future[None],
) -> None:
    """Judge what newer releases of all packages change."""
    edited.result()  # it writes into the same folder
    held = contents.result()
    for name in sorted({*KNOWN.split(), *held.versions}):
        wheels.publish(context / INDEX, name, TOMORROW)
    with (context / ".dockerignore").open("a") as file:
        file.write(f"\n!{INDEX}\n")
    text = (context / "Dockerfile").read_text(errors="replace")
    built = bench.try_build(with_index(text, INDEX), context)
    if not built.ok:
        note = f"With them the image does not build. {built.hint}"
        card.note("pins", False, note)
        return
    versions = Contents(bench, built.tag).versions
    newer = sorted(n for n, version in versions.items() if version == TOMORROW)
    note = f"These packages are newer: {', '.join(newer)}." if newer else ""
    card.note("pins", held.versions and not newer, note)


def with_index(dockerfile: str, folder: str) -> str:
    """The Dockerfile with an index of newer releases in each build stage, for
    pip and for uv."""
    more = (
        f"COPY {folder} /tomorrow\nENV PIP_EXTRA_INDEX_URL=file:///tomorrow"
        " UV_EXTRA_INDEX_URL=file:///tomorrow"
        " UV_INDEX_STRATEGY=unsafe-best-match"
    )
    rows: list[str] = []
    for instruction in _instructions(dockerfile):
        rows += instruction
        if FROM.match(instruction[0]):
            rows.append(more)
    return "\n".join(rows)


def _instructions(dockerfile: str) -> Iterator[list[str]]:
    """The lines of each instruction: with continued ones and heredocs."""
    rows = iter(dockerfile.splitlines())
    for row in rows:
        found = [row]
        if not row.lstrip().startswith("#"):
            while found[-1].rstrip().endswith("\\"):
                found.append(next(rows, ""))
            for _, word in HEREDOC.findall("\n".join(found)):
                for line in rows:
                    found.append(line)
                    if line.strip() == word:
                        break
        yield found

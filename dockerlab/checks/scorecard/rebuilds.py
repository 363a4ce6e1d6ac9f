"""Build the capstone: as it is, after an edit, and with newer releases."""

import pathlib
from collections.abc import Collection, Mapping
from concurrent.futures import Future

from dockerlab import wheels
from dockerlab.checks import contexts, tools
from dockerlab.checks.bench import Bench
from dockerlab.checks.scorecard.contents import Contents
from dockerlab.checks.scorecard.properties import Card

TOMORROW = "99.0"  # the newer version of every package
KNOWN = "blinker click flask gunicorn itsdangerous jinja2 markupsafe werkzeug"
NEWER = """\
FROM {}
COPY . /tomorrow
ENV PIP_EXTRA_INDEX_URL=file:///tomorrow UV_EXTRA_INDEX_URL=file:///tomorrow
ENV UV_INDEX_STRATEGY=unsafe-best-match
"""
# Debian's index has only the newest version of a package: a pin breaks soon.
NOT_COUNTED = {"DL3008"}


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
) -> dict[str, str]:
    """Judge what an edit of the code builds again; the build's bases."""
    for path in context.rglob("*.py"):
        if not {"nearby", "tests"} & set(path.relative_to(context).parts):
            with path.open("a") as file:
                file.write("\n# edited\n")
    built = bench.try_build(None, context)
    held = contents.result()
    after = bench.layers(built.tag) if built.ok else []
    kept = held.packages <= set(after) and after != held.layers
    card.note("cached", held.packages and kept, built.hint)
    return built.build.pinned_bases if built.build else {}


def meet_tomorrow(
    bench: Bench,
    card: Card,
    context: pathlib.Path,
    contents: Future[Contents],
    edited: Future[dict[str, str]],
) -> None:
    """Judge what newer releases of all packages change."""
    bases = edited.result()
    held = contents.result()
    options = with_newer(bench, bases, {*KNOWN.split(), *held.versions})
    built = bench.try_build(None, context, options=options)
    if not built.ok:
        note = f"With them the image does not build. {built.hint}"
        card.note("pins", False, note)
        return
    versions = Contents(bench, built.tag).versions
    newer = sorted(n for n, version in versions.items() if version == TOMORROW)
    note = f"These packages are newer: {', '.join(newer)}." if newer else ""
    card.note("pins", held.versions and not newer, note)


def with_newer(
    bench: Bench, bases: Mapping[str, str], names: Collection[str]
) -> list[str]:
    """Options of a build in which each base image has an index of newer
    releases for pip and uv.

    The builder takes the other images by these names, so the answer's
    Dockerfile stays as it is.
    """
    options = []
    with contexts.folder_of() as folder:
        for name in sorted(names):
            wheels.publish(folder, name, TOMORROW)
        for name, pinned in bases.items():
            made = bench.build_own(NEWER.format(pinned), folder).tag
            options += [
                f"--build-context={each}=docker-image://{made}"
                for each in {name, pinned}
            ]
    return options

"""The capstone's score card: what a packaged service must show.

The answer is built, run, stopped, replaced and taken apart. Each property is
judged by what the engine has or does then. Some properties are gates: without
them there is no pass, whatever the points are.
"""

import pathlib
from collections.abc import Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from dockerlab.checks import contexts, tools
from dockerlab.checks.bench import Bench
from dockerlab.checks.scorecard import contents, rebuilds, sbom, service
from dockerlab.checks.scorecard.properties import (
    PASS_MARK,
    PROPERTIES,
    Card,
    Property,
)
from dockerlab.checks.scorecard.tree import SOURCE, unpack

__all__ = [
    "PASS_MARK",
    "PROPERTIES",
    "SOURCE",
    "Card",
    "Property",
    "score",
    "some",
    "unpack",
]

NO_COSIGN = (
    "cosign is not on this machine's PATH, so the signature is not judged"
    " and its points are left out of the total."
)


def score(bench: Bench, answer: object) -> None:
    """Write all properties of a folder, an image, or both on the card.

    It passes with `PASS_MARK` per cent of the points, if no gate is closed.
    """
    bench.pass_mark = PASS_MARK
    parts: Mapping[str, Any]
    if isinstance(answer, dict):
        parts = answer
    elif pathlib.Path(str(answer)).is_dir():
        parts = {"folder": answer}
    else:
        parts = {"image": answer}
    card = Card()
    with contexts.folder_of() as scratch:
        if "folder" in parts:
            context = scratch / "context"
            bench.show("building it")
            folder = pathlib.Path(parts["folder"])
            image = rebuilds.build(bench, card, folder, context)
            if image:
                _look(bench, card, image, parts, context)
        else:
            image = _existing(bench, card, str(parts["image"]).strip())
            if image:
                _look(bench, card, image, parts)
    card.write(bench)
    sbom.write(bench, card)
    if not tools.has_cosign():
        print(NO_COSIGN)
        bench.criteria = [c for c in bench.criteria if c.key != "signed"]


def some(bench: Bench, dockerfile: str, keys: Collection[str]) -> None:
    """Write some properties of a Dockerfile, for the tree as it was found,
    on the card; of the build, `builds` alone."""
    card = Card()
    with contexts.folder_of() as scratch:
        context = scratch / "context"
        contexts.copy(SOURCE, context)
        built = bench.try_build(dockerfile, context)
    if card.note("builds", built.ok, built.hint):
        contents.size(bench, card, built.tag)
        service.judge(bench, card, built.tag, keys)
    card.write(bench, keys)


def _existing(bench: Bench, card: Card, name: str) -> str | None:
    """The image that was handed in, if there is one."""
    if not bench.image(name):
        card.note("builds", False, f"There is no image {name}.")
        return None
    note = "The check got an image. Hand in the folder to have this judged."
    for key in ("builds", "context", "cached", "pins", "lint"):
        card.note(key, False, note)
    return name


def _look(
    bench: Bench,
    card: Card,
    image: str,
    parts: Mapping[str, Any],
    context: pathlib.Path | None = None,
) -> None:
    """Judge all but the first build; what needs no container, beside it."""
    with ThreadPoolExecutor(3) as pool:
        held = pool.submit(contents.Contents, bench, image)
        beside = [
            pool.submit(contents.inspect, bench, card, image, held),
            pool.submit(contents.signed, bench, card, image, parts),
            pool.submit(sbom.judge, card, parts, held),
        ]
        later: dict[str, Future[Any]] = {}
        if context:
            edited = pool.submit(rebuilds.edit, bench, card, context, held)
            later["building it after an edit"] = edited
            later["building it with tomorrow's releases"] = pool.submit(
                rebuilds.meet_tomorrow, bench, card, context, held, edited
            )
        service.judge(bench, card, image)
        bench.show("waiting for what was looked at beside it")
        held.result()
        for task in beside:
            task.result()
        for what, task in later.items():
            bench.show(what)
            task.result()

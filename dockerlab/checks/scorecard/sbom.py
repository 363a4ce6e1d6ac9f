"""Judge the list of packages (SBOM) that a registry has for an image.

An image needs none to pass. One that it has must be true.
"""

import pathlib
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from typing import Any

from dockerlab import registries
from dockerlab.base.errors import LabError
from dockerlab.checks.bench import Bench
from dockerlab.checks.scorecard.contents import Contents
from dockerlab.checks.scorecard.properties import Card

KEY = "sbom"
TEXT = "the SBOM in the registry lists its Python packages"


def judge(
    card: Card, parts: Mapping[str, Any], contents: Future[Contents]
) -> None:
    """Note whether a published SBOM lists what the image contains; nothing
    where the registry has no SBOM."""
    name = registries.on_this_machine(str(parts.get("image", "")))
    if not name or not pathlib.Path(str(parts.get("folder", ""))).is_dir():
        return
    url, repository, reference = name
    try:
        rows = list(_listed(registries.Registry(url), repository, reference))
    except (LabError, ValueError, KeyError):
        return
    if not rows:
        return
    missing = [
        f"{package} {version}"
        for package, version in contents.result().versions.items()
        if (_plain(package), version) not in rows
    ]
    note = f"It lacks {missing[0]}." if missing else ""
    card.note(KEY, not missing, note)


def write(bench: Bench, card: Card) -> None:
    """Write the criterion on the card, if there is an SBOM. It has no points,
    so a list that is not true is like a closed gate."""
    if KEY in card.met:
        hint = f"{card.notes[KEY]} Write the SBOM for the image that you push."
        bench.require(KEY, TEXT, card.met[KEY], hint)


def _listed(
    registry: registries.Registry, repository: str, reference: str
) -> Iterator[tuple[str, str]]:
    """Names and versions in the SBOMs that the builder attached."""
    found = registry.manifest(repository, reference)
    for proof in found.attestations if found else ():
        for part in proof.parts:
            path = f"{repository}/blobs/{part.digest}"
            statement = registry.ask(path).json()
            if "spdx" in statement.get("predicateType", ""):
                for row in statement["predicate"].get("packages", []):
                    yield _plain(row["name"]), row.get("versionInfo", "")


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")

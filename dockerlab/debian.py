"""Debian's packages in an image, and the vulnerabilities published for them.

The advisories are a small dated file that comes with the course: a selection
for some packages of Debian 13, most of them from the changelogs of Debian's
packages. A scanner such as grype or Trivy has all of them.
"""

import functools
import json
import pathlib
import re
from collections.abc import Iterable
from typing import Any

from dockerlab.scan import Finding, Package

FILE = pathlib.Path(__file__).with_name("debian_advisories.json")
ECOSYSTEM = "Debian:13"
RELEASE = "debian-13"
_PARTS = re.compile(r"(\D*)(\d*)")
Key = tuple[int, tuple[Any, ...], tuple[Any, ...]]


def advisories(packages: Iterable[Package]) -> list[Finding]:
    """The advisories in the course's file about Debian's packages.

    An advisory is about a source package. The packages that were built from
    one source count once.
    """
    wanted = {
        (package.source or package.name, package.version): package
        for package in reversed(list(packages))
        if covers(package)
    }
    found = [
        Finding(package, id, summary, fixed)
        for (source, version), package in wanted.items()
        for id, summary, fixed in _about().get(source, ())
        if not fixed or key(version) < key(fixed)
    ]
    return sorted(found, key=lambda f: (f.package.name, f.id))


def covers(package: Package) -> bool:
    """Whether the course's file has advisories about a package's source."""
    return (
        package.kind == "debian"
        and package.release in ("", RELEASE)
        and (package.source or package.name) in _about()
    )


def source() -> str:
    """The file, its date, and how much is in it."""
    advisories = sum(len(rows) for rows in _about().values())
    return (
        f"the course's file, as of {_content()['collected']}: {advisories}"
        f" advisories about {len(_about())} source packages of Debian 13"
    )


def key(version: str) -> Key:
    """A version as Debian sorts it: `key("1.2~rc1") < key("1.2")`.

    See 'Debian Policy, version': epoch, upstream version, revision.
    """
    epoch, _, rest = version.rpartition(":")
    upstream, _, revision = rest.rpartition("-")
    if not upstream:
        upstream, revision = revision, ""
    return int(epoch or 0), _sortable(upstream), _sortable(revision)


def _sortable(text: str) -> tuple[Any, ...]:
    """Texts and numbers in turn. `~` sorts before the end, letters before
    other characters."""
    parts: list[Any] = []
    for word, number in _PARTS.findall(text):
        parts.append((*map(_rank, word), 0))
        parts.append(int(number or 0))
    return tuple(parts)


def _rank(character: str) -> int:
    if character == "~":
        return -1
    return ord(character) + (0 if character.isalpha() else 256)


@functools.cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return content


@functools.cache
def _about() -> dict[str, list[tuple[str, str, str]]]:
    """Source package -> (CVE number, summary, fixed version or nothing)."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for record in _content()["advisories"]:
        id = record["id"].removeprefix("DEBIAN-")
        for affected in record["affected"]:
            (span,) = affected["ranges"]
            fixed = next((e["fixed"] for e in span["events"][1:]), "")
            name = affected["package"]["name"]
            found.setdefault(name, []).append((id, record["summary"], fixed))
    return found

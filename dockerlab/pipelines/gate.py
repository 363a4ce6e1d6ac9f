"""Fail if a pinned package has a published vulnerability with a fix.

    python gate.py sbom.json advisories.json

A step of a pipeline. It needs nothing but Python.
"""

import json
import pathlib
import re
import sys
from typing import Any


def numbers(version: str) -> list[int]:
    """The numbers in a version, to compare it with another one."""
    return [int(part) for part in re.findall(r"[0-9]+", version)]


def findings(
    components: list[dict[str, Any]], advisories: list[dict[str, Any]]
) -> list[str]:
    """The packages in an SBOM for which an advisory names a fix."""
    found = []
    for component in components:
        name, version = component["name"].lower(), component.get("version", "")
        for advisory in advisories:
            for affected in advisory["affected"]:
                if affected["package"]["name"] == name and any(
                    _is_hit(version, span) for span in affected["ranges"]
                ):
                    found.append(f"{name}=={version}")
    return found


def _is_hit(version: str, span: dict[str, Any]) -> bool:
    """Whether a version is in a range that ends with a fixed version."""
    at = {key: text for event in span["events"] for key, text in event.items()}
    if not version or "fixed" not in at:
        return False
    first, fixed = numbers(at.get("introduced", "0")), numbers(at["fixed"])
    return first <= numbers(version) < fixed


def main(sbom: str, known: str) -> None:
    """Compare an SBOM with advisories, and exit with 1 after a finding."""
    components = json.loads(pathlib.Path(sbom).read_text())["components"]
    advisories = json.loads(pathlib.Path(known).read_text())["advisories"]
    pinned = pathlib.Path("requirements.txt").read_text().split()
    for package in findings(components, advisories):
        if package in pinned:
            sys.exit(f"update {package.replace('==', ' ')} first")
    print(f"no finding in {len(components)} packages")


if __name__ == "__main__":
    main(*sys.argv[1:])

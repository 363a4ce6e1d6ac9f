"""The ledger of claims, and the cells that prove them."""

import dataclasses
import json
import pathlib

import yaml

from dockerlab import paths

LEDGER = pathlib.Path(__file__).parent / "claims.yml"

# The lesson that owes each claim (the curriculum's table).
OWED = {
    "00": "",
    "01": "consistent-env fast-start own-filesystem own-network"
    " own-processes shared-kernel light-weight resource-limits"
    " many-from-one",
    "02": "self-contained content-address immutable minimal-base portable"
    " extensible",
    "03": "layers shared-layers copy-on-write build-cache partial-rebuild"
    " copy-order dockerignore cache-mount clean-layer",
    "04": "FROM RUN COPY ADD CMD ENTRYPOINT EXPOSE ENV ARG WORKDIR USER"
    " VOLUME LABEL HEALTHCHECK STOPSIGNAL SHELL ONBUILD env-form",
    "05": "lifecycle graceful-stop data-outlives",
    "06": "the-recipe dev-parity",
    "07": "multi-stage eol-base trusted-host root-port dev-server unpinned"
    " copy-all",
    "08": "secrets layered-security scannable signable",
    "09": "versioned",
    "10": "microservices shared-host",
    "11": "ci-cd orchestrated",
    "12": "",
}


@dataclasses.dataclass(frozen=True)
class Claim:
    """One sentence of the ledger, and the kind of proof it needs."""

    id: str
    kind: str
    says: str
    proof: str


def ledger() -> dict[str, Claim]:
    """Every claim by its id."""
    sections = yaml.safe_load(LEDGER.read_text("utf-8"))
    rows = [row for section in sections.values() for row in section]
    return {row["id"]: Claim(**row) for row in rows}


def proofs() -> dict[str, list[str]]:
    """For each claim the cells that prove it, as `06_flask_app cell 12`.

    A cell proves a claim if it is tagged `claim:<id>` and asserts something.
    """
    found: dict[str, list[str]] = {}
    for path in paths.lessons():
        cells = json.loads(path.read_text("utf-8"))["cells"]
        for number, cell in enumerate(cells, start=1):
            source = "".join(cell["source"])
            if cell["cell_type"] != "code" or "assert" not in source:
                continue
            for tag in cell["metadata"].get("tags", []):
                if tag.startswith("claim:"):
                    place = f"{path.stem} cell {number}"
                    found.setdefault(tag[6:], []).append(place)
    return found


def missing() -> list[tuple[str, str]]:
    """Claims, with the notebook that owes them, without a proof there."""
    proven = proofs()
    # A lesson in two notebooks (04a, 04b) owes its claims once.
    parts: dict[str, list[str]] = {}
    for path in paths.lessons():
        parts.setdefault(path.stem[:2], []).append(path.stem)
    return [
        (claim, " or ".join(stems))
        for lesson, stems in parts.items()
        for claim in OWED.get(lesson, "").split()
        if not any(p.startswith(lesson) for p in proven.get(claim, []))
    ]


def unknown() -> list[str]:
    """Claims that a cell is tagged with and the ledger does not know."""
    return sorted(set(proofs()) - set(ledger()))

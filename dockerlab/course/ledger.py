"""The ledger of claims: every statement that the course proves."""

import dataclasses
import functools
import pathlib
from collections.abc import Mapping

import yaml

FILE = pathlib.Path(__file__).parent / "claims.yml"


@dataclasses.dataclass(frozen=True)
class Claim:
    """One statement, and the kind of proof that it needs."""

    id: str
    kind: str
    says: str
    proof: str


@functools.cache
def ledger() -> Mapping[str, Claim]:
    """Every claim by its id."""
    sections = yaml.safe_load(FILE.read_text("utf-8"))
    rows = [row for section in sections.values() for row in section]
    return {row["id"]: Claim(**row) for row in rows}

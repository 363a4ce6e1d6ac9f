"""Exercises of `capstone_ship`: a service that is ready for production."""

from dockerlab.checks import scorecard
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise


@exercise("capstone_ship/rights", wants="dockerfile")
def rights(bench: Bench, dockerfile: str) -> None:
    """No root, no writing outside /data, and the data outlive it."""
    scorecard.some(
        bench,
        dockerfile,
        ("builds", "serves", "user", "readonly", "replace"),
    )


@exercise("capstone_ship/full", wants="app")
def full(bench: Bench, answer: object) -> None:
    """The whole score card."""
    scorecard.score(bench, answer)

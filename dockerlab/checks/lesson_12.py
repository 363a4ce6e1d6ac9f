"""Exercises of lesson 12: the capstone."""

from dockerlab.checks import capstone
from dockerlab.checks.core import Bench, exercise


@exercise("12-full", wants="app")
def full(bench: Bench, answer: object) -> None:
    """The whole score card."""
    capstone.score(bench, answer)

"""The table of docs/robustness.md: what the tests did to the course.

A test counts what it did with `record_property("counted", {"kernels killed":
3})`; counts with equal words are added up.
"""

import collections
import datetime
import os
import pathlib
import platform
from collections.abc import Iterable, Mapping

from dockerlab.base import documents
from dockerlab.base.errors import LabError
from dockerlab.engine.find import find


def total(counted: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Add up what all tests counted."""
    counts: collections.Counter[str] = collections.Counter()
    for row in counted:
        counts.update(row)
    return dict(sorted(counts.items()))


def write(
    path: str, counted: Mapping[str, int], red: int, whole: bool
) -> None:
    """Write the counts into the document's table, with date and machine.

    Args:
        red: how many tests failed.
        whole: whether everything was tried, or a sample.
    """
    try:
        title = find().title
    except LabError:
        title = "no engine"
    today = datetime.date.today().isoformat()
    rows = [f"| {what} | {number:,} |" for what, number in counted.items()]
    text = "\n".join(
        [
            f"{'Everything' if whole else 'The sample of `make test`'},"
            f" {today}, {platform.system()} on {platform.machine()},"
            f" {os.cpu_count()} cores, {title}."
            f" Tests that failed: {red}.",
            "",
            "| what was done to it | times |",
            "|---|---|",
            *rows,
            "",
        ]
    )
    documents.fill(pathlib.Path(path), "table", text)

"""Execute notebook files and store their outputs."""

import pathlib

import nbformat

from dockerlab.course import normalize
from dockerlab.course.running import Run


def execute_file(path: pathlib.Path) -> float:
    """Execute a notebook and store its outputs in the file.

    Returns:
        The duration in seconds.

    Raises:
        LabError: a cell failed; the file stays as it was.
    """
    with Run(path) as run:
        seconds = sum(run.all())
    normalize.normalize(run.book)
    nbformat.write(run.book, path)
    return seconds

"""Links to notebooks, whose numbers and folders follow the table."""

import os
import pathlib
import re

from dockerlab.course.table import Course

_LINK = re.compile(r"\]\((?:[^)\s:]*/)?\d\d_([a-z0-9_]+)\.ipynb\b")


def renumbered(course: Course, folder: pathlib.Path, text: str) -> str:
    """Text of a document with links to where the notebooks are today.

    Args:
        folder: of the document.
    """

    def numbered(found: re.Match[str]) -> str:
        if found[1] not in course.slugs:
            return found[0]
        target = os.path.relpath(course.notebook(found[1]).path, folder)
        return f"]({target}"

    return _LINK.sub(numbered, text)

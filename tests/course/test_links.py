"""Links to notebooks follow the table."""

import pathlib

from dockerlab.course.links import renumbered
from dockerlab.course.table import Course, Notebook, Part

PROJECT = pathlib.Path("/course")
FOLDER = PROJECT / "notebooks"
BOOKS = (
    Notebook("one", "One", "do", 9, number=1, folder=FOLDER),
    Notebook("side", "Side", "do", 9, deep=True, number=1, folder=FOLDER),
)
COURSE = Course((Part("use", "Use", BOOKS),), ())
TEXT = "[a](99_side.ipynb) [b](../x/99_one.ipynb#c) [d](99_none.ipynb)"


def test_links_lead_to_the_folder_and_number_of_today():
    found = {
        place: renumbered(COURSE, PROJECT / place, TEXT)
        for place in ("notebooks", "notebooks/deep_dives", "docs")
    }
    assert found == {
        "notebooks": "[a](deep_dives/01_side.ipynb)"
        " [b](01_one.ipynb#c) [d](99_none.ipynb)",
        "notebooks/deep_dives": "[a](01_side.ipynb)"
        " [b](../01_one.ipynb#c) [d](99_none.ipynb)",
        "docs": "[a](../notebooks/deep_dives/01_side.ipynb)"
        " [b](../notebooks/01_one.ipynb#c) [d](99_none.ipynb)",
    }


def test_other_links_and_text_stay():
    text = "see 01_one.ipynb, [x](https://x.org/01_one.ipynb) and [y](a.md)"
    assert renumbered(COURSE, FOLDER, text) == text

"""Pictures of what learners passed: what they plot; they can be read."""

import pytest

from dockerlab import pictures
from dockerlab.course import progress
from dockerlab.course.progress import Record

COURSE = {
    "pid_one": ["pid_one/a", "pid_one/b"],
    "dockerfile_build": ["dockerfile_build/a"],
    "no_exercises": [],
}


@pytest.fixture
def record(monkeypatch, tmp_path):
    """One learner's record: an exercise passed, another one tried."""
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    monkeypatch.setattr(progress, "course", lambda: COURSE)
    progress.note("pid_one/a", True)
    progress.note("dockerfile_build/a", False, "builds")
    return progress.load()


def test_progress_distinguishes_passed_tried_and_new(record, readable):
    picture = pictures.progress()
    readable(picture)
    assert picture.data == {
        "pid_one": [
            ("pid_one/a", "passed"),
            ("pid_one/b", "new"),
        ],
        "dockerfile_build": [("dockerfile_build/a", "tried")],
    }
    assert picture.caption == "1 of 3 exercises passed."


def test_progress_of_one_notebook(record, readable):
    picture = pictures.progress("pid_one")
    readable(picture)
    assert list(picture.data) == ["pid_one"]
    caption = "1 of 2 exercises of `pid_one` passed."
    assert picture.caption == caption


def test_class_map(record, readable):
    other = Record("Ada with a name that is much too long for its row")
    picture = pictures.class_map([record, other], COURSE)
    readable(picture)
    shares = picture.data[record.learner]
    assert shares == {"pid_one": 0.5, "dockerfile_build": 0}
    assert "2 learners" in picture.caption
    assert "in `dockerfile_build`." in picture.caption

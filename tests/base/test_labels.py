"""The labels by which the course knows its own objects."""

import json

import pytest

from dockerlab import paths
from dockerlab.base import labels

KEYS = ("dockerlab.lesson", "dl-seat01.lesson", "dl0a1b2c3.lesson")


@pytest.mark.parametrize("key", KEYS)
def test_both_labels_show_that_the_course_made_it(key):
    assert labels.is_ours({key: "flask_app", "dockerlab.by": "lab"})
    assert labels.lessons_of({key: "flask_app"}) == {f"{key}=flask_app"}


@pytest.mark.parametrize(
    "found",
    [
        None,
        {},
        {"dockerlab.lesson": "flask_app"},  # as inherited from an image
        {"dockerlab.by": "lab"},
        {"dockerlab.lesson": "flask_app", "dockerlab.by": "Lab"},
        {"dockerlab.lesson": "Flask App", "dockerlab.by": "lab"},
        {"dockerlab.lesson": "flask_app ", "dockerlab.by": "lab"},
        {"dockerlab.lesson": "", "dockerlab.by": "lab"},
        {"dockerlab.lessons": "flask_app", "dockerlab.by": "lab"},
        {"org.dockerlab.lesson": "flask_app", "dockerlab.by": "lab"},
        {"dl-seat1.lesson": "flask_app", "dockerlab.by": "lab"},
        {"dl-seat.lesson": "flask_app", "dockerlab.by": "lab"},
        {"dlabcdefg.lesson": "flask_app", "dockerlab.by": "lab"},
    ],
)
def test_everything_else_is_somebody_elses(found):
    assert not labels.is_ours(found)


def test_numbers_of_the_first_edition_count_for_cleaning_only():
    old = {"dockerlab.lesson": "06", "dl-seat01.lesson": "images"}
    assert labels.lessons_of(old) == {"dl-seat01.lesson=images"}
    assert labels.lessons_of_any_edition(old) == {
        "dockerlab.lesson=06",
        "dl-seat01.lesson=images",
    }
    assert not labels.lessons_of_any_edition({"dockerlab.lesson": "6"})


def test_what_the_functions_create_they_recognize():
    made = labels.of("flask_app")
    assert labels.is_ours(made)
    assert labels.lessons_of(made) == {labels.pair("flask_app")}
    for pair in labels.pairs("flask_app"):
        assert labels.has(made, pair)
    assert not labels.has(made, labels.pair("images"))


def test_each_kernels_key_has_the_same_length_and_is_its_own():
    keys = [
        labels.key_of_seat(number, learner)
        for number in range(100)
        for learner in ("", "Ada", "Bob")
    ]
    assert keys[0] == labels.LESSON
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {len(labels.LESSON)}
    for key in keys[1:]:
        assert labels.of_another_kernel({key: "x"})
    assert not labels.of_another_kernel({labels.LESSON: "x"})


def test_no_other_module_spells_them():
    """Only the wrapper does, which is a shell script, and a program that a
    container runs, where this package is not."""
    spelled = (labels.LESSON, labels.MAKER, "dl-seat", labels.STAND_IN)
    found = {
        str(path.relative_to(paths.PROJECT))
        for folder in ("dockerlab", "benchmarks", "tools")
        for path in (paths.PROJECT / folder).rglob("*")
        if path.is_file() and path.suffix in (".py", ".sh", "")
        if any(text in path.read_text("utf-8") for text in spelled)
    }
    assert found == {
        "dockerlab/base/labels.py",
        "dockerlab/bin/docker",
        "dockerlab/host_file.py",
    }


def test_the_program_in_a_container_spells_the_same():
    script = (paths.PROJECT / "dockerlab" / "host_file.py").read_text()
    assert json.dumps(labels.of("secure_run")) in script


def test_the_wrapper_spells_the_same():
    script = (paths.PROJECT / "dockerlab" / "bin" / "docker").read_text()
    assert f'lesson="{labels.LESSON}=$' in script
    assert f"maker={labels.MADE}" in script

"""The labels of the course, the only place that spells them.

Every object that the course creates has the label `dockerlab.lesson` with
the notebook's slug. Images pass their labels on to containers and to images
built from them, so containers, networks, volumes and what a swarm holds have
a second label, `dockerlab.by=lab`, that no image has.

On the engine, a second kernel that runs the same notebook uses another key of
the same length for the first label: `dl-seat01.lesson`. The kernels of a
learner with a name (`DOCKERLAB_LEARNER`) use a hash: `dl0a1b2c3.lesson`.
"""

import hashlib
import re
from collections.abc import Mapping

LESSON = "dockerlab.lesson"
MAKER = "dockerlab.by"
MAKER_VALUE = "lab"
MADE = f"{MAKER}={MAKER_VALUE}"  # as a filter of the engine
STAND_IN = "dockerlab.stand-in-for"  # on images that replace official ones

# A notebook's slug; the workspaces of tests have slugs too.
SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# The first edition numbered its lessons.
FIRST_EDITION = re.compile(r"\d\d")
# What the first edition called its images, for any learner.
FIRST_EDITION_IMAGES = re.compile(
    r"(dockerlab|dl-seat\d\d|dl[0-9a-f]{7})/\d\d-[\w.-]+"
    r"|(my-python|dl-made\d\d|dl[0-9a-f]{7})-app"
)
# Keys of the label for a learner with a name.
NAMED = re.compile(r"dl[0-9a-f]{7}\.lesson")
# Keys of the label for every kernel but the first one of a notebook.
FURTHER = re.compile(r"dl(?:-seat\d\d|[0-9a-f]{7})\.lesson")

Labels = Mapping[str, str]


def of(slug: str) -> dict[str, str]:
    """The labels of a container, network or volume of a notebook."""
    return {LESSON: slug, MAKER: MAKER_VALUE}


def pair(slug: str, key: str = LESSON) -> str:
    """The label of a notebook's images, as `key=value`."""
    return f"{key}={slug}"


def pairs(slug: str, key: str = LESSON) -> list[str]:
    """Both labels of a notebook's other objects, as `key=value`."""
    return [pair(slug, key), MADE]


def key_of_seat(number: int, learner: str = "") -> str:
    """The key that the engine knows the label by, for one kernel.

    Args:
        number: counts the kernels that run the notebook at once, from 0.
        learner: the learner's name, empty without one.
    """
    if learner:
        known = hashlib.sha256(f"{learner} {number}".encode()).hexdigest()
        return f"dl{known[:7]}.lesson"
    return f"dl-seat{number:02}.lesson" if number else LESSON


def lessons_of(labels: Labels | None) -> set[str]:
    """The labels that name a notebook of today, as `key=value`, whichever
    kernel's key they have."""
    return {
        pair(value, key)
        for key, value in (labels or {}).items()
        if (key == LESSON or FURTHER.fullmatch(key)) and SLUG.fullmatch(value)
    }


def lessons_of_any_edition(labels: Labels | None) -> set[str]:
    """As `lessons_of`, and the numbers of the first edition's lessons."""
    found = lessons_of(labels)
    for key, value in (labels or {}).items():
        known = key == LESSON or FURTHER.fullmatch(key)
        if known and FIRST_EDITION.fullmatch(value):
            found.add(pair(value, key))
    return found


def is_made(labels: Labels | None) -> bool:
    """Whether an object has the label that is never inherited."""
    return (labels or {}).get(MAKER) == MAKER_VALUE


def is_ours(labels: Labels | None) -> bool:
    """Whether the course created a container, network or volume."""
    return is_made(labels) and bool(lessons_of(labels))


def has(labels: Labels | None, key_and_value: str) -> bool:
    """Whether an object has a label, given as `key=value`."""
    key, _, value = key_and_value.partition("=")
    return (labels or {}).get(key) == value


def of_another_kernel(labels: Labels | None) -> bool:
    """Whether one of the labels has the key of a further kernel."""
    return any(FURTHER.fullmatch(key) for key in labels or {})

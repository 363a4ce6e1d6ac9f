"""A learner's record: which exercises they tried and passed.

The record is a small JSON file on the learner's disk. Nothing leaves the
machine unless the learner exports it.
"""

import contextlib
import dataclasses
import datetime
import getpass
import hashlib
import json
import os
import pathlib
from collections.abc import Iterator
from typing import Any, TypedDict

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.base.errors import LabError
from dockerlab.course import cells, table

FORMAT = "dockerlab-progress-1"


class Attempts(TypedDict):
    """The attempts at one exercise, as the file stores them.

    `passed` is the time of the first pass. `missed` counts for each
    criterion how often it was the first one not met.
    """

    attempts: int
    passed: str | None
    missed: dict[str, int]


@dataclasses.dataclass
class Record:
    """What one learner did.

    Attributes:
        exercises: the attempts at each exercise, by its id.
        solved: the exercises into which the course put its solution before
            they were passed, each with the time.
    """

    learner: str
    exercises: dict[str, Attempts] = dataclasses.field(default_factory=dict)
    solved: dict[str, str] = dataclasses.field(default_factory=dict)

    def attempts(self, exercise: str) -> int:
        """The number of attempts at an exercise."""
        row = self.exercises.get(exercise)
        return row["attempts"] if row else 0

    def passed(self, exercise: str) -> bool:
        """Whether an attempt at the exercise passed."""
        row = self.exercises.get(exercise)
        return bool(row and row["passed"])


def folder() -> pathlib.Path:
    """The record's folder: `DOCKERLAB_PROGRESS`, else in the lab's home."""
    chosen = os.environ.get("DOCKERLAB_PROGRESS")
    return pathlib.Path(chosen) if chosen else paths.home() / "progress"


def _file() -> pathlib.Path:
    return folder() / "record.json"


def _learner() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user number without a name
        return str(os.getuid())


def load() -> Record:
    """The learner's record; an empty one where the file is missing or
    cannot be read."""
    return _stored() or Record(_learner())


def _stored() -> Record | None:
    try:
        return _record(json.loads(_file().read_text("utf-8")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _record(content: dict[str, Any]) -> Record:
    """A record from its stored form.

    A record of the first edition has other exercise ids: course.yml has
    today's id for each.

    Raises:
        ValueError, LookupError, TypeError, AttributeError: the content has
            another form.
    """
    today = table.course().exercises_of_first_edition
    name = "".join(c for c in str(content["learner"]) if c.isprintable())
    record = Record(name)
    for exercise, row in content["exercises"].items():
        stored: Attempts = {
            "attempts": int(row["attempts"]),
            "passed": row["passed"] and str(row["passed"]),
            "missed": {str(k): int(n) for k, n in row["missed"].items()},
        }
        _add(record, today.get(str(exercise), str(exercise)), stored)
    solved = content.get("solved", {})
    record.solved = {str(name): str(when) for name, when in solved.items()}
    return record


def _add(record: Record, exercise: str, more: Attempts) -> None:
    """Add attempts to a record. Two old exercises may be one today."""
    row = record.exercises.setdefault(
        exercise, {"attempts": 0, "passed": None, "missed": {}}
    )
    row["attempts"] += more["attempts"]
    times = [when for when in (row["passed"], more["passed"]) if when]
    row["passed"] = min(times, default=None)
    for criterion, count in more["missed"].items():
        row["missed"][criterion] = row["missed"].get(criterion, 0) + count


def note(exercise: str, passed: bool, missed: str = "") -> int:
    """Count one attempt at an exercise.

    Args:
        missed: the first criterion that was not met, empty if all were.

    Returns:
        The number of attempts so far.

    Raises:
        LabError: the record cannot be written.
    """
    with _changed() as record:
        # The course's own solution passes too, and is no pass of theirs.
        theirs = exercise not in record.solved
        _add(record, exercise, _attempt(passed and theirs, missed))
        return record.attempts(exercise)


def note_solved(exercise: str) -> None:
    """Note that the course put its solution into an exercise's cell.

    An exercise that was passed before stays passed.

    Raises:
        LabError: the record cannot be written.
    """
    with _changed() as record:
        if not record.passed(exercise):
            record.solved.setdefault(exercise, _now())


@contextlib.contextmanager
def _changed() -> Iterator[Record]:
    """The stored record, which is written again afterwards.

    Raises:
        LabError: it cannot be written.
    """
    try:
        with machine.lock(folder() / "record.lock"):
            record = _stored()
            if record is None:
                record = Record(_learner())
                if _file().exists():  # damaged: kept for a repair by hand
                    _file().replace(_file().with_suffix(".damaged"))
            yield record
            partial = _file().with_suffix(".partial")
            partial.write_text(
                json.dumps(dataclasses.asdict(record), indent=1), "utf-8"
            )
            partial.replace(_file())
    except OSError as error:
        raise LabError(
            f"Your progress cannot be saved in {folder()}.",
            error.strerror or "",
            "Free some space there, or set DOCKERLAB_PROGRESS to a folder"
            " that you can write to before `make start`.",
        ) from None


def _now() -> str:
    now = datetime.datetime.now(datetime.UTC)
    return now.isoformat(timespec="seconds")


def _attempt(passed: bool, missed: str) -> Attempts:
    """One attempt that ended now."""
    return {
        "attempts": 1,
        "passed": _now() if passed else None,
        "missed": {missed: 1} if missed else {},
    }


def course() -> dict[str, list[str]]:
    """The exercises of each notebook, by slug, in the order of the course."""
    return {
        book.slug: cells.exercises(book.path)
        for book in table.course().notebooks
    }


def folded_hint(exercise: str) -> str:
    """The folded hint below an exercise, as plain text; empty without one."""
    slug = exercise.partition("/")[0]
    if slug not in table.course().slugs:
        return ""
    return cells.hint(table.course().notebook(slug).path, exercise)


def _seal(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{FORMAT}\n{text}".encode()).hexdigest()


def export(target: pathlib.Path, learner: str = "") -> None:
    """Write the record with a seal, for an instructor.

    The seal shows that a file was damaged or edited. It does not prevent
    cheating: the learner's own machine makes the record.

    Raises:
        LabError: the file cannot be written.
    """
    content = dataclasses.asdict(load())
    content["learner"] = learner or content["learner"]
    content["course"] = course()
    sealed = {"format": FORMAT, "seal": _seal(content), "record": content}
    try:
        target.write_text(json.dumps(sealed, indent=1), "utf-8")
    except OSError as error:
        raise LabError(
            f"The record cannot be written to {target}.",
            error.strerror or "",
            "Name a file in a folder that you can write to.",
        ) from None


def read(source: pathlib.Path) -> Record:
    """Read an exported record.

    Raises:
        LabError: the file is not a record of this course, or was changed.
    """
    try:
        sealed = json.loads(source.read_text("utf-8"))
        content = sealed["record"]
        whole = (sealed["format"], sealed["seal"]) == (FORMAT, _seal(content))
        record = _record(content) if whole else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise LabError(
            f"{source.name} is not a record of this course.",
            fix="A learner writes one with"
            " `python -m dockerlab progress --export FILE`.",
        ) from None
    if record is None:
        raise LabError(
            f"{source.name} was changed after the export.",
            "Its seal does not fit its content.",
            "Ask the learner for a new export.",
        )
    return record


def read_class(source: pathlib.Path) -> tuple[list[Record], list[LabError]]:
    """Read every exported record in a folder.

    Returns:
        The records, sorted by learner, and the error of each other file.

    Raises:
        LabError: the folder is missing or has no record.
    """
    files = sorted(source.glob("*.json")) if source.is_dir() else []
    if not files:
        raise LabError(
            f"There are no records in {source}.",
            fix="Name the folder with the learners' exported files.",
        )
    records, refused = [], []
    for file in files:
        try:
            records.append(read(file))
        except LabError as error:
            refused.append(error)
    records.sort(key=lambda record: record.learner.lower())
    # Two learners may have the same name: the second one gets a number.
    seen: dict[str, int] = {}
    for record in records:
        name = record.learner
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            record.learner = f"{name} ({seen[name]})"
    return records, refused


def share(record: Record, exercises: list[str]) -> float | None:
    """The passed part of the exercises, 0 to 1; None without exercises."""
    if not exercises:
        return None
    return sum(map(record.passed, exercises)) / len(exercises)

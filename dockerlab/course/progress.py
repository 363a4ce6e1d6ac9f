"""What a learner has done: kept on their disk, shown, handed in.

A record is a small JSON file. Nothing leaves the machine unless the learner
exports it.
"""

import dataclasses
import datetime
import getpass
import hashlib
import json
import os
import pathlib

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.base.errors import LabError
from dockerlab.course import cells, table

FORMAT = "dockerlab-progress-1"


@dataclasses.dataclass
class Record:
    """What one learner did.

    `exercises`: id -> {"attempts": number, "passed": time or None,
    "missed": criterion -> how often it was the first one not met}.
    """

    learner: str
    exercises: dict[str, dict] = dataclasses.field(default_factory=dict)

    def attempts(self, exercise: str) -> int:
        """How often the exercise was tried."""
        return self.exercises.get(exercise, {}).get("attempts", 0)

    def passed(self, exercise: str) -> bool:
        """Whether the exercise was ever passed."""
        return bool(self.exercises.get(exercise, {}).get("passed"))


def folder() -> pathlib.Path:
    """Where the record lies: `DOCKERLAB_PROGRESS`, else in the lab's home."""
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
    """The learner's record; an empty one where there is none, or where the
    file cannot be read."""
    return _stored() or Record(_learner())


def _stored() -> Record | None:
    try:
        return _record(json.loads(_file().read_text("utf-8")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _record(content: dict) -> Record:
    """A record as it was stored; raises where it has another form."""
    today = table.course().exercises_of_first_edition
    exercises: dict[str, dict] = {}
    for exercise, row in content["exercises"].items():
        _add(
            exercises,
            today.get(str(exercise), str(exercise)),
            int(row["attempts"]),
            row["passed"] and str(row["passed"]),
            {str(k): int(n) for k, n in row["missed"].items()},
        )
    name = "".join(c for c in str(content["learner"]) if c.isprintable())
    return Record(name, exercises)


def _add(
    exercises: dict[str, dict],
    exercise: str,
    attempts: int,
    passed: str | None,
    missed: dict[str, int],
) -> None:
    """Add attempts to an exercise's row. Two old exercises may be one now."""
    row = exercises.setdefault(
        exercise, {"attempts": 0, "passed": None, "missed": {}}
    )
    row["attempts"] += attempts
    times = [when for when in (row["passed"], passed) if when]
    row["passed"] = min(times, default=None)
    for criterion, count in missed.items():
        row["missed"][criterion] = row["missed"].get(criterion, 0) + count


def note(exercise: str, passed: bool, missed: str = "") -> int:
    """Count one attempt at an exercise; how many there were now.

    Args:
        missed: the first criterion that was not met.

    Raises:
        LabError: the record cannot be written.
    """
    try:
        with machine.lock(folder() / "record.lock"):
            record = _stored()
            if record is None:
                record = Record(_learner())
                if _file().exists():  # damaged: somebody may mend it
                    _file().replace(_file().with_suffix(".damaged"))
            attempts = _count(record, exercise, passed, missed)
            partial = _file().with_suffix(".partial")
            partial.write_text(
                json.dumps(dataclasses.asdict(record), indent=1)
            )
            partial.replace(_file())
    except OSError as error:
        raise LabError(
            f"What you do cannot be noted in {folder()}.",
            error.strerror or "",
            "Make room there, or set DOCKERLAB_PROGRESS to a folder of yours"
            " before `make start`.",
        ) from None
    return attempts


def _count(record: Record, exercise: str, passed: bool, missed: str) -> int:
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    when = now if passed else None
    _add(record.exercises, exercise, 1, when, {missed: 1} if missed else {})
    return record.attempts(exercise)


def course() -> dict[str, list[str]]:
    """The exercises of each notebook, by slug, in the order of the course."""
    return {
        book.slug: cells.exercises(book.path)
        for book in table.course().notebooks
    }


def folded_hint(exercise: str) -> str:
    """The hint that is folded below the exercise, as plain text."""
    slug = exercise.partition("/")[0]
    if slug not in table.course().slugs:
        return ""
    return cells.hint(table.course().notebook(slug).path, exercise)


def _seal(content: dict) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{FORMAT}\n{text}".encode()).hexdigest()


def export(target: pathlib.Path, learner: str = "") -> None:
    """Write the record with a seal, to be handed in.

    The seal shows a damaged or carelessly edited file. It cannot stop
    somebody who wants to cheat: the record is made on the learner's machine.

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
            "Name a file in a folder of yours.",
        ) from None


def read(source: pathlib.Path) -> Record:
    """A record that was handed in.

    Raises:
        LabError: it is no record of this course, or its seal is broken.
    """
    try:
        sealed = json.loads(source.read_text("utf-8"))
        content = sealed["record"]
        whole = (sealed["format"], sealed["seal"]) == (FORMAT, _seal(content))
        record = _record(content) if whole else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise LabError(
            f"{source.name} is no record of this course.",
            fix="A learner makes one by"
            " `python -m dockerlab progress --export FILE`.",
        ) from None
    if record is None:
        raise LabError(
            f"The seal of {source.name} is broken.",
            "The file was changed or damaged after it was exported.",
            "Ask the learner to export it again.",
        )
    return record


def read_class(source: pathlib.Path) -> tuple[list[Record], list[LabError]]:
    """Every record in a folder, by learner, and what was refused.

    Raises:
        LabError: there is no such folder, or nothing in it.
    """
    files = sorted(source.glob("*.json")) if source.is_dir() else []
    if not files:
        raise LabError(
            f"There are no records in {source}.",
            fix="Name the folder that holds the learners' exported files.",
        )
    records, refused = [], []
    for file in files:
        try:
            records.append(read(file))
        except LabError as error:
            refused.append(error)
    records.sort(key=lambda record: record.learner.lower())
    # A name that was handed in twice keeps both records, told apart.
    seen: dict[str, int] = {}
    for record in records:
        name = record.learner
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            record.learner = f"{name} ({seen[name]})"
    return records, refused


def share(record: Record, exercises: list[str]) -> float | None:
    """The part of the exercises that are passed, 0 to 1; None of none."""
    if not exercises:
        return None
    return sum(map(record.passed, exercises)) / len(exercises)

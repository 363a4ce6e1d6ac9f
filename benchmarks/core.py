"""Series of measurements, targets, and what becomes of them."""

import dataclasses
import datetime
import os
import pathlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from dockerlab import paths

LAB = [sys.executable, "-m", "dockerlab"]


@dataclasses.dataclass(frozen=True)
class Series:
    """Measurements of one thing, in `unit`."""

    name: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The value in the middle."""
        return statistics.median(self.values)


@dataclasses.dataclass(frozen=True)
class Target:
    """What a figure should be, and whether it is.

    `value` is a ratio or a figure, `limit` what it is held against; `most`
    says whether the limit is the greatest good value or the least.
    """

    name: str
    value: float
    limit: float
    most: bool = True
    reason: str = ""  # why it is missed, where that is known

    @property
    def met(self) -> bool:
        """Whether the value is within the limit."""
        if self.most:
            return self.value <= self.limit
        return self.value >= self.limit


@dataclasses.dataclass
class Result:
    """What one benchmark found; `notes` say what the figures do not.

    It is not `whole` where the time of a run was over before it was.
    """

    benchmark: str
    series: list[Series] = dataclasses.field(default_factory=list)
    targets: list[Target] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)
    whole: bool = True
    seconds: float = 0.0  # that the measuring took
    date: str = dataclasses.field(
        default_factory=lambda: datetime.date.today().isoformat()
    )

    def add(
        self,
        name: str,
        value: float,
        limit: float,
        most: bool = True,
        reason: str = "",
    ) -> None:
        """Hold a figure against its target."""
        target = Target(name, value, limit, most)
        if not target.met:
            target = dataclasses.replace(target, reason=reason)
        self.targets.append(target)

    def as_dict(self) -> dict:
        """For results.json; see results.schema.json."""
        row = dataclasses.asdict(self)
        for entry, series in zip(row["series"], self.series, strict=True):
            entry.update(
                values=list(series.values),
                median=series.median,
                least=min(series.values),
                most=max(series.values),
            )
        for entry, target in zip(row["targets"], self.targets, strict=True):
            entry["met"] = target.met
        return row


def in_turn(
    ways: Mapping[str, Callable[[], float]], rounds: int, unit: str
) -> dict[str, Series]:
    """Measure each way, one after the other, `rounds` times over."""
    values: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, measure in ways.items():
            say(f"{name}, round {number + 1} of {rounds}")
            values[name].append(measure())
    return {
        name: Series(name, unit, tuple(found))
        for name, found in values.items()
    }


def ratio(one: Series, other: Series) -> float:
    """The median of the ratios of what was measured side by side."""
    pairs = zip(one.values, other.values, strict=True)
    return statistics.median(a / b for a, b in pairs)


def timed(action: Callable[[], object]) -> float:
    """Seconds that an action takes."""
    begun = time.monotonic()
    action()
    return time.monotonic() - begun


def run(
    *words: object, cwd: pathlib.Path | str = paths.PROJECT, **settings: str
) -> subprocess.CompletedProcess:
    """Run a command quietly.

    Raises:
        RuntimeError: it failed; the end of what it said.
    """
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = (done.stdout + done.stderr)[-800:]
        raise RuntimeError(f"{' '.join(map(str, words))}\n{said}")
    return done


def say(text: str) -> None:
    """One line of progress."""
    print(f"  ...  {text}", flush=True)


def counted(things: Sequence) -> Iterator:
    """The things, each said with how far it is."""
    for number, thing in enumerate(things, 1):
        say(f"{thing} ({number} of {len(things)})")
        yield thing

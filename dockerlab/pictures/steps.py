"""The steps of builds: what ran, when, and what the cache saved."""

import difflib
import itertools
import re
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dockerlab.base import words
from dockerlab.base.errors import LabError
from dockerlab.builds import Build, Step
from dockerlab.pictures import frame
from dockerlab.pictures.frame import Row


@frame.styled
def two_builds(
    before: Build,
    after: Build,
    titles: tuple[str, str] = ("first build", "second build"),
) -> frame.Picture:
    """The steps of two builds side by side: what the cache saved.

    `data`: rows of `step` and, for each title, `cached`, `ran`, `failed` or
    nothing, and seconds.
    """
    builds = dict(zip(titles, (before, after), strict=True))
    tables = {title: by_key(build) for title, build in builds.items()}
    keys = merged(*(list(table) for table in tables.values()))
    data: list[Row] = [
        {
            "step": title_of(*key),
            **{title: outcome(tables[title].get(key)) for title in titles},
        }
        for key in keys
    ]
    figure = Figure(figsize=(frame.WIDTH, 0.8 + 0.27 * len(data)))
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    longest = max(row[title][1] for row in data for title in titles)
    for axes, title in zip(panels, titles, strict=True):
        axes.set(title=title, xlabel="seconds")
        axes.set_xlim(0, (longest or 1) * 1.5)
        for y, row in enumerate(data):
            _draw_outcome(axes, y, *row[title])
    frame.name_rows(panels[0], [row["step"] for row in data])
    panels[1].tick_params(axis="y", length=0)
    ran = [build.rebuilt for build in builds.values()]
    spent = [sum(step.seconds for step in steps) for steps in ran]
    results = [
        f"{title}: {words.plural(len(steps), 'step')} {_verb(steps)}"
        + (f" in {words.seconds(seconds)}" if steps else "")
        for title, steps, seconds in zip(titles, ran, spent, strict=True)
    ]
    caption = "; ".join(results) + "."
    caption = caption[0].upper() + caption[1:]
    alt = "; ".join(
        f"{row['step']}: "
        + ", ".join(f"{t} {_outcome_text(*row[t]) or '-'}" for t in titles)
        for row in data
    )
    return frame.Picture(figure, caption, f"Steps of two builds. {alt}.", data)


def _verb(steps: Sequence[Step]) -> str:
    return "failed" if any(step.error for step in steps) else "ran"


def by_key(build: Build) -> dict[tuple[str, str], Step]:
    """A build's Dockerfile steps by stage and name.

    Bases come first and have no stage: stages with the same base share one
    step, which has the name of any of them.
    """
    steps = [step for step in build.steps if not step.internal]
    bases = {
        ("", _base_name(step.name)): step
        for step in steps
        if step.name.startswith("FROM ")
    }
    others = {
        (step.stage, " ".join(step.name.split())): step
        for step in steps
        if not step.name.startswith("FROM ")
    }
    return bases | others


def title_of(stage: str, name: str) -> str:
    """The name of a row for a step."""
    return f"{stage}: {name}" if stage else name


def _base_name(name: str) -> str:
    """FROM as in the Dockerfile, without the engine's additions."""
    name = name.partition("@")[0]
    return re.sub(r"[^\s/]+/library/", "", name)


def merged(first: list[Any], second: list[Any]) -> list[Any]:
    """Both lists as one: each keeps its order, common items occur once."""
    result = []
    matcher = difflib.SequenceMatcher(a=first, b=second, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        result += first[a:b]
        result += second[c:d] if tag != "equal" else []
    return list(dict.fromkeys(result))


def outcome(step: Step | None) -> tuple[str, float]:
    """`cached`, `ran`, `failed`, or nothing for a step that never began; and
    its seconds."""
    if step is None or step.start is None:
        return "", 0.0
    if step.cached:
        return "cached", 0.0
    return "failed" if step.error else "ran", step.seconds


def _outcome_text(result: str, seconds: float) -> str:
    if result in ("", "cached"):
        return result
    return f"{result} {words.seconds(seconds)}"


def _draw_outcome(axes: Axes, y: int, result: str, seconds: float) -> None:
    colour = {"cached": frame.QUIET, "failed": frame.ORANGE}.get(
        result, frame.BLUE
    )
    axes.barh(y, seconds, height=0.6, color=colour)
    if result == "cached":
        axes.plot([0, 0], [y - 0.3, y + 0.3], color=frame.LINE, lw=6)
    frame.note(axes, seconds, y, _outcome_text(result, seconds), colour)


@frame.styled
def build_timeline(build: Build) -> frame.Picture:
    """When each step of a build ran, coloured by stage; cached ones grey.

    `data`: rows of `stage`, `step`, `start`, `end` (seconds since the build's
    start) and `cached`. Steps that never began are left out.

    Raises:
        LabError: no step of the build ran.
    """
    data: list[Row] = [
        {
            "stage": stage,
            "step": title_of(stage, name),
            "start": step.start,
            "end": step.end,
            "cached": step.cached,
        }
        for (stage, name), step in by_key(build).items()
        if None not in (step.start, step.end)
    ]
    if not data:
        raise LabError("This build ran no step.", build.error)
    stages = dict.fromkeys(row["stage"] for row in data if row["stage"])
    palette = {
        "": frame.BLUE,
        **dict(zip(stages, itertools.cycle(frame.PALETTE))),
    }
    figure = Figure(figsize=(frame.WIDTH, 0.7 + 0.27 * len(data)))
    axes = figure.subplots()
    for y, row in enumerate(data):
        took = row["end"] - row["start"]
        colour = frame.LINE if row["cached"] else palette[row["stage"]]
        axes.barh(y, took, left=row["start"], height=0.6, color=colour)
        axes.plot([row["start"]] * 2, [y - 0.3, y + 0.3], color=colour, lw=1.5)
        text = "cached" if row["cached"] else words.seconds(took)
        frame.note(axes, row["end"], y, text)
    frame.name_rows(axes, [row["step"] for row in data])
    for tick, row in zip(axes.get_yticklabels(), data, strict=True):
        tick.set_color(frame.QUIET if row["cached"] else palette[row["stage"]])
    axes.set_xlim(0, max(row["end"] for row in data) * 1.15)
    axes.set_xlabel("seconds since the start of the build")
    alt = "; ".join(
        f"{row['step']}: from {words.seconds(row['start'])} "
        f"to {words.seconds(row['end'])}{' (cached)' if row['cached'] else ''}"
        for row in data
    )
    return frame.Picture(
        figure, _timeline_message(data), f"When steps ran. {alt}.", data
    )


def _timeline_message(data: list[Row]) -> str:
    work = sum(row["end"] - row["start"] for row in data)
    busy = latest = 0.0
    for row in sorted(data, key=lambda row: row["start"]):
        busy += max(0.0, row["end"] - max(latest, row["start"]))
        latest = max(latest, row["end"])
    if all(row["cached"] for row in data):
        return "Every step came from the cache."
    if work > 1.05 * busy:
        return (
            f"Steps that do not need each other run at the same time: "
            f"{words.seconds(work)} of work took {words.seconds(busy)}."
        )
    return f"One step after the other: {words.seconds(work)} of work."

"""Builds after different changes: which steps each change repeats."""

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes

from dockerlab.base import words
from dockerlab.base.errors import LabError
from dockerlab.builds import Build
from dockerlab.pictures import frame
from dockerlab.pictures.steps import by_key, merged, outcome, title_of

TALL = 0.27  # inches, the height of a row
COLOURS = {"cached": frame.BASE, "ran": frame.BLUE, "failed": frame.ORANGE}


@frame.styled
def cache_table(builds: Mapping[str, Build]) -> frame.Picture:
    """Steps against experiments: cached or rebuilt.

    Args:
        builds: the build after each change, by the change's name.

    `data`: rows of `step` and, for each experiment, `cached`, `ran`,
    `failed`, or nothing if its Dockerfile has no such step. FROM lines are
    left out, because they cost nothing once the base has been pulled.

    Raises:
        LabError: there is no build, or none has a step.
    """
    tables = {name: by_key(build) for name, build in builds.items()}
    keys: list[Any] = []
    for table in tables.values():
        own = [key for key in table if not key[1].startswith("FROM ")]
        keys = merged(keys, own)
    if not keys:
        raise LabError("There is no step to show in these builds.")
    data: list[frame.Row] = [
        {
            "step": title_of(*key),
            **{n: outcome(table.get(key))[0] for n, table in tables.items()},
        }
        for key in keys
    ]
    axes = _draw(data, list(tables))
    ran = {
        name: sum(row[name] in ("ran", "failed") for row in data)
        for name in tables
    }
    alt = "; ".join(
        f"{name}: "
        + ", ".join(f"{r['step']} {r[name]}" for r in data if r[name])
        for name in tables
    )
    return frame.Picture(
        axes.figure, _message(ran), f"Steps by experiment. {alt}.", data
    )


def _draw(data: list[frame.Row], names: list[str]) -> Axes:
    left = 2.75  # inches for the names of the steps
    column = min((frame.WIDTH - left - 0.1) / len(names), 1.2)
    # Upright, so that a long name meets no neighbour.
    shown = [frame.fitted(name, 1.25) for name in names]
    head = 0.3 + 0.075 * max(map(len, shown))
    axes = frame.canvas(head + TALL * len(data) + 0.35)
    top = TALL * len(data) + 0.35
    for index, name in enumerate(shown):
        x = left + (index + 0.5) * column
        style: frame.Row = {"rotation": 90, "ha": "center", "va": "bottom"}
        frame.write(axes, x, top + 0.06, name, **style)
    for number, row in enumerate(data, start=1):
        y = top - number * TALL
        frame.write(axes, 0.1, y + TALL / 2, row["step"], left - 0.2)
        for index, name in enumerate(names):
            place = left + index * column, y
            _cell(axes, place, column, row[name])
    note = "Grey: from the cache. Blue: ran again. Empty: no such step."
    axes.text(0.1, 0.1, note, size=frame.SMALL, color=frame.QUIET)
    return axes


def _cell(
    axes: Axes, place: tuple[float, float], width: float, result: str
) -> None:
    """One step after one change."""
    if not result:
        return
    colour = COLOURS[result]
    frame.tile(axes, place, width, TALL, colour)
    if result != "cached":
        x, y = place[0] + width / 2, place[1] + TALL / 2
        frame.write(axes, x, y, result, width - 0.06, "white", ha="center")


def _message(ran: dict[str, int]) -> str:
    free = [name for name, count in ran.items() if not count]
    most = max(ran, key=lambda name: ran[name])
    if not ran[most]:
        return "No change made a step run again."
    text = (
        f"The most expensive change is '{most}', with"
        f" {words.plural(ran[most], 'step')}"
    )
    if free:
        text += f"; {len(free)} of {len(ran)} changes cost no step at all"
    return text + "."

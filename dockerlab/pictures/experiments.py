"""Many builds against their steps: what each change rebuilds."""

from collections.abc import Mapping
from typing import Any

from matplotlib.patches import Rectangle

from dockerlab.base.errors import LabError
from dockerlab.builds import Build
from dockerlab.pictures import frame
from dockerlab.pictures.steps import _by_key, _merged, _outcome, _title

TALL = 0.27  # inches of a row


@frame.styled
def cache_table(builds: Mapping[str, Build]) -> frame.Picture:
    """Steps against experiments: cached or rebuilt.

    Args:
        builds: the build after each change, by the change's name.

    `data`: rows of `step` and, for each experiment, `cached`, `ran`,
    `failed`, or nothing where its Dockerfile has no such step. The FROM
    lines, which cost nothing once the base is there, are left out.

    Raises:
        LabError: there is no build, or none has a step.
    """
    tables = {name: _by_key(build) for name, build in builds.items()}
    keys: list[Any] = []
    for table in tables.values():
        own = [key for key in table if not key[1].startswith("FROM ")]
        keys = _merged(keys, own)
    if not keys:
        raise LabError("There is no step to show in these builds.")
    data = [
        {
            "step": _title(*key),
            **{n: _outcome(table.get(key))[0] for n, table in tables.items()},
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


def _draw(data: list[frame.Row], names: list[str]):
    steps = 2.75  # inches for the names of the steps
    column = min((frame.WIDTH - steps - 0.1) / len(names), 1.2)
    # Upright, so that a long name meets no neighbour.
    shown = [frame.fitted(name, 1.25) for name in names]
    head = 0.3 + 0.075 * max(map(len, shown))
    axes = frame.canvas(head + TALL * len(data) + 0.35)
    top = TALL * len(data) + 0.35
    for index, name in enumerate(shown):
        axes.text(
            steps + (index + 0.5) * column,
            top + 0.06,
            name,
            size=frame.SMALL,
            rotation=90,
            ha="center",
            va="bottom",
        )
    for number, row in enumerate(data, start=1):
        y = top - number * TALL
        axes.text(
            0.1,
            y + TALL / 2,
            frame.fitted(row["step"], steps - 0.2),
            size=frame.SMALL,
            va="center",
        )
        for index, name in enumerate(names):
            if row[name]:
                colour = {
                    "cached": frame.BASE,
                    "ran": frame.BLUE,
                    "failed": frame.ORANGE,
                }[row[name]]
                shape = (steps + index * column + 0.02, y + 0.02)
                axes.add_patch(
                    Rectangle(shape, column - 0.04, TALL - 0.04, fc=colour)
                )
                if row[name] != "cached":
                    axes.text(
                        steps + (index + 0.5) * column,
                        y + TALL / 2,
                        frame.fitted(row[name], column - 0.06),
                        size=frame.SMALL,
                        ha="center",
                        va="center",
                        color="white",
                    )
    note = "Grey: from the cache. Blue: ran again. Empty: no such step."
    axes.text(0.1, 0.1, note, size=frame.SMALL, color=frame.QUIET)
    return axes


def _message(ran: dict[str, int]) -> str:
    free = [name for name, count in ran.items() if not count]
    most = max(ran, key=lambda name: ran[name])
    if not ran[most]:
        return "No change made a step run again."
    said = f"The dearest change is '{most}', with {ran[most]} steps"
    if ran[most] == 1:
        said = f"The dearest change is '{most}', with 1 step"
    if free:
        said += f"; {len(free)} of {len(ran)} changes cost no step at all"
    return said + "."

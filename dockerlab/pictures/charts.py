"""Numbers as bars and dots."""

import itertools
import statistics
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from dockerlab.base import words
from dockerlab.pictures import frame


@frame.styled
def bars(
    values: Mapping[str, float],
    unit: str,
    highlight: str | None = None,
    title: str = "",
    caption: str = "",
) -> frame.Picture:
    """Values as horizontal bars that begin at zero, the value at the end.

    `highlight` names the bar in colour; without it, all are. `caption` is
    what the values say, where the least and the greatest do not say it.
    `data`: values.
    """
    figure = Figure(figsize=(frame.WIDTH, 0.6 + 0.32 * len(values)))
    axes = figure.subplots()
    colours = [
        frame.BLUE if highlight in (None, label) else frame.LINE
        for label in values
    ]
    axes.barh(range(len(values)), values.values(), color=colours, height=0.65)
    for y, value in enumerate(values.values()):
        frame.note(axes, value, y, f"{words.amount(value, unit)}")
    frame.name_rows(axes, list(values))
    axes.set_xlim(0, (max(values.values()) or 1) * 1.2)
    axes.set(title=title, xlabel=unit)
    caption = caption or _range(values, unit)
    alt = ", ".join(
        f"{label} {words.amount(value, unit)}"
        for label, value in values.items()
    )
    return frame.Picture(figure, caption, f"Bars: {alt}.", dict(values))


@frame.styled
def dots(
    groups: Mapping[str, Sequence[float]],
    unit: str,
    log: bool = True,
    caption: str = "",
) -> frame.Picture:
    """Every run a dot, a row for each group, the median marked.

    The axis is logarithmic if `log`, and if the runs differ enough for it.
    `caption` is what the runs say, where the medians do not say it.

    `data`: `runs` (the groups) and `medians`.
    """
    medians = {
        label: statistics.median(runs) for label, runs in groups.items()
    }
    figure = Figure(figsize=(frame.WIDTH, 0.6 + 0.5 * len(groups)))
    axes = figure.subplots()
    runs = list(itertools.chain(*groups.values()))
    log = log and 0 < 5 * min(runs) < max(runs)
    if log:
        axes.set_xscale("log")
        wide = max(runs) / min(runs) > 3000
        axes.xaxis.set_major_locator(
            LogLocator(subs=(1,) if wide else (1, 2, 5))
        )
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(lambda x, _: words.number(x))
    for y, (label, runs) in enumerate(groups.items()):
        axes.plot(
            runs, [y] * len(runs), "o", color=frame.BLUE, alpha=0.45, ms=5
        )
        middle = medians[label]
        axes.plot([middle] * 2, [y - 0.22, y + 0.22], color=frame.ORANGE, lw=2)
        axes.annotate(
            f"median {words.amount(middle, unit)}",
            (middle, y - 0.24),
            ha="center",
            va="bottom",
            size=frame.SMALL,
            color=frame.ORANGE,
        )
    frame.name_rows(axes, list(groups))
    axes.set_ylim(top=-0.7)
    axes.margins(x=0.12)
    if not log:
        axes.set_xlim(left=0)
    axes.set_xlabel(unit + (" (logarithmic)" if log else ""))
    axes.grid(axis="x")
    caption = caption or _range(medians, unit, "median ")
    alt = "; ".join(
        f"{label}: {words.plural(len(runs), 'run')}"
        f" from {words.amount(min(runs), unit)}"
        f" to {words.amount(max(runs), unit)},"
        f" median {words.amount(medians[label], unit)}"
        for label, runs in groups.items()
    )
    data = {"runs": {k: list(v) for k, v in groups.items()}}
    return frame.Picture(
        figure, caption, f"{alt}.", {**data, "medians": medians}
    )


def _range(values: Mapping[str, float], unit: str, kind: str = "") -> str:
    least, most = (pick(values, key=values.get) for pick in (min, max))
    return (
        f"From {kind}{words.amount(values[least], unit)} ({least}) to "
        f"{words.amount(values[most], unit)} ({most}): "
        f"{words.times(values[most], values[least])}."
    )


@frame.styled
def course_objects(
    counts_before: Mapping[str, Mapping[str, int]],
    counts_after: Mapping[str, Mapping[str, int]],
) -> frame.Picture:
    """What a reset removed, and what it left alone.

    Args:
        counts_before: kind (containers, images, ...) -> {"course": number of
            the course's own, "others": number of everybody else's}.
        counts_after: the same, after the reset.

    `data`: both, as `before` and `after`.
    """
    figure = Figure(figsize=(frame.WIDTH, 0.9 + 0.45 * len(counts_before)))
    panels = figure.subplots(1, 2, sharey=True)
    owners = {"course": "the course's own", "others": "everybody else's"}
    for axes, (owner, title) in zip(panels, owners.items(), strict=True):
        for shift, colour, name, counts in (
            (-0.2, frame.LINE, "before", counts_before),
            (0.2, frame.BLUE, "after", counts_after),
        ):
            numbers = [counts[kind][owner] for kind in counts_before]
            drawn = axes.barh(
                [y + shift for y in range(len(numbers))],
                numbers,
                height=0.36,
                color=colour,
                label=name,
            )
            axes.bar_label(drawn, padding=3, size=frame.SMALL)
        axes.set(title=title)
        axes.set_xlim(0, max(1, axes.get_xlim()[1]) * 1.1)
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.tick_params(axis="y", length=0)
    frame.name_rows(panels[0], list(counts_before))
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside lower right", ncols=2, frameon=False
    )
    data = {
        "before": {kind: dict(n) for kind, n in counts_before.items()},
        "after": {kind: dict(n) for kind, n in counts_after.items()},
    }
    was, now = (
        {o: sum(n[o] for n in counts.values()) for o in owners}
        for counts in data.values()
    )
    caption = (
        f"The reset left {now['course']} of the course's {was['course']} "
        f"objects, and {now['others']} of everybody else's {was['others']}."
    )
    alt = "; ".join(
        f"{kind}: course {number['course']} to "
        f"{counts_after[kind]['course']}, others {number['others']} to "
        f"{counts_after[kind]['others']}"
        for kind, number in counts_before.items()
    )
    return frame.Picture(figure, caption, f"Before and after. {alt}.", data)

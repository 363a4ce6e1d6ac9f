"""Numbers as bars and dots."""

import itertools
import statistics
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from dockerlab.base import words
from dockerlab.pictures import frame

OWNERS = {"course": "the course's own", "others": "everybody else's"}


@frame.styled
def bars(
    values: Mapping[str, float],
    unit: str,
    highlight: str | None = None,
    title: str = "",
    caption: str = "",
) -> frame.Picture:
    """Values as horizontal bars that begin at zero, the value at the end.

    Args:
        values: label -> value, in units of `unit`.
        highlight: the label of the bar in colour; without it, all are.
        caption: the point of the picture; without it, the range of values.

    `data`: values.
    """
    figure = Figure(figsize=(frame.WIDTH, 0.6 + 0.32 * len(values)))
    axes = figure.subplots()
    colours = [
        frame.BLUE if highlight in (None, label) else frame.LINE
        for label in values
    ]
    axes.barh(
        range(len(values)), list(values.values()), color=colours, height=0.65
    )
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

    Args:
        groups: label -> values of its runs, in units of `unit`.
        log: draw a logarithmic axis if the runs differ enough for it.
        caption: the point of the picture; without it, the medians' range.

    `data`: `runs` (the groups) and `medians`.
    """
    medians = {
        label: statistics.median(runs) for label, runs in groups.items()
    }
    figure = Figure(figsize=(frame.WIDTH, 0.6 + 0.5 * len(groups)))
    axes = figure.subplots()
    values = list(itertools.chain(*groups.values()))
    log = log and 0 < 5 * min(values) < max(values)
    if log:
        frame.log_axis(axes, wide=max(values) / min(values) > 3000)
    for y, (label, runs) in enumerate(groups.items()):
        lane = [y] * len(runs)
        axes.plot(runs, lane, "o", color=frame.BLUE, alpha=0.45, ms=5)
        text = f"median {words.amount(medians[label], unit)}"
        frame.mark(axes, medians[label], y - 0.22, y + 0.22, text, y - 0.24)
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
    least = min(values, key=lambda label: values[label])
    most = max(values, key=lambda label: values[label])
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
    data = {
        "before": {kind: dict(n) for kind, n in counts_before.items()},
        "after": {kind: dict(n) for kind, n in counts_after.items()},
    }
    figure = _draw_objects(data["before"], data["after"])
    was, now = (
        {o: sum(n[o] for n in counts.values()) for o in OWNERS}
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


def _draw_objects(
    before: Mapping[str, Mapping[str, int]],
    after: Mapping[str, Mapping[str, int]],
) -> Figure:
    """A panel for each owner, with two bars for each kind of object."""
    figure = Figure(figsize=(frame.WIDTH, 0.9 + 0.45 * len(before)))
    panels = figure.subplots(1, 2, sharey=True)
    for axes, (owner, title) in zip(panels, OWNERS.items(), strict=True):
        for shift, colour, name, counts in (
            (-0.2, frame.LINE, "before", before),
            (0.2, frame.BLUE, "after", after),
        ):
            numbers = [counts[kind][owner] for kind in before]
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
    frame.name_rows(panels[0], list(before))
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside lower right", ncols=2, frameon=False
    )
    return figure

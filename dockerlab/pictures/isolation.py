"""What isolates containers, and what limits them."""

import itertools
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from dockerlab.base import words
from dockerlab.pictures import frame
from dockerlab.pictures.frame import Row

# What each namespace isolates, in the order of the columns.
KINDS = {
    "mnt": "files",
    "pid": "processes",
    "net": "network",
    "ipc": "queues",
    "uts": "host name",
    "cgroup": "groups",
    "user": "users",
    "time": "boot clock",
}
COLOURS = (frame.BASE, *frame.PALETTE)
HIGH = 0.42  # inches, the height of a row of namespaces
MIB = 2**20


@frame.styled
def namespaces(
    readings: Mapping[str, Mapping[str, int | str]],
) -> frame.Picture:
    """Who is in which namespace, by the numbers of `/proc/PID/ns`.

    Args:
        readings: holder (the machine first) -> kind of namespace -> number.
            Kinds that a holder's kernel does not have are left out.

    `data`: kind -> holder -> number. In a column the same number has the
    same colour, and neighbours with the same number are one box.
    """
    holders = list(readings)
    data = {
        kind: {holder: readings[holder][kind] for holder in holders}
        for kind in KINDS
        if all(kind in readings[holder] for holder in holders)
    }
    left = 1.35
    wide = (frame.WIDTH - left - 0.05) / max(1, len(data))
    top = HIGH * len(holders) + 0.1
    axes = frame.canvas(top + 0.5)
    for row, holder in enumerate(holders):
        y = top - HIGH * (row + 0.5)
        shown = frame.bold(holder, left - 0.15)
        axes.text(0.05, y, shown, va="center", **frame.BOLD)
    for column, (kind, numbers) in enumerate(data.items()):
        x = left + wide * column
        _column(axes, x, top, wide, kind, list(numbers.values()))
    own = [kind for kind, n in data.items() if _all_apart(n)]
    shared = [kind for kind, n in data.items() if len(set(n.values())) == 1]
    alt = "; ".join(
        f"{kind}: "
        + ", ".join(f"{holder} {n}" for holder, n in numbers.items())
        for kind, numbers in data.items()
    )
    return frame.Picture(
        axes.figure,
        f"Separate: {words.listed(own) or 'nothing'}."
        f" Shared by all: {words.listed(shared) or 'nothing'}.",
        f"Numbers of namespaces. {alt}.",
        data,
    )


def _column(
    axes: Axes,
    x: float,
    top: float,
    wide: float,
    kind: str,
    numbers: list[int | str],
) -> None:
    """One kind of namespace: its title, and a box for each of them."""
    middle = x + wide / 2
    axes.text(middle, top + 0.3, kind, ha="center", **frame.BOLD)
    style = {"ha": "center", "va": "baseline"}
    title = KINDS[kind]
    frame.write(
        axes, middle, top + 0.1, title, wide - 0.02, frame.QUIET, **style
    )
    order = list(dict.fromkeys(numbers))
    row = 0
    for number, run in itertools.groupby(numbers):
        count = len(list(run))
        place = order.index(number) % len(COLOURS)
        low = top - HIGH * (row + count)
        shape = FancyBboxPatch(
            (x + 0.03, low + 0.03),
            wide - 0.06,
            HIGH * count - 0.06,
            boxstyle="round,pad=0,rounding_size=0.05",
            fc=COLOURS[place],
            ec="none",
        )
        axes.add_patch(shape)
        ink = "white" if place else frame.INK
        y = low + HIGH * count / 2
        frame.write(
            axes, middle, y, str(number), wide - 0.08, ink, ha="center", size=7
        )
        row += count


def _all_apart(numbers: Mapping[str, int | str]) -> bool:
    return len(set(numbers.values())) == len(numbers)


@frame.styled
def memory_under_cap(
    samples: Sequence[tuple[float, int]],
    limit: int,
    killed: bool = False,
) -> frame.Picture:
    """Memory of a container over time, against its limit.

    Args:
        samples: (seconds, bytes), oldest first.
        limit: bytes.
        killed: whether the kernel ended it for memory; marked at the last
            sample.

    `data`: `samples` (seconds, MiB), `limit` (MiB), `killed`.

    Raises:
        ValueError: no samples.
    """
    if not samples:
        raise ValueError("no samples of memory to draw")
    seconds = [second for second, _ in samples]
    used = [size / MIB for _, size in samples]
    cap = limit / MIB
    figure = _draw_memory(seconds, used, cap, killed)
    peak = f"{words.number(max(used))} MiB"
    caption = (
        f"Its memory grew to {peak} under a limit of {words.number(cap)} MiB;"
        + (" then the kernel killed it." if killed else " it still runs.")
    )
    alt = (
        f"Memory over {words.amount(seconds[-1], 's')}: from"
        f" {words.number(used[0])} to {peak}, limit {words.number(cap)} MiB,"
        f" {'killed' if killed else 'still running'} at the end."
    )
    data = {"samples": list(zip(seconds, used)), "limit": cap}
    return frame.Picture(figure, caption, alt, {**data, "killed": killed})


def _draw_memory(
    seconds: list[float], used: list[float], cap: float, killed: bool
) -> Figure:
    """Memory in MiB as a line, its limit as a dashed one."""
    figure = Figure(figsize=(frame.WIDTH, 2.6))
    axes = figure.subplots()
    axes.fill_between(seconds, used, color=frame.BLUE, alpha=0.15, lw=0)
    axes.plot(seconds, used, ".-", color=frame.BLUE, lw=1.5, ms=4)
    axes.axhline(cap, color=frame.QUIET, lw=1.2, ls="--")
    axes.annotate(
        f"limit: {words.number(cap)} MiB",
        (0.01, cap),
        (0, 4),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        size=frame.SMALL,
        color=frame.QUIET,
    )
    if killed:
        axes.plot(seconds[-1], used[-1], "X", color=frame.ORANGE, ms=11)
        # A late sample is near the axis: the memory was given back.
        low = used[-1] < cap / 2
        axes.annotate(
            "killed by the kernel",
            (seconds[-1], used[-1]),
            (-10, 8 if low else -12),
            textcoords="offset points",
            ha="right",
            va="bottom" if low else "top",
            color=frame.ORANGE,
            **frame.BOLD,
        )
    axes.set_ylim(0, max(cap, *used) * 1.2)
    axes.set_xlim(left=0)
    axes.margins(x=0.04)
    axes.set(xlabel="seconds", ylabel="MiB in use")
    return figure


@frame.styled
def cpu_under_quota(
    used: Mapping[str, Sequence[tuple[float, float]]],
    quotas: Mapping[str, float | None],
) -> frame.Picture:
    """Processors that containers used over time, against their quotas.

    Args:
        used: label -> (seconds on the clock, processor seconds used so far),
            oldest first, at least two of them.
        quotas: label -> processors that it may use, None without a limit.

    `data`: label -> `quota`, `times` (the middle of each interval, from 0),
    `cores` in each interval, and `mean` over all of them.

    Raises:
        ValueError: fewer than two samples of a container.
    """
    if any(len(samples) < 2 for samples in used.values()):
        raise ValueError("two samples a container are needed at least")
    origin = min(samples[0][0] for samples in used.values())
    data = {
        label: {"quota": quotas.get(label), **_cores(samples, origin)}
        for label, samples in used.items()
    }
    last = max(row["times"][-1] for row in data.values())
    parts = [
        f"{label} used {words.number(row['mean'])}"
        + (f" of {words.number(row['quota'])}" if row["quota"] else "")
        for label, row in data.items()
    ]
    listed = words.listed(parts)
    return frame.Picture(
        _draw_processors(data, last),
        f"Processors on average: {listed}.",
        f"Processors in use over {words.amount(last, 's')}. On average"
        f" {listed}.",
        data,
    )


def _draw_processors(data: Mapping[str, Row], last: float) -> Figure:
    """A line for each container; its quota as a dashed one.

    Args:
        data: as in the picture.
        last: seconds at the end of the longest line.
    """
    figure = Figure(figsize=(frame.WIDTH, 2.8))
    axes = figure.subplots()
    colours = dict(zip(data, itertools.cycle(frame.PALETTE)))
    for label, row in data.items():
        axes.plot(row["times"], row["cores"], "o-", ms=4, color=colours[label])
        if quota := row["quota"]:
            # As far as the names, which it would strike through.
            axes.hlines(quota, 0, last * 1.02, colours[label], "--", lw=1)
    top = max(max(row["cores"]) for row in data.values())
    top = max(top, 0.1, *(row["quota"] or 0 for row in data.values())) * 1.15
    axes.set_ylim(0, top)
    axes.set_xlim(0, last * 1.38)
    # Names at the ends of the lines, moved apart where lines are close.
    rows = sorted(data, key=lambda label: data[label]["cores"][-1])
    ends = [data[label]["cores"][-1] for label in rows]
    for label, y in zip(rows, frame.spread(ends, top / 9, 0.0, top)):
        quota = data[label]["quota"]
        allowed = f"may use {words.number(quota)}" if quota else "no limit"
        text = f"{label}: {allowed}"
        axes.annotate(
            text,
            (last * 1.03, y),
            va="center",
            size=frame.SMALL,
            color=colours[label],
        )
    axes.set(xlabel="seconds", ylabel="processors in use")
    return figure


def _cores(samples: Sequence[tuple[float, float]], origin: float) -> Row:
    """Processors in use in each interval, and on average."""
    pairs = list(itertools.pairwise(samples))
    (first, spent), (last, total) = samples[0], samples[-1]
    return {
        "times": [(a + b) / 2 - origin for (a, _), (b, _) in pairs],
        "cores": [(d - c) / (b - a) for (a, c), (b, d) in pairs],
        "mean": (total - spent) / (last - first),
    }

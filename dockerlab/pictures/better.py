"""What the improvements of an image bring: bytes, seconds, requests."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, ScalarFormatter

from dockerlab.base import words
from dockerlab.builds import Build
from dockerlab.pictures import frame
from dockerlab.traffic import Load


@frame.styled
def size_waterfall(
    sizes: Mapping[str, float],
    notes: Mapping[str, str] | None = None,
    whole: bool = False,
) -> frame.Picture:
    """From the first image to the last one, and what each change saved.

    Args:
        sizes: image -> unpacked bytes, in the order of the changes.
        notes: image -> a remark behind its bar.
        whole: whether the sizes are those of whole images. Without it, they
            are what each image adds to the same base.

    `data`: rows of `image`, `size` and `change` (bytes; 0 for the first).
    """
    data: list[frame.Row] = []
    before = None
    for image, size in sizes.items():
        change = 0 if before is None else size - before
        data.append({"image": image, "size": size, "change": change})
        before = size
    figure = Figure(figsize=(frame.WIDTH, 0.7 + 0.42 * len(data)))
    axes = figure.subplots()
    for y, row in enumerate(data):
        kept = min(row["size"], row["size"] - row["change"])
        axes.barh(y, row["size"] / 1e6, color=frame.BASE, height=0.6)
        if row["change"]:
            colour = frame.BLUE if row["change"] < 0 else frame.ORANGE
            axes.barh(
                y,
                abs(row["change"]) / 1e6,
                left=kept / 1e6,
                color=colour,
                height=0.6,
            )
        end = max(row["size"], row["size"] - row["change"]) / 1e6
        frame.note(axes, end, y, _change_text(row, (notes or {})))
    frame.name_rows(axes, list(sizes))
    room = 2.2 if notes else 1.5  # beside the longest bar, for its text
    axes.set_xlim(0, max(sizes.values()) / 1e6 * room)
    counted = "MB" if whole else "MB above the base"
    axes.set_xlabel(f"{counted}, unpacked (blue: saved, orange: added)")
    first, last = data[0], data[-1]
    caption = (
        f"From {words.size(first['size'])} to {words.size(last['size'])}"
        f"{'' if whole else ' above the same base'}: {last['image']} is "
        f"{1 - last['size'] / first['size']:.0%} smaller than "
        f"{first['image']}."
    )
    alt = "; ".join(
        f"{row['image']}: {_change_text(row, notes or {})}" for row in data
    )
    return frame.Picture(figure, caption, f"Sizes. {alt}.", data)


def _change_text(row: frame.Row, notes: Mapping[str, str]) -> str:
    parts = [words.size(row["size"])]
    if row["change"]:
        sign = "\N{MINUS SIGN}" if row["change"] < 0 else "+"
        parts.append(f"{sign}{words.size(abs(row['change']))}")
    parts += [notes[row["image"]]] if row["image"] in notes else []
    return " · ".join(parts)


@frame.styled
def rebuild_race(builds: Mapping[str, Sequence[Build]]) -> frame.Picture:
    """Seconds to build again after an edit: every run a dot, and the steps
    of the fastest run as the parts of a bar.

    The fastest run counts: other work on the machine only slows a build down.

    Args:
        builds: Dockerfile -> builds after an edit; the slow one first.

    `data`: `seconds` (Dockerfile -> the runs), `steps` (Dockerfile ->
    step -> seconds in the fastest run), `fastest` (Dockerfile -> seconds)
    and `factor`, the first one's fastest by the last one's.
    """
    best = {
        label: min(runs, key=lambda build: build.seconds)
        for label, runs in builds.items()
    }
    seconds = {
        label: [build.seconds for build in runs]
        for label, runs in builds.items()
    }
    steps = {
        label: {step.name: step.seconds for step in build.rebuilt}
        for label, build in best.items()
    }
    fastest = {label: build.seconds for label, build in best.items()}
    figure = _draw_race(seconds, steps, fastest)
    slow, *_, fast = builds
    factor = fastest[slow] / fastest[fast]
    caption = (
        f"After an edit of one line, {fast} builds in "
        f"{words.seconds(fastest[fast])}, {slow} in "
        f"{words.seconds(fastest[slow])}: {factor:.0f} times "
        "as long."
    )
    alt = "; ".join(
        f"{label}: {words.plural(len(runs), 'run')}, the fastest in "
        f"{words.seconds(fastest[label])}, steps "
        + (words.listed(list(steps[label])) or "none")
        for label, runs in builds.items()
    )
    data = {
        "seconds": seconds,
        "steps": steps,
        "fastest": fastest,
        "factor": factor,
    }
    return frame.Picture(figure, caption, f"{alt}.", data)


def _draw_race(
    seconds: Mapping[str, list[float]],
    steps: Mapping[str, Mapping[str, float]],
    fastest: Mapping[str, float],
) -> Figure:
    """A row for each Dockerfile: the fastest run's steps, and all runs."""
    figure = Figure(figsize=(frame.WIDTH, 0.7 + 0.6 * len(seconds)))
    axes = figure.subplots()
    longest = max(max(runs) for runs in seconds.values()) or 1
    for y, (label, runs) in enumerate(seconds.items()):
        axes.barh(y, fastest[label], color=frame.BASE, height=0.5)
        left = 0.0
        for (name, took), colour in zip(
            steps[label].items(), frame.PALETTE, strict=False
        ):
            axes.barh(y, took, left=left, color=colour, height=0.5)
            if took > longest / 8:
                inches = took / longest * 0.6 * frame.WIDTH
                middle = left + took / 2
                frame.write(
                    axes, middle, y, name, inches, "white", ha="center"
                )
            left += took
        axes.plot(runs, [y + 0.36] * len(runs), "o", color=frame.INK, ms=3.5)
        text = f"fastest {words.seconds(fastest[label])}"
        frame.note(axes, fastest[label], y, text)
    frame.name_rows(axes, list(seconds))
    axes.set_xlim(0, longest * 1.3)
    axes.set_xlabel("seconds to build again (every run a dot)")
    return figure


@frame.styled
def requests_and_latency(
    servers: Mapping[str, Sequence[Load]],
) -> frame.Picture:
    """Requests per second, and how long 95 % of them took at most, for each
    number of requests at the same time.

    Args:
        servers: name -> loads; of several loads with the same concurrency
            the best counts, because other work on the machine only slows a
            server down.

    `data`: server -> concurrency -> the best Load.
    """
    data = {
        name: {
            level: max(
                (load for load in loads if load.concurrency == level),
                key=lambda load: load.per_second,
            )
            for level in sorted({load.concurrency for load in loads})
        }
        for name, loads in servers.items()
    }
    figure = _draw_loads(data)
    slow, *_, fast = data
    most = max(set(data[slow]) & set(data[fast]))
    one, other = data[slow][most], data[fast][most]
    caption = (
        f"With {most} requests under way {fast} answers "
        f"{other.per_second:,.0f} a second, {slow} "
        f"{one.per_second:,.0f}: {other.per_second / one.per_second:.1f} "
        "times as many."
    )
    alt = "; ".join(
        f"{name}: "
        + ", ".join(
            f"{load.per_second:,.0f} a second at {level},"
            f" p95 {load.p95:.1f} ms"
            for level, load in best.items()
        )
        for name, best in data.items()
    )
    return frame.Picture(figure, caption, f"{alt}.", data)


def _draw_loads(data: Mapping[str, Mapping[int, Load]]) -> Figure:
    """Two panels, requests per second and latency; a line for each server."""
    titles = {
        "per_second": "requests per second (more is better)",
        "p95": "p95 latency in ms (less is better)",
    }
    colours = (frame.ORANGE, frame.BLUE, *frame.PALETTE[2:])
    levels = sorted({level for best in data.values() for level in best})
    figure = Figure(figsize=(frame.WIDTH, 2.9))
    panels = figure.subplots(1, 2)
    for axes, (field, title) in zip(panels, titles.items(), strict=True):
        for (name, best), colour in zip(data.items(), colours, strict=False):
            values = [getattr(load, field) for load in best.values()]
            axes.plot(list(best), values, "o-", color=colour, label=name)
        axes.set(title=title, xlabel="requests under way at a time")
        axes.set_xscale("log")
        axes.set_xticks(levels, [str(level) for level in levels])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(ScalarFormatter())
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside lower right", ncols=2, frameon=False
    )
    return figure

"""Figures drawn from what an engine answered.

Every function returns a `Picture`, which a notebook shows with its caption
and a text alternative. Grey is the background, blue and orange are the point
(colours of Okabe and Ito, told apart by colour-blind people).
"""

import base64
import dataclasses
import difflib
import functools
import html
import io
import itertools
import math
import pathlib
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import docker
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.textpath import text_to_path
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from dockerlab.builds import Build, Step
from dockerlab.errors import LabError
from dockerlab.images import Image, human

STYLE = pathlib.Path(__file__).with_name("dockerlab.mplstyle")
WIDTH = 7.5  # inches, of every figure
BLUE, ORANGE = "#0072B2", "#D55E00"
PALETTE = (BLUE, ORANGE, "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
BASE, LINE, QUIET, INK = "#D9D9D9", "#999999", "#666666", "#333333"
Row = dict[str, Any]
SMALL = 8  # points, of text inside a drawing
BOLD = {"size": 9, "weight": "bold"}
ROW = 0.19  # inches from one line of such text to the next
HAIR = 0.04  # inches for a layer too thin to see


@dataclasses.dataclass
class Picture:
    """A figure, its message, its description in words, and what it shows."""

    figure: Figure
    caption: str
    alt: str
    data: Any
    name: str = ""

    def __repr__(self) -> str:
        return f"<Picture: {self.name}>"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """What Jupyter shows."""
        image = io.BytesIO()
        self.figure.savefig(image, format="png", dpi=self.figure.dpi)
        encoded = base64.b64encode(image.getvalue()).decode()
        return {
            "text/plain": repr(self),
            "text/html": (
                '<figure class="dockerlab">'
                f'<img alt="{html.escape(self.alt)}" '
                f'src="data:image/png;base64,{encoded}" '
                'style="max-width:100%">'
                f"<figcaption>{html.escape(self.caption)}</figcaption>"
                "</figure>"
            ),
        }


def _styled(draw: Callable[..., Picture]) -> Callable[..., Picture]:
    """Give a picture the course's style and the name of its function."""

    @functools.wraps(draw)
    def wrapper(*args: Any, **options: Any) -> Picture:
        with matplotlib.style.context(STYLE):
            picture = draw(*args, **options)
        picture.name = draw.__name__
        return picture

    return wrapper


@_styled
def layer_stacks(
    images: Mapping[str, Image] | Sequence[Image],
    over: Image | None = None,
    history: bool = False,
) -> Picture:
    """Each image as a stack of its layers: common base grey, own in colour.

    Args:
        images: by label, or in a list and labelled by their first tag.
        over: the base; without it, the layers that all the images share.
        history: also show, as hairlines, the rows that made no layer.

    `data`: label -> rows (`size` in bytes, `instruction`, `own`), from the
    bottom. Heights are in proportion to the bytes where that shows half of
    the coloured layers, else logarithmic.
    """
    named = _labelled(images)
    base = _base_counts(list(named.values()), over)
    data = {
        label: _stack_rows(image, count, history)
        for (label, image), count in zip(named.items(), base, strict=True)
    }
    height, word = _height_scale(data)
    bands = -(-len(data) // 4)
    columns = -(-len(data) // bands)
    lines = max(len(rows) for rows in data.values())
    tall = max(2.3 + lines * HAIR, lines * ROW + 0.1) + 0.35
    axes = _canvas(bands * tall + 0.35)
    for index, (label, rows) in enumerate(data.items()):
        band, column = divmod(index, columns)
        width = WIDTH / columns
        corner = (column * width + 0.1, (bands - 1 - band) * tall + 0.35)
        _stack(axes, label, rows, corner, width - 0.2, height, tall - 0.35)
    note = f"Height: bytes, {word}."
    if any(not row["own"] for row in itertools.chain(*data.values())):
        note += " Grey: the common base."
    axes.text(0.1, 0.08, note, size=SMALL, color=QUIET)
    alt = "; ".join(
        f"{label}: "
        + ", ".join(
            f"{row['instruction']} ({human(row['size'])}"
            + (")" if row["own"] else ", base)")
            for row in rows
        )
        for label, rows in data.items()
    )
    alt = f"Stacks of layers, from the bottom. {alt}."
    return Picture(axes.figure, _stacks_message(data), alt, data)


def _stack(
    axes: Axes,
    label: str,
    rows: list[Row],
    corner: tuple[float, float],
    width: float,
    height: Callable[[float], float],
    tall: float,
) -> None:
    """Draw one stack with its label above and its instructions beside it."""
    x, bottom = corner
    bar, gap = 0.45, 0.2
    axes.text(x, bottom + tall + 0.06, _bold(label, width), **BOLD)
    edges = [bottom]
    for row in rows:
        edges.append(edges[-1] + max(height(row["size"]), HAIR))
    middles = [sum(pair) / 2 for pair in itertools.pairwise(edges)]
    places = _spread(middles, ROW, bottom + ROW / 2, bottom + tall - 0.1)
    for row, low, middle, place in zip(
        rows, edges, middles, places, strict=False
    ):
        colour = BLUE if row["own"] else BASE
        tall_row = height(row["size"])
        if tall_row < HAIR:
            axes.plot([x, x + bar], [middle, middle], color=colour, lw=1.2)
        else:
            shape = (x, low + 0.005), bar, tall_row - 0.01
            axes.add_patch(Rectangle(*shape, fc=colour))
        axes.plot(
            [x + bar + 0.02, x + bar + gap - 0.04],
            [middle, place],
            color=LINE,
            lw=0.5,
        )
        text = f"{human(row['size'])}  {row['instruction']}"
        axes.text(
            x + bar + gap,
            place,
            _fit(text, width - bar - gap),
            size=SMALL,
            va="center",
            color=INK if row["own"] else QUIET,
        )


def _stack_rows(image: Image, base: int, history: bool) -> list[Row]:
    """Rows of a stack; a row is own once the base's layers are passed."""
    rows = image.history if history else image.layers
    made, result = 0, []
    for row in rows:
        own = made >= base
        made += not getattr(row, "empty", False)
        text = " ".join(row.instruction.split())
        result.append({"size": row.size, "instruction": text, "own": own})
    return result


def _height_scale(
    data: dict[str, list[Row]],
) -> tuple[Callable[[float], float], str]:
    """Inches for bytes, so that the tallest stack has 2.3, and its name."""

    def fitted(scale: Callable[[float], float]) -> Callable[[float], float]:
        most = max(
            sum(scale(row["size"]) for row in rows) for rows in data.values()
        )
        return lambda size: 2.3 * scale(size) / (most or 1)

    sizes = [
        row["size"]
        for row in itertools.chain(*data.values())
        if row["own"] and row["size"]
    ]
    linear = fitted(float)
    if sum(linear(size) >= 0.03 for size in sizes) * 2 >= len(sizes):
        return linear, "in proportion"
    return fitted(lambda size: math.log1p(size / 1000)), "logarithmic"


def _stacks_message(data: dict[str, list[Row]]) -> str:
    base = [row for row in next(iter(data.values())) if not row["own"]]
    if base:
        adds = [
            f"{label} adds {human(_own_bytes(rows))}"
            for label, rows in data.items()
        ]
        under = human(sum(row["size"] for row in base))
        return f"On a common base of {under}, {_listed(adds)}."
    label, rows = max(data.items(), key=lambda item: _own_bytes(item[1]))
    largest = max(rows, key=lambda row: row["size"])
    return (
        f"The largest layer of {label}, `{_cut(largest['instruction'], 60)}`, "
        f"holds {human(largest['size'])} of its {human(_own_bytes(rows))}."
    )


def _own_bytes(rows: list[Row]) -> int:
    return sum(row["size"] for row in rows if row["own"])


@_styled
def shared_layers(
    images: Mapping[str, Image] | Sequence[Image],
) -> Picture:
    """Images side by side, each layer that they share drawn once, across.

    `data`: `disk` and `sum`, bytes stored and bytes if nothing were shared,
    and `boxes` (labels of the images, `size`, `instruction`, `depth`).
    """
    named = _ordered_by_prefix(_labelled(images))
    column = (WIDTH - 0.2) / len(named)
    boxes = _boxes(named)
    most = max((box["size"] for box in boxes), default=1) or 1
    tops = dict.fromkeys(named, 0.4)
    for box in boxes:
        box["low"] = tops[box["images"][0]]
        share = math.log1p(box["size"] / 1000) / math.log1p(most / 1000 + 1)
        box["high"] = box["low"] + 0.22 + 0.45 * share
        tops.update(dict.fromkeys(box["images"], box["high"]))
    axes = _canvas(max(tops.values()) + 0.3)
    places = {label: 0.1 + i * column for i, label in enumerate(named)}
    for box in boxes:
        common = len(box["images"]) > 1
        x, width = places[box["images"][0]], column * len(box["images"])
        middle = (box["low"] + box.pop("high")) / 2
        tall = 2 * (middle - box.pop("low"))
        axes.add_patch(
            Rectangle(
                (x + 0.03, middle - tall / 2),
                width - 0.06,
                tall,
                fc=BASE if common else BLUE,
                ec="white",
            )
        )
        axes.text(
            x + 0.1,
            middle,
            _fit(f"{human(box['size'])}  {box['instruction']}", width - 0.2),
            size=SMALL,
            va="center",
            color=INK if common else "white",
        )
    for label, x in places.items():
        text = _bold(label, column - 0.1)
        axes.text(x + 0.03, tops[label] + 0.06, text, **BOLD)
    note = "Taller: more bytes (not in proportion). Grey: shared."
    axes.text(0.13, 0.12, note, size=SMALL, color=QUIET)
    disk = sum(box["size"] for box in boxes)
    total = sum(image.size for image in named.values())
    shared = sum(len(box["images"]) > 1 for box in boxes)
    caption = (
        f"Together {len(named)} images take {human(disk)} of disk, not "
        f"{human(total)}: {_plural(shared, 'shared layer')} "
        f"{'is' if shared == 1 else 'are'} stored once."
    )
    alt = "Layers, from the bottom: " + "; ".join(
        f"{box['instruction']} ({human(box['size'])}) "
        f"in {_listed(box['images'])}"
        for box in boxes
    )
    data = {"disk": disk, "sum": total, "boxes": boxes}
    return Picture(axes.figure, caption, f"{alt}.", data)


def _boxes(named: dict[str, Image]) -> list[Row]:
    """Layers that are stored: same layers on the same ones are one box."""
    stored: dict[tuple[str, ...], dict[str, Any]] = {}
    for label, image in named.items():
        for depth, layer in enumerate(image.layers):
            chain = tuple(one.digest for one in image.layers[: depth + 1])
            text = " ".join(layer.instruction.split())
            box = {"images": [], "size": layer.size, "instruction": text}
            box = stored.setdefault(chain, {**box, "depth": depth})
            box["images"].append(label)
    return sorted(stored.values(), key=lambda box: box["depth"])


def _ordered_by_prefix(named: dict[str, Image]) -> dict[str, Image]:
    """Keep the given order, but bring images with common layers together."""
    seen: dict[tuple[str, ...], int] = {}

    def rank(item: tuple[str, Image]) -> list[int]:
        digests = tuple(layer.digest for layer in item[1].layers)
        chains = (digests[: end + 1] for end in range(len(digests)))
        return [seen.setdefault(chain, len(seen)) for chain in chains]

    return dict(sorted(named.items(), key=rank))


@_styled
def two_builds(
    before: Build,
    after: Build,
    titles: tuple[str, str] = ("first build", "second build"),
) -> Picture:
    """The steps of two builds side by side: what the cache spared.

    `data`: rows of `step` and, for each title, `cached`, `ran`, `failed` or
    nothing, and seconds.
    """
    builds = dict(zip(titles, (before, after), strict=True))
    tables = {title: _by_key(build) for title, build in builds.items()}
    keys = _merged(*(list(table) for table in tables.values()))
    data = [
        {
            "step": _title(*key),
            **{title: _outcome(tables[title].get(key)) for title in titles},
        }
        for key in keys
    ]
    figure = Figure(figsize=(WIDTH, 0.8 + 0.27 * len(data)))
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    longest = max(row[title][1] for row in data for title in titles)
    for axes, title in zip(panels, titles, strict=True):
        axes.set(title=title, xlabel="seconds")
        axes.set_xlim(0, (longest or 1) * 1.5)
        for y, row in enumerate(data):
            _draw_outcome(axes, y, *row[title])
    _name_rows(panels[0], [row["step"] for row in data])
    panels[1].tick_params(axis="y", length=0)
    ran = [build.rebuilt for build in builds.values()]
    spent = [sum(step.seconds for step in steps) for steps in ran]
    caption = (
        f"The {titles[0]} ran {_plural(len(ran[0]), 'step')} in "
        f"{_seconds(spent[0])}; the {titles[1]} ran {len(ran[1])} in "
        f"{_seconds(spent[1])} and took {len(after.cached)} from the cache."
    )
    alt = "; ".join(
        f"{row['step']}: "
        + ", ".join(f"{t} {_outcome_text(*row[t]) or '-'}" for t in titles)
        for row in data
    )
    return Picture(figure, caption, f"Steps of two builds. {alt}.", data)


def _by_key(build: Build) -> dict[tuple[str, str], Step]:
    """Dockerfile steps by stage and name, bases first and without a stage:
    stages that begin alike share one FROM, and either may lend its name."""
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


def _title(stage: str, name: str) -> str:
    return f"{stage}: {name}" if stage else name


def _base_name(name: str) -> str:
    """FROM as in the Dockerfile, without what the engine filled in."""
    name = name.partition("@")[0]
    return re.sub(r"[^\s/]+/library/", "", name)


def _merged(first: list[Any], second: list[Any]) -> list[Any]:
    """Both lists as one, each in its order, common items once."""
    result = []
    matcher = difflib.SequenceMatcher(a=first, b=second, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        result += first[a:b]
        result += second[c:d] if tag != "equal" else []
    return list(dict.fromkeys(result))


def _outcome(step: Step | None) -> tuple[str, float]:
    if step is None or step.start is None:
        return "", 0.0
    if step.cached:
        return "cached", 0.0
    return "failed" if step.error else "ran", step.seconds


def _outcome_text(outcome: str, seconds: float) -> str:
    if outcome in ("", "cached"):
        return outcome
    return f"{outcome} {_seconds(seconds)}"


def _draw_outcome(axes: Axes, y: int, outcome: str, seconds: float) -> None:
    colour = {"cached": QUIET, "failed": ORANGE}.get(outcome, BLUE)
    axes.barh(y, seconds, height=0.6, color=colour)
    if outcome == "cached":
        axes.plot([0, 0], [y - 0.3, y + 0.3], color=LINE, lw=6)
    _note(axes, seconds, y, _outcome_text(outcome, seconds), colour)


@_styled
def build_timeline(build: Build) -> Picture:
    """When each step of a build ran, coloured by stage; cached ones grey.

    `data`: rows of `stage`, `step`, `start`, `end` (seconds since the build's
    start) and `cached`. Steps that never began are left out.
    """
    data = [
        {
            "stage": stage,
            "step": _title(stage, name),
            "start": step.start,
            "end": step.end,
            "cached": step.cached,
        }
        for (stage, name), step in _by_key(build).items()
        if None not in (step.start, step.end)
    ]
    if not data:
        raise LabError("This build ran no step.", build.error)
    stages = dict.fromkeys(row["stage"] for row in data if row["stage"])
    palette = {"": BLUE, **dict(zip(stages, itertools.cycle(PALETTE)))}
    figure = Figure(figsize=(WIDTH, 0.7 + 0.27 * len(data)))
    axes = figure.subplots()
    for y, row in enumerate(data):
        took = row["end"] - row["start"]
        colour = LINE if row["cached"] else palette[row["stage"]]
        axes.barh(y, took, left=row["start"], height=0.6, color=colour)
        axes.plot([row["start"]] * 2, [y - 0.3, y + 0.3], color=colour, lw=1.5)
        text = "cached" if row["cached"] else _seconds(took)
        _note(axes, row["end"], y, text)
    _name_rows(axes, [row["step"] for row in data])
    for tick, row in zip(axes.get_yticklabels(), data, strict=True):
        tick.set_color(QUIET if row["cached"] else palette[row["stage"]])
    axes.set_xlim(0, max(row["end"] for row in data) * 1.15)
    axes.set_xlabel("seconds since the start of the build")
    alt = "; ".join(
        f"{row['step']}: from {_seconds(row['start'])} "
        f"to {_seconds(row['end'])}{' (cached)' if row['cached'] else ''}"
        for row in data
    )
    return Picture(
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
            f"{_seconds(work)} of work took {_seconds(busy)}."
        )
    return f"One step after the other: {_seconds(work)} of work."


@_styled
def bars(
    values: Mapping[str, float],
    unit: str,
    highlight: str | None = None,
    title: str = "",
) -> Picture:
    """Values as horizontal bars that begin at zero, the value at the end.

    `highlight` names the bar in colour; without it, all are. `data`: values.
    """
    figure = Figure(figsize=(WIDTH, 0.6 + 0.32 * len(values)))
    axes = figure.subplots()
    colours = [
        BLUE if highlight in (None, label) else LINE for label in values
    ]
    axes.barh(range(len(values)), values.values(), color=colours, height=0.65)
    for y, value in enumerate(values.values()):
        _note(axes, value, y, f"{_number(value)} {unit}")
    _name_rows(axes, list(values))
    axes.set_xlim(0, (max(values.values()) or 1) * 1.2)
    axes.set(title=title, xlabel=unit)
    least, most = (pick(values, key=values.get) for pick in (min, max))
    caption = f"{most} has the most, {_number(values[most])} {unit}"
    caption += f"; {least} the least, {_number(values[least])} {unit}"
    caption += f" ({_times(values[most], values[least])})."
    if highlight not in (None, least, most):
        caption += f" {highlight} has {_number(values[highlight])} {unit}."
    alt = ", ".join(
        f"{label} {_number(value)} {unit}" for label, value in values.items()
    )
    return Picture(figure, caption, f"Bars: {alt}.", dict(values))


@_styled
def dots(
    groups: Mapping[str, Sequence[float]], unit: str, log: bool = True
) -> Picture:
    """Every run a dot, a row for each group, the median marked.

    The axis is logarithmic if `log`, and if the runs differ enough for it.

    `data`: `runs` (the groups) and `medians`.
    """
    medians = {
        label: statistics.median(runs) for label, runs in groups.items()
    }
    figure = Figure(figsize=(WIDTH, 0.6 + 0.5 * len(groups)))
    axes = figure.subplots()
    runs = list(itertools.chain(*groups.values()))
    log = log and 0 < 5 * min(runs) < max(runs)
    if log:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(lambda x, _: _number(x))
    for y, (label, runs) in enumerate(groups.items()):
        axes.plot(runs, [y] * len(runs), "o", color=BLUE, alpha=0.45, ms=5)
        middle = medians[label]
        axes.plot([middle] * 2, [y - 0.22, y + 0.22], color=ORANGE, lw=2)
        axes.annotate(
            f"median {_number(middle)} {unit}",
            (middle, y - 0.24),
            ha="center",
            va="bottom",
            size=SMALL,
            color=ORANGE,
        )
    _name_rows(axes, list(groups))
    axes.set_ylim(top=-0.7)
    axes.margins(x=0.12)
    if not log:
        axes.set_xlim(left=0)
    axes.set_xlabel(unit + (" (logarithmic)" if log else ""))
    axes.grid(axis="x")
    least, most = (pick(medians, key=medians.get) for pick in (min, max))
    caption = (
        f"The median of {most} is {_number(medians[most])} {unit}, that of "
        f"{least} {_number(medians[least])} {unit} "
        f"({_times(medians[most], medians[least])})."
    )
    alt = "; ".join(
        f"{label}: {_plural(len(runs), 'run')} from {_number(min(runs))} to "
        f"{_number(max(runs))} {unit}, median {_number(medians[label])}"
        for label, runs in groups.items()
    )
    data = {"runs": {k: list(v) for k, v in groups.items()}}
    return Picture(figure, caption, f"{alt}.", {**data, "medians": medians})


@_styled
def port_map(container: docker.models.containers.Container) -> Picture:
    """The way of a request to a running container, from its inspect data.

    `data`: `name`, `address`, `command`, `image` and `ports`, a list of
    (host address, host port, container port with protocol).

    Raises:
        LabError: the container does not run.
    """
    container.reload()
    if container.status != "running":
        raise LabError(
            f"The container {container.name} is {container.status}.",
            "Only a running container has an address.",
            f"See `docker logs {container.name}`, then start it again.",
        )
    data = _reading(container.attrs)
    lines = max(1, len(data["ports"]))
    top = 1.5 + 0.25 * (lines - 1)
    low = top - 0.4 - 0.25 * lines
    axes = _canvas(top + 0.1)
    _box(axes, 0.1, low, 1.65, top - low, "your browser")
    _box(axes, 2.35, low, 1.9, top - low, "engine, on the host")
    _box(axes, 4.85, 0.1, 2.55, top - 0.1, data["name"])

    def row(line: int, browser: str, engine: str, inside: str) -> float:
        y = top - 0.45 - 0.25 * line
        for x, text, width in (
            (0.2, browser, 1.5),
            (2.45, engine, 1.75),
            (4.95, inside, 2.4),
        ):
            axes.text(x, y, _fit(text, width), size=SMALL, va="center")
        return y

    for line, (host, port, inner) in enumerate(data["ports"]):
        number, _, protocol = inner.partition("/")
        shown = "localhost" if host in ("0.0.0.0", "::") else host
        scheme = "http" if protocol == "tcp" else protocol
        y = row(
            line,
            f"{scheme}://{shown}:{port}",
            f"listens on {host}:{port}",
            f"{data['address']}:{number}",
        )
        _arrow(axes, 1.8, 2.3, y)
        _arrow(axes, 4.3, 4.8, y)
    if not data["ports"]:
        row(0, "no address to ask", "publishes no port", data["address"])
    _box(axes, 4.95, 0.38, 2.35, 0.34, "", BLUE)
    command = _fit("process: " + data["command"], 2.2)
    axes.text(5.03, 0.55, command, size=SMALL, va="center", color="white")
    image = _fit("from image " + data["image"], 2.3)
    axes.text(4.95, 0.24, image, size=SMALL, va="center", color=QUIET)
    return Picture(axes.figure, _ports_message(data), _ports_alt(data), data)


def _reading(attrs: dict[str, Any]) -> dict[str, Any]:
    """What `port_map` shows, out of `docker inspect`."""
    settings = attrs["NetworkSettings"]
    addresses = [
        network["IPAddress"]
        for network in settings["Networks"].values()
        if network.get("IPAddress")
    ]
    # The same port is published for IPv4 and for IPv6: show it once.
    ports: dict[tuple[str, str], str] = {}
    for inner, published in sorted((settings["Ports"] or {}).items()):
        for one in published or []:
            ports.setdefault((one["HostPort"], inner), one["HostIp"])
    config = attrs["Config"]
    words = (config.get("Entrypoint") or []) + (config.get("Cmd") or [])
    return {
        "name": attrs["Name"].removeprefix("/"),
        "address": addresses[0] if addresses else "the host's address",
        "command": " ".join(" ".join(words).split()),
        "image": config["Image"],
        "ports": [
            (host, port, inner) for (port, inner), host in ports.items()
        ],
    }


def _ports_message(data: dict[str, Any]) -> str:
    if not data["ports"]:
        return (
            f"{data['name']} publishes no port: only its own networks reach "
            f"it, at {data['address']}."
        )
    ways = [
        f"port {port} of the host leads to port {inner.partition('/')[0]}"
        for _, port, inner in data["ports"]
    ]
    text = f"{_listed(ways)} of {data['name']}, at {data['address']}."
    return text[0].upper() + text[1:]


def _ports_alt(data: dict[str, Any]) -> str:
    ways = [
        f"browser to {host}:{port} on the host, through the engine to "
        f"{data['address']} port {inner}"
        for host, port, inner in data["ports"]
    ]
    return (
        f"{'; '.join(ways) or 'No port is published'}. Container "
        f"{data['name']} runs `{data['command']}` from {data['image']}."
    )


@_styled
def course_objects(
    counts_before: Mapping[str, Mapping[str, int]],
    counts_after: Mapping[str, Mapping[str, int]],
) -> Picture:
    """What a reset removed, and what it left alone.

    Args:
        counts_before: kind (containers, images, ...) -> {"course": number of
            the course's own, "others": number of everybody else's}.
        counts_after: the same, after the reset.

    `data`: both, as `before` and `after`.
    """
    figure = Figure(figsize=(WIDTH, 0.9 + 0.45 * len(counts_before)))
    panels = figure.subplots(1, 2, sharey=True)
    owners = {"course": "the course's own", "others": "everybody else's"}
    for axes, (owner, title) in zip(panels, owners.items(), strict=True):
        for shift, colour, name, counts in (
            (-0.2, LINE, "before", counts_before),
            (0.2, BLUE, "after", counts_after),
        ):
            numbers = [counts[kind][owner] for kind in counts_before]
            drawn = axes.barh(
                [y + shift for y in range(len(numbers))],
                numbers,
                height=0.36,
                color=colour,
                label=name,
            )
            axes.bar_label(drawn, padding=3, size=SMALL)
        axes.set(title=title)
        axes.set_xlim(0, max(1, axes.get_xlim()[1]) * 1.1)
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.tick_params(axis="y", length=0)
    _name_rows(panels[0], list(counts_before))
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
    return Picture(figure, caption, f"Before and after. {alt}.", data)


def _canvas(height: float) -> Axes:
    """An empty drawing whose coordinates are inches."""
    figure = Figure(figsize=(WIDTH, height), layout="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(0, height))
    axes.set_axis_off()
    return axes


def _name_rows(axes: Axes, names: list[str]) -> None:
    """Rows from top to bottom, named at the left."""
    axes.set_yticks(range(len(names)), [_fit(name, 2.6, 9) for name in names])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(names) - 0.5, -0.5)


def _note(
    axes: Axes, x: float, y: float, text: str, colour: str = INK
) -> None:
    """A few words behind the end of a bar."""
    axes.annotate(
        text,
        (x, y),
        (6, 0),
        textcoords="offset points",
        va="center",
        color=colour,
        size=SMALL,
    )


def _box(
    axes: Axes,
    x: float,
    y: float,
    width: float,
    height: float,
    title: str,
    colour: str = "#F2F2F2",
) -> None:
    shape = FancyBboxPatch(
        (x, y),
        width,
        height,
        boxstyle="round,pad=0,rounding_size=0.06",
        fc=colour,
        ec=LINE if title else colour,
        lw=0.8,
    )
    axes.add_patch(shape)
    title = _bold(title, width - 0.2)
    axes.text(x + 0.1, y + height - 0.2, title, va="center", **BOLD)


def _arrow(axes: Axes, start: float, end: float, y: float) -> None:
    axes.add_patch(
        FancyArrowPatch(
            (start, y),
            (end, y),
            arrowstyle="-|>",
            mutation_scale=11,
            color=ORANGE,
            lw=1.4,
            shrinkA=0,
            shrinkB=0,
        )
    )


def _labelled(
    images: Mapping[str, Image] | Sequence[Image],
) -> dict[str, Image]:
    if isinstance(images, Mapping):
        return dict(images)
    return {
        (image.tags[0] if image.tags else image.id[7:19]): image
        for image in images
    }


def _base_counts(images: list[Image], over: Image | None) -> list[int]:
    """How many layers of each image belong to the base."""
    if over is not None:
        return [image.shares_with(over) for image in images]
    if len(images) == 1:
        return [0]
    return [min(images[0].shares_with(image) for image in images)] * len(
        images
    )


def _spread(
    wanted: list[float], gap: float, low: float, high: float
) -> list[float]:
    """Move ascending places apart to at least `gap`, below `high`."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + gap if places else low))
    ceiling = high
    for index in reversed(range(len(places))):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - gap
    return places


def _fit(
    text: str, inches: float, size: float = SMALL, weight: str = "normal"
) -> str:
    """Shorten the text with … until it is no wider."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)

    def too_wide(shown: str) -> bool:
        measure = text_to_path.get_text_width_height_descent
        return measure(shown, font, ismath=False)[0] / 72 > inches

    if not too_wide(text):
        return text
    while text and too_wide(text + "…"):
        text = text[:-1]
    return text.rstrip() + "…"


def _bold(text: str, inches: float) -> str:
    return _fit(text, inches, 9, "bold")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _number(value: float) -> str:
    """Three digits, thousands separated; whole numbers stay whole."""
    if isinstance(value, int) or abs(value) >= 99.95:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value >= 0.095 else f"{value * 1000:.0f} ms"


def _times(most: float, least: float) -> str:
    return f"{_number(most / least)} times" if least > 0 else "from nothing"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]

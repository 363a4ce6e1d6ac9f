"""Services that work together: map, traffic, latency, and kept data."""

import graphlib
import pathlib
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from docker.models.containers import Container
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dockerlab.base import words
from dockerlab.compose import SERVICE
from dockerlab.pictures import frame
from dockerlab.pictures.frame import Row
from dockerlab.traffic import Answer


@frame.styled
def service_map(
    config: Mapping[str, Any], containers: Sequence[Container]
) -> frame.Picture:
    """The services of a Compose application, from the visible to the hidden
    ones: their containers, networks, volumes and published ports.

    Args:
        config: what `docker compose config --format json` prints.
        containers: the application's, as the engine knows them.

    `data`: for each service its `containers`, `health`, `networks`,
    `mounts`, `ports` and `waits_for` (service -> condition).
    """
    needs = {
        name: {
            other: link["condition"]
            for other, link in (service.get("depends_on") or {}).items()
        }
        for name, service in sorted(config["services"].items())
    }
    order = [*graphlib.TopologicalSorter(needs).static_order()][::-1]
    data = {
        name: _service(
            [c for c in containers if c.labels.get(SERVICE) == name],
            config["services"][name],
            needs[name],
            config["name"],
        )
        for name in order
    }
    axes = _draw_services(data)
    outer = [name for name, row in data.items() if row["ports"]]
    inner = [name for name in order if name not in outer]
    caption = (
        f"Published to your machine: {words.listed(outer) or 'nothing'}."
        f" Only inside: {words.listed(inner) or 'nothing'}. An arrow means:"
        " waits for."
    )
    alt = "; ".join(
        f"{name}: {words.plural(len(row['containers']), 'container')} on"
        f" {words.listed(row['networks'])}; mounts"
        f" {words.listed(list(row['mounts'])) or 'none'}; waits for"
        f" {words.listed(list(row['waits_for'])) or 'nothing'}"
        for name, row in data.items()
    )
    return frame.Picture(axes.figure, caption, f"Services. {alt}.", data)


def _draw_services(data: Mapping[str, Row]) -> Axes:
    """A box for each service above the lines of its networks."""
    networks = list(
        dict.fromkeys(n for row in data.values() for n in row["networks"])
    )
    mounts = max([len(row["mounts"]) for row in data.values()], default=0)
    tall = 0.85 + 0.27 * mounts
    top = 0.55 + 0.36 * len(networks) + tall
    axes = frame.canvas(top + 0.55)
    left, gap = 1.25, 0.42
    wide = (frame.WIDTH - left - 0.1 + gap) / len(data) - gap
    lines = {n: 0.3 + 0.36 * i for i, n in enumerate(reversed(networks))}
    colours = dict(zip(networks, _colours(len(networks))))
    for network, y in lines.items():
        frame.network_line(axes, y, network, left, colours[network])
    order = list(data)
    for column, (name, row) in enumerate(data.items()):
        x = left + column * (wide + gap)
        _draw_service(axes, (x, top - tall, wide, tall), name, row)
        if row["networks"]:
            middle = x + wide / 2
            frame.drop_line(axes, middle, top - tall, lines, row["networks"])
            for network in row["networks"]:
                place = middle, lines[network]
                colour = colours[network]
                axes.plot(*place, "o", color=colour, ms=8, zorder=4)
        following = order[column + 1 : column + 2]
        if set(following) & set(row["waits_for"]):
            frame.arrow(axes, x + wide, x + wide + gap, top - 0.5)
    return axes


def _service(
    containers: list[Container],
    service: Mapping[str, Any],
    waits_for: dict[str, str],
    project: str,
) -> Row:
    """What the engine knows about one service's containers."""
    health, ports = set(), set()
    mounts = {}
    for container in containers:
        attrs = container.attrs
        state = attrs["State"]
        health.add(state.get("Health", {}).get("Status") or state["Status"])
        for mount in attrs["Mounts"]:
            where = mount.get("Name") or mount["Source"]
            where = where.removeprefix(f"{project}_")
            mounts[mount["Destination"]] = (mount["Type"], where)
        for port, ends in (attrs["NetworkSettings"]["Ports"] or {}).items():
            for end in ends or ():
                place = f"{end['HostIp']}:{end['HostPort']}"
                ports.add(f"{place} to {port.removesuffix('/tcp')}")
    return {
        "image": service.get("image", ""),
        "containers": sorted(container.name for container in containers),
        "health": sorted(health),
        "networks": sorted(service.get("networks") or ()),
        "mounts": dict(sorted(mounts.items())),
        "ports": sorted(ports),
        "waits_for": waits_for,
    }


def _draw_service(
    axes: Axes,
    place: tuple[float, float, float, float],
    name: str,
    row: Row,
) -> None:
    """A box with image, containers and mounts; above it its ports."""
    x, y, wide, tall = place
    frame.box(axes, *place, name)
    count = words.plural(len(row["containers"]), "container")
    texts = [row["image"], ", ".join([count, *row["health"]])]
    for number, text in enumerate(texts):
        high = y + tall - 0.45 - frame.ROW * number
        frame.write(axes, x + 0.1, high, text, wide - 0.2)
    for number, (kind, source) in enumerate(row["mounts"].values()):
        low = y + tall - 1.0 - 0.27 * number
        volume = kind == "volume"
        colour = frame.BLUE if volume else frame.QUIET
        frame.box(axes, x + 0.08, low, wide - 0.16, 0.23, "", colour)
        what = "volume" if volume else "your"
        text = f"{what} {pathlib.PurePath(source).name}"
        frame.write(axes, x + 0.15, low + 0.11, text, wide - 0.3, "white")
    middle = x + wide / 2
    for port in row["ports"]:
        axes.annotate(
            "",
            (middle, y + tall),
            (middle, y + tall + 0.3),
            arrowprops={"arrowstyle": "-|>", "color": frame.ORANGE},
        )
        high, ink = y + tall + 0.4, frame.ORANGE
        frame.write(axes, middle, high, port, wide + 0.3, ink, ha="center")


@frame.styled
def traffic(
    answers: Sequence[Answer],
    label: Callable[[Answer], str],
    events: Mapping[str, float] | None = None,
) -> frame.Picture:
    """Who answered when: a row for each label, a failed row, marked events.

    Args:
        answers: of `traffic.Steady`, oldest first.
        label: names the row of an answer of status 2xx, such as the host
            that sent it. All other answers are in the last row.
        events: what was done -> seconds since the traffic began.

    `data`: `rows` (label -> moments of its answers, in order of the first),
    `failed` (moments) and `events`.
    """
    rows: dict[str, list[float]] = {}
    for answer in answers:
        if answer.ok:
            rows.setdefault(label(answer), []).append(answer.at)
    failed = [answer.at for answer in answers if not answer.ok]
    events = dict(events or {})
    latest = max([0.1, *events.values(), *(answer.at for answer in answers)])
    figure = _draw_traffic(rows, failed, events, latest)
    shares = [f"{len(moments)} from {name}" for name, moments in rows.items()]
    caption = (
        f"{words.plural(len(answers), 'request')}, {len(failed)} failed;"
        f" answers: {words.listed(shares) or 'none'}."
    )
    marks = [f"{text} at {at:.1f} s" for text, at in events.items()]
    alt = f"Timeline. {caption} Events: {words.listed(marks) or 'none'}."
    data = {"rows": rows, "failed": failed, "events": events}
    return frame.Picture(figure, caption, alt, data)


def _draw_traffic(
    rows: Mapping[str, list[float]],
    failed: list[float],
    events: Mapping[str, float],
    latest: float,
) -> Figure:
    """A thin line for each answer; `latest` is the end of the time axis."""
    top = -0.5 - 0.55 * len(events)
    figure = Figure(figsize=(frame.WIDTH, 1.0 + 0.34 * (len(rows) - top)))
    axes = figure.subplots()
    for y, (moments, colour) in enumerate(
        zip(rows.values(), _colours(len(rows)), strict=True)
    ):
        axes.vlines(moments, y - 0.28, y + 0.28, color=colour, lw=0.7)
        frame.note(axes, latest, y, words.plural(len(moments), "answer"))
    axes.plot(failed, [len(rows)] * len(failed), "x", color=frame.ORANGE, ms=7)
    colour = frame.ORANGE if failed else frame.QUIET
    frame.note(axes, latest, len(rows), f"{len(failed)} failed", colour)
    for number, (text, at) in enumerate(events.items()):
        high = top + 0.55 * number + 0.2
        end = len(rows) + 0.4
        axes.vlines(at, high, end, color=frame.QUIET, lw=0.9, ls=":")
        _name_event(axes, at, high, text, latest)
    frame.name_rows(axes, [*rows, "failed"])
    axes.set_ylim(len(rows) + 0.5, top)
    axes.set_xlim(-0.01 * latest, 1.2 * latest)
    axes.set_xlabel("seconds since the traffic began")
    return figure


def _colours(count: int) -> list[str]:
    """Colours for rows; orange is reserved for failures."""
    palette = [colour for colour in frame.PALETTE if colour != frame.ORANGE]
    return (palette * (count // len(palette) + 1))[:count]


def _name_event(
    axes: Axes, at: float, y: float, text: str, latest: float
) -> None:
    """A short text right of an event's line, left of it near the end."""
    right = at < 0.7 * latest
    axes.annotate(
        frame.fitted(text, 2.6),
        (at, y),
        (4 if right else -4, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        size=frame.SMALL,
        bbox={"fc": "white", "ec": "none", "pad": 1},
    )


@frame.styled
def latencies(groups: Mapping[str, Sequence[Answer]]) -> frame.Picture:
    """How long every answer took, a row for each situation.

    `data`: for each situation `requests`, `failed`, and `p50` and `p95` of
    the answers, in milliseconds.
    """
    figure = Figure(figsize=(frame.WIDTH, 0.7 + 0.62 * len(groups)))
    axes = figure.subplots()
    frame.log_axis(axes)
    data = {}
    for y, (name, answers) in enumerate(groups.items()):
        took = [1000 * answer.seconds for answer in answers if answer.ok]
        cuts = statistics.quantiles(took, n=20, method="inclusive")
        data[name] = {
            "requests": len(answers),
            "failed": len(answers) - len(took),
            "p50": cuts[9],
            "p95": cuts[18],
        }
        # Dots in five lanes, so that they hide each other less.
        lanes = [y + 0.06 * (n % 5) for n in range(len(took))]
        axes.plot(took, lanes, "o", color=frame.BLUE, alpha=0.25, ms=3, mew=0)
        text = f"95 % within {words.number(cuts[18])} ms"
        frame.mark(axes, cuts[18], y - 0.08, y + 0.32, text, y - 0.1)
    frame.name_rows(axes, list(groups))
    axes.set_ylim(top=-0.6)
    axes.margins(x=0.12)
    axes.set_xlabel("milliseconds until the answer (logarithmic)")
    axes.grid(axis="x")
    within = [
        f"{words.number(row['p95'])} ms {name}" for name, row in data.items()
    ]
    failed = sum(row["failed"] for row in data.values())
    caption = (
        f"95 % of the answers came within {words.listed(within)};"
        f" {failed} requests failed."
    )
    return frame.Picture(figure, caption, f"Dots. {caption}", data)


@frame.styled
def kept(
    things: Mapping[str, Sequence[bool]],
    moments: Sequence[str],
) -> frame.Picture:
    """Which things exist at which moments: a grid.

    Args:
        things: a thing's name -> whether it was there, for each moment.
        moments: what had just been done.

    `data`: `moments` and `things`.
    """
    axes = _draw_grid(things, moments)
    stay = [name for name, there in things.items() if all(there)]
    caption = f"There all the time: {words.listed(stay) or 'nothing'}."
    alt = "; ".join(
        f"{name}: "
        + ", ".join(
            f"{'there' if here else 'gone'} after {moment}"
            for moment, here in zip(moments, there, strict=True)
        )
        for name, there in things.items()
    )
    data = {
        "moments": list(moments),
        "things": {name: list(there) for name, there in things.items()},
    }
    return frame.Picture(axes.figure, caption, f"Grid. {alt}.", data)


def _draw_grid(
    things: Mapping[str, Sequence[bool]], moments: Sequence[str]
) -> Axes:
    height = 0.55 + 0.3 * len(things)
    axes = frame.canvas(height + 0.1)
    left = 3.0
    column = (frame.WIDTH - left - 0.1) / len(moments)
    for number, moment in enumerate(moments):
        x = left + column * (number + 0.5)
        title = frame.bold(moment, column - 0.1)
        style = {"ha": "center", "va": "center", **frame.BOLD}
        axes.text(x, height - 0.2, title, **style)
    for row, (name, there) in enumerate(things.items()):
        y = height - 0.55 - 0.3 * row
        frame.write(axes, 0.1, y, name, left - 0.2, size=9)
        for number, here in enumerate(there):
            x = left + column * number
            colour = frame.BLUE if here else frame.BASE
            frame.box(axes, x + 0.05, y - 0.12, column - 0.1, 0.24, "", colour)
            text = "there" if here else "gone"
            ink = "white" if here else frame.INK
            middle = x + column / 2
            frame.write(axes, middle, y, text, None, ink, ha="center")
    return axes

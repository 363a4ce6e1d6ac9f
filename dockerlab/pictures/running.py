"""Containers over their lives: states, restarts, stops, data, networks."""

import itertools
import pathlib
from collections.abc import Iterable, Mapping, Sequence

from docker.models.containers import Container
from docker.models.networks import Network
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from dockerlab.base import words
from dockerlab.pictures import frame

# A step of a container's life: the state before it, what was done, the
# events that the engine sent, and the state after it.
Step = tuple[str, str, list[str], str]
Point = tuple[float, float]  # inches

# The middles of the states, and half of a state's width and height, in inches.
PLACES = {
    "created": (0.85, 1.95),
    "running": (3.4, 1.95),
    "exited": (6.65, 1.95),
    "paused": (3.4, 3.65),
    "no container": (3.4, 0.3),
}
HALF_WIDTH, HALF_HEIGHT = 0.6, 0.19
# An arrow: start, end, curve; and its label: place, alignment.
ARROWS = {
    ("no container", "created"): (
        ((2.8, 0.3), (0.85, 1.76), "arc3,rad=-0.3"),
        ((1.75, 0.95), "left"),
    ),
    ("created", "running"): (
        ((1.45, 1.95), (2.8, 1.95), "arc3"),
        ((2.1, 2.25), "center"),
    ),
    ("running", "paused"): (
        ((3.25, 2.14), (3.25, 3.46), "arc3"),
        ((3.15, 3.0), "right"),
    ),
    ("paused", "running"): (
        ((3.55, 3.46), (3.55, 2.14), "arc3"),
        ((3.65, 3.0), "left"),
    ),
    ("running", "exited"): (
        ((4.0, 2.05), (6.05, 2.05), "arc3"),
        ((5.05, 2.35), "center"),
    ),
    ("exited", "running"): (
        ((6.05, 1.85), (4.0, 1.85), "arc3"),
        ((5.05, 1.55), "center"),
    ),
    ("exited", "no container"): (
        ((6.65, 1.76), (4.0, 0.3), "arc3,rad=-0.3"),
        ((5.6, 0.95), "right"),
    ),
}


# What was done, and the state that it led to, by the event.
DONE = {
    "create": ("docker create", "created"),
    "start": ("docker start", "running"),
    "pause": ("docker pause", "paused"),
    "unpause": ("docker unpause", "running"),
    "destroy": ("docker rm", "no container"),
}
ENDS = {"kill", "die", "stop"}


def life(events: Iterable[str]) -> list[Step]:
    """The steps of a container's life from the names of its events, in order.

    Events that change no state are left out.
    """
    steps: list[Step] = []
    state = "no container"
    known = (name for name in events if name in DONE or name in ENDS)
    for ends, group in itertools.groupby(known, ENDS.__contains__):
        names = list(group)
        for some in [names] if ends else [[name] for name in names]:
            done, after = _done(some)
            if after:
                steps.append((state, done, some, after))
                state = after
    return steps


def _done(events: Sequence[str]) -> tuple[str, str]:
    """What was done, and the state after it; empty if it did not change."""
    if events[0] in DONE:
        return DONE[events[0]]
    if "die" not in events:  # a signal that the program survived
        return "", ""
    for name in ("stop", "kill"):
        if name in events:
            return f"docker {name}", "exited"
    return "program ends", "exited"


@frame.styled
def lifecycle(events: Iterable[str]) -> frame.Picture:
    """The states of a container, joined by commands and their events.

    Args:
        events: the names of all events of one container, oldest first.

    `data`: `states` in the order of their first visit, and `edges`, a
    dictionary from (before, after) to {command: events}.
    """
    way = life(events)
    edges: dict[tuple[str, str], dict[str, list[str]]] = {}
    for before, done, names, after in way:
        edges.setdefault((before, after), {}).setdefault(done, names)
    steps = [state for row in way for state in (row[0], row[3])]
    states = list(dict.fromkeys(steps))
    axes = frame.canvas(3.95)
    for name, (x, y) in PLACES.items():
        been = name in states
        frame.box(
            axes,
            x - HALF_WIDTH,
            y - HALF_HEIGHT,
            2 * HALF_WIDTH,
            2 * HALF_HEIGHT,
            "",
            frame.BLUE if been else frame.BASE,
        )
        colour = "white" if been else frame.INK
        axes.text(x, y, name, color=colour, ha="center", va="center", size=9)
    for pair, (line, label) in ARROWS.items():
        if pair in edges:
            _edge(axes, line, label, edges[pair])
    shown = ", ".join(state for state in states if state in PLACES)
    alt = "; ".join(
        f"{before} to {after} by {done} ({', '.join(names)})"
        for (before, after), known in edges.items()
        for done, names in known.items()
    )
    return frame.Picture(
        axes.figure,
        f"Commands move a container between states ({shown}); orange shows"
        " the events that the engine sent.",
        f"State machine. {alt}.",
        {"states": states, "edges": edges},
    )


def _edge(
    axes: Axes,
    line: tuple[Point, Point, str],
    label: tuple[Point, str],
    commands: dict[str, list[str]],
) -> None:
    """An arrow between two states, with its commands and their events."""
    start, end, bend = line
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            connectionstyle=bend,
            arrowstyle="-|>",
            mutation_scale=11,
            color=frame.LINE,
            lw=1.2,
            shrinkA=1,
            shrinkB=1,
        )
    )
    (x, y), align = label
    # From the bottom to the top, each command above its events.
    for command, events in reversed(commands.items()):
        for text, colour in (
            (", ".join(events), frame.ORANGE),
            (command, frame.INK),
        ):
            low = y - frame.ROW / 2
            frame.write(axes, x, low, text, 1.65, colour, ha=align)
            y += frame.ROW


@frame.styled
def restarts(events: list[dict]) -> frame.Picture:
    """The runs of a container that is restarted, and the waits before them.

    Args:
        events: the engine's events of one container, as the SDK decodes
            them, oldest first.

    `data`: `begun`, `ended` and `waited`, in seconds; the first two count
    from the first start.
    """
    times = {
        action: [e["timeNano"] for e in events if e["Action"] == action]
        for action in ("start", "die")
    }
    zero = times["start"][0]
    begun = [(at - zero) / 1e9 for at in times["start"]]
    ended = [(at - zero) / 1e9 for at in times["die"]]
    waited = [late - early for early, late in zip(ended, begun[1:])]
    figure = Figure(figsize=(frame.WIDTH, 0.7 + 0.3 * len(begun)))
    axes = figure.subplots()
    for y, (start, end) in enumerate(zip(begun, ended)):
        axes.barh(y, end - start, 0.55, start, color=frame.BLUE)
        text = f"ran {words.seconds(end - start)}"
        if y:
            axes.barh(y, waited[y - 1], 0.55, ended[y - 1], color=frame.BASE)
            text = f"waited {words.seconds(waited[y - 1])}, {text}"
        frame.note(axes, end, y, text)
    frame.name_rows(axes, [f"start {n}" for n in range(1, len(begun) + 1)])
    axes.set_xlim(0, max(ended) * 1.3)
    axes.set_xlabel("seconds since the first start")
    waits = words.listed([words.seconds(wait) for wait in waited])
    return frame.Picture(
        figure,
        f"{words.plural(len(begun), 'start')}; the waits between them are"
        f" {waits or 'none'}.",
        f"Timeline of {words.plural(len(begun), 'run')}; waits: {waits}.",
        {"begun": begun, "ended": ended, "waited": waited},
    )


@frame.styled
def stops(ended: dict[str, tuple[float, int]]) -> frame.Picture:
    """How long `docker stop` took, and the container's exit code.

    Args:
        ended: label -> (seconds, exit code).

    `data`: the same. Exit code 137 is 128 + 9, the number of SIGKILL.
    """
    figure = Figure(figsize=(frame.WIDTH, 0.6 + 0.32 * len(ended)))
    axes = figure.subplots()
    for y, (seconds, code) in enumerate(ended.values()):
        killed = code == 137
        colour = frame.ORANGE if killed else frame.BLUE
        axes.barh(y, seconds, 0.65, color=colour)
        text = f"{words.seconds(seconds)}, exit {code}"
        frame.note(axes, seconds, y, text + (": killed" if killed else ""))
    frame.name_rows(axes, list(ended))
    axes.set_xlim(0, max(seconds for seconds, _ in ended.values()) * 1.35)
    axes.set_xlabel("seconds until the container was stopped")
    names = [name for name, (_, code) in ended.items() if code == 137]
    caption = (
        f"{len(ended) - len(names)} of {len(ended)} ended when asked."
        f" Killed after the grace period: {words.listed(names) or 'none'}."
    )
    alt = "; ".join(
        f"{name}: {words.seconds(seconds)}, exit code {code}"
        for name, (seconds, code) in ended.items()
    )
    return frame.Picture(figure, caption, f"Bars. {alt}.", dict(ended))


KEPT = {
    "volume": "{0} (a volume, kept by the engine)",
    "bind": "{0} (a folder of your machine)",
    "tmpfs": "memory (gone when the container stops)",
}


@frame.styled
def mount_map(container: Container) -> frame.Picture:
    """What is behind the folders of a container, from its inspect data.

    `data`: rows of (path in the container, kind, name or folder); the last
    is the writable layer, for all other paths.
    """
    container.reload()
    attrs = container.attrs
    rows = [
        (m["Destination"], m["Type"], m.get("Name") or m.get("Source") or "")
        for m in attrs["Mounts"]
    ]
    mounted = {row[0] for row in rows}
    tmpfs = attrs["HostConfig"].get("Tmpfs") or {}
    rows += [(path, "tmpfs", "") for path in tmpfs if path not in mounted]
    rows = [*sorted(rows), ("everything else", "layer", "")]
    axes = _draw_mounts(container.name, rows)
    outlive = [path for path, kind, _ in rows if kind in ("volume", "bind")]
    caption = (
        f"What is written to {words.listed(outlive) or 'no folder'} outlives"
        " the container; the rest does not."
    )
    # The whole path of a folder is long to hear, and differs elsewhere.
    alt = "; ".join(
        f"{path}: {kind} {pathlib.PurePosixPath(name).name}"
        for path, kind, name in rows
    )
    return frame.Picture(axes.figure, caption, f"Mounts. {alt}.", rows)


def _draw_mounts(name: str, rows: list[tuple[str, str, str]]) -> Axes:
    """Arrows from the container's folders to what keeps their files."""
    height = 0.55 + 0.3 * len(rows)
    axes = frame.canvas(height + 0.1)
    frame.box(axes, 0.1, 0.1, 2.3, height - 0.1, name)
    kinds = {"volume": frame.BLUE, "bind": frame.BLUE, "tmpfs": frame.QUIET}
    for number, (path, kind, source) in enumerate(rows):
        y = height - 0.55 - 0.3 * number
        frame.write(axes, 0.2, y, path, 2.1)
        frame.arrow(axes, 2.45, 2.95, y)
        # The end of a path is more telling than its beginning.
        end = source.rsplit("/", 1)[-1]
        text = KEPT.get(kind, "writable layer (goes with the container)")
        colour = kinds.get(kind, frame.ORANGE)
        frame.box(axes, 3.0, y - 0.12, 4.4, 0.24, "", colour)
        frame.write(axes, 3.1, y, text.format(end), 4.2, "white")
    return axes


@frame.styled
def network_map(networks: list[Network]) -> frame.Picture:
    """Which containers are on which networks, from inspect data.

    `data`: network -> {container: address}.
    """
    data: dict[str, dict[str, str]] = {}
    for network in networks:
        network.reload()
        members = network.attrs.get("Containers") or {}
        data[network.name] = {
            member["Name"]: member["IPv4Address"].split("/")[0]
            for member in sorted(members.values(), key=lambda m: m["Name"])
        }
    names = list(dict.fromkeys(n for row in data.values() for n in row))
    # As far as the ends of two names differ, show the ends.
    prefix = _common(names)
    axes = _draw_networks(data, {n: n.removeprefix(prefix) for n in names})
    both = [n for n in names if sum(n in row for row in data.values()) > 1]
    shown = words.listed([n.removeprefix(prefix) for n in both])
    caption = (
        f"{shown or 'Nobody'} is on more than one network; the others see"
        " only their own."
        if len(data) > 1
        else f"{words.plural(len(names), 'container')} on one network."
    )
    alt = "; ".join(
        f"{network}: {words.listed(list(members)) or 'nobody'}"
        for network, members in data.items()
    )
    return frame.Picture(axes.figure, caption, f"Networks. {alt}.", data)


def _draw_networks(
    data: Mapping[str, Mapping[str, str]], titles: Mapping[str, str]
) -> Axes:
    """Networks as horizontal lines, containers as boxes above them.

    Args:
        data: as in the picture.
        titles: container -> its name as shown.
    """
    height = 0.75 + 0.45 * len(data)
    axes = frame.canvas(height + 0.1)
    left = 1.75
    column = (frame.WIDTH - left - 0.1) / max(1, len(titles))
    middle = {n: left + column * (i + 0.5) for i, n in enumerate(titles)}
    lines = {n: height - 0.85 - 0.45 * i for i, n in enumerate(data)}
    for name, x in middle.items():
        own = [network for network in data if name in data[network]]
        frame.drop_line(axes, x, height - 0.4, lines, own)
        edge = x - column / 2 + 0.1
        frame.box(axes, edge, height - 0.4, column - 0.2, 0.34, "")
        style: frame.Row = {"ha": "center", "size": 9}
        inches = column - 0.3
        frame.write(axes, x, height - 0.23, titles[name], inches, **style)
    for colour, (network, y) in zip(
        frame.PALETTE * len(lines), lines.items(), strict=False
    ):
        frame.network_line(axes, y, network, left, colour)
        for name, address in data[network].items():
            axes.plot(middle[name], y, "o", color=colour, ms=8, zorder=4)
            begin = middle[name] + 0.08
            # As far as the next container's line, or the edge.
            end = min(begin + column - 0.16, frame.WIDTH)
            frame.write(axes, begin, y + 0.13, address, end - begin)
    return axes


def _common(names: list[str]) -> str:
    """The beginning of all names, up to a hyphen; empty for one name."""
    if len(names) < 2:
        return ""
    least, most = min(names), max(names)
    same = next(
        (i for i, (a, b) in enumerate(zip(least, most)) if a != b),
        len(least),
    )
    return least[: least.rfind("-", 0, same) + 1]

"""A container's file system: which layer each file is seen from."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dockerlab.base import words
from dockerlab.base.errors import LabError
from dockerlab.pictures import frame

# 'OCI Image Specification, image layer: whiteouts'
WHITEOUT = ".wh."
DIFF = {0: "changed", 1: "added", 2: "deleted"}  # kinds of `docker diff`
GONE = ("whiteout", "deleted")
LABELS, TALL = 2.5, 0.42  # inches: width of the names, height of a row


@frame.styled
def overlay(
    layers: Mapping[str, Sequence[str]],
    diff: Sequence[Mapping[str, Any]],
    under: str,
) -> frame.Picture:
    """Which file of a folder a container sees, and from which layer.

    Args:
        layers: the image's layers from the bottom, instruction -> paths of
            the layer's archive, whiteouts (`.wh.name`) included.
        diff: what the SDK's `container.diff()` gave.
        under: the folder; its own files only are shown.

    `data`: `layers` (from the bottom, the container's last, each with `name`
    and `files`: name -> what the layer says of it) and `seen` (name -> the
    layer that it is seen from, None where it is gone).

    Raises:
        LabError: neither the layers nor the container name a file there.
    """
    folder = under.strip("/")
    rows = [
        {"name": f"layer {n}", "of": of, "files": _members(paths, folder)}
        for n, (of, paths) in enumerate(layers.items(), start=1)
    ]
    changed = {
        entry["Path"].strip("/"): DIFF[entry["Kind"]] for entry in diff or ()
    }
    own = {
        path.rpartition("/")[2]: kind
        for path, kind in changed.items()
        if path.rpartition("/")[0] == folder
    }
    rows.append({"name": "container", "of": "its own layer", "files": own})
    names = list(dict.fromkeys(n for row in rows for n in row["files"]))
    if not names:
        raise LabError(f"No layer has a file in {under}.")
    seen = {name: _seen_from(rows, name) for name in names}
    axes = frame.canvas(0.75 + TALL * (len(rows) + 1))
    _draw(axes, rows, names, seen, under)
    data = {
        "layers": [{"name": r["name"], "files": r["files"]} for r in rows],
        "seen": seen,
    }
    return frame.Picture(axes.figure, _message(rows, seen), _alt(data), data)


def _members(paths: Sequence[str], folder: str) -> dict[str, str]:
    """Names that a layer's archive has in a folder, and what it says."""
    found = {}
    for path in paths:
        parent, _, name = path.removeprefix("./").strip("/").rpartition("/")
        if parent == folder:
            gone = name.startswith(WHITEOUT)
            name = name.removeprefix(WHITEOUT)
            found[name] = "whiteout" if gone else "file"
    return found


def _seen_from(rows: list[dict], name: str) -> str | None:
    """The topmost layer that names a file, None if it says: gone."""
    top = next(row for row in reversed(rows) if name in row["files"])
    return None if top["files"][name] in GONE else top["name"]


def _draw(
    axes: Axes,
    rows: list[dict],
    names: list[str],
    seen: dict[str, str | None],
    under: str,
) -> None:
    column = (frame.WIDTH - LABELS - 0.1) / len(names)
    top = TALL * (len(rows) + 1) + 0.25
    for index, name in enumerate(names):
        x = LABELS + (index + 0.5) * column
        text = frame.bold(name, column - 0.06)
        axes.text(x, top + 0.12, text, ha="center", **frame.BOLD)
    _label(axes, top - TALL / 2, "seen inside", f"the files of {under}")
    for index, name in enumerate(names):
        place = (LABELS + index * column, top - TALL)
        _cell(axes, place, column, seen[name] or "gone", seen[name])
    axes.plot(
        [0.1, frame.WIDTH - 0.1], [top - TALL - 0.05] * 2, color=frame.LINE
    )
    for number, row in enumerate(reversed(rows), start=1):
        bottom = top - TALL * (number + 1) - 0.1
        _label(axes, bottom + TALL / 2, row["name"], row["of"])
        for index, name in enumerate(names):
            if name in row["files"]:
                place = (LABELS + index * column, bottom)
                kind = row["files"][name]
                is_seen = seen[name] == row["name"]
                _cell(axes, place, column, kind, is_seen)


def _label(axes: Axes, y: float, name: str, of: str) -> None:
    axes.text(0.1, y + 0.075, name, va="center", **frame.BOLD)
    axes.text(
        0.1,
        y - 0.095,
        frame.fitted(of, LABELS - 0.2),
        va="center",
        size=frame.SMALL,
        color=frame.QUIET,
    )


def _cell(
    axes: Axes,
    place: tuple[float, float],
    width: float,
    text: str,
    is_seen: object,
) -> None:
    """One layer's word on one file: blue if seen, orange if it removes."""
    removes = text in (*GONE, "gone")
    face = frame.BLUE if is_seen else "white" if removes else frame.BASE
    edge = frame.ORANGE if removes else face
    (x, y), gap = place, 0.03
    axes.add_patch(
        Rectangle(
            (x + gap, y + gap),
            width - 2 * gap,
            TALL - 2 * gap,
            fc=face,
            ec=edge,
            ls="--" if removes else "-",
            lw=1.2,
        )
    )
    colour = frame.ORANGE if removes else "white" if is_seen else frame.INK
    axes.text(
        x + width / 2,
        y + TALL / 2,
        frame.fitted(text, width - 0.1),
        ha="center",
        va="center",
        size=frame.SMALL,
        color=colour,
    )


def _message(rows: list[dict], seen: dict[str, str | None]) -> str:
    own = sum(place == "container" for place in seen.values())
    gone = sum(place is None for place in seen.values())
    there = len(seen) - gone
    return (
        "For each file the topmost layer that names it has the last word: "
        f"of {words.plural(there, 'file')} seen, {own} "
        f"{'comes' if own == 1 else 'come'} from the container's own layer, "
        f"and {gone} more {'is' if gone == 1 else 'are'} in a layer below "
        "and yet gone."
    )


def _alt(data: dict[str, Any]) -> str:
    layers = "; ".join(
        f"{row['name']}: "
        + (", ".join(f"{n} {kind}" for n, kind in row["files"].items()) or "-")
        for row in data["layers"]
    )
    seen = ", ".join(
        f"{name} from {place}" if place else f"{name} gone"
        for name, place in data["seen"].items()
    )
    return f"Layers from the bottom. {layers}. Seen: {seen}."

"""A container's file system: which layer provides each file."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

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
        diff: the result of the SDK's `container.diff()`.
        under: the folder; only its own files are shown.

    `data`: `layers` (from the bottom, the container's last, each with `name`
    and `files`: name -> what the layer records about it) and `seen` (name ->
    the layer that provides it, None if it is gone).

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
        raise LabError(
            f"No layer has a file in {under}.",
            "Neither the image's layers nor the container's name one there.",
            "Check the folder's name; it must be absolute.",
        )
    seen = {name: _seen_from(rows, name) for name in names}
    axes = frame.canvas(0.75 + TALL * (len(rows) + 1))
    _draw(axes, rows, names, seen, under)
    data = {
        "layers": [{"name": r["name"], "files": r["files"]} for r in rows],
        "seen": seen,
    }
    return frame.Picture(axes.figure, _message(rows, seen), _alt(data), data)


def _members(paths: Sequence[str], folder: str) -> dict[str, str]:
    """Names that a layer's archive has in a folder: `file` or `whiteout`."""
    found = {}
    for path in paths:
        parent, _, name = path.removeprefix("./").strip("/").rpartition("/")
        if parent == folder:
            gone = name.startswith(WHITEOUT)
            name = name.removeprefix(WHITEOUT)
            found[name] = "whiteout" if gone else "file"
    return found


def _seen_from(rows: list[dict], name: str) -> str | None:
    """The topmost layer that names a file, None if it removes the file."""
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
    """The name of a row, and below it in small letters where it is from."""
    axes.text(0.1, y + 0.075, name, va="center", **frame.BOLD)
    frame.write(axes, 0.1, y - 0.095, of, LABELS - 0.2, frame.QUIET)


def _cell(
    axes: Axes,
    place: tuple[float, float],
    width: float,
    text: str,
    is_seen: object,
) -> None:
    """What one layer does with one file: blue if seen, orange if removed."""
    removes = text in (*GONE, "gone")
    face = frame.BLUE if is_seen else "white" if removes else frame.BASE
    edge = frame.ORANGE if removes else face
    style = {"ec": edge, "ls": "--" if removes else "-", "lw": 1.2}
    frame.tile(axes, place, width, TALL, face, 0.03, **style)
    ink = frame.ORANGE if removes else "white" if is_seen else frame.INK
    x, y = place[0] + width / 2, place[1] + TALL / 2
    frame.write(axes, x, y, text, width - 0.1, ink, ha="center")


def _message(rows: list[dict], seen: dict[str, str | None]) -> str:
    own = sum(place == "container" for place in seen.values())
    gone = sum(place is None for place in seen.values())
    there = len(seen) - gone
    return (
        "For each file the topmost layer that names it decides: "
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

"""What an image consists of, what it inherits, and what its tags do."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dockerlab.base import words
from dockerlab.base.errors import LabError
from dockerlab.images import Image
from dockerlab.pictures import frame
from dockerlab.pictures.frame import Row

OURS = "dockerlab."  # labels with which the lab finds its own objects
# The look of a digest.
DIGEST: Row = {"colour": frame.ORANGE, "family": "monospace"}


@frame.styled
def image_parts(image: Image) -> frame.Picture:
    """Name, configuration and layers of an image, joined by digests.

    `data`: `name`, `id` (the digest of the configuration), `settings` (lines
    of the configuration) and `layers` (`digest`, `size` in unpacked bytes,
    `instruction`), from the bottom.
    """
    config = image.config
    settings = [f"{image.os}/{image.architecture}"]
    settings += ["runs " + " ".join([*config.entrypoint, *config.cmd])]
    settings += [f"{key}={value}" for key, value in config.env.items()]
    layers: list[Row] = [
        {
            "digest": layer.digest,
            "size": layer.size,
            "instruction": _line(layer.instruction),
        }
        for layer in image.layers
    ]
    data: Row = {
        "name": image.tags[0] if image.tags else "(no name)",
        "id": image.configuration or image.id,
        "settings": settings,
        "layers": layers,
    }
    axes = _draw_parts(data)
    caption = (
        f"The name leads to one configuration, which names"
        f" {words.plural(len(layers), 'layer')} with"
        f" {words.size(image.size)} of unpacked files by their digests."
    )
    alt = (
        f"{data['name']} leads to configuration {_short(data['id'])}: "
        f"{', '.join(settings)}. Its layers, from the bottom: "
        + "; ".join(
            f"{_short(layer['digest'])} {words.size(layer['size'])} "
            f"{layer['instruction']}"
            for layer in layers
        )
    )
    return frame.Picture(axes.figure, caption, f"{alt}.", data)


def _draw_parts(data: Row) -> Axes:
    """The name, an arrow to the configuration, arrows to the layers."""
    layers = data["layers"]
    rows = max(len(layers), 1)
    shown = _shown(data["settings"], max(3, 2 * rows - 2))
    tall = max(0.5 + frame.ROW * (len(shown) + 1), 0.1 + 0.42 * rows)
    axes = frame.canvas(tall + 0.45)
    top = tall + 0.1
    for x, title in ((0.1, "name"), (2.15, "configuration"), (4.9, "layers")):
        axes.text(x, top + 0.2, title, va="center", **frame.BOLD)
    frame.box(axes, 0.1, top - 0.4, 1.5, 0.36, "")
    frame.write(axes, 0.18, top - 0.22, data["name"], 1.35)
    frame.arrow(axes, 1.62, 2.12, top - 0.22)
    frame.box(axes, 2.15, 0.1, 2.2, top - 0.14, "")
    frame.write(axes, 2.25, top - 0.22, _short(data["id"]), **DIGEST)
    for line, text in enumerate(shown):
        y = top - 0.22 - frame.ROW * (line + 1)
        frame.write(axes, 2.25, y, text, 2.0)
    y = top - 0.22 - frame.ROW * (len(shown) + 1)
    text = f"made of {words.plural(len(layers), 'digest')}, in this order"
    frame.write(axes, 2.25, y, text, 2.0, frame.ORANGE)
    for place, layer in enumerate(reversed(layers)):
        y = top - 0.22 - 0.42 * place
        frame.arrow(axes, 4.37, 4.87, y)
        frame.box(axes, 4.9, y - 0.18, 2.5, 0.36, "", frame.BASE)
        frame.write(axes, 4.98, y + 0.08, _short(layer["digest"]), **DIGEST)
        size = words.size(layer["size"])
        frame.write(axes, 7.32, y + 0.08, size, ha="right")
        text = layer["instruction"]
        frame.write(axes, 4.98, y - 0.09, text, 2.35, frame.QUIET)
    return axes


def _line(instruction: str) -> str:
    """An instruction on one line, without a comment at its end."""
    return " ".join(instruction.split()).partition(" # ")[0]


def _short(digest: str) -> str:
    return digest[:19]


def _shown(lines: list[str], most: int) -> list[str]:
    """The lines that have room, and how many are left out."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"and {len(lines) - most + 1} more"]


@frame.styled
def tag_moves(
    moments: Sequence[tuple[str, Mapping[str, str]]],
    labels: Mapping[str, str] | None = None,
) -> frame.Picture:
    """Which image each tag named, from moment to moment.

    Args:
        moments: what was done, and after it tag -> image id; a tag that does
            not exist yet is left out.
        labels: image id -> what to call this image; without it, `image`.

    `data`: `ids` in the order of their appearance, and `tags`: tag -> for
    each moment the index of its image, or None.

    Raises:
        LabError: there is no tag to draw.
    """
    named = [tags for _, tags in moments]
    ids = list(dict.fromkeys(id for tags in named for id in tags.values()))
    names = list(dict.fromkeys(tag for tags in named for tag in tags))
    if not names:
        raise LabError(
            "There is no tag to draw.",
            "None of the moments has one.",
            "Tag an image first, then note its id.",
        )
    ways = {
        name: [
            ids.index(tags[name]) if name in tags else None for tags in named
        ]
        for name in names
    }
    called = labels or {}
    rows = [
        f"{called[id]} ({_short(id)[7:]})"
        if id in called
        else f"image {_short(id)[7:]}"
        for id in ids
    ]
    figure = _draw_moves(rows, ways, [what for what, _ in moments])
    movers = [f"`{name}`" for name, way in ways.items() if _moved(way)]
    caption = (
        f"Only {words.listed(movers)} moved to another image."
        if movers
        else "No tag moved to another image."
    ) + " The images themselves did not change."
    alt = "; ".join(
        f"{what}: "
        + words.listed(
            [f"{tag} names image {ids.index(id) + 1}" for tag, id in t.items()]
        )
        for what, t in moments
    )
    return frame.Picture(
        figure, caption, f"Tags over time. {alt}.", {"ids": ids, "tags": ways}
    )


def _draw_moves(rows: list[str], ways: Mapping, moments: list[str]) -> Figure:
    """A line for each tag, from image to image."""
    figure = Figure(figsize=(frame.WIDTH, 1.0 + 0.6 * len(rows)))
    axes = figure.subplots()
    for y in range(len(rows)):
        # Not below the names of the tags, which follow the last moment.
        axes.plot(
            (-0.4, len(moments) - 1), (y, y), c=frame.BASE, lw=1, zorder=0
        )
    for lane, (name, way) in enumerate(ways.items()):
        shift = 0.17 * (lane - (len(ways) - 1) / 2)
        colour = frame.ORANGE if _moved(way) else frame.BLUE
        points = [
            (x, place + shift)
            for x, place in enumerate(way)
            if place is not None
        ]
        axes.plot(*zip(*points, strict=True), "o-", color=colour, ms=5, lw=1.6)
        frame.note(axes, *points[-1], name, colour)
    frame.name_rows(axes, rows)
    axes.set_xticks(range(len(moments)), moments)
    axes.set_xlim(-0.4, len(moments) - 0.3)
    axes.tick_params(axis="x", length=0)
    return figure


def _moved(way: Sequence[int | None]) -> bool:
    """Whether a tag named more than one image."""
    return len({place for place in way if place is not None}) > 1


@frame.styled
def inherited(images: Mapping[str, Image]) -> frame.Picture:
    """Settings of images built on each other: set by the image, or inherited.

    Args:
        images: by label, the lowest base first.

    `data`: setting -> for each image `set`, `inherited` or nothing. Labels
    of the lab itself are left out.
    """
    tables = [_settings(image) for image in images.values()]
    names = list(dict.fromkeys(key for table in tables for key in table))
    below = [{}, *tables]
    data = {
        key: [
            _origin(key, table, base)
            for table, base in zip(tables, below, strict=False)
        ]
        for key in names
    }
    figure = _draw_settings(data, tables, list(images))
    last = [states[-1] for states in data.values()]
    caption = (
        f"{list(images)[-1]} sets {last.count('set')} of its "
        f"{len(last) - last.count('')} settings itself (blue) and inherits "
        f"{last.count('inherited')} (grey)."
    )
    alt = "; ".join(
        f"{key}: "
        + ", ".join(
            f"{label} {state or 'not'}"
            for label, state in zip(images, states, strict=True)
        )
        for key, states in data.items()
    )
    return frame.Picture(figure, caption, f"Settings. {alt}.", data)


def _draw_settings(
    data: Mapping[str, list[str]],
    tables: list[dict[str, str]],
    titles: list[str],
) -> Figure:
    """A table: a row for each setting, a column for each image."""
    figure = Figure(figsize=(frame.WIDTH, 0.75 + 0.25 * len(data)))
    axes = figure.subplots()
    for y, (key, states) in enumerate(data.items()):
        for x, state in enumerate(states):
            if not state:
                continue
            new = state == "set"
            colour = frame.BLUE if new else frame.BASE
            axes.add_patch(
                Rectangle((x - 0.47, y - 0.42), 0.94, 0.84, fc=colour)
            )
            ink = "white" if new else frame.QUIET
            inches = 4.4 / len(tables)
            frame.write(axes, x, y, tables[x][key], inches, ink, ha="center")
    frame.name_rows(axes, list(data))
    axes.set_xlim(-0.5, len(tables) - 0.5)
    axes.set_xticks(range(len(tables)), titles)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure


def _settings(image: Image) -> dict[str, str]:
    """The settings that have a value, as short texts."""
    config = image.config
    table = {
        "command": " ".join([*config.entrypoint, *config.cmd]),
        "user": config.user,
        "working folder": config.workdir,
        **{f"env {key}": value for key, value in config.env.items()},
        **{
            f"label {key.rpartition('.')[2]}": value
            for key, value in config.labels.items()
            if not key.startswith(OURS)
        },
        "on build": "; ".join(config.onbuild),
    }
    return {key: value for key, value in table.items() if value}


def _origin(key: str, table: Row, below: Row) -> str:
    if key not in table:
        return ""
    return "inherited" if table[key] == below.get(key) else "set"

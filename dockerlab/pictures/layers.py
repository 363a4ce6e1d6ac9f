"""Images as stacks of their layers. All bytes are unpacked bytes."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dockerlab.base import words
from dockerlab.images import HistoryRow, Image, Layer
from dockerlab.pictures import frame
from dockerlab.pictures.frame import Row


@frame.styled
def layer_stacks(
    images: Mapping[str, Image] | Sequence[Image],
    over: Image | None = None,
    history: bool = False,
) -> frame.Picture:
    """Each image as a stack of its layers: common base grey, own in colour.

    Args:
        images: by label, or in a list and labelled by their first tag.
        over: the base; without it, the layers that all the images share.
        history: also show, as hairlines, the rows that made no layer.

    `data`: label -> rows (`size` in unpacked bytes, `instruction`, `own`),
    from the bottom. Heights are in proportion to the bytes if that shows at
    least half of the coloured layers, else logarithmic.
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
    tall = max(2.3 + lines * frame.HAIR, lines * frame.ROW + 0.1) + 0.35
    axes = frame.canvas(bands * tall + 0.35)
    for index, (label, rows) in enumerate(data.items()):
        band, column = divmod(index, columns)
        width = frame.WIDTH / columns
        corner = (column * width + 0.1, (bands - 1 - band) * tall + 0.35)
        _stack(axes, label, rows, corner, width - 0.2, height, tall - 0.35)
    note = f"Height: unpacked bytes, {word}."
    if any(not row["own"] for row in itertools.chain(*data.values())):
        note += " Grey: the common base."
    axes.text(0.1, 0.08, note, size=frame.SMALL, color=frame.QUIET)
    alt = "; ".join(
        f"{label}: "
        + ", ".join(
            f"{row['instruction']} ({words.size(row['size'])}"
            + (")" if row["own"] else ", base)")
            for row in rows
        )
        for label, rows in data.items()
    )
    alt = f"Stacks of layers, from the bottom. {alt}."
    return frame.Picture(axes.figure, _stacks_message(data), alt, data)


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
    axes.text(x, bottom + tall + 0.06, frame.bold(label, width), **frame.BOLD)
    edges = [bottom]
    for row in rows:
        edges.append(edges[-1] + max(height(row["size"]), frame.HAIR))
    middles = [sum(pair) / 2 for pair in itertools.pairwise(edges)]
    places = frame.spread(
        middles, frame.ROW, bottom + frame.ROW / 2, bottom + tall - 0.1
    )
    for row, low, middle, place in zip(
        rows, edges, middles, places, strict=False
    ):
        colour = frame.BLUE if row["own"] else frame.BASE
        tall_row = height(row["size"])
        if tall_row < frame.HAIR:
            axes.plot([x, x + bar], [middle, middle], color=colour, lw=1.2)
        else:
            shape = (x, low + 0.005), bar, tall_row - 0.01
            axes.add_patch(Rectangle(*shape, fc=colour))
        axes.plot(
            [x + bar + 0.02, x + bar + gap - 0.04],
            [middle, place],
            color=frame.LINE,
            lw=0.5,
        )
        text = f"{words.size(row['size'])}  {row['instruction']}"
        ink = frame.INK if row["own"] else frame.QUIET
        frame.write(axes, x + bar + gap, place, text, width - bar - gap, ink)


def _stack_rows(image: Image, base: int, history: bool) -> list[Row]:
    """Rows of a stack; the rows above the base's layers are `own`."""
    rows = image.history if history else image.layers
    made, result = 0, []
    for row in rows:
        own = made >= base
        made += not getattr(row, "empty", False)
        result.append(
            {"size": row.size, "instruction": _title(row), "own": own}
        )
    return result


def _title(row: Layer | HistoryRow) -> str:
    """An instruction on one line, without a comment at its end."""
    return " ".join(row.instruction.split()).partition(" # ")[0]


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
            f"{label} adds {words.size(_own_bytes(rows))}"
            for label, rows in data.items()
            if any(row["own"] for row in rows)
        ]
        under = words.size(sum(row["size"] for row in base))
        if not adds:
            return f"All of them are the same layers, {under}."
        return f"On a common base of {under}, {words.listed(adds)}."
    label, rows = max(data.items(), key=lambda item: _own_bytes(item[1]))
    largest = max(rows, key=lambda row: row["size"])
    name = words.shortened(largest["instruction"], 60)
    size, total = words.size(largest["size"]), words.size(_own_bytes(rows))
    return (
        f"The largest layer of {label}, `{name}`, holds {size} of its {total}."
    )


def _own_bytes(rows: list[Row]) -> int:
    return sum(row["size"] for row in rows if row["own"])


@frame.styled
def shared_layers(
    images: Mapping[str, Image] | Sequence[Image],
) -> frame.Picture:
    """Images side by side; a layer that several share is drawn once.

    `data`: `disk` and `sum`, unpacked bytes that are stored and that would
    be stored without sharing, and `boxes` (labels of the images, `size` in
    unpacked bytes, `instruction`, `depth`).
    """
    named = _ordered_by_prefix(_labelled(images))
    boxes = _boxes(named)
    axes = _draw_shared(list(named), boxes)
    disk = sum(box["size"] for box in boxes)
    total = sum(image.size for image in named.values())
    shared = sum(len(box["images"]) > 1 for box in boxes)
    caption = (
        f"Together {len(named)} images have {words.size(disk)} of unpacked"
        " files, not "
        f"{words.size(total)}: {words.plural(shared, 'shared layer')} "
        f"{'is' if shared == 1 else 'are'} stored once."
    )
    alt = "Layers, from the bottom: " + "; ".join(
        f"{box['instruction']} ({words.size(box['size'])}) "
        f"in {words.listed(box['images'])}"
        for box in boxes
    )
    data = {"disk": disk, "sum": total, "boxes": boxes}
    return frame.Picture(axes.figure, caption, f"{alt}.", data)


def _draw_shared(labels: list[str], boxes: list[Row]) -> Axes:
    """A column for each image; boxes reach across the images that share."""
    column = (frame.WIDTH - 0.2) / len(labels)
    places = {label: 0.1 + i * column for i, label in enumerate(labels)}
    most = max((box["size"] for box in boxes), default=1) or 1
    tops = dict.fromkeys(labels, 0.4)
    heights = []
    for box in boxes:
        low = tops[box["images"][0]]
        share = math.log1p(box["size"] / 1000) / math.log1p(most / 1000 + 1)
        high = low + 0.22 + 0.45 * share
        tops.update(dict.fromkeys(box["images"], high))
        heights.append((low, high))
    axes = frame.canvas(max(tops.values()) + 0.3)
    for box, (low, high) in zip(boxes, heights, strict=True):
        common = len(box["images"]) > 1
        x, width = places[box["images"][0]], column * len(box["images"])
        axes.add_patch(
            Rectangle(
                (x + 0.03, low),
                width - 0.06,
                high - low,
                fc=frame.BASE if common else frame.BLUE,
                ec="white",
            )
        )
        text = f"{words.size(box['size'])}  {box['instruction']}"
        ink = frame.INK if common else "white"
        middle = (low + high) / 2
        frame.write(axes, x + 0.1, middle, text, width - 0.2, ink)
    for label, x in places.items():
        text = frame.bold(label, column - 0.1)
        axes.text(x + 0.03, tops[label] + 0.06, text, **frame.BOLD)
    note = "Taller: more unpacked bytes (not in proportion). Grey: shared."
    axes.text(0.13, 0.12, note, size=frame.SMALL, color=frame.QUIET)
    return axes


def _boxes(named: dict[str, Image]) -> list[Row]:
    """The layers that are stored: a layer on the same layers is one box."""
    stored: dict[tuple[str, ...], Row] = {}
    for label, image in named.items():
        for depth, layer in enumerate(image.layers):
            chain = tuple(one.digest for one in image.layers[: depth + 1])
            text = _title(layer)
            box: Row = {"images": [], "size": layer.size, "instruction": text}
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

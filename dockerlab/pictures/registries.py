"""What a push transfers, what an index lists, what cleaning frees.

All bytes are packed bytes, as registries transfer and store them.
"""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dockerlab.base import words
from dockerlab.pictures import frame
from dockerlab.registries import Manifest, Part

WAYS = {
    "sent": ("sent", frame.BLUE),
    "mounted": ("linked from another repository", "#9ECAE1"),
    "there": ("already there", frame.BASE),
}

COLOURS = {"layer": frame.BASE, "statement": "#9ECAE1"}


@frame.styled
def travels(
    trips: Mapping[str, Sequence[tuple[Part, str]]],
) -> frame.Picture:
    """Pushes and pulls as bars: packed bytes that were sent, and others.

    Args:
        trips: what was done -> each part of the image and how it was
            transferred, as `registries.travelled` returns it.

    `data`: what was done -> way -> `parts` (their number) and `bytes`
    (packed).
    """
    data = {
        what: {
            way: {
                "parts": sum(took == way for _, took in parts),
                "bytes": sum(part.size for part, took in parts if took == way),
            }
            for way in WAYS
        }
        for what, parts in trips.items()
    }
    figure = _draw_trips(data)
    caption = "; ".join(
        f"{what}: {words.size(ways['sent']['bytes'])} sent"
        for what, ways in data.items()
    )
    alt = "; ".join(
        f"{what}: "
        + ", ".join(
            f"{ways[way]['parts']} {label} ({words.size(ways[way]['bytes'])})"
            for way, (label, _) in WAYS.items()
            if ways[way]["parts"]
        )
        for what, ways in data.items()
    )
    return frame.Picture(
        figure, f"{caption}.", f"Parts of images. {alt}.", data
    )


def _draw_trips(data: Mapping[str, Mapping[str, frame.Row]]) -> Figure:
    """A bar for each push or pull, with a part for each way."""
    figure = Figure(figsize=(frame.WIDTH, 1.0 + 0.42 * len(data)))
    axes = figure.subplots()
    ends = [0.0] * len(data)
    for way, (label, colour) in WAYS.items():
        if not any(ways[way]["parts"] for ways in data.values()):
            continue
        widths = [ways[way]["bytes"] / 1e6 for ways in data.values()]
        rows = range(len(data))
        axes.barh(
            rows, widths, left=ends, color=colour, height=0.6, label=label
        )
        ends = [end + width for end, width in zip(ends, widths, strict=True)]
    for y, (end, ways) in enumerate(zip(ends, data.values(), strict=True)):
        frame.note(axes, end, y, _sent(ways["sent"]))
    frame.name_rows(axes, list(data))
    axes.set_xlim(0, (max(ends) or 1) * 1.5)
    axes.set_xlabel("MB, packed")
    if any(ends):
        figure.legend(loc="outside upper right", ncols=3, frameon=False)
    return figure


def _sent(row: Mapping[str, int]) -> str:
    """A short text for what was sent."""
    if not row["parts"]:
        return "nothing sent"
    parts = words.plural(row["parts"], "part")
    return f"sent {parts}, {words.size(row['bytes'])}"


@frame.styled
def index_parts(name: str, index: Manifest) -> frame.Picture:
    """An index: a row for each manifest, with its blobs.

    Attestations come after the platforms. Their layers are statements. A
    single manifest, without an index, has one row.

    `data`: platform or `attestation` -> `digest` of its manifest, and
    `parts` (`kind`, `digest`, `size` in packed bytes).
    """
    platforms = dict(index.platforms) or {"the image": index}
    data = {name: _row(manifest) for name, manifest in platforms.items()}
    caption = f"One name, {words.plural(len(data), 'platform')}"
    if len(data) > 1:
        shared = _shared([one["parts"] for one in data.values()])
        caption += ": each has a manifest of its own, and they share "
        caption += words.plural(shared, "blob") if shared else "no blob"
    for number, manifest in enumerate(index.attestations, 1):
        row = _row(manifest, "statement")
        data[f"attestation {number}" if number > 1 else "attestation"] = row
    if index.attestations:
        found = words.plural(len(index.attestations), "attestation manifest")
        caption += f", and {found}"
    caption += "."
    axes = _draw_index(name, index.digest, data)
    alt = "; ".join(
        f"{platform} is manifest {one['digest'][:19]} with "
        + words.listed(
            [f"{p['kind']} of {words.size(p['size'])}" for p in one["parts"]]
        )
        for platform, one in data.items()
    )
    return frame.Picture(axes.figure, caption, f"{name}: {alt}.", data)


def _row(manifest: Manifest, layers: str = "layer") -> frame.Row:
    """What `index_parts` draws of a manifest; its layers have that name."""
    parts = [
        {
            "kind": layers if part.kind == "layer" else part.kind,
            "digest": part.digest,
            "size": part.size,
        }
        for part in manifest.parts
    ]
    return {"digest": manifest.digest, "parts": parts}


def _draw_index(name: str, digest: str, data: Mapping[str, frame.Row]) -> Axes:
    """Three columns: the index, the manifests, the blobs."""
    heights = [0.42 * max(1, len(one["parts"])) for one in data.values()]
    gap = 0.16
    tall = sum(heights) + gap * (len(heights) - 1)
    axes = frame.canvas(tall + 0.55)
    top = tall + 0.15
    titles = ((0.1, "index"), (2.3, "manifests"), (4.9, "blobs (packed)"))
    for x, title in titles:
        axes.text(x, top + 0.2, title, va="center", **frame.BOLD)
    frame.box(axes, 0.1, top - tall, 1.75, tall, "")
    frame.write(axes, 0.18, top - 0.14, name, 1.5)
    _digest(axes, 0.18, top - 0.33, digest)
    for (platform, one), height in zip(data.items(), heights, strict=True):
        frame.arrow(axes, 1.87, 2.27, top - 0.21)
        frame.box(axes, 2.3, top - height, 2.1, height, "")
        frame.write(axes, 2.38, top - 0.14, platform, 1.8)
        _digest(axes, 2.38, top - 0.33, one["digest"])
        for place, part in enumerate(one["parts"]):
            middle = top - 0.21 - 0.42 * place
            frame.arrow(axes, 4.42, 4.87, middle)
            colour = COLOURS.get(part["kind"], "#F2F2F2")
            frame.box(axes, 4.9, middle - 0.16, 2.5, 0.32, "", colour)
            frame.write(axes, 4.98, middle, part["kind"], 0.7)
            _digest(axes, 5.62, middle, part["digest"])
            size = words.size(part["size"])
            frame.write(axes, 7.32, middle, size, ha="right")
        top -= height + gap
    return axes


def _shared(blobs: list[list[frame.Row]]) -> int:
    """How many blobs are in every one of the lists."""
    sets = [{part["digest"] for part in parts} for parts in blobs]
    return len(set.intersection(*sets)) if len(sets) > 1 else 0


def _digest(axes: Axes, x: float, y: float, digest: str) -> None:
    """The first digits of a digest."""
    shown = digest.removeprefix("sha256:")[:12]
    frame.write(axes, x, y, shown, None, frame.ORANGE, family="monospace")


@frame.styled
def cleaned(
    moments: Sequence[tuple[str, Mapping[str, int], Mapping[str, int]]],
) -> frame.Picture:
    """The bytes in a registry's storage, and which of them a tag leads to.

    Args:
        moments: what was done, and after it the blobs in the storage and
            those that tags lead to: digest -> packed bytes.

    `data`: for each moment `what`, and bytes `reached` and `unreached`.
    """
    data: list[frame.Row] = [
        {
            "what": what,
            "reached": sum(n for d, n in stored.items() if d in reachable),
            "unreached": sum(
                n for d, n in stored.items() if d not in reachable
            ),
        }
        for what, stored, reachable in moments
    ]
    first, last = (data[n]["reached"] + data[n]["unreached"] for n in (0, -1))
    worst = max(row["unreached"] for row in data)
    caption = (
        f"{words.size(first)} at first, {words.size(last)} at the end;"
        f" between them up to {words.size(worst)} that no tag leads to."
    )
    alt = "; ".join(
        f"{row['what']}: {words.size(row['reached'])} reached by tags,"
        f" {words.size(row['unreached'])} by none"
        for row in data
    )
    return frame.Picture(
        _draw_storage(data), caption, f"Storage. {alt}.", data
    )


def _draw_storage(data: list[frame.Row]) -> Figure:
    """A bar for each moment, with two parts."""
    figure = Figure(figsize=(frame.WIDTH, 1.0 + 0.42 * len(data)))
    axes = figure.subplots()
    rows = range(len(data))
    reached = [row["reached"] / 1e6 for row in data]
    unreached = [row["unreached"] / 1e6 for row in data]
    for widths, starts, colour, label in (
        (reached, 0, frame.BASE, "a tag leads to it"),
        (unreached, reached, frame.ORANGE, "no tag leads to it"),
    ):
        axes.barh(
            rows, widths, left=starts, color=colour, height=0.6, label=label
        )
    for y, row in enumerate(data):
        total = row["reached"] + row["unreached"]
        text = words.size(total)
        if row["unreached"]:
            text += f", {words.size(row['unreached'])} unreached"
        frame.note(axes, total / 1e6, y, text)
    frame.name_rows(axes, [row["what"] for row in data])
    most = max(sum(pair) for pair in zip(reached, unreached, strict=True))
    axes.set_xlim(0, (most or 1) * 1.75)
    axes.set_xlabel("MB in the registry's storage, packed")
    figure.legend(loc="outside upper right", ncols=2, frameon=False)
    return figure

"""Secrets in images, restrictions of containers, packages, signatures."""

import collections
import textwrap
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from dockerlab import debian
from dockerlab.base import words
from dockerlab.images import Image
from dockerlab.leaks import Place
from dockerlab.pictures import frame
from dockerlab.pictures.frame import Row
from dockerlab.scan import Finding, Package

PALE = "#F2F2F2"


@frame.styled
def secret_places(
    images: Mapping[str, tuple[Image, Sequence[Place]]],
    over: Image,
    what: str = "the secret",
) -> frame.Picture:
    """Images as stacks of their instructions; secrets in colour.

    Args:
        images: label -> the image, and the places that contain the secret.
        over: the base image, drawn as one grey box.
        what: what the places contain.

    `data`: label -> rows above the base, from the bottom: `instruction` and
    `holds`, the places as text.
    """
    data = {
        label: _secret_rows(image, places, len(over.history))
        for label, (image, places) in images.items()
    }
    width, step = frame.WIDTH / len(data), 0.52
    tallest = max(len(rows) for rows in data.values())
    axes = frame.canvas(0.55 + step * (tallest + 1))
    for column, (label, rows) in enumerate(data.items()):
        x, wide = column * width + 0.08, width - 0.16
        top = 0.1 + step * (len(rows) + 1)
        name = frame.bold(label, wide)
        axes.text(x, top + 0.14, name, va="center", **frame.BOLD)
        _slab(axes, x, 0.1, wide, ["the base image"], frame.BASE)
        for number, row in enumerate(rows, 1):
            lines = [row["instruction"], *row["holds"][:1]]
            colour = frame.ORANGE if row["holds"] else PALE
            _slab(axes, x, 0.1 + step * number, wide, lines, colour)
    holding = [
        label
        for label, rows in data.items()
        if any(row["holds"] for row in rows)
    ]
    caption = f"{len(holding)} of {len(data)} images contain {what}" + (
        f": {words.listed(holding)}." if holding else "."
    )
    alt = "; ".join(
        f"{label}: " + ", ".join(_described(row) for row in rows)
        for label, rows in data.items()
    )
    return frame.Picture(
        axes.figure, caption, f"Instructions from the bottom. {alt}.", data
    )


def _secret_rows(
    image: Image, places: Sequence[Place], below: int
) -> list[Row]:
    layers = [n for n, row in enumerate(image.history) if not row.empty]
    holds = collections.defaultdict(list)
    for kind, number, text in places:
        if kind == "layer":
            holds[layers[number]].append(f"file {text}")
        else:
            holds[number].append("its command line")
    return [
        {"instruction": row.instruction, "holds": holds[number]}
        for number, row in enumerate(image.history)
        if number >= below
    ]


def _described(row: Row) -> str:
    """An instruction as text, with the places that contain the secret."""
    places = ", ".join(row["holds"])
    return row["instruction"] + (f" (holds it: {places})" if places else "")


def _slab(
    axes: Axes, x: float, y: float, width: float, lines: list[str], colour: str
) -> None:
    """One instruction, and below it in bold what it reveals."""
    axes.add_patch(Rectangle((x, y), width, 0.48, fc=colour, lw=0))
    ink = "white" if colour == frame.ORANGE else frame.INK
    middle = y + 0.24 + 0.09 * (len(lines) - 1)
    for number, line in enumerate(lines):
        style = {"weight": "bold" if number else "normal"}
        high = middle - 0.18 * number
        frame.write(axes, x + 0.08, high, line, width - 0.16, ink, **style)


@frame.styled
def restrictions(
    worked: Mapping[str, Mapping[str, bool]],
) -> frame.Picture:
    """What a program inside could do, under each restriction.

    Args:
        worked: restriction -> operation -> whether it worked; every
            restriction has the same operations. The first is none at all,
            the last is all together.

    `data`: worked.
    """
    operations = list(next(iter(worked.values())))
    blocked = {
        restriction: [name for name, works in found.items() if not works]
        for restriction, found in worked.items()
    }
    *_, last = blocked.values()
    single = list(blocked.values())[1:-1]
    stops = collections.Counter(name for names in single for name in names)
    once = sum(count == 1 for count in stops.values())
    caption = (
        f"All together block {len(last)} of"
        f" {words.plural(len(operations), 'operation')};"
        f" {once} of them only one restriction blocks by itself."
    )
    alt = "; ".join(
        f"{restriction} blocks {words.listed(names) or 'nothing'}"
        for restriction, names in blocked.items()
    )
    axes = _draw_restrictions(worked, operations)
    data = {name: dict(found) for name, found in worked.items()}
    return frame.Picture(axes.figure, caption, f"{alt}.", data)


def _draw_restrictions(
    worked: Mapping[str, Mapping[str, bool]], operations: list[str]
) -> Axes:
    """A table: a row for each operation, a column for each restriction."""
    left, step = 2.0, 0.36
    width = (frame.WIDTH - left - 0.05) / len(worked)
    top = 0.05 + step * len(operations)
    axes = frame.canvas(top + 0.6)
    for column, restriction in enumerate(worked):
        x = left + (column + 0.5) * width
        shown = textwrap.fill(restriction, 12)
        frame.write(axes, x, top + 0.29, shown, ha="center")
    for row, operation in enumerate(operations):
        y = top - (row + 1) * step
        shown = frame.bold(operation, left - 0.15)
        axes.text(0.05, y + step / 2, shown, va="center", **frame.BOLD)
        for column, found in enumerate(worked.values()):
            x = left + column * width
            blocked = not found[operation]
            colour = frame.BLUE if blocked else PALE
            frame.tile(axes, (x, y), width, step, colour)
            text = "blocked" if blocked else "works"
            ink = "white" if blocked else frame.INK
            middle = x + width / 2, y + step / 2
            frame.write(axes, *middle, text, None, ink, ha="center")
    return axes


@frame.styled
def packages_found(
    inventories: Mapping[str, Sequence[Package]],
    findings: Mapping[str, Sequence[Finding]],
) -> frame.Picture:
    """Packages of each image by kind: all, those checked, those affected.

    Args:
        inventories: label -> the image's packages.
        findings: label -> advisories about them.

    `data`: (image, kind) -> `packages`, `checked` (how many of them the
    advisories cover) and `flagged`, the last as "name version" -> number of
    advisories.
    """
    data: dict[tuple[str, str], Row] = {}
    for label, packages in inventories.items():
        counts = collections.Counter(package.kind for package in packages)
        covered = collections.Counter(
            package.kind for package in packages if _is_checked(package)
        )
        for kind, count in sorted(counts.items()):
            flagged = collections.Counter(
                f"{found.package.name} {found.package.version}"
                for found in findings[label]
                if found.package.kind == kind
            )
            data[label, kind] = {
                "packages": count,
                "checked": covered[kind],
                "flagged": dict(flagged),
            }
    caption = "; ".join(
        f"{label}: {len(packages)} packages,"
        f" {sum(map(_is_checked, packages))} checked,"
        f" {len(findings[label])} advisories"
        for label, packages in inventories.items()
    )
    alt = "; ".join(
        f"{label}, {kind}: {words.plural(row['packages'], 'package')},"
        f" {row['checked']} checked, advisories for"
        f" {words.listed(list(row['flagged'])) or 'none'}"
        for (label, kind), row in data.items()
    )
    figure = _draw_packages(data)
    return frame.Picture(figure, f"{caption}.", f"{alt}.", data)


def _is_checked(package: Package) -> bool:
    """Whether `scan.advisories` or `debian.advisories` covers a package."""
    return package.kind == "python" or debian.covers(package)


def _draw_packages(data: Mapping[tuple[str, str], Row]) -> Figure:
    """Three bars, one on the other, for each kind of package."""
    figure = Figure(figsize=(frame.WIDTH, 0.7 + 0.42 * len(data)))
    axes = figure.subplots()
    most = max(row["packages"] for row in data.values())
    for y, row in enumerate(data.values()):
        count, bad = row["packages"], len(row["flagged"])
        axes.barh(y, count, color=frame.BASE, height=0.6)
        axes.barh(y, row["checked"], color=frame.LINE, height=0.6)
        axes.barh(y, bad, color=frame.ORANGE, height=0.6)
        text = f"{count}, {row['checked']} checked"
        if bad:
            text += f", {bad} with advisories"
        colour = frame.ORANGE if bad else frame.INK
        frame.note(axes, count, y, text, colour)
    frame.name_rows(axes, [f"{label}, {kind}" for label, kind in data])
    axes.set_xlim(0, most * 1.5)
    axes.set_xlabel("packages")
    return figure


@frame.styled
def signature_chain(
    moments: Mapping[str, tuple[str, str, bool]], tag: str, signed: str
) -> frame.Picture:
    """What a tag named at each moment, and whether the signature covers it.

    Args:
        moments: what was done -> (what was verified: `tag` or `digest`, the
            digest that it named, whether it was accepted).
        tag: the name that moves.
        signed: the digest that was signed.

    `data`: moments as rows (`asked`, `digest`, `verified`).
    """
    data: dict[str, Row] = {
        moment: {"asked": asked, "digest": digest, "verified": verified}
        for moment, (asked, digest, verified) in moments.items()
    }
    axes = _draw_chain(data, tag, signed)
    good = [moment for moment, row in data.items() if row["verified"]]
    bad = [moment for moment in data if moment not in good]
    caption = (
        f"The digest {_short(signed)} was signed:"
        f" {len(good)} of {len(data)} names lead to that image and verify,"
        f" {len(bad)} lead to another and are refused."
    )
    alt = "; ".join(
        f"{moment}: {row['asked']} names {_short(row['digest'])},"
        f" {'verifies' if row['verified'] else 'refused'}"
        for moment, row in data.items()
    )
    return frame.Picture(axes.figure, caption, f"{alt}.", data)


def _draw_chain(data: Mapping[str, Row], tag: str, signed: str) -> Axes:
    """For each moment three boxes: the name, its digest, the signed one."""
    step, top = 0.75, 0.75 * len(data)
    axes = frame.canvas(top + 0.3)
    columns = ((0.1, "asked for"), (2.5, "which is"), (4.7, "our key signed"))
    for x, title in columns:
        axes.text(x, top + 0.12, title, size=frame.SMALL, color=frame.QUIET)
    for number, (moment, row) in enumerate(data.items()):
        y = top - number * step - 0.6
        good = row["verified"]
        colour = frame.BLUE if good else frame.ORANGE
        axes.text(0.1, y + 0.45, moment, va="center", **frame.BOLD)
        name = tag if row["asked"] == "tag" else "that digest"
        boxes = (
            (2.0, name, PALE),
            (1.8, _short(row["digest"]), PALE if good else "#FBE3D6"),
            (1.8, _short(signed), PALE),
        )
        for (x, _), (width, text, fill) in zip(columns, boxes, strict=True):
            axes.add_patch(Rectangle((x, y), width, 0.3, fc=fill, lw=0))
            frame.write(axes, x + 0.08, y + 0.15, text, width - 0.14)
        _link(axes, 2.1, 2.5, y + 0.15, frame.INK)
        style: Row = {"va": "center", "color": colour}
        if good:
            _link(axes, 4.3, 4.7, y + 0.15, colour)
        else:
            axes.text(4.5, y + 0.15, "✗", ha="center", **style)
        text = "verifies" if good else "refused"
        axes.text(6.6, y + 0.15, text, **style, **frame.BOLD)
    return axes


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]


def _link(axes: Axes, start: float, end: float, y: float, colour: str) -> None:
    axes.add_patch(
        FancyArrowPatch(
            (start, y),
            (end, y),
            arrowstyle="-|>",
            mutation_scale=10,
            color=colour,
            lw=1.4,
            shrinkA=2,
            shrinkB=2,
        )
    )

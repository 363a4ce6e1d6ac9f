"""What every figure has: style, size, colours, caption, description.

Grey is the background, blue and orange show the point. The colours are those
of Okabe and Ito, which colour-blind people can distinguish. Lengths in a
drawing are inches.
"""

import base64
import dataclasses
import functools
import html
import io
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.style
import PIL.Image
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.textpath import text_to_path
from matplotlib.ticker import LogLocator, NullLocator

from dockerlab.base import markup, words

STYLE = pathlib.Path(__file__).with_name("dockerlab.mplstyle")
WIDTH = 7.5  # inches, of every figure
BLUE, ORANGE = "#0072B2", "#D55E00"
PALETTE = (BLUE, ORANGE, "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
BASE, LINE, QUIET, INK = "#D9D9D9", "#999999", "#666666", "#333333"
Row = dict[str, Any]
SMALL = 8  # points, of text inside a drawing
BOLD: Row = {"size": 9, "weight": "bold"}
ROW = 0.19  # inches from one line of such text to the next
HAIR = 0.04  # inches for a part too thin to see
# Pixels of the stored image for one of the page: crisp on dense screens.
DENSITY = 2
# The drawings are flat. With so many colours no pixel differs visibly, and
# the file is half as large as one of single density in full colour.
COLOURS = 128


@dataclasses.dataclass
class Picture:
    """A figure with what belongs to it.

    caption: its message, in one or two sentences.
    alt: its description, for people who cannot see it.
    data: what it shows.
    name: of the function that drew it.
    """

    figure: Any  # matplotlib's Figure; its types also allow a part of one
    caption: str
    alt: str
    data: Any
    name: str = ""

    def __repr__(self) -> str:
        return f"<Picture: {self.name}>"

    def _ipython_display_(self) -> None:
        """Show the picture in Jupyter."""
        from IPython.display import display  # only a kernel needs it

        for data, metadata in self.outputs():
            display(data, metadata=metadata, raw=True)

    def outputs(self) -> list[tuple[dict[str, str], dict[str, Any]]]:
        """The image and its caption, each as data and metadata.

        They are two outputs because the pages of code hosts prefer HTML to
        an image, and remove images from HTML: one output with both shows no
        picture there. JupyterLab gives an image no text alternative, so the
        caption has it, for screen readers only.
        """
        width = round(self.figure.get_figwidth() * self.figure.dpi)
        image = {
            "image/png": base64.b64encode(self.png()).decode(),
            "text/plain": repr(self),
        }
        caption = {
            "text/html": (
                '<div class="dockerlab">'
                f'<span role="img" aria-label="{html.escape(self.alt)}">'
                f"</span><em>{markup.inline(self.caption)}</em></div>"
            ),
            "text/plain": f"<Caption: {self.name}>",
        }
        about = {"image/png": {"alt": self.alt, "width": width}}
        return [(image, about), (caption, {})]

    def png(self) -> bytes:
        """The picture as a PNG of double density."""
        drawn, packed = io.BytesIO(), io.BytesIO()
        self.figure.savefig(drawn, format="png", dpi=DENSITY * self.figure.dpi)
        with PIL.Image.open(drawn) as image:
            reduced = image.convert("RGB").quantize(
                COLOURS, kmeans=1, dither=PIL.Image.Dither.NONE
            )
        reduced.save(packed, format="png", optimize=True)
        return packed.getvalue()


def styled(draw: Callable[..., Picture]) -> Callable[..., Picture]:
    """Give a picture the course's style and the name of its function."""

    @functools.wraps(draw)
    def wrapper(*args: Any, **options: Any) -> Picture:
        with matplotlib.style.context(STYLE):
            picture = draw(*args, **options)
        picture.name = draw.__name__
        return picture

    return wrapper


def canvas(height: float) -> Axes:
    """An empty drawing whose coordinates are inches."""
    figure = Figure(figsize=(WIDTH, height))
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(0, height))
    axes.set_axis_off()
    return axes


def name_rows(axes: Axes, names: list[str]) -> None:
    """Rows from top to bottom, with their names at the left."""
    axes.set_yticks(
        range(len(names)), [fitted(name, 2.6, 9) for name in names]
    )
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(names) - 0.5, -0.5)


def write(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    inches: float | None = None,
    colour: str = INK,
    **style: Any,
) -> None:
    """One line of small text with its middle at height `y`.

    Args:
        inches: shorten the text with … until it is no wider.
        style: more properties of the text, in matplotlib's names.
    """
    style = {"size": SMALL, "va": "center", "color": colour, **style}
    if inches is not None:
        weight = style.get("weight", "normal")
        text = fitted(text, inches, style["size"], weight)
    axes.text(x, y, text, **style)


def tile(
    axes: Axes,
    corner: tuple[float, float],
    width: float,
    height: float,
    colour: str,
    gap: float = 0.02,
    **style: Any,
) -> None:
    """A rectangle in a field of a table, with a gap around it.

    Args:
        corner: the field's lower left corner; `width` and `height` are the
            field's.
        style: more properties of the rectangle, in matplotlib's names.
    """
    x, y = corner[0] + gap, corner[1] + gap
    size = width - 2 * gap, height - 2 * gap
    axes.add_patch(Rectangle((x, y), *size, fc=colour, **{"lw": 0, **style}))


def note(axes: Axes, x: float, y: float, text: str, colour: str = INK) -> None:
    """A short text behind the end of a bar."""
    axes.annotate(
        text,
        (x, y),
        (6, 0),
        textcoords="offset points",
        va="center",
        color=colour,
        size=SMALL,
    )


def log_axis(axes: Axes, wide: bool = False) -> None:
    """A logarithmic x axis with plain numbers.

    Args:
        wide: name powers of ten only, because there are many.
    """
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1,) if wide else (1, 2, 5)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda x, _: words.number(x))


def mark(
    axes: Axes, x: float, low: float, high: float, text: str, at: float
) -> None:
    """A short orange line across a row from `low` to `high`, and a text
    above it at `at`, all in the axes' units."""
    axes.plot([x] * 2, [low, high], color=ORANGE, lw=2)
    axes.annotate(
        text, (x, at), ha="center", va="bottom", size=SMALL, color=ORANGE
    )


def box(
    axes: Axes,
    x: float,
    y: float,
    width: float,
    height: float,
    title: str,
    colour: str = "#F2F2F2",
) -> None:
    """A box with rounded corners, and its title at the top left.

    A box without a title has no edge.
    """
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
    title = bold(title, width - 0.2)
    axes.text(x + 0.1, y + height - 0.2, title, va="center", **BOLD)


def arrow(
    axes: Axes, start: float, end: float, y: float, colour: str = ORANGE
) -> None:
    """A horizontal arrow."""
    axes.add_patch(
        FancyArrowPatch(
            (start, y),
            (end, y),
            arrowstyle="-|>",
            mutation_scale=11,
            color=colour,
            lw=1.4,
            shrinkA=0,
            shrinkB=0,
        )
    )


def network_line(
    axes: Axes, y: float, name: str, left: float, colour: str
) -> None:
    """A network as a horizontal line; its name is left of `left`."""
    axes.plot([left, WIDTH - 0.1], [y, y], color=colour, lw=3, zorder=3)
    title = bold(name, left - 0.25)
    axes.text(0.1, y, title, va="center", color=colour, **BOLD)


def drop_line(
    axes: Axes,
    x: float,
    top: float,
    lines: Mapping[str, float],
    own: Sequence[str],
) -> None:
    """A vertical line down to the networks that something is on.

    Args:
        lines: network -> height of its line.
        own: the networks that it is on; the line has gaps at the others.
    """
    low = min(lines[network] for network in own)
    axes.plot([x, x], [low, top], color=LINE, lw=1.2, zorder=1)
    for network, height in lines.items():
        if network not in own and height > low:
            gap = [height - 0.09, height + 0.09]
            axes.plot([x, x], gap, color="white", lw=4, zorder=2)


def spread(
    wanted: list[float], gap: float, low: float, high: float
) -> list[float]:
    """Move ascending places apart by at least `gap`, from `low` to `high`."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + gap if places else low))
    ceiling = high
    for index in reversed(range(len(places))):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - gap
    return places


def fitted(
    text: str, inches: float, size: float = SMALL, weight: str = "normal"
) -> str:
    """The text, shortened with … until it is no wider.

    Args:
        inches: the greatest width.
        size: of the letters, in points.
    """
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)

    def too_wide(shown: str) -> bool:
        measure = text_to_path.get_text_width_height_descent
        return measure(shown, font, ismath=False)[0] / 72 > inches

    if not too_wide(text):
        return text
    while text and too_wide(text + "…"):
        text = text[:-1]
    return text.rstrip() + "…"


def bold(text: str, inches: float) -> str:
    """The text, shortened until it is no wider in bold letters."""
    return fitted(text, inches, 9, "bold")

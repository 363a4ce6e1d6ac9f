"""The capstone's score card as a picture."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dockerlab.pictures import frame

LINE = 0.205  # inches from one property to the next
WIDEST = 3.3  # inches, the space for the longest bar and its number


@frame.styled
def score_card(criteria: Sequence[Any]) -> frame.Picture:
    """Properties as bars of their points: met ones filled, the others not.

    Args:
        criteria: of a check's report, each with `key`, `text`, `met`,
            `points` and `gate`; those without points are left out.

    `data`: `reached`, `most`, and the keys of those `met`, `missing`, and of
    gates that are `closed`.
    """
    rows = [row for row in criteria if row.points]
    most = sum(row.points for row in rows)
    reached = sum(row.points for row in rows if row.met)
    height = LINE * len(rows) + 0.35
    axes = frame.canvas(height)
    unit = WIDEST / max((row.points for row in rows), default=1) / 2
    for number, row in enumerate(rows):
        y = height - 0.4 - LINE * number
        _row(axes, y, row, unit)
    title = f"{reached} of {most} points"
    axes.text(0.1, height - 0.14, title, va="center", **frame.BOLD)
    data = {
        "reached": reached,
        "most": most,
        "met": [row.key for row in rows if row.met],
        "missing": [row.key for row in rows if not row.met],
        "closed": [row.key for row in rows if row.gate and not row.met],
    }
    caption = f"{len(data['met'])} of {len(rows)} properties are met"
    if data["closed"]:
        caption += f"; closed gates: {len(data['closed'])}"
    elif data["missing"]:
        worst = max((r for r in rows if not r.met), key=lambda r: r.points)
        caption += f"; worth most of the missing: {_plain(worst.text)}"
    alt = "; ".join(
        f"{_title(row)}: {'met' if row.met else 'not met'}, {row.points}"
        for row in rows
    )
    alt = f"Score card, {title}. {alt}."
    return frame.Picture(axes.figure, f"{caption}.", alt, data)


def _row(axes: Axes, y: float, row: Any, unit: float) -> None:
    """One property: its text, its bar (`unit` inches a point), its points."""
    ink = frame.INK if row.met else frame.ORANGE
    mark = "✓" if row.met else "✗"
    axes.text(0.1, y, mark, va="center", size=9, color=ink)
    text = frame.fitted(_title(row), 3.7)
    axes.text(0.35, y, text, va="center", size=frame.SMALL, color=ink)
    face = frame.BLUE if row.met else "white"
    edge = frame.BLUE if row.met else frame.ORANGE
    wide = row.points * unit
    bar = Rectangle((4.2, y - 0.065), wide, 0.13, fc=face, ec=edge, lw=1.2)
    axes.add_patch(bar)
    axes.text(4.3 + wide, y, str(row.points), va="center", size=frame.SMALL)


def _title(row: Any) -> str:
    """The text of a property, and whether it is a gate."""
    return f"Gate: {_plain(row.text)}" if row.gate else _plain(row.text)


def _plain(text: str) -> str:
    """The text without the backticks around code."""
    return text.replace("`", "")

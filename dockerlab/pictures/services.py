"""Services that work together: their map, their traffic, their latency."""

from collections.abc import Callable, Mapping, Sequence

from matplotlib.figure import Figure

from dockerlab.pictures import frame
from dockerlab.traffic import Answer


@frame.styled
def traffic(
    answers: Sequence[Answer],
    label: Callable[[Answer], str],
    events: Mapping[str, float] | None = None,
) -> frame.Picture:
    """Who answered when: a row for each label, a failed row, marked events.

    Args:
        answers: what `traffic.Steady` kept, oldest first.
        label: names the row of an answer of status 2xx, such as the host
            that the answer names. All other answers are in the last row.
        events: what was done, and when, in seconds since the traffic began.

    `data`: `rows` (label -> moments of its answers, in order of the first),
    `failed` (moments) and `events`.
    """
    rows: dict[str, list[float]] = {}
    for answer in answers:
        if answer.ok:
            rows.setdefault(label(answer), []).append(answer.at)
    failed = [answer.at for answer in answers if not answer.ok]
    events = dict(events or {})
    top = -0.5 - 0.55 * len(events)
    figure = Figure(figsize=(frame.WIDTH, 1.0 + 0.34 * (len(rows) - top)))
    axes = figure.subplots()
    latest = max([*(answer.at for answer in answers), *events.values(), 0.1])
    for y, (moments, colour) in enumerate(
        zip(rows.values(), _colours(len(rows)), strict=True)
    ):
        axes.vlines(moments, y - 0.28, y + 0.28, color=colour, lw=0.7)
        frame.note(axes, latest, y, frame.plural(len(moments), "answer"))
    axes.plot(failed, [len(rows)] * len(failed), "x", color=frame.ORANGE, ms=7)
    colour = frame.ORANGE if failed else frame.QUIET
    frame.note(axes, latest, len(rows), f"{len(failed)} failed", colour)
    for number, (text, at) in enumerate(events.items()):
        y = top + 0.55 * number + 0.2
        axes.vlines(at, y, len(rows) + 0.4, color=frame.QUIET, lw=0.9, ls=":")
        _name_event(axes, at, y, text, latest)
    frame.name_rows(axes, [*rows, "failed"])
    axes.set_ylim(len(rows) + 0.5, top)
    axes.set_xlim(-0.01 * latest, 1.2 * latest)
    axes.set_xlabel("seconds since the traffic began")
    shares = [f"{len(moments)} from {name}" for name, moments in rows.items()]
    caption = (
        f"{frame.plural(len(answers), 'request')}, {len(failed)} failed;"
        f" answers: {frame.listed(shares) or 'none'}."
    )
    marks = [f"{text} at {at:.1f} s" for text, at in events.items()]
    alt = f"Timeline. {caption} Events: {frame.listed(marks) or 'none'}."
    data = {"rows": rows, "failed": failed, "events": events}
    return frame.Picture(figure, caption, alt, data)


def _colours(count: int) -> list[str]:
    """Colours for rows; orange is kept for what failed."""
    palette = [colour for colour in frame.PALETTE if colour != frame.ORANGE]
    return (palette * (count // len(palette) + 1))[:count]


def _name_event(axes, at: float, y: float, text: str, latest: float) -> None:
    """A few words right of an event's line, left of it near the end."""
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

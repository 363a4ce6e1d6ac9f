"""Which servers a client accepts."""

from collections.abc import Mapping

from matplotlib.axes import Axes

from dockerlab.base import words
from dockerlab.pictures import frame


@frame.styled
def accepted(got: Mapping[str, Mapping[str, str]], real: str) -> frame.Picture:
    """What a client got from each server, under each of its options.

    Args:
        got: option -> server -> what was accepted; empty where the client
            refused. Every option has the same servers.
        real: the server that must be accepted, as the only one.

    `data`: option -> server -> whether the result is right.
    """
    data = {
        option: {
            name: bool(what) == (name == real) for name, what in of.items()
        }
        for option, of in got.items()
    }
    good = [option for option, right in data.items() if all(right.values())]
    caption = f"Right for every server: {words.listed(good) or 'none'}."
    alt = "; ".join(
        f"{option}: "
        + ", ".join(
            f"{name} {_result(what)} ({_verdict(data[option][name])})"
            for name, what in of.items()
        )
        for option, of in got.items()
    )
    axes = _draw_accepted(got, data)
    return frame.Picture(axes.figure, caption, f"{alt}.", data)


def _result(what: str) -> str:
    return what or "refused"


def _verdict(right: bool) -> str:
    return "right" if right else "wrong"


def _draw_accepted(
    got: Mapping[str, Mapping[str, str]],
    data: Mapping[str, Mapping[str, bool]],
) -> Axes:
    """A table: a row for each option, a column for each server."""
    left, step = 3.0, 0.42
    servers = list(next(iter(got.values())))
    width = (frame.WIDTH - left - 0.05) / len(servers)
    top = 0.05 + step * len(got)
    axes = frame.canvas(top + 0.4)
    for column, name in enumerate(servers):
        x = left + (column + 0.5) * width
        frame.write(axes, x, top + 0.2, name, width, ha="center")
    for row, (option, of) in enumerate(got.items()):
        y = top - (row + 1) * step
        shown = frame.bold(option, left - 0.15)
        axes.text(0.05, y + step / 2, shown, va="center", **frame.BOLD)
        for column, name in enumerate(servers):
            right, x = data[option][name], left + column * width
            colour = frame.BLUE if right else frame.ORANGE
            frame.tile(axes, (x, y), width, step, colour)
            text = f"{_result(of[name])}: {_verdict(right)}"
            middle = x + width / 2, y + step / 2
            frame.write(axes, *middle, text, width, "white", ha="center")
    return axes

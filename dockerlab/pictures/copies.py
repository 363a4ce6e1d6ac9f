"""Copies of one text: where a build and a start have brought it."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from dockerlab.base import words
from dockerlab.base.errors import LabError
from dockerlab.pictures import frame

LEFT, GAP, TALL = 0.1, 1.05, 0.85  # inches


@frame.styled
def copies(
    places: Mapping[str, str], commands: Sequence[str]
) -> frame.Picture:
    """What a text is in each of several places, in the order of copying.

    Args:
        places: a place's name -> the text there.
        commands: what copies from each place to the next one.

    `data`: rows of (place, text, whether it is the text of the first place).

    Raises:
        LabError: there is not one command between two places.
    """
    if len(commands) != len(places) - 1:
        raise LabError(
            f"{words.plural(len(places), 'place')} and"
            f" {words.plural(len(commands), 'command')} do not fit.",
            "The picture shows one command between two places.",
            "Name one command less than places.",
        )
    first = next(iter(places.values()))
    data = [(place, text, text == first) for place, text in places.items()]
    axes = _draw(data, commands)
    old = [place for place, _, same in data if not same]
    caption = (
        f"{words.listed(old)} still {'has' if len(old) == 1 else 'have'} the"
        " text of before."
        if old
        else f"The same text is in {words.listed(list(places))}."
    )
    alt = "; ".join(f"{place}: {text}" for place, text, _ in data)
    caption = caption[0].upper() + caption[1:]
    return frame.Picture(axes.figure, caption, f"Copies. {alt}.", data)


def _draw(
    data: Sequence[tuple[str, str, bool]], commands: Sequence[str]
) -> Axes:
    """A box for each place, and an arrow for each command."""
    axes = frame.canvas(TALL + 0.2)
    inner = frame.WIDTH - 2 * LEFT - GAP * len(commands)
    width = inner / len(data)
    for number, (place, text, same) in enumerate(data):
        x = LEFT + number * (width + GAP)
        frame.box(axes, x, 0.1, width, TALL, place)
        colour = frame.BLUE if same else frame.ORANGE
        frame.box(axes, x + 0.1, 0.2, width - 0.2, 0.36, "", colour)
        frame.write(axes, x + 0.18, 0.38, text, width - 0.36, "white")
    for number, command in enumerate(commands):
        x = LEFT + (number + 1) * width + number * GAP
        frame.arrow(axes, x + 0.06, x + GAP - 0.06, 0.38, frame.QUIET)
        shown = frame.fitted(command, GAP - 0.1)
        frame.write(axes, x + GAP / 2, 0.62, shown, ha="center")
    return axes

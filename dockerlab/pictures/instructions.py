"""What Dockerfile instructions do, as tables of what was observed."""

import textwrap
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dockerlab.base import words
from dockerlab.pictures import frame

MONO = {"family": "DejaVu Sans Mono", "size": 8}
LETTER = 0.602 * 8 / 72  # inches, the width of a letter of MONO
LINE = 0.14  # inches from one line of MONO to the next
GREEN = "#007A5A"
# The colour of a process's argument, by the instruction that it is from.
OWNERS = {"entry": frame.BLUE, "cmd": frame.ORANGE, "run": GREEN}
STATES = ("starting", "healthy", "unhealthy")
# Row -> column -> names of what was observed there.
Observed = Mapping[str, Mapping[str, Sequence[str]]]


@frame.styled
def instruction_map(observed: Observed, first: str = "") -> frame.Picture:
    """A grid of what each row changed, and where.

    Args:
        observed: row -> column -> names of what changed there; every row has
            the same columns. An empty list means that nothing changed.
        first: what the rows are, as the title of the first column.

    `data`: observed.
    """
    axes, data = _grid(observed, first), _copied(observed)
    caption = _map_message(data, _columns(data))
    return frame.Picture(axes.figure, caption, _map_alt(data), data)


@frame.styled
def values_seen(observed: Observed, first: str = "") -> frame.Picture:
    """A grid of values, and of the places where each of them is visible.

    Args:
        observed: name -> place -> the values that were seen there; every name
            has the same places.
        first: what the rows are, as the title of the first column.

    `data`: observed.
    """
    axes, data = _grid(observed, first), _copied(observed)
    places = [
        f"{column}: {words.listed([r for r in data if data[r][column]])}"
        for column in _columns(data)
        if any(found[column] for found in data.values())
    ]
    caption = f"Visible in {'; in '.join(places) or 'no place'}."
    alt = ". ".join(
        f"{row} in "
        + ", ".join(
            f"{column}: {words.listed(list(values)) or 'not visible'}"
            for column, values in found.items()
        )
        for row, found in data.items()
    )
    return frame.Picture(axes.figure, caption, f"{alt}.", data)


def _columns(observed: Observed) -> list[str]:
    return list(next(iter(observed.values())))


def _copied(observed: Observed) -> dict[str, dict[str, list[str]]]:
    return {
        row: {column: list(names) for column, names in found.items()}
        for row, found in observed.items()
    }


def _grid(observed: Observed, first: str) -> Axes:
    """Rows and columns as observed; a field is blue where it has names."""
    columns = _columns(observed)
    left = 0.15 + max(len(row) for row in [*observed, first]) * 0.098
    width = (frame.WIDTH - left - 0.05) / len(columns)
    # A few letters less than fit: the text must not touch the next column.
    letters = int((width - 0.12) / LETTER)
    cells = {
        (row, column): textwrap.wrap(", ".join(found[column]), letters)
        for row, found in observed.items()
        for column in columns
    }
    heights = {
        row: 0.1 + LINE * max(1, *(len(cells[row, c]) for c in columns))
        for row in observed
    }
    top = sum(heights.values()) + 0.1
    axes = frame.canvas(top + 0.3)
    _header(axes, [first, *columns], left, width, top + 0.14)
    y = top
    for row, height in heights.items():
        y -= height
        axes.text(0.08, y + height / 2, row, va="center", **frame.BOLD)
        for index, column in enumerate(columns):
            x = left + index * width
            _cell(axes, x, y, width, height, cells[row, column])
    return axes


def _header(
    axes: Axes, names: list[str], left: float, width: float, y: float
) -> None:
    """The titles of the columns; the first one is `left` inches wide."""
    places = [left + i * width + 0.05 for i in range(len(names) - 1)]
    for x, name in zip([0.08, *places], names, strict=True):
        inches = (width if x > 0.1 else left) - 0.1
        frame.write(axes, x, y, name, inches, frame.QUIET)


def _cell(
    axes: Axes, x: float, y: float, width: float, height: float, lines: list
) -> None:
    """Blue with text where something changed, grey and empty elsewhere."""
    frame.tile(axes, (x, y), width, height, frame.BLUE if lines else "#F2F2F2")
    middle = y + height / 2 + LINE * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        y = middle - number * LINE
        frame.write(axes, x + 0.06, y, line, None, "white", **MONO)


def _map_message(data: dict, columns: list[str]) -> str:
    counts = [
        f"{sum(bool(found[column]) for found in data.values())} changed"
        f" {column}"
        for column in columns
    ]
    return f"Of {len(data)} instructions, {words.listed(counts)}."


def _map_alt(data: dict) -> str:
    rows = []
    for row, found in data.items():
        parts = [
            f"{column}: {', '.join(names)}"
            for column, names in found.items()
            if names
        ]
        rows.append(f"{row} changes {'; '.join(parts) or 'nothing'}")
    return ". ".join(rows) + "."


@frame.styled
def entrypoint_table(
    got: Mapping[tuple[str, str, str], Sequence[str]],
) -> frame.Picture:
    """The arguments of a process, for every form of ENTRYPOINT and CMD.

    Args:
        got: (form of ENTRYPOINT, form of CMD, way of starting) -> the
            process's arguments; none if the engine started nothing.

    The arguments `entry`, `cmd` and `run` are coloured by their origin.
    `data`: got.
    """
    ways = list(dict.fromkeys(way for _, _, way in got))
    rows = list(dict.fromkeys((first, second) for first, second, _ in got))
    axes = _draw_arguments(got, rows, ways)
    ignored = [row for row in rows if _ignores(got, row, ways)]
    forms = sorted({first for first, _ in ignored})
    caption = (
        f"{len(ignored)} of {len(rows)} combinations ignore the arguments of"
        " `docker run`"
        + (f": ENTRYPOINT in {words.listed(forms)} form." if forms else ".")
    )
    alt = "; ".join(
        f"ENTRYPOINT {first}, CMD {second}, {way}:"
        f" {' '.join(argv) or 'not started'}"
        for (first, second, way), argv in got.items()
    )
    data = {key: list(argv) for key, argv in got.items()}
    return frame.Picture(axes.figure, caption, f"{alt}.", data)


def _draw_arguments(
    got: Mapping[tuple[str, str, str], Sequence[str]],
    rows: list[tuple[str, str]],
    ways: list[str],
) -> Axes:
    """A row for each combination of forms, a column for each way."""
    left, width = 1.75, (frame.WIDTH - 1.8) / len(ways)
    letters = int((width - 0.1) / LETTER)
    placed = {key: _placed(argv, letters) for key, argv in got.items()}
    heights = {
        row: 0.12
        + LINE * max(1 + max(y for _, y, _ in placed[*row, w]) for w in ways)
        for row in rows
    }
    top = sum(heights.values()) + 0.1
    axes = frame.canvas(top + 0.3)
    _header(axes, ["ENTRYPOINT  CMD", *ways], left, width, top + 0.14)
    y = top
    for number, row in enumerate(rows):
        if number and rows[number - 1][0] != row[0]:
            axes.plot([0.08, frame.WIDTH - 0.05], [y, y], color=frame.LINE)
        y -= heights[row]
        middle = y + heights[row] / 2
        for x, form in ((0.08, row[0]), (0.95, row[1])):
            axes.text(x, middle, form, va="center", **frame.BOLD)
        for index, way in enumerate(ways):
            start = left + index * width + 0.05
            for column, line, word in placed[*row, way]:
                x = start + column * LETTER
                high = y + heights[row] - 0.13 - line * LINE
                frame.write(axes, x, high, word, None, _owner(word), **MONO)
    return axes


def _placed(argv: Sequence[str], letters: int) -> list[tuple[int, int, str]]:
    """Arguments with the column and the line of each."""
    placed, column, line = [], 0, 0
    for word in argv or ["(not started)"]:
        shown = f"'{word}'" if argv and " " in word else word
        if column and column + len(shown) > letters:
            column, line = 0, line + 1
        placed.append((column, line, shown))
        column += len(shown) + 1
    return placed


def _owner(word: str) -> str:
    """The colour of an argument."""
    if word.startswith("("):
        return frame.LINE
    last = word.strip("'").split()[-1]
    return OWNERS.get(last, frame.INK)


def _ignores(got: Mapping, row: tuple, ways: list[str]) -> bool:
    """Whether arguments change nothing for this combination."""
    plain, given = (got[*row, way] for way in ways[:2])
    return bool(plain) and list(plain) == list(given)


@frame.styled
def health_timeline(
    samples: Sequence[tuple[float, str]], events: Mapping[str, float]
) -> frame.Picture:
    """A container's health over time.

    Args:
        samples: (seconds since the start, the engine's health status),
            ascending.
        events: what was done to the container -> seconds since the start.

    `data`: `samples` and `events`.
    """
    figure = Figure(figsize=(frame.WIDTH, 2.0))
    axes = figure.subplots()
    times = [second for second, _ in samples]
    levels = [STATES.index(state) for _, state in samples]
    axes.step(times, levels, where="post", color=frame.BLUE, lw=2.5)
    for name, second in events.items():
        axes.axvline(second, color=frame.ORANGE, lw=1.2)
        axes.annotate(
            name,
            (second, 2.35),
            (5, 0),
            textcoords="offset points",
            va="center",
            size=frame.SMALL,
            color=frame.ORANGE,
        )
    axes.set_yticks(range(len(STATES)), STATES)
    axes.set(xlabel="seconds", ylim=(-0.4, 2.7))
    axes.set_xlim(0, max(times) * 1.02)
    seen = list(dict.fromkeys(state for _, state in samples))
    caption = (
        f"The engine reported {words.listed(seen)}, while the container ran"
        " all the time."
    )
    alt = "; ".join(
        f"{state} from {next(t for t, s in samples if s == state):.1f} s"
        for state in seen
    )
    alt += "".join(f"; {n} at {t:.1f} s" for n, t in events.items())
    data = {"samples": list(samples), "events": dict(events)}
    return frame.Picture(figure, caption, f"Health: {alt}.", data)

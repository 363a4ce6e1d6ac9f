"""What learners passed: one learner's exercises, a class as a map."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dockerlab.base import words
from dockerlab.course import progress as records
from dockerlab.pictures import frame


@frame.styled
def progress(only: str = "") -> frame.Picture:
    """The learner's exercises: a row a notebook, a square an exercise.

    Args:
        only: the slug of one notebook; without it, the whole course.

    `data`: notebook -> list of (exercise, `passed`, `solved`,
    `tried` or `new`).
    """
    record, course = records.load(), records.course()
    data = {
        slug: [(name, _state(record, name)) for name in names]
        for slug, names in course.items()
        if names and only in ("", slug)
    }
    axes = _draw_squares(data)
    states = [state for squares in data.values() for _, state in squares]
    where = f" of `{only}`" if only else ""
    caption = (
        f"{states.count('passed')} of "
        f"{words.plural(len(states), 'exercise')}{where} passed."
    )
    alt = "; ".join(
        f"{slug}: " + ", ".join(f"{name} {state}" for name, state in squares)
        for slug, squares in data.items()
    )
    return frame.Picture(axes.figure, caption, f"Exercises. {alt}.", data)


def _draw_squares(data: Mapping[str, list[tuple[str, str]]]) -> Axes:
    """A row for each notebook, a square for each exercise."""
    side, left, top = 0.24, 2.0, 0.3 * len(data) + 0.35
    axes = frame.canvas(top)
    for row, (slug, squares) in enumerate(data.items()):
        y = top - 0.3 * (row + 1)
        frame.write(axes, 0.1, y + side / 2, slug, left - 0.2, size=9)
        for column, (_, state) in enumerate(squares):
            x = left + 0.3 * column
            face = {"passed": frame.BLUE, "solved": frame.LINE}
            edge = {"passed": frame.BLUE, "tried": frame.ORANGE}
            colour = edge.get(state, frame.LINE)
            fill = face.get(state, "white")
            shape = Rectangle((x, y), side, side, fc=fill, ec=colour, lw=1.5)
            axes.add_patch(shape)
    note = (
        "Filled blue: passed. Orange frame: tried. Filled grey: the course's"
        " solution. Grey frame: not tried yet."
    )
    axes.text(0.1, 0.08, note, size=frame.SMALL, color=frame.QUIET)
    return axes


def _state(record: records.Record, exercise: str) -> str:
    """`passed`, `solved` (by the course), `tried` or `new`."""
    if record.passed(exercise):
        return "passed"
    if exercise in record.solved:
        return "solved"
    return "tried" if record.attempts(exercise) else "new"


@frame.styled
def class_map(
    learners: Sequence[records.Record], course: Mapping[str, Sequence[str]]
) -> frame.Picture:
    """A class as a heat map: how much of each notebook each learner passed.

    Args:
        course: notebook -> its exercises.

    `data`: learner -> notebook -> share of its exercises, 0 to 1.
    """
    slugs = [slug for slug, names in course.items() if names]
    data = {
        one.learner: {
            slug: records.share(one, list(course[slug])) or 0.0
            for slug in slugs
        }
        for one in learners
    }
    rows = [[shares[slug] for slug in slugs] for shares in data.values()]
    figure = Figure(figsize=(frame.WIDTH, 1.8 + 0.28 * len(rows)))
    axes = figure.subplots()
    axes.imshow(rows, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            ink = "white" if value > 0.6 else frame.INK
            text = f"{100 * value:.0f}"
            frame.write(axes, x, y, text, None, ink, ha="center")
    frame.name_rows(axes, list(data))
    shown = [frame.fitted(slug, 1.0, 9) for slug in slugs]
    # Upright, so that a long name meets no neighbour.
    axes.set_xticks(range(len(slugs)), shown, rotation=90)
    axes.set_xlabel("notebook (percentage of its exercises passed)")
    hardest = min(slugs, key=lambda n: sum(d[n] for d in data.values()))
    caption = (
        f"{words.plural(len(rows), 'learner')}; the smallest share was passed"
        f" in `{hardest}`."
    )
    alt = "; ".join(
        f"{name}: "
        + ", ".join(f"{k} {100 * v:.0f} %" for k, v in shares.items())
        for name, shares in data.items()
    )
    return frame.Picture(figure, caption, f"Shares passed. {alt}.", data)

"""What learners have done: one learner's exercises, a class as a map."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dockerlab.base import words
from dockerlab.course import progress as records
from dockerlab.pictures import frame


@frame.styled
def progress(only: str = "") -> frame.Picture:
    """The learner's exercises, a row a lesson, a square an exercise.

    `only`: the two digits of one lesson. `data`: lesson -> list of
    (exercise, `passed`, `tried` or `new`).
    """
    record, course = records.load(), records.course()
    data = {
        lesson: [(name, _state(record, name)) for name in names]
        for lesson, names in course.items()
        if names and lesson.startswith(only)
    }
    side, top = 0.24, 0.3 * len(data) + 0.35
    axes = frame.canvas(top)
    for row, (lesson, squares) in enumerate(data.items()):
        y = top - 0.3 * (row + 1)
        axes.text(0.1, y + side / 2, f"lesson {lesson}", va="center")
        for column, (_, state) in enumerate(squares):
            x = 1.0 + 0.3 * column
            face = frame.BLUE if state == "passed" else "white"
            edge = {"passed": frame.BLUE, "tried": frame.ORANGE}
            colour = edge.get(state, frame.LINE)
            shape = Rectangle((x, y), side, side, fc=face, ec=colour, lw=1.5)
            axes.add_patch(shape)
    note = "Filled: passed. Orange: tried. Grey: not tried yet."
    axes.text(0.1, 0.08, note, size=frame.SMALL, color=frame.QUIET)
    states = [state for squares in data.values() for _, state in squares]
    where = f" of lesson {only}" if only else ""
    caption = (
        f"{states.count('passed')} of "
        f"{words.plural(len(states), 'exercise')}{where} passed."
    )
    alt = "; ".join(
        f"lesson {lesson}: "
        + ", ".join(f"{name} {state}" for name, state in squares)
        for lesson, squares in data.items()
    )
    return frame.Picture(axes.figure, caption, f"Exercises. {alt}.", data)


def _state(record: records.Record, exercise: str) -> str:
    if record.passed(exercise):
        return "passed"
    return "tried" if record.attempts(exercise) else "new"


@frame.styled
def class_map(
    learners: Sequence[records.Record], course: Mapping[str, Sequence[str]]
) -> frame.Picture:
    """A class as a heat map: how much of each lesson each learner passed.

    `data`: learner -> lesson -> share of its exercises, 0 to 1.
    """
    lessons = [lesson for lesson, names in course.items() if names]
    data = {
        one.learner: {
            lesson: records.share(one, list(course[lesson]))
            for lesson in lessons
        }
        for one in learners
    }
    rows = [[shares[lesson] for lesson in lessons] for shares in data.values()]
    figure = Figure(figsize=(frame.WIDTH, 1.0 + 0.28 * len(rows)))
    axes = figure.subplots()
    axes.imshow(rows, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            ink = "white" if value > 0.6 else frame.INK
            text = f"{100 * value:.0f}"
            axes.text(x, y, text, ha="center", va="center", size=8, color=ink)
    frame.name_rows(axes, list(data))
    axes.set_xticks(range(len(lessons)), lessons)
    axes.set_xlabel("lesson (per cent of its exercises passed)")
    hardest = min(lessons, key=lambda n: sum(d[n] for d in data.values()))
    caption = (
        f"{words.plural(len(rows), 'learner')}; the least was passed in"
        f" lesson {hardest}."
    )
    alt = "; ".join(
        f"{name}: "
        + ", ".join(f"{k} {100 * v:.0f} %" for k, v in shares.items())
        for name, shares in data.items()
    )
    return frame.Picture(figure, caption, f"Shares passed. {alt}.", data)

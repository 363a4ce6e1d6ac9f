"""A pipeline's steps, and a service's replicas, over time."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dockerlab.base import words
from dockerlab.pictures import frame

# Name, start and end in seconds since the pipeline began, exit code. All but
# the name are None for a step that never ran.
Step = tuple[str, float | None, float | None, int | None]


@frame.styled
def pipeline(steps: Sequence[Step]) -> frame.Picture:
    """When each step of a pipeline ran, and where the pipeline stopped.

    `data`: the names in `passed`, `failed` and `never`, and `seconds`
    (name -> duration) of those that ran.
    """
    figure = Figure(figsize=(frame.WIDTH, 0.75 + 0.27 * len(steps)))
    axes = figure.subplots()
    latest = max([end for _, _, end, _ in steps if end], default=0.1)
    data: frame.Row = {"passed": [], "failed": [], "never": [], "seconds": {}}
    for y, (name, start, end, code) in enumerate(steps):
        if start is None or end is None:
            data["never"].append(name)
            frame.note(axes, 0, y, "never ran", frame.QUIET)
            continue
        failed = bool(code)
        colour = frame.ORANGE if failed else frame.BLUE
        axes.barh(y, end - start, left=start, height=0.6, color=colour)
        text = words.seconds(end - start)
        if failed:
            text = f"failed after {text}: exit code {code}"
        frame.note(axes, end, y, text, colour if failed else frame.INK)
        data["failed" if failed else "passed"].append(name)
        data["seconds"][name] = end - start
    frame.name_rows(axes, [name for name, *_ in steps])
    # Room for the text behind the last bar.
    axes.set_xlim(0, latest * (1.7 if data["failed"] else 1.15))
    axes.set_xlabel("seconds since the pipeline began")
    caption = _verdict(data, latest)
    took = (f"{name} {t:.1f} s" for name, t in data["seconds"].items())
    alt = f"Steps as bars over time. {caption} {', '.join(took)}."
    return frame.Picture(figure, caption, alt, data)


def _verdict(data: Mapping, latest: float) -> str:
    passed = words.plural(len(data["passed"]), "step")
    if not data["failed"]:
        return f"{passed} passed, in {words.seconds(latest)}."
    never = words.listed(data["never"]) or "nothing else"
    return (
        f"{passed} passed, {words.listed(data['failed'])} failed;"
        f" never ran: {never}."
    )


@frame.styled
def self_healing(
    samples: Sequence[tuple[float, int]],
    desired: int,
    killed_at: float,
) -> frame.Picture:
    """How many replicas ran over time, against how many are wanted.

    Args:
        samples: (seconds, how many ran), ascending; the same number may
            occur many times.
        desired: how many replicas the service should have.
        killed_at: seconds at which one of them was killed, on the same
            clock.

    `data`: `lowest`, the fewest that ran, and `seconds` from the kill until
    all ran again, None if they never did.
    """
    low = next((t for t, n in samples if t >= killed_at and n < desired), None)
    back = None
    if low is not None:
        back = next((t for t, n in samples if t > low and n >= desired), None)
    seconds = None if back is None else back - killed_at
    lowest = min((n for t, n in samples if t >= killed_at), default=desired)
    figure = _draw_replicas(samples, desired, killed_at, back)
    after = "and it stayed so"
    if seconds is not None:
        after = f"and all {desired} again {words.seconds(seconds)} later"
    caption = f"{desired} are wanted. One was killed: {lowest} ran, {after}."
    alt = f"Steps over time, with the wanted number as a line. {caption}"
    return frame.Picture(
        figure, caption, alt, {"lowest": lowest, "seconds": seconds}
    )


def _draw_replicas(
    samples: Sequence[tuple[float, int]],
    desired: int,
    killed_at: float,
    back: float | None,
) -> Figure:
    """Steps over time; lines at the kill and when all are `back`."""
    times = [second for second, _ in samples]
    counts = [count for _, count in samples]
    figure = Figure(figsize=(frame.WIDTH, 2.3))
    axes = figure.subplots()
    axes.axhline(desired, color=frame.LINE, lw=1.2, ls="--")
    axes.step(times, counts, where="post", color=frame.BLUE, lw=2.5)
    axes.axvline(killed_at, color=frame.ORANGE, lw=1.2)
    _name_moment(axes, killed_at, desired + 0.45, "one killed")
    if back is not None:
        axes.axvline(back, color=frame.ORANGE, lw=1.2, ls=":")
        text = f"all back, {words.seconds(back - killed_at)} later"
        _name_moment(axes, back, desired + 0.45, text)
    axes.set_yticks(range(desired + 1))
    axes.set_ylim(0, desired + 0.8)
    last = times[-1] if times else 1
    latest = max(last, killed_at + 0.1) * 1.3
    axes.set_xlim(0, latest)
    text = f"{desired} wanted"
    y = desired - 0.25
    frame.write(axes, latest, y, text, None, frame.QUIET, ha="right")
    axes.set(xlabel="seconds", ylabel="replicas that run")
    return figure


def _name_moment(axes: Axes, at: float, y: float, text: str) -> None:
    """A text to the right of a vertical line."""
    axes.annotate(
        text,
        (at, y),
        (4, 0),
        textcoords="offset points",
        va="center",
        size=frame.SMALL,
        color=frame.ORANGE,
    )

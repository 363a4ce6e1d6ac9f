"""The card that a check shows: its criteria, which are met, and a hint."""

import dataclasses

from dockerlab.base import markup

MET, NOT_MET = "#0072B2", "#D55E00"  # colours of the card's edge


@dataclasses.dataclass(frozen=True)
class Criterion:
    """One thing that must be true of an answer.

    `hint`: where to look if it is not met. `points`: what the criterion is
    worth, in an exercise that counts points. `gate`: whether it must be met
    whatever the points are. What has no points is always a gate.
    """

    key: str
    text: str
    met: bool
    hint: str = ""
    points: int = 0
    gate: bool = False

    @property
    def closed(self) -> bool:
        """Whether this criterion alone prevents a pass."""
        return not self.met and (self.gate or not self.points)


@dataclasses.dataclass(frozen=True)
class Report:
    """What a check found.

    An answer passes when no gate is closed and it has enough points.

    `more`: what the hint adds after some attempts. `pass_mark`: per cent of
    the points that are enough.
    """

    exercise: str
    criteria: tuple[Criterion, ...]
    more: str = ""
    pass_mark: int = 100

    @property
    def passed(self) -> bool:
        """Whether no gate is closed, and the points are enough."""
        reached, possible = self.score
        enough = reached * 100 >= self.pass_mark * possible
        return enough and not any(c.closed for c in self.criteria)

    @property
    def first(self) -> Criterion | None:
        """What to do first: a closed gate, else any criterion not met."""
        missed = [c for c in self.criteria if not c.met]
        return next((c for c in missed if c.closed), next(iter(missed), None))

    def unmet(self) -> list[str]:
        """The keys of the criteria that are not met."""
        return [c.key for c in self.criteria if not c.met]

    @property
    def score(self) -> tuple[int, int]:
        """Points reached and points possible; (0, 0) if none are counted."""
        reached = sum(c.points for c in self.criteria if c.met)
        return reached, sum(c.points for c in self.criteria)

    def hint(self) -> str:
        """The hint of the first criterion to work on, and `more`."""
        hint = self.first.hint if self.first else ""
        return f"{hint} {self.more}".strip()

    def __repr__(self) -> str:
        rows = [
            f"  {'met    ' if c.met else 'not met'}  {_marked(c)}"
            for c in self.criteria
        ]
        if self.first:
            rows.append(f"  hint     {self.hint()}")
        return "\n".join([f"{self.exercise}: {self._verdict()}", *rows])

    def _verdict(self) -> str:
        met = sum(criterion.met for criterion in self.criteria)
        reached, possible = self.score
        points = f", {reached} of {possible} points" if possible else ""
        if self.pass_mark < 100:
            points += f"; {self._needed()}"
        if self.passed:
            return f"passed{points}"
        return f"not yet ({met} of {len(self.criteria)} met{points})"

    def _needed(self) -> str:
        """What a pass needs, where not all points are needed."""
        closed = sum(c.closed for c in self.criteria)
        if closed:
            return (
                "1 closed gate prevents a pass"
                if closed == 1
                else f"{closed} closed gates prevent a pass"
            )
        return f"{self.pass_mark} % are enough"

    def _repr_html_(self) -> str:
        colour = MET if self.passed else NOT_MET
        rows = "".join(
            f"<tr><td style='text-align:left;font-weight:600'>"
            f"{'✓ met' if c.met else '✗ not met'}</td>"
            f"<td style='text-align:left'>{markup.inline(_marked(c))}</td>"
            "</tr>"
            for c in self.criteria
        )
        hint = ""
        if self.first:
            hint = f"<p><b>Hint:</b> {markup.inline(self.hint())}</p>"
        return (
            f"<div style='border-left:4px solid {colour};padding-left:12px'>"
            f"<p><b>{self.exercise}</b>: {self._verdict()}</p>"
            f"<table>{rows}</table>{hint}</div>"
        )


def _marked(criterion: Criterion) -> str:
    """The criterion's text, and whether it is a gate among points."""
    return f"{criterion.text} (gate)" if criterion.gate else criterion.text

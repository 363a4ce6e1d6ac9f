"""The card that a check shows: its criteria, which are met, and a hint."""

import dataclasses

from dockerlab.base import markup

MET, NOT_MET = "#0072B2", "#D55E00"  # colours of the card's edge


@dataclasses.dataclass(frozen=True)
class Criterion:
    """One thing that must be true of an answer.

    `hint`: where to look if it is not met. `points`: what the criterion is
    worth, in an exercise that counts points.
    """

    key: str
    text: str
    met: bool
    hint: str = ""
    points: int = 0


@dataclasses.dataclass(frozen=True)
class Report:
    """What a check found. An answer passes when every criterion is met.

    `more`: what the hint adds after some attempts.
    """

    exercise: str
    criteria: tuple[Criterion, ...]
    more: str = ""

    @property
    def passed(self) -> bool:
        """Whether every criterion is met."""
        return all(criterion.met for criterion in self.criteria)

    def unmet(self) -> list[str]:
        """The keys of the criteria that are not met."""
        return [c.key for c in self.criteria if not c.met]

    @property
    def score(self) -> tuple[int, int]:
        """Points reached and points possible; (0, 0) if none are counted."""
        reached = sum(c.points for c in self.criteria if c.met)
        return reached, sum(c.points for c in self.criteria)

    def hint(self) -> str:
        """The hint of the first criterion that is not met, and `more`."""
        first = next((c.hint for c in self.criteria if not c.met), "")
        return f"{first} {self.more}".strip()

    def __repr__(self) -> str:
        rows = [
            f"  {'met    ' if c.met else 'not met'}  {c.text}"
            for c in self.criteria
        ]
        if not self.passed:
            rows.append(f"  hint     {self.hint()}")
        return "\n".join([f"{self.exercise}: {self._verdict()}", *rows])

    def _verdict(self) -> str:
        met = sum(criterion.met for criterion in self.criteria)
        reached, possible = self.score
        points = f", {reached} of {possible} points" if possible else ""
        if self.passed:
            return f"passed{points}"
        return f"not yet ({met} of {len(self.criteria)} met{points})"

    def _repr_html_(self) -> str:
        colour = MET if self.passed else NOT_MET
        rows = "".join(
            f"<tr><td style='text-align:left;font-weight:600'>"
            f"{'✓ met' if c.met else '✗ not met'}</td>"
            f"<td style='text-align:left'>{markup.inline(c.text)}</td></tr>"
            for c in self.criteria
        )
        hint = ""
        if not self.passed:
            hint = f"<p><b>Hint:</b> {markup.inline(self.hint())}</p>"
        return (
            f"<div style='border-left:4px solid {colour};padding-left:12px'>"
            f"<p><b>{self.exercise}</b>: {self._verdict()}</p>"
            f"<table>{rows}</table>{hint}</div>"
        )

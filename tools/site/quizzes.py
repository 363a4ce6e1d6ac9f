"""A notebook's questions as a page shows them: each answer unfolds into
whether it is right, and why. It needs no script."""

from dockerlab import quizzes
from dockerlab.base import markup


def as_html(slug: str) -> str:
    """The questions of a notebook, with answers to unfold."""
    rows = "".join(_question(question) for question in quizzes.load(slug))
    return (
        '<div class="quiz"><p>Choose an answer to read whether it is right,'
        f" and why.</p><ol>{rows}</ol></div>"
    )


def _question(question: quizzes.Question) -> str:
    right = sum(answer.correct for answer in question.answers)
    several = " (more than one is right)" if right > 1 else ""
    answers = "".join(_answer(answer) for answer in question.answers)
    return (
        f"<li><p>{markup.inline(question.question)}{several}</p>{answers}</li>"
    )


def _answer(answer: quizzes.Answer) -> str:
    kind, verdict = ("right", "Right.") if answer.correct else ("wrong", "No.")
    return (
        f'<details class="answer {kind}"><summary>'
        f"{markup.inline(answer.answer)}</summary><p><b>{verdict}</b>"
        f" {markup.inline(answer.because)}</p></details>"
    )

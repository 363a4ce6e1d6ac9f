"""Questions at the end of a lesson, answered in the notebook, offline.

A lesson's questions stand in `<lesson>.yml` beside this file:

    - question: "How many layers does `ENV` add?"
      shown: "1a2b3c4d"  # id of the code cell that shows the right answer
      evidence: "empty_layer"  # words of that cell, or of what it printed
      answers:
        - {answer: "none", correct: true, because: "Its row is marked so."}
        - {answer: "one", because: "A row of the history is not a layer."}

Words between backticks are set as code. jupyterquiz draws the questions.
"""

import dataclasses
import hashlib
import pathlib

import yaml
from jupyterquiz.dynamic.loader import load_questions_script
from jupyterquiz.dynamic.renderer import (
    build_script,
    build_styles,
    render_div,
)

from dockerlab.base import markup
from dockerlab.base.errors import LabError

FOLDER = pathlib.Path(__file__).parent
WIDTH = 800  # pixels
COLOURS = {
    "--jq-multiple-choice-bg": "#404040",
    "--jq-many-choice-bg": "#404040",
    "--jq-mc-button-bg": "#fafafa",
    "--jq-mc-button-border": "#e0e0e0",
    "--jq-mc-button-inset-shadow": "#555555",
    "--jq-text-color": "#fafafa",
    "--jq-correct-color": "#0072B2",
    "--jq-incorrect-color": "#D55E00",
}

# JupyterLab's own style of code cannot be read on a chosen answer.
STYLE = """<style>
#QUIZ .Quiz, #QUIZ .Feedback {font-size: 16px; line-height: 1.4}
#QUIZ code {background: none; color: inherit; padding: 0}
</style>"""


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer that can be chosen, and why it is right or wrong."""

    answer: str
    because: str
    correct: bool = False


@dataclasses.dataclass(frozen=True)
class Question:
    """A question about what a lesson showed.

    Attributes:
        shown: id of the code cell that shows the right answer.
        evidence: words of that cell's source or output that show it.
    """

    question: str
    shown: str
    evidence: str
    answers: tuple[Answer, ...]


class Quiz:
    """A lesson's questions; a notebook shows them as buttons."""

    def __init__(self, lesson: str, questions: list[Question]) -> None:
        self.lesson = lesson
        self.questions = questions

    def __repr__(self) -> str:
        return "\n\n".join(
            "\n".join([q.question, *(f"  - {a.answer}" for a in q.answers)])
            for q in self.questions
        )

    def _repr_html_(self) -> str:
        # What stands between the marks is not stored in the course's files:
        # a page that only shows a notebook runs no script. The questions can
        # be read there; the script hides that text. It may run before the
        # page holds it.
        plain = f"quiz{self.lesson}text"
        hide = f"<style>#{plain} {{display: none}}</style>"
        buttons, script = self._drawn()
        return (
            f'<div id="{plain}">{_as_list(self.questions)}</div>'
            f"<!-- buttons -->{buttons}<script>(function () {{\n"
            f"document.head.insertAdjacentHTML('beforeend', '{hide}');\n"
            # Where jupyterquiz sees a MathJax that it does not know, as in
            # JupyterLab, it fetches another one from outside.
            f"var MathJax;\n{script}}})();</script><!-- end of buttons -->"
        )

    def _drawn(self) -> tuple[str, str]:
        """What jupyterquiz makes: HTML, and the script that fills it.

        Its `display_quiz` names the elements by chance. Stored outputs must
        not change, so its parts are called with a name of ours.
        """
        name = f"quiz{self.lesson}"
        questions = [_converted(question) for question in self.questions]
        prefix, static, url = load_questions_script(questions, name)
        div = render_div(
            name,
            shuffle_questions=False,
            shuffle_answers=False,
            preserve_responses=False,
            num=len(questions),
            max_width=WIDTH,
            border_radius=8,  # pixels
            question_alignment="left",
        )
        script = build_script(prefix, static, url, name, load_js=True)
        styles = build_styles(name, COLOURS) + STYLE.replace("QUIZ", name)
        return f"{div}{styles}</div>", script


def quiz(lesson: str) -> Quiz:
    """The questions of a lesson, to be shown as the last line of a cell.

    Args:
        lesson: the lesson's digits as in its notebook's name, e.g. `04a`.

    Raises:
        LabError: there are no questions for it, or their file has a fault.
    """
    return Quiz(lesson, load(lesson))


def load(lesson: str) -> list[Question]:
    """The questions of a lesson's file, their answers in a fixed order.

    Raises:
        LabError: there is no such file, or it has a fault.
    """
    file = FOLDER / f"{lesson}.yml"
    try:
        rows = yaml.safe_load(file.read_text("utf-8"))
        return [_question(row) for row in rows]
    except OSError:
        have = ", ".join(sorted(path.stem for path in FOLDER.glob("*.yml")))
        raise LabError(
            f"There is no quiz for lesson {lesson}.",
            fix=f"There is one for each of these: {have}.",
        ) from None
    except (yaml.YAMLError, LookupError, TypeError, ValueError) as error:
        raise LabError(
            f"The quiz of lesson {lesson} cannot be read.",
            str(error),
            f"Mend {file.name}; docs/CONTRIBUTING.md says what it holds.",
        ) from None


def _question(row: dict) -> Question:
    answers = tuple(Answer(**answer) for answer in row["answers"])
    question = Question(**{**row, "answers": answers})
    texts = [question.question, question.shown, question.evidence]
    texts += [text for a in answers for text in (a.answer, a.because)]
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"In {question.question!r}: quote {text!r}.")
    right = sum(answer.correct is True for answer in answers)
    if not 0 < right < len(answers):
        raise ValueError(f"{question.question!r} has {right} right answers.")
    # Where the author puts the right answer must not give it away.
    return dataclasses.replace(
        question, answers=tuple(sorted(answers, key=_mixed))
    )


def _mixed(answer: Answer) -> str:
    return hashlib.sha256(answer.answer.encode()).hexdigest()


def _converted(question: Question) -> dict:
    """A question as jupyterquiz takes it."""
    right = sum(answer.correct for answer in question.answers)
    several = " (more than one is right)" if right > 1 else ""
    return {
        "question": _marked_up(question.question + several),
        "type": "many_choice" if right > 1 else "multiple_choice",
        "answer_cols": 1,
        "answers": [
            {
                "answer": _marked_up(answer.answer),
                "correct": answer.correct,
                "feedback": ("Right. " if answer.correct else "Not so. ")
                + _marked_up(answer.because),
            }
            for answer in question.answers
        ],
    }


def _marked_up(text: str) -> str:
    """HTML that shows the text as it is, with code between backticks."""
    # jupyterquiz would read formulas and links into these.
    return markup.inline(text).replace("$", "&#36;").replace("[", "&#91;")


def _as_list(questions: list[Question]) -> str:
    rows = [
        f"<li>{_marked_up(q.question)}<ul>"
        + "".join(f"<li>{_marked_up(a.answer)}</li>" for a in q.answers)
        + "</ul></li>"
        for q in questions
    ]
    invitation = "<p>Run this cell, and the answers become buttons.</p>"
    return f"{invitation}<ol>{''.join(rows)}</ol>"

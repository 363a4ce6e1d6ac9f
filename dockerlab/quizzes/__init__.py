"""Questions at the end of a notebook. They work offline.

A notebook's questions are in `<slug>.yml` beside this file:

    - question: "How many layers does `ENV` add?"
      shown: "1a2b3c4d"  # id of the code cell that shows the right answer
      evidence: "empty_layer"  # words of that cell or of its output
      answers:
        - {answer: "none", correct: true, because: "Its row is empty."}
        - {answer: "one", because: "A row of the history is not a layer."}

Text between backticks is shown as code. jupyterquiz draws the questions.
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

from dockerlab import pictures
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

# With JupyterLab's own style, code in a chosen answer is not readable.
STYLE = """<style>
#QUIZ .Quiz, #QUIZ .Feedback {font-size: 16px; line-height: 1.4}
#QUIZ code {background: none; color: inherit; padding: 0}
</style>"""


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer, and the reason why it is right or wrong."""

    answer: str
    because: str
    correct: bool = False


@dataclasses.dataclass(frozen=True)
class Question:
    """A question about what a notebook showed.

    shown: id of the code cell that shows the right answer.
    evidence: words of that cell's source or output that show it.
    """

    question: str
    shown: str
    evidence: str
    answers: tuple[Answer, ...]


class Quiz:
    """A notebook's questions, which Jupyter shows with buttons."""

    def __init__(self, slug: str, questions: list[Question]) -> None:
        self.slug = slug
        self.questions = questions

    def __repr__(self) -> str:
        return "\n\n".join(
            "\n  - ".join([q.question] + [a.answer for a in q.answers])
            for q in self.questions
        )

    def _repr_html_(self) -> str:
        # The part between the marks is not stored in the course's files,
        # because a page that only shows a notebook runs no script. There
        # readers see the questions as text. In Jupyter the script hides the
        # text with a style, because it may run before the text is there.
        plain = f"quiz{self.slug}text"
        hide = f"<style>#{plain} {{display: none}}</style>"
        buttons, script = self._drawn()
        return (
            f'<div id="{plain}">{_as_list(self.questions)}</div>'
            f"<!-- buttons -->{buttons}<script>(function () {{\n"
            f"document.head.insertAdjacentHTML('beforeend', '{hide}');\n"
            # If jupyterquiz finds an unknown MathJax, as in JupyterLab, it
            # loads another one from the internet.
            f"var MathJax;\n{script}}})();</script><!-- end of buttons -->"
        )

    def _drawn(self) -> tuple[str, str]:
        """HTML from jupyterquiz, and the script that fills it.

        jupyterquiz's own function gives the elements random names. Stored
        outputs must not change, so its parts are called with a fixed name.
        """
        name = f"quiz{self.slug}"
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


def finish(slug: str) -> None:
    """Show the end of a notebook: its quiz, and which exercises are passed.

    Raises:
        LabError: there are no questions for it, or their file has an error.
    """
    from IPython.display import display  # only a kernel needs it

    display(quiz(slug), pictures.progress(slug))


def quiz(slug: str) -> Quiz:
    """The questions of a notebook, to be shown by the last line of a cell.

    Raises:
        LabError: there are no questions for it, or their file has an error.
    """
    return Quiz(slug, load(slug))


def load(slug: str) -> list[Question]:
    """The questions of a notebook's file, with answers in a fixed order.

    Raises:
        LabError: there is no such file, or it has an error.
    """
    file = FOLDER / f"{slug}.yml"
    try:
        rows = yaml.safe_load(file.read_text("utf-8"))
        return [_question(row) for row in rows]
    except OSError:
        have = ", ".join(sorted(path.stem for path in FOLDER.glob("*.yml")))
        raise LabError(
            f"There is no quiz for {slug}.",
            "A quiz is named after its notebook, without the number.",
            f"Use one of these names: {have}.",
        ) from None
    except (yaml.YAMLError, LookupError, TypeError, ValueError) as error:
        raise LabError(
            f"The quiz of {slug} cannot be read.",
            str(error),
            f"Correct {file.name}; docs/CONTRIBUTING.md explains its fields.",
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
    # The author's order must not reveal the right answer.
    return dataclasses.replace(
        question, answers=tuple(sorted(answers, key=_mixed))
    )


def _mixed(answer: Answer) -> str:
    return hashlib.sha256(answer.answer.encode()).hexdigest()


def _converted(question: Question) -> dict:
    """A question in jupyterquiz's form."""
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
    # jupyterquiz would take these for formulas and links.
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

"""The questions at the end of the lessons: asked of what a cell showed."""

import html
import re

import nbformat
import pytest

from dockerlab import quizzes
from dockerlab.base.errors import LabError
from dockerlab.course import table

LESSONS = {book.slug: book.path for book in table.course().notebooks}


@pytest.fixture(params=LESSONS)
def lesson(request):
    return request.param


def _code_before_quiz(lesson: str) -> dict[str, str]:
    """What each code cell above the lesson's quiz says and printed, by its
    id."""
    cells = nbformat.read(LESSONS[lesson], as_version=4).cells
    call = f'quiz("{lesson}")'
    [place] = [n for n, cell in enumerate(cells) if call in cell.source]
    assert cells[place].cell_type == "code"
    assert "### Check yourself" in cells[place - 1].source
    return {
        cell.id: " ".join([cell.source, *map(_text, cell.outputs)])
        for cell in cells[:place]
        if cell.cell_type == "code"
    }


def _text(output) -> str:
    data = output.get("data", {})
    picture = re.sub(r"<[^>]+>", " ", data.get("text/html", ""))
    text = output.get("text", "") or data.get("text/plain", "")
    return f"{text} {html.unescape(picture)}"


def _words(text: str) -> str:
    return " ".join(text.split())


def test_asks_three_to_five_questions(lesson):
    questions = quizzes.load(lesson)
    assert 3 <= len(questions) <= 5
    assert len({q.question for q in questions}) == len(questions)


def test_answers_are_explained(lesson):
    for question in quizzes.load(lesson):
        texts = [answer.answer for answer in question.answers]
        reasons = [answer.because for answer in question.answers]
        assert len(set(texts)) == len(texts) >= 2
        assert len(set(reasons)) == len(reasons)
        for reason in reasons:
            assert reason[-1] in ".!?`)", reason
            assert len(reason.split()) >= 4, reason


def test_right_answers_were_shown(lesson):
    cells = _code_before_quiz(lesson)
    for question in quizzes.load(lesson):
        assert question.shown in cells, question.question
        shown = _words(cells[question.shown])
        assert _words(question.evidence) in shown, question.question


def test_there_is_no_quiz_without_its_lesson():
    files = {path.stem for path in quizzes.FOLDER.glob("*.yml")}
    assert files == set(LESSONS)


def test_is_the_same_each_time(lesson):
    first, second = quizzes.quiz(lesson), quizzes.quiz(lesson)
    assert first._repr_html_() == second._repr_html_()
    assert repr(first) == repr(second)


def test_where_the_right_answer_stands_varies():
    places = [
        place
        for lesson in LESSONS
        for question in quizzes.load(lesson)
        for place, answer in enumerate(question.answers)
        if answer.correct
    ]
    assert {0, 1, 2} <= set(places)


QUESTION = """
- question: "Is `$x` [a](b) <i>?"
  shown: "00000001"
  evidence: x
  answers:
    - {answer: "aye", correct: true, because: "It is $x."}
    - {answer: "nay", because: "It is not."}
"""


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a quiz file for a lesson 77."""
    monkeypatch.setattr(quizzes, "FOLDER", tmp_path)
    return (tmp_path / "77.yml").write_text


def test_shows_text_as_it_was_written(written):
    written(QUESTION)
    [question] = quizzes.load("77")
    shown = quizzes._converted(question)["question"]
    assert shown == "Is <code>&#36;x</code> &#91;a](b) &lt;i&gt;?"


def test_says_that_several_answers_are_right(written):
    more = '    - {answer: "yea", correct: true, because: "It is so."}\n'
    written(QUESTION + more)
    asked = quizzes._converted(quizzes.load("77")[0])
    assert asked["type"] == "many_choice"
    assert "more than one is right" in asked["question"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- question", "question: x\n- question"),  # no YAML
        (QUESTION, "[1, 2]"),
        (QUESTION, ""),
        ("correct: true", "correct: false"),
        ('because: "It is not."', "correct: true, because: 'It is.'"),
        (', because: "It is not."', ""),
        ('"It is not."', '""'),
        ('"nay"', "no"),  # YAML's for False
        ('"00000001"', "00000001"),  # a number
        ("  evidence: x\n", ""),
        ("answers", "answer"),
        ("because", "reason"),
    ],
)
def test_faults_are_told(written, old, new):
    assert old in QUESTION
    written(QUESTION.replace(old, new))
    with pytest.raises(LabError, match="quiz of lesson 77"):
        quizzes.quiz("77")


def test_lesson_without_quiz_is_told():
    with pytest.raises(LabError, match="no quiz for lesson 77") as told:
        quizzes.quiz("77")
    assert "dockerfile_instructions" in told.value.fix

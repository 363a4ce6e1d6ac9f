"""The questions at the end of the notebooks: each is about a cell."""

import html
import re

import nbformat
import pytest

from dockerlab import quizzes
from dockerlab.base.errors import LabError
from dockerlab.course import table
from tools import unfinished

NOTEBOOKS = {book.slug: book.path for book in table.course().notebooks}


@pytest.fixture(params=NOTEBOOKS)
def slug(request):
    return request.param


def _code_before_quiz(slug: str) -> dict[str, str]:
    """Source and output of each code cell above the quiz, by its id."""
    cells = nbformat.read(NOTEBOOKS[slug], as_version=4).cells
    call = re.compile(rf'\b(?:quiz|finish)\("{slug}"\)')
    [place] = [n for n, cell in enumerate(cells) if call.search(cell.source)]
    assert cells[place].cell_type == "code"
    assert "## Check yourself" in cells[place - 1].source
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


def test_has_three_to_five_questions(slug):
    questions = quizzes.load(slug)
    # What new notebooks left of one of the first edition has fewer.
    book = table.course().notebook(slug)
    is_rest = book.deep and slug in unfinished.notebooks()
    assert (1 if is_rest else 3) <= len(questions) <= 5
    assert len({q.question for q in questions}) == len(questions)


def test_answers_are_explained(slug):
    for question in quizzes.load(slug):
        texts = [answer.answer for answer in question.answers]
        reasons = [answer.because for answer in question.answers]
        assert len(set(texts)) == len(texts) >= 2
        assert len(set(reasons)) == len(reasons)
        for reason in reasons:
            assert reason[-1] in ".!?`)", reason
            assert len(reason.split()) >= 4, reason


def test_right_answers_were_shown(slug):
    cells = _code_before_quiz(slug)
    for question in quizzes.load(slug):
        assert question.shown in cells, question.question
        shown = _words(cells[question.shown])
        assert _words(question.evidence) in shown, question.question


def test_there_is_no_quiz_without_its_notebook():
    files = {path.stem for path in quizzes.FOLDER.glob("*.yml")}
    assert files == set(NOTEBOOKS)


def test_is_the_same_each_time(slug):
    first, second = quizzes.quiz(slug), quizzes.quiz(slug)
    assert first._repr_html_() == second._repr_html_()
    assert repr(first) == repr(second)


def test_place_of_the_right_answer_varies():
    places = [
        place
        for slug in NOTEBOOKS
        for question in quizzes.load(slug)
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
    """Write a quiz file for a notebook `test77`."""
    monkeypatch.setattr(quizzes, "FOLDER", tmp_path)
    return (tmp_path / "test77.yml").write_text


def test_shows_text_as_it_was_written(written):
    written(QUESTION)
    [question] = quizzes.load("test77")
    shown = quizzes._converted(question)["question"]
    assert shown == "Is <code>&#36;x</code> &#91;a](b) &lt;i&gt;?"


def test_several_right_answers_are_announced(written):
    more = '    - {answer: "yea", correct: true, because: "It is so."}\n'
    written(QUESTION + more)
    asked = quizzes._converted(quizzes.load("test77")[0])
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
def test_errors_in_a_file_are_explained(written, old, new):
    assert old in QUESTION
    written(QUESTION.replace(old, new))
    with pytest.raises(LabError, match="quiz of test77"):
        quizzes.quiz("test77")


def test_notebook_without_quiz_is_explained():
    with pytest.raises(LabError, match="no quiz for test77") as caught:
        quizzes.quiz("test77")
    assert "dockerfile_build" in caught.value.fix

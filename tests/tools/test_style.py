"""The limits of notebooks: each one is found when it is broken."""

import json

import pytest

from dockerlab.course.table import Course, Notebook, Part
from tools import style

SENTENCE = "This sentence has exactly nine words and a stop. "
FRAME = "\n\n".join(style.FRAME)


def markdown(source: str, *tags: str) -> dict:
    """A markdown cell as a file stores it."""
    return {
        "cell_type": "markdown",
        "source": source,
        "metadata": {"tags": list(tags)},
    }


def code(source: str = "1 + 1", *tags: str) -> dict:
    """A code cell as a file stores it."""
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {"tags": list(tags)},
        "outputs": [],
    }


@pytest.fixture
def book(tmp_path):
    """Write a notebook that keeps all limits, changed as a test wants."""

    def write(*more: dict, words: int = 1250, **fields: object) -> Notebook:
        text = SENTENCE * (words // 9)
        rows = [
            markdown(f"# Do it\n\n{FRAME}"),
            code("import os"),
            *(row for _ in range(9) for row in (markdown("Look."), code())),
            markdown(text),
            code("answer = 1", "exercise:do_it/one"),
            markdown("Look."),
            code("answer = 2", "exercise:do_it/two"),
            markdown("Look."),
            *more,
        ]
        count = 0
        for row in rows:
            if row["cell_type"] == "code":
                row["execution_count"] = count = count + 1
        facts = {"slug": "do_it", "title": "Do it", "outcome": "do it"}
        made = Notebook(
            **facts | {"minutes": 60, "number": 1, "folder": tmp_path} | fields
        )
        made.path.parent.mkdir(exist_ok=True)
        made.path.write_text(json.dumps({"cells": rows}))
        return made

    return write


def test_a_notebook_within_the_limits(book):
    assert style.faults(book()) == []


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ([markdown("More.")] * 46, "71 cells; at most 70."),
        (
            [code("1\n" * 13), markdown("End.")],
            "Cell 26 has 13 lines of code; at most 12.",
        ),
        (
            [code(), code(), markdown("End.")],
            "10 of 12 code cells have prose before and after; at least 90%.",
        ),
        ([markdown("We mend it.")], "The word 'mend'."),
        (
            [markdown("word " * 26 + "end.")],
            "A sentence of 27 words; at most 25: " + "word " * 26 + "end.",
        ),
        (
            [code("%%bash\nhead --lines=1 x"), markdown("End.")],
            "Cell 26 has a command that only GNU's tools understand:"
            " head --lines=1 x",
        ),
    ],
)
def test_a_broken_limit_is_found(book, more, fault):
    assert style.faults(book(*more)) == [fault]


def test_words_are_counted_without_solutions(book):
    least = style.faults(book(words=900))
    assert [fault.partition(";")[2] for fault in least] == [" 1200 to 2000."]
    most = style.faults(book(words=2050))
    assert [fault.partition(";")[2] for fault in most] == [" 1200 to 2000."]
    assert style.faults(book(words=2050, deep=True)) == []
    solution = markdown(SENTENCE * 100, "solution:do_it/port")
    assert style.faults(book(solution)) == []


def test_a_part_of_the_frame_is_missed(book, tmp_path):
    made = book()
    text = made.path.read_text()
    made.path.write_text(text.replace("## Recap", "## Summary"))
    assert style.faults(made) == ["'## Recap' is missing."]


def test_minutes_follow_the_formula(book):
    long = code("answer = 0\n" * 20, "exercise:do_it/more", "minutes:15")
    made = book(long, markdown("Task."))
    counted = style.measure(style.cells.read(made.path))
    assert counted.exercises == (5, 5, 15)
    assert counted.code == 10
    wanted = 1.2 * (counted.words / 200 + 10 * 25 / 60 + 25 + 3)
    assert counted.minutes == round(wanted)
    late = book(minutes=20)
    assert style.faults(late) == ["It takes 28 minutes; course.yml has 20."]


@pytest.mark.parametrize("number", [1, 5])
def test_a_notebook_has_two_to_four_exercises(book, number):
    more = code("answer = 0", "exercise:do_it/more")
    made = book(*[more, markdown("Task.")] * max(0, number - 2))
    if number == 1:
        text = made.path.read_text()
        made.path.write_text(text.replace("exercise:do_it/two", "other"))
    assert style.faults(made) == [f"{number} exercises; 2 to 4."]


def test_words_per_code_cell_of_the_whole_course(book):
    assert style.course_faults([book()]) == []
    few = book(words=300)
    assert style.course_faults([few])[0].startswith("The course has 3")
    assert style.course_faults([]) == []


@pytest.mark.parametrize(
    "command",
    [
        "cut --delimiter=_ --fields=1 x",
        "cat x | head -n 3 --quiet",
        "mkdir --parents a/b",
        "if true; then timeout 5 curl x; fi",
        'echo "$(tail --lines=1 x)"',
        "grep -oP 'a' x",
        "grep -i -P a x",
        "sed -i s/a/b/ x",
        "docker ps | xargs -r docker rm",
        "sudo timeout 5 x",
        "head -n -1 x",
        "date -d tomorrow",
        "stat -c %s x",
    ],
)
def test_a_gnu_option_is_found(command):
    assert len(style.gnu_only(f"%%bash\ncd x\n{command}\n")) == 1


@pytest.mark.parametrize(
    "command",
    [
        "head -n 3 x | cut -d _ -f 1",
        "mkdir -p a/b",
        "grep --count a x",
        "sed -i.bak s/a/b/ x",
        "sed -n 1p x",
        "docker run --rm x head --lines=1 /etc/passwd",
        "docker run x sh -c 'timeout 5 y; head --lines=1'",
        "docker build - <<'FILE'\nRUN head\nmkdir --parents /x\nFILE",
        "# timeout 5",
        "docker stop --time 5 x",
        "date -u",
        "xargs -n 1 echo",
    ],
)
def test_a_portable_command_is_allowed(command):
    assert style.gnu_only(f"%%bash\n{command}\n") == []
    assert style.gnu_only("head --lines=1") == []  # not a shell cell


@pytest.fixture
def course(book, monkeypatch):
    """A course of one notebook; a function that lists unfinished ones."""

    def listed(*slugs: str, **changes: object) -> list[str]:
        made = book(**changes)
        whole = Course((Part("use", "Use", (made,)),), ())
        monkeypatch.setattr(style.table, "course", lambda: whole)
        monkeypatch.setattr(style.unfinished, "notebooks", lambda: slugs)
        return style.all_faults()

    return listed


def test_the_list_of_unfinished_notebooks_only_gets_shorter(course):
    assert course() == []
    assert course("do_it") == [
        "do_it keeps all limits: take it out of unfinished.yml."
    ]
    assert course("do_it", minutes=1) == []
    assert course(minutes=1) == [
        "do_it: It takes 28 minutes; course.yml has 1."
    ]
    assert course("gone") == ["gone in unfinished.yml is not in the course."]


def test_heading_and_order_count_in_every_notebook(course, book):
    assert course("do_it", title="Do that", minutes=1) == [
        "do_it: Its heading must be `# Do that`."
    ]
    assert style.in_every_notebook(book()) == []
    made = book()
    text = made.path.read_text()
    made.path.write_text(text.replace('_count": 2', '_count": 9'))
    assert style.in_every_notebook(made) == [
        "Its cells were not executed in order: run"
        " `make notebooks ONLY=do_it`."
    ]

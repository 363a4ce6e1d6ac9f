"""The answer key: each exercise with right and wrong answers.

What a card shows for a wrong answer is in the code of the check. It is
read from there, so no engine is needed; what depends on the answer is "…".
"""

import ast
import functools
import importlib
import pathlib
import textwrap
from collections.abc import Iterator

from dockerlab import paths
from dockerlab.course import cells
from dockerlab.course.table import Course, Notebook

CHECKS = paths.PROJECT / "dockerlab" / "checks"
ANSWERS = paths.PROJECT / "tests" / "answers"


Card = tuple[str, str]  # the text of a criterion, and its hint


@functools.cache
def _tree(path: pathlib.Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _cards(node: ast.AST) -> dict[str, Card]:
    """The criteria that some code names, by their keys."""
    found: dict[str, Card] = {}
    for call in ast.walk(node):
        if not isinstance(call, ast.Call) or len(call.args) < 2:
            continue
        key = call.args[0]
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            text = _words(call.args[1])
            hint = _words(call.args[3]) if len(call.args) > 3 else ""
            if " " in text:
                found.setdefault(key.value, (text, hint))
    return found


def _check_of(tree: ast.Module, exercise: str) -> ast.AST | None:
    """The function that checks an exercise."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                words = [
                    word.value
                    for word in getattr(decorator, "args", ())
                    if isinstance(word, ast.Constant)
                ]
                if exercise in words:
                    return node
    return None


def _words(node: ast.expr) -> str:
    """A text of the code; what is inserted at run time is `…`."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            _words(part) if isinstance(part, ast.Constant) else "…"
            for part in node.values
        )
    return ""


def card(exercise: str, key: str, course: Course) -> Card:
    """What a card shows for a criterion: its text and its hint.

    Both are empty where neither the exercise's check nor a shared one names
    it in its code.
    """
    slug = exercise.partition("/")[0]
    own = CHECKS / f"{slug}.py"
    places: list[ast.AST | None] = []
    if own.exists():
        places = [_check_of(_tree(own), exercise), _tree(own)]
    for path in sorted(CHECKS.rglob("*.py")):
        if path.stem not in course.slugs:
            places.append(_tree(path))
    for place in places:
        if place is not None and key in (found := _cards(place)):
            return found[key]
    return "", ""


def _known(slug: str, name: str) -> dict:
    """The value of a module-level name of tests/answers/<slug>.py."""
    module = importlib.import_module(f"tests.answers.{slug}")
    return getattr(module, name)


def as_markdown(course: Course) -> str:
    """The answer key of the course as a document's text."""
    lines = [
        "# Answer key",
        "",
        "For the instructor: each exercise with two right answers, typical"
        " wrong ones, and what the card says about them. The tests run all"
        " of these on the engine.",
    ]
    for book in course.notebooks:
        names = cells.exercises(book.path)
        if names:
            lines += ["", f"## {book.title}"]
        for name in names:
            lines += ["", *_exercise(course, book, name)]
    return "\n".join([*lines, ""])


def _exercise(course: Course, book: Notebook, name: str) -> Iterator[str]:
    yield f"### `{name}`"
    for title, code in (
        ("Solution", cells.solution(book.path, name)),
        ("Another right answer", _known(book.slug, "ALSO_RIGHT").get(name)),
    ):
        if code:
            yield from ("", f"{title}:", "", _indented(code))
    for key, code in _known(book.slug, "WRONG").get(name, []):
        key = key[0] if isinstance(key, tuple) else key
        text, hint = card(name, key, course)
        says = f": {text}" if text else ""
        yield from ("", f"Wrong; the card marks `{key}`{says}")
        yield from ("", _indented(code))
        if hint:
            yield from ("", f"Hint: {hint}")


def _indented(code: str) -> str:
    """A block of code in a document."""
    return textwrap.indent(textwrap.dedent(code).strip(), "    ")

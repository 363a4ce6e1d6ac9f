"""The language of the course: words that must not appear, long sentences.

Code is exempt, in Markdown as in docstrings: everything between backticks.
So a text can quote the message of a program.
"""

import ast
import io
import pathlib
import re
import tokenize
from collections.abc import Iterator

from dockerlab import paths
from tools import unfinished

OLD_WORDS = re.compile(
    r"""\b(
    mend(s|ed|ing)? | shall | anew | bears? | bore | foretold | dearest
    | whoever | thereof | henceforth | behold | says\s+of
    | by\s+wish | the\s+way\s+out | the\s+last\s+word 
    | it\s+is\s+told | be\s+it
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
LONGEST_SENTENCE = 25  # words
AVERAGE_SENTENCE = 15
_FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2 *$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:\A|\n\n)(?: {4}.*(?:\n|\Z))+")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ADDRESS = re.compile(r"https?://\S+")
_BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+\.|#+|\||>) ?)")
_MARKS = re.compile(r"^\s*(?:[-*+]|\d+\.|#+|>|\|)\s*|[*|#]")
_ENDS = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)[\"')\]]*\s+")
_WORD = re.compile(r"[^\W_][\w'\u2019./-]*")
_SPOKEN = re.compile(r"[A-Za-z]+ [A-Za-z]+")


def prose(markdown: str) -> str:
    """Markdown without code blocks, tags, addresses and comments.

    Each piece of code between backticks becomes one word, X.
    """
    text = _COMMENT.sub("", _FENCE.sub("\n\n", markdown))
    text = _INDENTED.sub("\n\n", text)
    text = _CODE.sub("X", text)
    text = _LINK.sub(r"\1", text)
    return _ADDRESS.sub("X", _TAG.sub(" ", text))


def without_code(markdown: str) -> str:
    """Markdown without code blocks and without code between backticks."""
    return _CODE.sub("X", _FENCE.sub("", markdown))


def words(text: str) -> list[str]:
    """The words of prose."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The sentences of prose. A list item and a heading end one, too."""
    found = []
    for block in _BLOCK.split(text):
        line = " ".join(_MARKS.sub(" ", block).split())
        found += [part for part in _ENDS.split(line) if words(part)]
    return found


def old_words(text: str) -> list[str]:
    """The words of `OLD_WORDS` in prose, each as often as it appears."""
    flat = " ".join(text.split())
    return [found[0].lower() for found in OLD_WORDS.finditer(flat)]


def long_sentences(text: str) -> list[str]:
    """The sentences of prose with too many words."""
    return [
        sentence
        for sentence in sentences(text)
        if len(words(sentence)) > LONGEST_SENTENCE
    ]


def average_sentence(text: str) -> float:
    """The average number of words in the sentences of prose, 0 for none."""
    lengths = [len(words(sentence)) for sentence in sentences(text)]
    return sum(lengths) / len(lengths) if lengths else 0.0


FILES = (
    "*.md",
    "*.py",
    "Makefile",
    ".github/**/*.md",
    "docs/*.md",
    "capstone/**/*.md",
    "capstone/**/*.py",
    "dockerlab/**/*.py",
    "dockerlab/**/*.sh",
    "sample_app/**/*.py",
    "benchmarks/**/*.py",
    "tools/**/*.py",
    "tests/**/*.py",
)

# They must contain old words, to try this module.
EXAMPLES = ("tests/tools/test_language.py", "tests/tools/test_style.py")


def faults(project: pathlib.Path = paths.PROJECT) -> list[str]:
    """The old words in documents and code, a sentence each.

    The notebooks with their quizzes are checked by `tools.style`.
    """
    waiting = [*unfinished.files(), *EXAMPLES]
    found = {
        path.relative_to(project).as_posix(): of_file(path)
        for pattern in FILES
        for path in sorted(project.glob(pattern))
    }
    wrong = [
        f"{place} {fault}"
        for place, faults in found.items()
        if place not in waiting
        for fault in faults
    ]
    wrong += [
        f"{place} passes or is gone: take it out of {unfinished.FILE.name}."
        for place in unfinished.files()
        if not found.get(place)
    ]
    return wrong


def of_file(path: pathlib.Path) -> list[str]:
    """The old words of a file, a sentence each with the line.

    Of Python code the comments and the texts count, of another file all
    that is not code in Markdown's sense.
    """
    text = path.read_text("utf-8")
    parts = _of_python(text) if path.suffix == ".py" else [(1, text)]
    return [
        f"line {line}: {word!r}"
        for first, part in parts
        for line, word in _by_line(first, part)
    ]


def _by_line(first: int, text: str) -> Iterator[tuple[int, str]]:
    """The old words of a text with their line numbers."""
    blank = prose_with_lines(text)
    for found in OLD_WORDS.finditer(blank):
        word = " ".join(found[0].lower().split())
        yield first + blank.count("\n", 0, found.start()), word


def prose_with_lines(markdown: str) -> str:
    """Like `prose`, with each line at its place and links left as they are."""

    def lines(found: re.Match[str]) -> str:
        return " X" + "\n" * found[0].count("\n")

    text = _COMMENT.sub(lines, _FENCE.sub(lines, markdown))
    return _ADDRESS.sub("X", _CODE.sub(lines, text))


def _of_python(text: str) -> Iterator[tuple[int, str]]:
    """The comments and the texts with spaces in Python code, with lines."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        value = getattr(node, "value", None)
        if (
            isinstance(node, ast.Constant)
            and isinstance(value, str)
            and _SPOKEN.search(value)  # others are ids and names
        ):
            yield node.lineno, value

"""Markdown and code as HTML, and pages that hold them."""

import html
import re

import pygments
from markdown_it import MarkdownIt
from pygments.formatters import HtmlFormatter
from pygments.lexers import BashLexer, PythonLexer

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
_FORMATTER = HtmlFormatter(nowrap=True, style="friendly")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\.(?:ipynb|md)[^)]*\)")


def styles() -> str:
    """The style sheet of highlighted code."""
    return str(_FORMATTER.get_style_defs("pre"))


def from_markdown(text: str) -> str:
    """Markdown as HTML. Links to files of the course become their text,
    because a handout has no files beside it."""
    return str(_MARKDOWN.render(_LINK.sub(r"\1", text)))


def code(source: str, cell: str) -> str:
    """Some code as highlighted HTML.

    Args:
        cell: the whole cell, which shows the language.
    """
    lexer = BashLexer() if cell.startswith("%%bash") else PythonLexer()
    return f"<pre>{pygments.highlight(source, lexer, _FORMATTER)}</pre>"


def plain(text: str) -> str:
    """A program's output as HTML."""
    return f'<pre class="output">{html.escape(text)}</pre>'


def page(title: str, style: str, body: str) -> str:
    """A whole HTML page that needs no other file."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{style}</style></head>"
        f"<body>{body}</body></html>"
    )

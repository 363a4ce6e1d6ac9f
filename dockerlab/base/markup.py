"""Text with code between backticks, as in Markdown, for HTML."""

import html
import re


def inline(text: str) -> str:
    """HTML that shows the text as it is, with code between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))

"""A notebook as a page: its stored outputs, ready for Sphinx."""

import base64
import html
import io
import re
from itertools import zip_longest

import nbformat
import PIL.Image
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from dockerlab.course.table import Course, Notebook
from tools.site import anchors, quizzes
from tools.site.source import HOW_TO_RUN, Source, relative

SETUP = "setup"
CAPTION = '<div class="dockerlab">'
_QUIZ = re.compile(r'<div id="quiz(?P<slug>\w+)text"')
_EMPHASIS = re.compile(r"<em>(.*?)</em>", re.DOTALL)
_HEADING = re.compile(r"#{1,6} [^\n]*\n?")


def write(source: Source, book: Notebook) -> None:
    """Write the page of a notebook."""
    page = source.page_of(book.path)
    content = nbformat.read(book.path, as_version=4)
    # The lexer knows the cells that begin with %%bash.
    content.metadata["language_info"] = {
        "name": "python",
        "pygments_lexer": "ipython3",
    }
    for cell in content.cells:
        anchor = anchors.of_cell(cell.id)
        if cell.cell_type == "markdown":
            text = source.with_links(cell.source, book.path)
            cell.source = with_anchor(text, anchor)
        elif cell.cell_type == "code":
            cell.metadata["anchor"] = anchor
            # A command of the lesson stays visible, though exercises need it.
            is_command = cell.source.startswith("%%")
            if SETUP in cell.metadata.get("tags", []) and not is_command:
                cell.metadata["tags"] = [*cell.metadata["tags"], "hide-input"]
            cell.outputs = outputs(source, page, cell.outputs)
    note = new_markdown_cell(_note(source.course, book, page))
    content.cells.insert(1, note)
    source.write(page, nbformat.writes(content), ".ipynb")


def with_anchor(text: str, anchor: str) -> str:
    """Markdown with an anchor in front; below its heading if it has one."""
    heading = _HEADING.match(text)
    first = heading[0].rstrip("\n") if heading else ""
    rest = text[heading.end() :] if heading else text
    return f'{first}\n\n<div class="anchor" id="{anchor}"></div>\n\n{rest}'


def _note(course: Course, book: Notebook, page: str) -> str:
    """What a reader must know: where the notebook belongs, how to run it."""
    [part] = [part for part in course.parts if book in part.notebooks]
    file = book.path.relative_to(book.folder.parent).as_posix()
    to = relative(f"{HOW_TO_RUN}.html", page)
    return (
        f'<p class="edition">{html.escape(part.title)} · {book.minutes}'
        f" minutes with exercises · You read stored results."
        f' <a href="{to}">Run the course</a> and open <code>{file}</code>'
        " to try it yourself.</p>"
    )


def outputs(
    source: Source, page: str, stored: list[NotebookNode]
) -> list[NotebookNode]:
    """Outputs whose pictures are files, and whose quiz can be answered."""
    shown = []
    for output, following in zip_longest(stored, stored[1:]):
        text = _html(output)
        if text.startswith(CAPTION):
            continue  # it is part of the picture before it
        if "image/png" in output.get("data", {}):
            text = _picture(source, page, output, _html(following))
        elif quiz := _QUIZ.search(text):
            text = quizzes.as_html(quiz["slug"])
        if text:
            output = new_output("display_data", {"text/html": text})
        shown.append(output)
    return shown


def _html(output: NotebookNode | None) -> str:
    """The HTML of an output, empty where it has none."""
    if output is None:
        return ""
    return "".join(output.get("data", {}).get("text/html", ""))


def _picture(
    source: Source, page: str, output: NotebookNode, caption: str
) -> str:
    """HTML of a picture; the image is a file, loaded when it is looked at.

    Args:
        caption: HTML of the output that follows, which may be something else.
    """
    image = base64.b64decode(output.data["image/png"])
    about = output.metadata.get("image/png", {})
    words = _EMPHASIS.search(caption) if caption.startswith(CAPTION) else None
    with PIL.Image.open(io.BytesIO(image)) as drawn:
        width = about.get("width", drawn.width)
        height = round(drawn.height * width / drawn.width)
    address = source.picture(image, page)
    return (
        f'<figure class="picture"><div tabindex="0"><img src="{address}"'
        f' alt="{html.escape(about.get("alt", ""))}" width="{width}"'
        f' height="{height}" loading="lazy"></div>'
        f"<figcaption>{words[1] if words else ''}</figcaption></figure>"
    )

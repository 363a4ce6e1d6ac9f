"""Keep the notebook files' diffs small: drop what varies."""

import hashlib
import re

import nbformat

_ID = re.compile(r"[0-9a-f]{8}")
# The program of a quiz, which is the same in all of them (dockerlab.quizzes).
_BUTTONS = re.compile(r"<!-- buttons -->.*<!-- end of buttons -->", re.DOTALL)


def normalize(notebook: nbformat.NotebookNode) -> None:
    """Drop what says nothing about the lesson, in place.

    Cell ids stay once given; times, widget states and the interpreter's
    version go; neighbouring pieces of one output stream are joined. Of a
    quiz the questions stay, without the program that asks them.
    """
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        if not _ID.fullmatch(cell.get("id", "")) or cell.id in seen:
            text = f"{number}{cell.source}".encode()
            cell.id = hashlib.sha256(text).hexdigest()[:8]
        seen.add(cell.id)
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.NotebookNode({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
            for output in cell.outputs:
                _drop_buttons(output.get("data", {}))
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5


def _joined(outputs: list) -> list:
    joined: list = []
    for output in outputs:
        same = (
            joined
            and output.output_type == joined[-1].output_type == "stream"
            and output.name == joined[-1].name
        )
        if same:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def _drop_buttons(data: dict) -> None:
    if "text/html" in data:
        data["text/html"] = _BUTTONS.sub("", data["text/html"])

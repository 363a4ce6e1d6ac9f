"""Keep the notebook files' diffs small: drop what varies."""

import hashlib
import re
from typing import Any

import nbformat

_ID = re.compile(r"[0-9a-f]{8}")
# The program of a quiz, which is the same in all of them (dockerlab.quizzes).
_BUTTONS = re.compile(r"<!-- buttons -->.*<!-- end of buttons -->", re.DOTALL)


def normalize(
    notebook: nbformat.NotebookNode,
    slug: str = "",
    taken: set[str] | None = None,
) -> None:
    """Drop what does not belong to the lesson, in place.

    Cells keep their ids, as far as these are unique. Times, widget states
    and the interpreter's version go. Neighbouring pieces of one output
    stream are joined. A quiz keeps its questions and loses its program.

    Args:
        slug: of the notebook. New ids depend on it.
        taken: cell ids of other notebooks, which no cell here may have; the
            ids of this notebook are added.
    """
    taken = set() if taken is None else taken
    for number, cell in enumerate(notebook.cells):
        if not _ID.fullmatch(cell.get("id", "")) or cell.id in taken:
            cell.id = _new_id(f"{slug}{number}{cell.source}", taken)
        taken.add(cell.id)
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


def _new_id(text: str, taken: set[str]) -> str:
    """Eight hexadecimal digits that depend on a text and are not taken."""
    while True:
        text = hashlib.sha256(text.encode()).hexdigest()
        if text[:8] not in taken:
            return text[:8]


def _joined(
    outputs: list[nbformat.NotebookNode],
) -> list[nbformat.NotebookNode]:
    joined: list[nbformat.NotebookNode] = []
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


def _drop_buttons(data: dict[str, Any]) -> None:
    if "text/html" in data:
        data["text/html"] = _BUTTONS.sub("", data["text/html"])

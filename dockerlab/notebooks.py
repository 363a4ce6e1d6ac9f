"""The notebook files: execute them, and keep their diffs small."""

import hashlib
import os
import pathlib
import re
import subprocess
import tempfile
import time

import nbclient
import nbformat

from dockerlab.errors import LabError

CELL_SECONDS = 180
_ID = re.compile(r"[0-9a-f]{8}")


def normalize(notebook: nbformat.NotebookNode) -> None:
    """Drop what says nothing about the lesson, in place.

    Cell ids stay once given; times, widget states and the interpreter's
    version go; neighbouring pieces of one output stream are joined.
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


def format_file(path: pathlib.Path) -> None:
    """Normalize one notebook file."""
    notebook = nbformat.read(path, as_version=4)
    normalize(notebook)
    nbformat.write(notebook, path)


def execute_file(path: pathlib.Path) -> float:
    """Execute a notebook from top to bottom and store its outputs.

    Returns:
        The seconds that it took.

    Raises:
        LabError: a cell failed; the file is left as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as folder:
            client.execute(
                # What cells print comes by messages; the kernel's talk goes.
                stderr=subprocess.DEVNULL,
                # The starters that run here are nobody's attempts.
                env={**os.environ, "DOCKERLAB_PROGRESS": folder},
            )
    except nbclient.exceptions.CellExecutionError as error:
        raise LabError(f"{path.name}: a cell failed.", str(error)) from None
    normalize(notebook)
    nbformat.write(notebook, path)
    return time.monotonic() - begun

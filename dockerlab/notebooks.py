"""The notebook files: execute them, and keep their diffs small."""

import contextlib
import hashlib
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import nbclient
import nbformat
from jupyter_client.connect import LocalPortCache

from dockerlab.engine import host
from dockerlab.errors import LabError

CELL_SECONDS = 180
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


def format_file(path: pathlib.Path) -> None:
    """Normalize one notebook file."""
    notebook = nbformat.read(path, as_version=4)
    normalize(notebook)
    nbformat.write(notebook, path)


class KernelPorts(LocalPortCache):
    """Chooses ports for kernels that nobody else takes meanwhile.

    A kernel binds its ports a second after Jupyter chose them. Jupyter's own
    choice is one of those that the system also gives to each connection that
    somebody opens, and a kernel whose port is taken dies at its start
    (jupyter_client issue 487). These lie below, and are marked for others
    that choose at the same time.
    """

    PORTS = range(20_000, 32_000)

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._marks: dict[int, socket.socket] = {}

    def find_available_port(self, ip: str) -> int:
        """A free port that no other kernel has or is about to have."""
        while True:
            port = random.SystemRandom().choice(self.PORTS)
            if not self._take(port):
                continue
            if host.is_free(port, ip):
                return port
            self.return_port(port)

    def return_port(self, port: int) -> None:
        """Let others have a port again."""
        super().return_port(port)
        if port in self._marks:
            self._marks.pop(port).close()

    def _take(self, port: int) -> bool:
        if port in self.currently_used_ports:
            return False
        if sys.platform == "linux":
            mark = host.mark(f"port-{port}")
            if not mark:
                return False
            self._marks[port] = mark
        self.currently_used_ports.add(port)
        return True


class Run:
    """A notebook's code cells in a kernel of their own, one at a time.

        with Run(path) as run:
            for number in range(len(run.cells)):
                run.cell(number)

    Args:
        limit: seconds that a cell may take.
        environment: variables for the kernel, beside this process's.
    """

    def __init__(
        self,
        path: pathlib.Path,
        limit: float = CELL_SECONDS,
        **environment: str,
    ) -> None:
        self.path, self.limit = path, limit
        self.book = nbformat.read(path, as_version=4)
        self.cells = [c for c in self.book.cells if c.cell_type == "code"]
        self._environment = {**os.environ, **environment}
        # The one instance that every kernel manager of this process asks.
        KernelPorts.instance()
        self._client = nbclient.NotebookClient(
            self.book,
            timeout=limit,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
        )
        self._open = contextlib.ExitStack()

    def __enter__(self) -> "Run":
        progress = self._open.enter_context(tempfile.TemporaryDirectory())
        self._open.enter_context(
            self._client.setup_kernel(
                # What cells print comes by messages; the kernel's talk goes.
                stderr=subprocess.DEVNULL,
                # The starters that run here are nobody's attempts.
                env={**self._environment, "DOCKERLAB_PROGRESS": progress},
            )
        )
        return self

    def __exit__(self, *exception: object) -> None:
        self._open.close()

    def cell(self, number: int) -> float:
        """Run the code cell of that number, from 0; the seconds it took.

        Raises:
            LabError: it failed.
        """
        cell = self.cells[number]
        begun = time.monotonic()
        try:
            self._client.execute_cell(
                cell, self.book.cells.index(cell), execution_count=number + 1
            )
        except nbclient.exceptions.CellExecutionError as error:
            raise LabError(
                f"{self.path.name}: code cell {number} failed.", str(error)
            ) from None
        except nbclient.exceptions.CellTimeoutError:
            os.killpg(os.getpgid(self.pid), signal.SIGINT)
            raise LabError(
                f"{self.path.name}: code cell {number} did not end within"
                f" {self.limit:.0f} s."
            ) from None
        except nbclient.exceptions.DeadKernelError:
            raise LabError(
                f"{self.path.name}: the kernel died in code cell {number}."
            ) from None
        return time.monotonic() - begun

    def fails(self, number: int) -> bool:
        """Run a code cell; whether it failed."""
        try:
            self.cell(number)
        except LabError:
            return True
        return False

    def all(self) -> list[float]:
        """Run every code cell; the seconds each took."""
        return [self.cell(number) for number in range(len(self.cells))]

    @property
    def pid(self) -> int:
        """The process id of the kernel."""
        return self._client.km.provisioner.pid


def execute_file(path: pathlib.Path) -> float:
    """Execute a notebook from top to bottom and store its outputs.

    Returns:
        The seconds that it took.

    Raises:
        LabError: a cell failed; the file is left as it was.
    """
    with Run(path) as run:
        seconds = sum(run.all())
    normalize(run.book)
    nbformat.write(run.book, path)
    return seconds

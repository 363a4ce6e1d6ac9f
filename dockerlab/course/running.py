"""Execute notebooks, cell by cell, in a kernel of their own."""

import contextlib
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

import nbclient
import nbformat
from jupyter_client.connect import LocalPortCache

from dockerlab.base import ports
from dockerlab.base.errors import LabError
from dockerlab.course import normalize

CELL_SECONDS = 180


class CellError(LabError):
    """A notebook's cell failed.

    Attributes:
        kind: the name of the exception that the cell raised, as
            `AssertionError`; empty where the cell did not end by itself.
    """

    kind = ""


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
            if ports.is_free(port, ip):
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
            mark = ports.mark(f"port-{port}")
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
            CellError: it failed.
        """
        cell = self.cells[number]
        begun = time.monotonic()
        try:
            self._client.execute_cell(
                cell, self.book.cells.index(cell), execution_count=number + 1
            )
        except nbclient.exceptions.CellExecutionError as error:
            failed = CellError(
                f"{self.path.name}: code cell {number} failed.", str(error)
            )
            failed.kind = error.ename
            raise failed from None
        except nbclient.exceptions.CellTimeoutError:
            os.killpg(os.getpgid(self.pid), signal.SIGINT)
            raise CellError(
                f"{self.path.name}: code cell {number} did not end within"
                f" {self.limit:.0f} s."
            ) from None
        except nbclient.exceptions.DeadKernelError:
            raise CellError(
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
    normalize.normalize(run.book)
    nbformat.write(run.book, path)
    return seconds

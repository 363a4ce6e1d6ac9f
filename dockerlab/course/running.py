"""Run a notebook's cells, one by one, in a kernel of their own."""

import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time
from typing import Any

import nbclient
import nbformat

from dockerlab.base.errors import LabError
from dockerlab.course.kernel_ports import KernelPorts

CELL_SECONDS = 900


class CellError(LabError):
    """A notebook's cell failed.

    Attributes:
        kind: the name of the exception that the cell raised, as
            `AssertionError`; empty where the cell did not end by itself.
    """

    kind = ""


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
        self._environment = environment
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
                env={
                    **os.environ,
                    "DOCKERLAB_PROGRESS": progress,
                    **self._environment,
                },
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
        provisioner: Any = self._client.km and self._client.km.provisioner
        return int(provisioner.pid)

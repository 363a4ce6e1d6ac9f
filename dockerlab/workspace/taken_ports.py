"""Other ports in the cells of a notebook whose own ports are taken.

Cells show the commands of a tutorial, with fixed ports: `-p 8080:80`. Where
another program has port 8080, the kernel puts a free port into each cell
before the cell runs. The notebook file stays as it is.
"""

import re
import socket
from collections.abc import Callable, Iterable, Mapping

from IPython.core.getipython import get_ipython

Transform = Callable[[list[str]], list[str]]
# The cell that opens the workspace names the wanted ports.
OPENS = "Lab("


def exchange(ports: Mapping[int, int]) -> Transform:
    """What puts free ports in place of taken ones into a cell's lines."""
    numbers = re.compile(rf"\b({'|'.join(map(str, ports))})\b")

    def changed(lines: list[str]) -> list[str]:
        if any(OPENS in line for line in lines):
            return lines
        return [
            numbers.sub(lambda found: str(ports[int(found[0])]), line)
            for line in lines
        ]

    return changed


class Exchange:
    """The exchange of this process's kernel; there is one at a time."""

    def __init__(self) -> None:
        self._current: Transform | None = None
        self._marks: list[socket.socket] = []

    def start(
        self, ports: Mapping[int, int], marks: Iterable[socket.socket] = ()
    ) -> None:
        """Use free ports in the cells that run from now on.

        Args:
            ports: the taken ports, each with a free one.
            marks: what keeps the used ports for this kernel, until `stop`.
        """
        self.stop()
        self._marks = list(marks)
        shell = get_ipython()
        if ports and shell is not None:
            self._current = exchange(ports)
            shell.input_transformers_cleanup.append(self._current)

    def stop(self) -> None:
        """Run cells as they are written, and give the ports back."""
        while self._marks:
            self._marks.pop().close()
        shell = get_ipython()
        if self._current and shell is not None:
            shell.input_transformers_cleanup.remove(self._current)
        self._current = None


KERNEL = Exchange()

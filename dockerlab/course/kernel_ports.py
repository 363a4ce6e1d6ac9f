"""Ports for Jupyter's kernels that no other program takes meanwhile."""

import random
import socket
import sys

from jupyter_client.connect import LocalPortCache

from dockerlab.base import ports


class KernelPorts(LocalPortCache):
    """Chooses ports for kernels that no other program takes meanwhile.

    A kernel binds its ports a second after Jupyter chose them. Jupyter
    chooses from the range from which the system takes ports for outgoing
    connections, and a kernel whose port is taken ends at its start
    (jupyter_client issue 487). The ports here are below that range, and below
    those that the lab's engine gives to containers (`init.sh`). A mark tells
    other processes which ones are chosen already.
    """

    PORTS = range(10_000, 20_000)

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._marks: dict[int, socket.socket] = {}

    def find_available_port(self, ip: str) -> int:
        """A free port that no other kernel uses or is about to use."""
        while True:
            port = random.SystemRandom().choice(self.PORTS)
            if not self._take(port):
                continue
            if ports.is_free(port, ip):
                return port
            self.return_port(port)

    def return_port(self, port: int) -> None:
        """Make a port available again."""
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

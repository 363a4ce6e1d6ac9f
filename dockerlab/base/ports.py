"""Ports of this machine, and marks that one process holds at a time."""

import socket


def mark(name: str) -> socket.socket | None:
    """A mark that this process holds until it closes it, or ends; None where
    one of that name is held already. Linux only.

    It is a socket without a file: every user of this machine's network sees
    it, and it is never stale.
    """
    held = socket.socket(socket.AF_UNIX)
    try:
        held.bind(f"\0dockerlab-{name}")
    except OSError:
        held.close()
        return None
    return held


def is_free(port: int, ip: str = "127.0.0.1") -> bool:
    """Whether a server could listen at a port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
        except OSError:
            return False
    return True

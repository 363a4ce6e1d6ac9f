"""Ports of this machine, and marks that one process holds at a time."""

import errno
import socket

LOOPBACK = "127.0.0.1"
# A server at any of these addresses answers at least some of the requests
# that are meant for the loopback address.
ADDRESSES = (LOOPBACK, "0.0.0.0", "::1", "::")


def mark(name: str) -> socket.socket | None:
    """Take a mark that this process holds until it closes it or ends.

    The mark is a socket without a file, so it is never left behind. All
    users in this machine's network namespace see it. Linux only.

    Returns:
        The mark, or None where another process holds one of that name.
    """
    held = socket.socket(socket.AF_UNIX)
    try:
        held.bind(f"\0dockerlab-{name}")
    except OSError:
        held.close()
        return None
    return held


def check(port: int, ip: str = LOOPBACK) -> None:
    """Raise OSError unless a server at `ip` could have the port to itself.

    All addresses are tried: macOS lets a program share a port with a server
    that listens on every address, and then one of the two gets no requests.
    """
    for address in dict.fromkeys((ip, *ADDRESSES)):
        try:
            _bind(address, port)
        except OSError as error:
            # A machine may have no IPv6, or not this address of it.
            if address == ip or error.errno == errno.EADDRINUSE:
                raise


def _bind(address: str, port: int) -> None:
    """Bind a socket to the address and the port, and close it again."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        # Connections of a server that has ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        probe.bind((address, port))


def is_free(port: int, ip: str = LOOPBACK) -> bool:
    """Whether a server at `ip` could have the port to itself now."""
    try:
        check(port, ip)
    except OSError:
        return False
    return True

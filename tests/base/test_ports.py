"""Ports: which ones are free, and marks that one process holds."""

import errno
import pathlib
import socket
import subprocess
import sys

import pytest

from dockerlab import paths
from dockerlab.base import ports

HOLD = """
import sys
from dockerlab.base import ports
mark = ports.mark(sys.argv[1])
print("held" if mark else "taken", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def free() -> int:
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_port_at_which_nothing_listens(free):
    assert ports.is_free(free)
    ports.check(free)


@pytest.mark.parametrize("ip", ["127.0.0.1", "0.0.0.0", "127.0.0.2"])
def test_a_server_at_any_address_takes_the_port(ip):
    if ip == "127.0.0.2" and sys.platform != "linux":
        pytest.skip("the machine has one loopback address")
    with socket.create_server((ip, 0)) as server:
        port = server.getsockname()[1]
        assert not ports.is_free(port)
        with pytest.raises(OSError, match="in use") as taken:
            ports.check(port)
    assert taken.value.errno == errno.EADDRINUSE
    assert ports.is_free(port)


@pytest.mark.parametrize("ip", ["::", "::1"])
def test_a_server_of_ipv6_takes_the_port(ip, free):
    if not socket.has_ipv6 or not pathlib.Path("/proc/net/if_inet6").exists():
        pytest.skip("this machine has no IPv6")
    try:
        server = socket.create_server((ip, free), family=socket.AF_INET6)
    except OSError as error:
        pytest.skip(f"this machine has no address {ip}: {error.strerror}")
    with server:
        assert not ports.is_free(free)


@pytest.mark.parametrize("wildcard", ["0.0.0.0", "::"])
def test_a_system_that_lets_one_address_share_the_port(
    free, monkeypatch, wildcard
):
    """macOS: a socket with SO_REUSEADDR may have 127.0.0.1 and the port of a
    server that listens on all addresses, as AirPlay does at port 5000."""

    class Socket(socket.socket):
        def bind(self, address):
            if address[0] == wildcard:
                raise OSError(errno.EADDRINUSE, "Address already in use")

    monkeypatch.setattr(socket, "socket", Socket)
    assert not ports.is_free(free)


def test_a_machine_without_ipv6(free, monkeypatch):
    class Socket(socket.socket):
        def bind(self, address):
            if ":" in address[0]:
                raise OSError(errno.EADDRNOTAVAIL, "no such address")
            super().bind(address)

    monkeypatch.setattr(socket, "socket", Socket)
    assert ports.is_free(free)


@pytest.mark.skipif(sys.platform != "linux", reason="marks exist on Linux")
def test_a_mark_is_held_by_one_process_until_it_ends():
    name = "test-of-marks"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=paths.PROJECT,
    ) as other:
        assert other.stdout.readline() == "held\n"
        assert ports.mark(name) is None
        other.kill()
        other.wait(60)
    mark = ports.mark(name)
    assert mark is not None
    assert ports.mark(name) is None
    mark.close()

"""The package index with HTTPS: its files, and a client that trusts it."""

import http.client
import socket
import ssl
import subprocess
import sys

import pytest
import trustme

from dockerlab import https_index


@pytest.fixture
def served(tmp_path):
    """The port of a running server, and its authority's certificate."""
    https_index.write(tmp_path, trustme.CA(), "packages.example", "hello")
    code = https_index.SERVER.replace("/srv", str(tmp_path))
    code = code.replace("443", "0").replace(
        f'print("{https_index.READY}"', "print(server.server_port"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield int(server.stdout.readline()), tmp_path / "ca.pem"
    finally:
        server.kill()
        server.communicate()


def _asked(port: int, name: str, context: ssl.SSLContext) -> bytes:
    """The page of the package, from a server that must have this name."""
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname=name) as encrypted,
    ):
        encrypted.sendall(b"GET /greeting/ HTTP/1.0\r\n\r\n")
        answer = http.client.HTTPResponse(encrypted)
        answer.begin()
        return answer.read()


def test_only_its_authority_and_its_name_are_accepted(served):
    port, ca = served
    trusting = ssl.create_default_context(cafile=ca)
    page = _asked(port, "packages.example", trusting)
    assert b"greeting-1.0-py3-none-any.whl" in page
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        _asked(port, "other.example", trusting)
    with pytest.raises(ssl.SSLCertVerificationError, match="verify failed"):
        _asked(port, "packages.example", ssl.create_default_context())


def test_a_certificate_is_found_by_its_last_whole_line():
    first, second = (
        https_index.mark(trustme.CA().cert_pem.bytes().decode())
        for _ in range(2)
    )
    assert first != second
    assert len(first) == 64

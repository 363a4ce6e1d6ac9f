"""The socket behind which a kernel sees an engine by other names."""

import os
import pathlib
import socket
import tempfile
import time

import docker
import pytest

from dockerlab.lab import Lab
from dockerlab.workspace.names import Pair, Swap
from dockerlab.workspace.proxy import Proxy

SWAP = Swap(
    [
        Pair("flask-web", "fla01-web"),
        Pair("dockerlab.lesson", "dl-seat01.lesson"),
    ]
)
NAMES_ONLY = Swap([Pair("flask-web", "fla01-web")])


@pytest.fixture
def ends():
    """Both ends of a connection through a proxy: the kernel's, and a function
    that waits for the engine's."""
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.socket(socket.AF_UNIX) as far,
        socket.socket(socket.AF_UNIX) as near,
    ):
        far.bind(f"{folder}/far")
        far.listen()
        path = pathlib.Path(folder, "near")
        proxy = Proxy(path, f"{folder}/far", SWAP, NAMES_ONLY)
        proxy.start()
        near.connect(str(proxy.path))
        engine, _ = far.accept()
        with engine:
            yield near, engine


def _received(near: socket.socket, engine: socket.socket) -> bytes:
    near.shutdown(socket.SHUT_WR)
    with engine.makefile("rb") as sent:
        return sent.read()


def test_a_name_whose_rest_comes_late(ends):
    """A busy machine stops between two writes of one message."""
    near, engine = ends
    halves = (
        b"POST /containers/create?name=flask-web HTTP/1.1\r\n\r\n"
        b'{"Labels":{"dockerlab.les',
        b'son":"flask_app"}}',
    )
    for half in halves:
        near.sendall(half)
        time.sleep(0.5)
    assert _received(near, engine) == SWAP(b"".join(halves))


def test_an_archive_of_images_keeps_its_labels(ends):
    """They count into the image's digest; its names do not."""
    near, engine = ends
    head = b"POST /images/load HTTP/1.1\r\n\r\n"
    near.sendall(head + b"flask-web dockerlab.lesson")
    assert _received(near, engine) == head + b"fla01-web dockerlab.lesson"


def test_an_archive_of_files_stays_as_it_is(ends):
    """A checksum of a member's name stands beside it."""
    near, engine = ends
    path = b"PUT /containers/%b/archive?path=/flask-web HTTP/1.1\r\n\r\n"
    near.sendall(path % b"flask-web" + b"flask-web")
    assert _received(near, engine) == path % b"fla01-web" + b"flask-web"


def test_what_the_engine_answers_is_exchanged_back(ends):
    near, engine = ends
    near.sendall(b"GET /containers/json HTTP/1.1\r\n\r\n")
    engine.sendall(b'HTTP/1.1 200 OK\r\n\r\n["fla01-web"]')
    engine.shutdown(socket.SHUT_WR)
    with near.makefile("rb") as answer:
        assert answer.read() == b'HTTP/1.1 200 OK\r\n\r\n["flask-web"]'


def test_a_stream_is_not_held_back(ends):
    """Somebody waits for the last words of a stream that goes on."""
    near, engine = ends
    near.sendall(b"POST /session HTTP/1.1\r\n\r\n")
    engine.sendall(b"HTTP/1.1 101 UPGRADED\r\n\r\n")
    time.sleep(0.2)
    near.recv(1000)
    near.settimeout(60)
    engine.sendall(b"fla")
    assert near.recv(1000) == b"fla"


@pytest.mark.engine
def test_through_a_command_where_there_is_no_socket(tmp_path):
    """An engine behind ssh: `docker` itself makes the connection."""
    lab = Lab("testproxy")
    host = {**os.environ, "DOCKER_HOST": lab.engine.url}
    command = (os.environ["DOCKERLAB_DOCKER"], "system", "dial-stdio")
    path = tmp_path / "x.sock"
    Proxy(path, command, SWAP, SWAP, host).start()
    client = docker.DockerClient(f"unix://{path}")
    try:
        assert client.info()["ID"] == lab.client.info()["ID"]
    finally:
        client.close()
        lab.close()

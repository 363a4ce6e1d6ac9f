"""Pages of a container are waited for, as long as it is fair."""

import os
import time

import docker
import docker.errors
import pytest

from dockerlab.base import labels
from dockerlab.checks import contexts, pages, waiting
from dockerlab.checks.waiting import wait_for

# The workspace of `lab_client` sets up the `docker` command.
pytestmark = [
    pytest.mark.engine,
    pytest.mark.usefixtures("lab_client"),
]

SERVES = (
    "import time, http.server as h; {first}; h.HTTPServer("
    "('{address}', 8000), h.SimpleHTTPRequestHandler).serve_forever()"
)
# By the clock: 3 s of processor time take long on a machine that is busy.
COMPUTES = (
    "any(0 for _ in iter("
    "lambda end=time.monotonic() + 3: time.monotonic() > end, True))"
)
FOREVER = "lambda: any(0 for _ in iter(int, 1))"
BUSY = f"import threading; threading.Thread(target={FOREVER}).start()"


@pytest.fixture
def fetched(examined, monkeypatch):
    """Ask a program for its page on a very busy machine, for 2 s or longer;
    whether it came, and the seconds until then."""
    monkeypatch.setattr(os, "getloadavg", lambda: (99, 99, 99))

    def fetch(program: str, **options: object) -> tuple[bool, float]:
        def examine(bench, _):
            container = bench.run(
                "python:3.13-slim",
                command=["python", "-c", program],
                ports={"8000/tcp": ("127.0.0.1", None)},
                **options,
            )
            begun = time.monotonic()
            page = pages.fetch(container, "8000/tcp", seconds=2)
            seen.append((page is not None, time.monotonic() - begun))

        seen = []
        assert examined("number", 1, examine).passed
        return seen[0]

    return fetch


@pytest.mark.parametrize(
    ("first", "address", "comes", "most"),
    [
        pytest.param(COMPUTES, "", True, 100, id="computes first"),
        pytest.param("time.sleep(60)", "", False, 100, id="sleeps"),
        pytest.param(BUSY, "127.0.0.1", False, 100, id="listens for itself"),
    ],
)
def test_only_who_computes_is_waited_for_longer(
    first, address, comes, most, fetched
):
    came, took = fetched(SERVES.format(first=first, address=address))
    assert came == comes
    assert took < most


def test_who_responds_with_an_error_is_not_waited_for_longer(
    fetched, monkeypatch
):
    """It computes its responses, and would be taken for one that begins."""
    monkeypatch.setattr(waiting, "SLOWEST", 2)
    program = SERVES.format(first="0", address="").replace("Simple", "Base")
    came, took = fetched(program)
    assert not came
    assert took < 30  # of 60 for one that begins


def test_who_computes_little_is_waited_for_though_each_look_takes_long(
    fetched, monkeypatch
):
    """A second look right after a slow first one took it for asleep."""

    def listening(container):
        time.sleep(1.5)
        return {}

    def a_tenth(container):
        return time.monotonic() / 10

    monkeypatch.setattr(pages, "listening", listening)
    monkeypatch.setattr(pages, "processor_seconds", a_tenth)
    assert fetched(SERVES.format(first=COMPUTES, address=""))[0]


def test_who_listens_elsewhere_is_found_without_processor_time(
    fetched, monkeypatch
):
    """Some engines never tell what a container computes."""

    def stats(container, **options):
        raise docker.errors.APIError("not here")

    monkeypatch.setattr(docker.models.containers.Container, "stats", stats)
    program = SERVES.format(first=BUSY, address="127.0.0.1")
    came, took = fetched(program)
    assert not came
    assert took < 100


def test_the_engines_name_service_is_not_the_programs(fetched, lab_client):
    """It listens in each container of such a network, at a port of its own."""
    name = f"testchecks-{os.getpid()}"
    network = lab_client.networks.create(name, labels=labels.of("testchecks"))
    try:
        program = SERVES.format(first=COMPUTES, address="")
        assert fetched(program, network=network.name)[0]
    finally:
        network.remove()


WITHOUT_CAT = """
FROM python:3.13-slim
RUN rm /usr/bin/cat
CMD ["python", "-m", "http.server", "--bind", "127.0.0.1", "5000"]
"""


def test_who_listens_is_found_without_a_program_of_the_image(examined):
    def examine(bench, _):
        container = bench.run(bench.build_own(WITHOUT_CAT, empty).tag)
        assert wait_for(lambda: pages.listening(container), 60)
        assert pages.listening(container) == {5000: False}

    with contexts.folder_of() as empty:
        assert examined("number", 1, examine).passed


ENDLESS = """
import socket
server = socket.create_server(("", 8000))
while True:
    client, _ = server.accept()
    client.recv(9999)
    client.send({head!r})
    try:
        while True:
            client.send(b"x" * 100000)
    except OSError:
        pass
"""


@pytest.mark.parametrize(
    ("head", "comes"), [(b"HTTP/1.0 200 OK\r\n\r\n", True), (b"hm", False)]
)
def test_pages_that_never_end_or_are_none(head, comes, examined):
    def examine(bench, _):
        program = ENDLESS.format(head=head)
        container = bench.run(
            "python:3.13-slim",
            command=["python", "-c", program],
            ports={"8000/tcp": ("127.0.0.1", None)},
        )
        page = pages.fetch(container, "8000/tcp", seconds=6)
        assert bool(page) == comes

    assert examined("number", 1, examine).passed

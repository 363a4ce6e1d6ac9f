"""Pages are loaded from this machine, as soon as the server answers."""

import http.server
import threading
import time

import pytest

from dockerlab import pages
from dockerlab.base.errors import LabError


class Answer(http.server.BaseHTTPRequestHandler):
    busy = 0  # requests that are answered with status 503 first

    def do_GET(self):
        ready, type(self).busy = self.busy <= 0, self.busy - 1
        status = 503 if not ready else 404 if self.path == "/no" else 200
        self.send_response(status)
        self.end_headers()
        self.wfile.write("héllo".encode())

    def log_message(self, *words):
        pass


@pytest.fixture
def server(monkeypatch):
    """A bound server that does not answer before `answer()`."""
    monkeypatch.setattr(pages, "ONE_ATTEMPT", 5)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), Answer, bind_and_activate=False
    )
    server.server_bind()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    server.answer = lambda: (server.server_activate(), thread.start())
    yield server
    if thread.is_alive():
        server.shutdown()
    server.server_close()


def url(server, path="/"):
    return f"http://127.0.0.1:{server.server_address[1]}{path}"


def test_a_page_comes_at_once_without_a_message(server, capsys):
    server.answer()
    assert pages.fetch(url(server)) == "héllo"
    assert not capsys.readouterr().out


def test_a_server_that_starts_later_is_waited_for_visibly(
    server, capsys, monkeypatch
):
    monkeypatch.setattr(pages, "SILENT", 0.1)
    threading.Timer(0.8, server.answer).start()
    assert pages.fetch(url(server)) == "héllo"
    assert capsys.readouterr().out == f"Waiting for {url(server)} ...\n"


def test_a_server_that_is_not_ready_yet_is_waited_for(server, monkeypatch):
    monkeypatch.setattr(Answer, "busy", 3)
    server.answer()
    assert pages.fetch(url(server)) == "héllo"


def test_without_a_server_the_message_is_plain(server):
    with pytest.raises(LabError, match=r"no page at .* after 1 seconds: .*"):
        pages.fetch(url(server), seconds=1)


def test_an_error_status_is_not_waited_for(server):
    server.answer()
    begun = time.monotonic()
    with pytest.raises(LabError, match="answers with status 404"):
        pages.fetch(url(server, "/no"))
    assert time.monotonic() - begun < 30


def test_serves_one_text_until_closed(capsys):
    server = pages.serve("héllo", 0)
    url = f"http://127.0.0.1:{server.server_port}"
    assert pages.fetch(url) == "héllo"
    server.close()
    with pytest.raises(LabError, match="no page"):
        pages.fetch(url, seconds=0)
    assert capsys.readouterr() == ("", "")

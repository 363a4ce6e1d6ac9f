"""Requests to this machine, whatever the proxy settings are."""

import http.server
import threading
import urllib.error
import urllib.request

import pytest

from dockerlab.base import web


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/" else 404)
        self.end_headers()
        self.wfile.write(b"here")

    def log_message(self, *words):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_no_proxy_is_used(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.0/8")
    # An earlier test may have made the opener, with other settings.
    monkeypatch.setattr(urllib.request, "_opener", None)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(server, timeout=60)
    with web.open_local(server, timeout=60) as answer:
        assert answer.read() == b"here"


def test_an_error_status_is_an_error(server):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        web.open_local(f"{server}/none")

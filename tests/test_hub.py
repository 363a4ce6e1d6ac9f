"""The question to Docker Hub, against a small server made here."""

import http.server
import threading

import pytest

from dockerlab import hub


class _Hub(http.server.BaseHTTPRequestHandler):
    """Answers as Docker Hub does to somebody without an account."""

    refuses = False

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"token": "t"}')

    def do_HEAD(self):
        known = self.headers["Authorization"] == "Bearer t"
        self.send_response(429 if self.refuses else 200 if known else 401)
        self.send_header("RateLimit-Limit", "100;w=21600")
        self.send_header("RateLimit-Remaining", "97;w=21600")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(hub, "TOKEN", f"{url}/token")
    monkeypatch.setattr(hub, "REGISTRY", url)
    yield url
    server.shutdown()
    server.server_close()


def test_limit_is_read(server):
    assert hub.pulls() == {
        "ratelimit-limit": "100;w=21600",
        "ratelimit-remaining": "97;w=21600",
    }


def test_no_answer_is_no_error(monkeypatch):
    monkeypatch.setattr(hub, "TOKEN", "http://127.0.0.1:1/token")
    assert hub.pulls() == {}


def test_docker_hubs_answer_costs_no_pull(server, monkeypatch):
    found = hub.headers(f"{server}/token", f"{server}/v2/")
    assert found
    assert found["ratelimit-remaining"] == "97;w=21600"
    monkeypatch.setattr(_Hub, "refuses", True)
    found = hub.headers(f"{server}/token", f"{server}/v2/")
    assert found == {"ratelimit-remaining": "0"}


def test_docker_hub_does_not_answer():
    url = "http://127.0.0.1:1"
    assert hub.headers(url, url) is None

"""Parts of checks that look at a registry: against a small one made here."""

import http.server
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from dockerlab import registries
from dockerlab.checks import pushed


class _Small(http.server.BaseHTTPRequestHandler):
    """A registry that keeps in memory what is pushed."""

    kept: dict[str, bytes] = {}

    def do_POST(self):
        self.send_response(202)
        self.send_header("Location", f"{self.path}u?_state=s")
        self.end_headers()

    def do_PUT(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        address = urlsplit(self.path)
        for name in parse_qs(address.query).get("digest", ()):
            self.kept[f"/v2/app/blobs/{name}"] = content
        self.kept[address.path] = content
        self.send_response(201)
        self.end_headers()

    def do_GET(self):
        page = b"{}" if self.path == "/v2/" else self.kept.get(self.path)
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Type", "text")
        self.end_headers()
        self.wfile.write(page or b"")

    def log_message(self, *args):
        pass


class _Bench:
    """It keeps which criteria were met."""

    def __init__(self):
        self.met = {}

    def require(self, key, text, met, hint):
        self.met[key] = bool(met)
        return self.met[key]


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(_Small, "kept", {})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Small)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield registries.Registry(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def test_uploaded_image_is_whole(registry):
    parts = pushed.upload(registry, "app", "1")
    assert registry.download("app", "1") == parts
    image = registry.manifest("app", "1")
    assert [part.kind for part in image.parts] == ["config", "layer"]
    assert pushed.is_whole(registry, "app", image)
    del _Small.kept[f"/v2/app/blobs/{image.parts[1].digest}"]
    assert not pushed.is_whole(registry, "app", image)


def test_each_upload_is_another_image(registry):
    first, second = (pushed.upload(registry, "app", "1") for _ in "ab")
    assert not first.keys() & second.keys()


def test_registry_in_a_name(registry):
    host = registry.url.removeprefix("http://")
    bench = _Bench()
    found = pushed.registry_of(bench, f"{host}/app:1", "app")
    assert found.url == registry.url
    assert bench.met == {"registry": True, "answers": True}


@pytest.mark.parametrize(
    ("name", "met"),
    [
        ("app:1", {"registry": False}),
        ("localhost:1/other:1", {"registry": False}),
        ("localhost:1/app:1", {"registry": True, "answers": False}),
    ],
)
def test_no_registry_in_a_name(monkeypatch, name, met):
    monkeypatch.setattr(pushed, "PATIENCE", 0.2)
    bench = _Bench()
    assert pushed.registry_of(bench, name, "app") is None
    assert bench.met == met


def test_status_of_nobody():
    assert pushed.status(registries.Registry("http://127.0.0.1:1")) is None

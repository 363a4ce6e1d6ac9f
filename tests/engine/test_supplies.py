"""Supplies: what cannot be trusted is refused."""

import http.server
import os
import re
import threading

import pytest

from dockerlab.base.errors import LabError
from dockerlab.engine import supplies


def test_a_corrupted_download(tmp_path, monkeypatch):
    """An index whose files are not what was pinned."""

    class Index(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.path.strip("/").split("/")[-1]
            page = f"<a href='/{name}-{PINNED[name]}-py3-none-any.whl'>x</a>"
            body = page if self.path.endswith("/") else "not a wheel"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *words):
            pass

    pins = re.findall(r"^(\S+)==(\S+)", supplies.PINNED[0].read_text(), re.M)
    PINNED = dict(pins) | {f"{n}-{v}-py3-none-any.whl": v for n, v in pins}
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/simple/"
        monkeypatch.setenv("PIP_INDEX_URL", url)
        with pytest.raises(LabError, match="HASHES") as refused:
            supplies.wheels(print)
        server.shutdown()
    assert "run the same command again" in refused.value.fix
    assert not (tmp_path / "supplies/wheels.stamp").exists()

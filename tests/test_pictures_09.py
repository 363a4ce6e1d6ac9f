"""`registries`: its pictures, and the reader of registries behind them."""

import http.server
import json
import threading

import pytest

from dockerlab import pictures, registries
from dockerlab.base.errors import LabError
from dockerlab.registries import Manifest, Part


def blob(kind: str, number: int, size: int) -> Part:
    """A part whose digest begins with its number."""
    return Part(kind, f"sha256:{number:04d}" + "a1b2" * 15, size)


CONFIG = blob("config", 1, 1_700)
BASE = [blob("layer", n, n * 10_000_000) for n in (2, 3)]
OWN = blob("layer", 4, 300)
IMAGE = Manifest("sha256:1", "", 500, (CONFIG, *BASE, OWN))
LOG = f"""
x - - [now] "HEAD /v2/a/app/blobs/{OWN.digest} HTTP/1.1" 404 157 "" "docker"
x - - [now] "PUT /v2/a/app/blobs/uploads/u?_state=s&digest=sha256%3A\
{OWN.digest[7:]} HTTP/1.1" 201 0 "" "docker"
x - - [now] "POST /v2/a/app/blobs/uploads/?from=b&mount=sha256%3A\
{BASE[0].digest[7:]} HTTP/1.1" 201 0 "" "docker"
x - - [now] "POST /v2/a/app/blobs/uploads/?from=b&mount=sha256%3A\
{BASE[1].digest[7:]} HTTP/1.1" 202 0 "" "docker"
x - - [now] "GET /v2/a/app/blobs/{CONFIG.digest} HTTP/1.1" 200 1700 "" "docker"
time="now" level=info msg="no line of the access log"
"""


def trips() -> dict:
    """A push of everything, and others."""
    return {
        "push": [(part, "sent") for part in IMAGE.parts],
        "push it under a name that is much too long for its row": [
            (part, "there") for part in IMAGE.parts
        ],
        "pull": registries.travelled(IMAGE, registries.read_log(LOG)),
    }


def index(platforms: int, parts: int) -> Manifest:
    """An index of so many platforms with so many layers."""
    listed = tuple(
        (
            f"linux/arch{n}/variant-with-a-long-name",
            Manifest(
                f"sha256:{n:04d}" + "0" * 60,
                "",
                500,
                (
                    blob("config", n, 700),
                    *(blob("layer", 90 + p, 10**p) for p in range(parts)),
                ),
            ),
        )
        for n in range(platforms)
    )
    return Manifest("sha256:" + "9" * 64, "", 683, (), listed)


def moments() -> list:
    """Storage before, in the midst of, and after cleaning."""
    held = IMAGE.digests
    kept = {CONFIG.digest: CONFIG.size, BASE[0].digest: BASE[0].size}
    return [
        ("before", held, held),
        ("a step with a name that is much too long for it", held, kept),
        ("after", kept, kept),
    ]


@pytest.mark.parametrize(
    "picture",
    [
        pictures.travels(trips()),
        pictures.travels({"nothing": []}),
        pictures.index_parts("localhost:5000/team/app:1.0 $a $b", index(2, 1)),
        pictures.index_parts("app", index(5, 4)),
        pictures.index_parts("app", index(1, 0)),
        pictures.cleaned(moments()),
        pictures.cleaned([("empty", {}, {})]),
    ],
    ids=["trips", "no trip", "two", "many", "one", "cleaned", "empty"],
)
def test_readable(picture, readable):
    readable(picture)


def test_travelled_reads_each_way_from_the_log():
    ways = registries.travelled(IMAGE, registries.read_log(LOG))
    # The last mount was refused (202): the layer must come another way.
    assert [way for _, way in ways] == ["sent", "mounted", "there", "sent"]


def test_travels():
    data = pictures.travels(trips()).data
    assert data["push"]["sent"] == {"parts": 4, "bytes": 50_002_000}
    assert data["pull"]["mounted"] == {"parts": 1, "bytes": 20_000_000}
    assert data["pull"]["sent"] == {"parts": 2, "bytes": 2_000}
    caption = pictures.travels(trips()).caption
    assert "push: 50.0 MB sent; the 2 other trips together: 2.00 kB" in caption


def test_index_parts():
    picture = pictures.index_parts("app", index(2, 1))
    first, second = picture.data.values()
    assert first["digest"] != second["digest"]
    assert [part["kind"] for part in first["parts"]] == ["config", "layer"]
    assert "2 platforms" in picture.caption
    assert "share 1 blob." in picture.caption


def test_cleaned():
    picture = pictures.cleaned(moments())
    unreached = [row["unreached"] for row in picture.data]
    assert unreached == [0, 30_000_800, 0]
    assert "50.0 MB at first, 20.0 MB at the end" in picture.caption
    assert "30.0 MB that no tag leads to" in picture.caption


class _Small(http.server.BaseHTTPRequestHandler):
    """A registry with an index of one platform, and a blob that is wrong."""

    manifest = json.dumps(
        {
            "config": {"digest": CONFIG.digest, "size": 2},
            "layers": [{"digest": registries.digest(b"layer"), "size": 5}],
        }
    ).encode()
    index = json.dumps(
        {
            "manifests": [
                {
                    "digest": registries.digest(manifest),
                    "platform": {"os": "linux", "architecture": "arm64"},
                }
            ]
        }
    ).encode()
    pages = {
        "/v2/_catalog": b'{"repositories": ["app"]}',
        "/v2/app/tags/list": b'{"name": "app", "tags": ["2", "1"]}',
        "/v2/app/manifests/1": index,
        f"/v2/app/manifests/{registries.digest(manifest)}": manifest,
        f"/v2/app/blobs/{registries.digest(b'layer')}": b"layer",
        f"/v2/app/blobs/{CONFIG.digest}": b"{}",
    }

    def do_GET(self):
        page = self.pages.get(self.path)
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text")
        self.end_headers()
        self.wfile.write(page or b"{}")

    def log_message(self, *args):
        pass


@pytest.fixture
def registry():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Small)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield registries.Registry(f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    server.server_close()


def test_registry_is_read(registry):
    found = registry.manifest("app", "1")
    assert found.digest == registries.digest(_Small.index)
    [(platform, image)] = found.platforms
    assert platform == "linux/arm64"
    assert [part.size for part in image.parts] == [2, 5]
    assert registry.tags("app") == ["1", "2"]
    assert registry.tags("nothing") == []
    assert registry.manifest("app", "2") is None
    layer = image.parts[1].digest
    assert set(registry.reachable()) == {
        found.digest,
        image.digest,
        CONFIG.digest,
        layer,
    }
    assert registry.holds("app", layer)
    assert not registry.holds("app", CONFIG.digest)  # other bytes
    assert not registry.holds("app", OWN.digest)


def test_no_registry_is_told():
    with pytest.raises(LabError, match="No registry answers"):
        registries.Registry("http://127.0.0.1:1").tags("app")
    with pytest.raises(LabError, match="No registry answers"):
        registries.Registry("https://127.0.0.1:1", ca="none.pem").ask("")

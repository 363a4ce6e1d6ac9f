"""The client of registries: against a small registry made here."""

import http.server
import json
import threading

import pytest

from dockerlab import registries
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


def test_travelled_reads_each_way_from_the_log():
    ways = registries.travelled(IMAGE, registries.read_log(LOG))
    # The last mount was refused (202): the layer must come another way.
    assert [way for _, way in ways] == ["sent", "mounted", "there", "sent"]


def manifest(*layers: bytes) -> bytes:
    """A manifest with a configuration and these layers."""
    listed = [
        {"digest": registries.digest(layer), "size": len(layer)}
        for layer in layers
    ]
    config = {"digest": registries.digest(SETTINGS), "size": len(SETTINGS)}
    return json.dumps({"config": config, "layers": listed}).encode()


def entry(data: bytes, os: str, architecture: str, **more: str) -> dict:
    """A row of an index."""
    platform = {"os": os, "architecture": architecture, **more}
    return {"digest": registries.digest(data), "platform": platform}


SETTINGS = b'{"rootfs": {"diff_ids": ["sha256:1"]}}'
ARM, INTEL, PROOF = manifest(b"layer"), manifest(b"other"), manifest()
INDEX = json.dumps(
    {
        "manifests": [
            entry(PROOF, "unknown", "unknown"),
            entry(ARM, "linux", "arm64", variant="v8"),
            entry(INTEL, "linux", "amd64"),
            entry(b"not here", "linux", "s390x"),
        ]
    }
).encode()


class _Small(http.server.BaseHTTPRequestHandler):
    """A registry with an index, a single image, and a blob that is wrong.

    As today's registries, it has an index only for clients that accept one.
    """

    images = {
        "1": INDEX,
        "single": ARM,
        **{registries.digest(data): data for data in (ARM, INTEL, PROOF)},
    }
    pages = {
        "/v2/_catalog": b'{"repositories": ["app"]}',
        "/v2/app/tags/list": b'{"name": "app", "tags": ["single", "1"]}',
        f"/v2/app/blobs/{registries.digest(b'layer')}": b"layer",
        f"/v2/app/blobs/{registries.digest(SETTINGS)}": SETTINGS,
        f"/v2/app/blobs/{CONFIG.digest}": b"{}",
    }

    def do_GET(self):
        prefix = "/v2/app/manifests/"
        if self.path.startswith(prefix):
            page = self.images.get(self.path.removeprefix(prefix))
        else:
            page = self.pages.get(self.path)
        if page == INDEX and "image.index" not in self.headers["Accept"]:
            page = None
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text")
        if page:
            name = registries.digest(page)
            self.send_header("Docker-Content-Digest", name)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(page or b"no JSON")

    do_HEAD = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture
def registry():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Small)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield registries.Registry(f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    server.server_close()


def test_index_is_read(registry):
    found = registry.manifest("app", "1")
    assert found.digest == registries.digest(INDEX)
    assert found.parts == ()
    (name, image), (other, _) = found.platforms
    assert (name, other) == ("linux/arm64/v8", "linux/amd64")
    assert [part.size for part in image.parts] == [len(SETTINGS), 5]
    [proof] = found.attestations
    assert proof.digest == registries.digest(PROOF)


def test_tags_are_read(registry):
    assert registry.repositories() == ["app"]
    assert registry.tags("app") == ["1", "single"]
    assert registry.tags("nothing") == []
    assert registry.manifest("app", "2") is None
    assert registry.digest("app", "1") == registries.digest(INDEX)
    assert registry.digest("app", "2") == ""


@pytest.mark.parametrize(
    ("reference", "platform", "expected"),
    [
        ("1", "", ARM),
        ("1", "linux/amd64", INTEL),
        ("1", "linux/arm64/v8", ARM),
        ("1", "windows/amd64", None),
        ("1", "unknown/unknown", None),
        ("single", "", ARM),
        ("single", "linux/amd64", ARM),  # it states no platform
        (registries.digest(INTEL), "", INTEL),
        ("2", "", None),
    ],
)
def test_image_of_a_platform(registry, reference, platform, expected):
    found = registry.image("app", reference, platform)
    digest = found and found.digest
    assert digest == (expected and registries.digest(expected))


def test_configuration_is_read(registry):
    image = registry.image("app", "1")
    assert registry.config("app", image) == json.loads(SETTINGS)
    broken = Manifest("sha256:2", "", 1, (blob("config", 7, 1),))
    with pytest.raises(LabError, match="no configuration of app"):
        registry.config("app", broken)


def test_reachable_includes_attestations(registry):
    named = {registries.digest(one) for one in (INDEX, ARM, INTEL, PROOF)}
    blobs = {registries.digest(one) for one in (SETTINGS, b"layer", b"other")}
    assert set(registry.reachable()) == named | blobs


def test_held_blob_has_its_digest(registry):
    assert registry.holds("app", registries.digest(b"layer"))
    assert not registry.holds("app", CONFIG.digest)  # other bytes
    assert not registry.holds("app", OWN.digest)


def test_no_registry_is_explained():
    with pytest.raises(LabError, match="No registry answers"):
        registries.Registry("http://127.0.0.1:1").tags("app")
    with pytest.raises(LabError, match="No registry answers"):
        registries.Registry("https://127.0.0.1:1", ca="none.pem").ask("")


DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "localhost:5000/app:1.0",
            ("http://localhost:5000", "app", "1.0"),
        ),
        (
            "127.0.0.1:81/team/app",
            ("http://127.0.0.1:81", "team/app", "latest"),
        ),
        (
            f"localhost:5000/app@{DIGEST}",
            ("http://localhost:5000", "app", DIGEST),
        ),
        (
            f"localhost:5000/app:1.0@{DIGEST}",
            ("http://localhost:5000", "app", DIGEST),
        ),
        ("app:1.0", None),
        ("localhost/app:1.0", None),
        ("example.com:5000/app:1.0", None),
        ("localhost:5000/app:", None),
    ],
)
def test_name_on_this_machine(name, expected):
    assert registries.on_this_machine(name) == expected


def test_everything_is_downloaded(registry, monkeypatch):
    parts = {registries.digest(one): one for one in (SETTINGS, b"layer", ARM)}
    assert registry.download("app", "single") == parts
    with pytest.raises(LabError, match="does not have app/blobs/"):
        registry.download("app", "1")  # a part of its index is not there
    index = json.dumps({"manifests": [entry(ARM, "linux", "arm64")]}).encode()
    images = {"1": index, registries.digest(ARM): ARM}
    monkeypatch.setattr(_Small, "images", images)
    whole = parts | {registries.digest(index): index}
    assert registry.download("app", "1") == whole


def test_digest_of_each_tag(registry):
    assert registry.named("app") == {
        "1": registries.digest(INDEX),
        "single": registries.digest(ARM),
    }


def test_folder_for_logins(tmp_path, monkeypatch):
    usual, folder = tmp_path / "usual", tmp_path / "login"
    (usual / "contexts").mkdir(parents=True)
    known = {"currentContext": "mine", "credsStore": "desktop", "auths": {}}
    (usual / "config.json").write_text(json.dumps(known))
    monkeypatch.setenv("DOCKER_CONFIG", str(usual))
    registries.login_folder(folder, "localhost:5000")
    settings = json.loads((folder / "config.json").read_text())
    assert settings == {
        "currentContext": "mine",
        "auths": {"localhost:5000": {}},
    }
    assert (folder / "contexts").samefile(usual / "contexts")
    assert not (folder / "cli-plugins").exists()


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/v2/", ""),
        ("/v2/?mark=1", ""),
        ("/v2/a/app/tags/list", "tags"),
        ("/v2/app/manifests/1.0", "manifests"),
        (f"/v2/app/blobs/{CONFIG.digest}", "blobs"),
        ("/v2/app/blobs/uploads/u?_state=blobs", "uploads"),
        ("/v2/app/blobs/uploads/", "uploads"),
    ],
)
def test_subject_of_a_request(path, what):
    assert registries.Request("GET", path, 200, 1).what == what

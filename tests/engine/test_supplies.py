"""Supplies: what cannot be trusted is refused."""

import hashlib
import http.server
import json
import os
import re
import threading
import types

import pytest

from dockerlab.base.errors import LabError
from dockerlab.engine import prepare, recipes, supplies
from dockerlab.engine.box import Box


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


@pytest.fixture
def storage(tmp_path, monkeypatch):
    """The storage of a registry with one image of the first edition: a
    manifest, a configuration and a layer, under all tags of a stand-in."""
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    found = tmp_path / "supplies/registry/docker/registry/v2"

    def put(data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        blob = found / "blobs/sha256" / digest[:2] / digest / "data"
        blob.parent.mkdir(parents=True)
        blob.write_bytes(data)
        return f"sha256:{digest}"

    manifest = {
        "config": {"digest": put(b"{}")},
        "layers": [{"digest": put(b"layer")}],
    }
    index = {"manifests": [{"digest": put(json.dumps(manifest).encode())}]}
    digest = put(json.dumps(index).encode())
    put(b"an older layer")
    for tag in recipes.DEBIAN.tags:
        name, version = tag.split(":")
        link = f"repositories/library/{name}/_manifests/tags/{version}"
        (found / link / "current").mkdir(parents=True)
        (found / link / "current" / "link").write_text(digest)
    return found


def test_a_home_of_the_first_edition(storage, capsys):
    """Its images have the right tags, and no recipe of today."""
    image = recipes.DEBIAN
    assert supplies.outdated(image)
    assert not supplies.held(image)
    titles = [task.title for task in prepare.box_tasks(Box(), [image.name])]
    assert capsys.readouterr().out.count("older recipe") == 1
    assert f"image {image.name}" in titles
    assert len(titles) == len(set(titles))
    note = storage.parents[2] / "recipes" / "debian-trixie-slim"
    note.parent.mkdir()
    note.write_text(image.recipe)
    assert supplies.held(image)
    assert not supplies.outdated(image)
    titles = [task.title for task in prepare.box_tasks(Box(), [image.name])]
    assert "older recipe" not in capsys.readouterr().out
    assert f"image {image.name}" not in titles


def test_older_layers_leave_the_registry(storage):
    supplies.sweep(print)
    kept = [blob.read_bytes() for blob in storage.glob("blobs/*/*/*/data")]
    assert len(kept) == 4
    assert b"layer" in kept
    assert b"an older layer" not in kept


def test_two_names_of_one_image(storage):
    """It is made once, and the engine gets both names."""
    names = ["nginx:stable", "nginx:1.26"]
    titles = [task.title for task in prepare.box_tasks(Box(), names)]
    assert [t for t in titles if t.startswith("image")] == [
        "image nginx:stable"
    ]
    assert {f"{name} into the engine" for name in names} <= set(titles)


@pytest.mark.parametrize(
    ("digest", "tags", "done"),
    [
        ("sha256:old", ["a:1"], []),
        ("sha256:new", [], ["pull a:1", "remove old"]),
        # Another name needs the older image.
        ("sha256:new", ["a:2"], ["pull a:1"]),
    ],
)
def test_an_older_image_in_the_engine(monkeypatch, digest, tags, done):
    calls = []
    old = types.SimpleNamespace(
        id="old", tags=tags, attrs={"RepoDigests": ["a@sha256:old"]}
    )
    images = types.SimpleNamespace(
        get=lambda name: old,
        pull=lambda name: calls.append(f"pull {name}"),
        remove=lambda name: calls.append(f"remove {name}"),
    )
    client = types.SimpleNamespace(images=images, close=lambda: None)
    monkeypatch.setattr(
        supplies.docker, "DockerClient", lambda *_, **__: client
    )
    supplies.replace("unix:///none", "a:1", digest, print)
    assert calls == done


def test_every_package_that_uv_locks_is_pinned():
    """uv locks for all systems, so also what only Windows needs."""
    texts = "".join(path.read_text("utf-8") for path in supplies.PINNED)
    assert re.search(r"^uv==\d", texts, re.M)
    marked = re.findall(r"^(\S+)==\S+ ; ", texts, re.M)
    plain = re.findall(r"^(\S+)==\S+ \\$", texts, re.M)
    assert set(marked) <= set(plain)


UV = """
set -e
pip install --quiet --root-user-action ignore uv
mkdir /app
cd /app
printf '[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.13"\n' \
    > pyproject.toml
uv add --quiet --no-sync flask gunicorn redis pytest
uv sync --quiet --locked
uv run --no-sync python -c "import flask, pytest; print('installed')"
"""


def test_uv_locks_and_installs_in_a_container(lab_client):
    """From the index of the box, or from the public one."""
    printed = lab_client.containers.run(
        "python:3.13-slim", ["sh", "-c", UV], remove=True
    )
    assert printed.decode().strip() == "installed"

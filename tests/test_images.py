"""Reading images: from archives made here, and from a live engine."""

import dataclasses
import gzip
import io
import json
import types
import uuid

import docker.models.images
import pytest

from dockerlab import images
from dockerlab.base.errors import LabError
from dockerlab.builds import build
from dockerlab.images import read_archive, read_image
from tests import saving

BASE = "python:3.13-slim"
LABEL = ("--label", "dockerlab.lesson=test")
HISTORY = [
    ("/bin/sh -c #(nop) ADD file:1f in / ", False, "ADD file:1f in /"),
    ('/bin/sh -c #(nop)  CMD ["a" "b"]', True, 'CMD ["a", "b"]'),
    ("/bin/sh -c rm -rf /a", False, "RUN rm -rf /a"),
    ("RUN /bin/sh -c true # buildkit", False, "RUN true"),
    ("RUN |1 A=b c /bin/sh -c echo $A # buildkit", False, "RUN echo $A"),
    ("WORKDIR /app", False, "WORKDIR /app"),
    ("EXPOSE map[80/tcp:{} 81/udp:{}]", True, "EXPOSE 80/tcp 81/udp"),
    ("EXPOSE [80/tcp]", True, "EXPOSE 80/tcp"),
    ("VOLUME [/data /log]", True, "VOLUME /data /log"),
    (
        'HEALTHCHECK &{["CMD-SHELL" "x || y"] "0s" "0s" "0s" "0s" \'\\x00\'}',
        True,
        "HEALTHCHECK CMD x || y",
    ),
    (
        'HEALTHCHECK &{["CMD" "a" "b"] "5s" "0s" "0s" "0s" \'\\x03\'}',
        True,
        'HEALTHCHECK CMD ["a", "b"]',
    ),
    ("", False, "imported"),
]


@pytest.fixture
def parts() -> tuple[bytes, list[bytes]]:
    """The configuration and the layers of an image made by hand."""
    layers = [
        saving.tar({f"file{n}": b"x" * n})
        for n, row in enumerate(HISTORY)
        if not row[1]
    ]
    diff_ids = [saving.descriptor(one)["digest"] for one in layers]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": ["A=1=2"], "Cmd": ["a", "b"], "User": "web"},
        "rootfs": {"diff_ids": diff_ids},
        "history": [
            {"created_by": raw, "empty_layer": empty, "comment": "imported"}
            for raw, empty, _ in HISTORY
        ],
    }
    return json.dumps(config).encode(), layers


@pytest.mark.parametrize("pack", [saving.docker_archive, saving.oci_archive])
@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_archive(parts, pack, compress):
    config, layers = parts
    packed = pack(config, [compress(layer) for layer in layers])
    image = read_archive(io.BytesIO(packed))
    assert image.tags == ("a:1",)
    assert image.id == saving.descriptor(config)["digest"]
    for row, (_, empty, text) in zip(image.history, HISTORY, strict=True):
        assert (row.instruction, row.empty) == (text, empty)
    made = [(n, row[2]) for n, row in enumerate(HISTORY) if not row[1]]
    assert [(one.size, one.instruction) for one in image.layers] == made
    assert image.size == sum(size for size, _ in made)
    assert image.config.env == {"A": "1=2"}
    assert image.config.cmd == ("a", "b")
    assert image.config.entrypoint == ()
    assert image.config.user == "web"


def test_shared_and_added(parts):
    config, layers = parts
    image = read_archive(io.BytesIO(saving.docker_archive(config, layers)))
    base = dataclasses.replace(image, layers=image.layers[:2])
    assert image.shares_with(base) == base.shares_with(image) == 2
    assert image.added_over(base) == image.size - base.layers[1].size
    assert base.added_over(image) == 0


@pytest.mark.parametrize("content", [b"no archive", saving.tar({"a": b"b"})])
def test_not_an_image(content):
    with pytest.raises(LabError, match="not an archive of an image"):
        read_archive(io.BytesIO(content))


CONTAINERD = [["driver-type", "io.containerd.snapshotter.v1"]]


class Stored(docker.models.images.Image):
    """An image of an engine with the containerd image store."""

    saved = 0

    def history(self):
        raise AssertionError("its sizes are blocks on the disk")

    def save(self):
        Stored.saved += 1
        return [self.attrs["archive"]]


def test_containerd_store_is_read_from_the_layers(parts, monkeypatch):
    config, layers = parts
    packed = [gzip.compress(layer) for layer in layers]
    attrs = {  # without the keys that such an engine leaves out
        "Id": "sha256:of-an-index",
        "RepoTags": ["a:1", "a:2"],
        "RepoDigests": ["a@sha256:1"],
        "archive": saving.oci_archive(config, packed),
    }
    client = types.SimpleNamespace(
        info=lambda: {"DriverStatus": CONTAINERD},
        images=types.SimpleNamespace(get=lambda name: Stored(attrs)),
    )
    monkeypatch.setattr(images, "_READ", {})
    image = read_image(client, "a:1")
    assert image.id == "sha256:of-an-index"
    assert image.tags == ("a:1", "a:2")
    assert image.digests == ("a@sha256:1",)
    made = [n for n, row in enumerate(HISTORY) if not row[1]]
    assert [layer.size for layer in image.layers] == made
    assert read_image(client, "a:2") == image
    assert Stored.saved == 1


@pytest.fixture
def repository(lab_client):
    """A name for images, removed with all its tags."""
    name = f"dockerlab/test-{uuid.uuid4().hex[:8]}"
    yield name
    for image in lab_client.images.list(name=name):
        for tag in image.tags:
            lab_client.images.remove(tag)


def classic(client, dockerfile: str, tag: str) -> None:
    """Build with the classic builder, which stores no empty layers."""
    client.images.build(
        fileobj=io.BytesIO(dockerfile.encode()),
        tag=tag,
        labels={"dockerlab.lesson": "test"},
        rm=True,
    )


def test_engine_and_archive_agree(lab_client, repository, tmp_path):
    steps = """
    RUN true
    RUN mkdir -p /deep && head -c 5000 /dev/zero > /deep/file
    RUN rm /deep/file
    WORKDIR /tmp
    ENV A=b
    """
    names = [f"{repository}:{kind}" for kind in ("buildkit", "classic", "mix")]
    text = f"FROM {BASE}{steps}"
    build(tag=names[0], dockerfile=text, options=LABEL, check=True)
    classic(lab_client, text, names[1])
    text = f"FROM {names[1]}{steps}"
    build(tag=names[2], dockerfile=text, options=LABEL, check=True)
    base = read_image(lab_client, BASE)
    for name in names:
        image = read_image(lab_client, name)
        path = tmp_path / "image.tar"
        with path.open("wb") as file:
            for chunk in lab_client.images.get(name).save(named=True):
                file.write(chunk)
        saved = read_archive(path)
        assert image.config == saved.config
        assert image.tags == saved.tags == (name,)
        assert image.size == pytest.approx(saved.size, rel=0.01)
        assert len(image.layers) == len(saved.layers) > len(base.layers)
        for mine, exact in zip(image.history, saved.history, strict=True):
            assert mine.instruction == exact.instruction
            assert mine.empty == exact.empty
        own = image.layers[len(base.layers) :]
        assert own == saved.layers[len(base.layers) :]
        assert image.added_over(base) in (5000, 10000)
        # Only the classic builder writes a row for the label.
        assert "ENV A=b" in [row.instruction for row in image.history[-2:]]
        assert image.history[-1].empty


def test_missing_image(lab_client):
    with pytest.raises(LabError, match="no image 'dockerlab/test-none'"):
        read_image(lab_client, "dockerlab/test-none")

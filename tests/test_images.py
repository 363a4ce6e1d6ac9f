"""Reading images: from archives made here, and from a live engine."""

import dataclasses
import gzip
import hashlib
import io
import json
import types
import uuid

import docker.models.images
import pytest

from dockerlab import archives, images
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


class Stored(docker.models.images.Image):
    """An image of an engine, whose own numbers are not to be used."""

    saved = 0

    def history(self):
        raise AssertionError("its sizes depend on the image store")

    def save(self):
        Stored.saved += 1
        return [self.attrs["archive"]]


@pytest.fixture
def engine(monkeypatch):
    """A client of an engine with one image, made of its attributes."""
    monkeypatch.setattr(images, "_READ", {})
    monkeypatch.setattr(images, "_SIZES", {})
    monkeypatch.setattr(images, "_HASHES", {})
    monkeypatch.setattr(Stored, "saved", 0)

    def client(**attrs):
        attrs.setdefault("Size", 999)  # depends on the image store
        get = types.SimpleNamespace(get=lambda name: Stored(attrs))
        return types.SimpleNamespace(images=get)

    return client


def test_engine_of_either_store_is_read_from_the_layers(parts, engine):
    config, layers = parts
    made = [n for n, row in enumerate(HISTORY) if not row[1]]
    for pack, compress in (
        (saving.docker_archive, bytes),  # the classic store
        (saving.oci_archive, gzip.compress),  # the containerd store
    ):
        client = engine(
            Id=f"sha256:{pack.__name__}",
            RepoTags=["a:1", "a:2"],
            RepoDigests=["a@sha256:1"],
            archive=pack(config, [compress(layer) for layer in layers]),
        )
        image = read_image(client, "a:1")
        assert image.id == f"sha256:{pack.__name__}"
        assert image.tags == ("a:1", "a:2")
        assert image.digests == ("a@sha256:1",)
        assert [layer.size for layer in image.layers] == made
        assert image.size == sum(made)
        assert read_image(client, "a:2") == image
    assert Stored.saved == 2


def test_an_image_without_layers_is_read_where_it_can_be_saved(engine):
    """The containerd image store saves one, with its history."""
    row = {"created_by": 'CMD ["/small"]', "empty_layer": True}
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Cmd": ["/small"]},
        "rootfs": {"type": "layers", "diff_ids": []},
        "history": [row],
    }
    client = engine(
        Id="sha256:1",
        Descriptor={"digest": "sha256:1"},
        RootFS={"Type": "layers"},
        archive=saving.oci_archive(json.dumps(config).encode(), []),
    )
    image = read_image(client, "a:1")
    assert (image.size, image.layers, len(image.history)) == (0, (), 1)
    assert image.manifest.startswith("sha256:")


def test_an_image_without_layers_is_not_saved(engine):
    """The classic store refuses to save one: "empty export"."""
    client = engine(
        Id="sha256:1",
        Os="linux",
        Config={"Cmd": ["/small"]},
        RootFS={"Type": "layers"},
    )
    image = read_image(client, "a:1")
    assert (image.id, image.size, image.layers) == ("sha256:1", 0, ())
    assert (image.os, image.config.cmd) == ("linux", ("/small",))
    assert images.saved_hashes(client.images.get("a:1")) == []
    assert list(images.walk(client.images.get("a:1"))) == []
    assert Stored.saved == 0


def test_each_layers_files_are_read_once(parts, engine, monkeypatch):
    config, layers = parts
    read = []
    unpacked = archives.Archive.unpacked
    monkeypatch.setattr(
        archives.Archive,
        "unpacked",
        lambda *of: read.append(of[1].digest) or unpacked(*of),
    )
    sizes = [n for n, row in enumerate(HISTORY) if not row[1]]
    expected = [hashlib.sha256(b"x" * size).hexdigest() for size in sizes]
    for _ in range(2):
        packed = saving.docker_archive(config, layers)
        image = engine(archive=packed).images.get("a:1")
        assert images.saved_hashes(image) == expected
    assert len(read) == len(layers)


def test_a_layer_that_an_image_has_twice_counts_twice(engine):
    layer = saving.tar({"a": b"x"})
    ids = [saving.descriptor(layer)["digest"]] * 2
    config = json.dumps({"rootfs": {"diff_ids": ids}}).encode()
    for _ in range(2):
        packed = saving.docker_archive(config, [layer] * 2)
        image = engine(archive=packed).images.get("a:1")
        found = images.saved_hashes(image)
        assert found == [hashlib.sha256(b"x").hexdigest()] * 2


def test_layers_of_another_image_are_not_read_again(parts, engine):
    config, layers = parts
    archive = saving.docker_archive(config, layers)
    first = read_image(engine(Id="sha256:1", archive=archive), "a:1")
    broken = saving.docker_archive(config, [b"unreadable"] * len(layers))
    again = read_image(engine(Id="sha256:2", archive=broken), "a:1")
    assert again.layers == first.layers
    with pytest.raises(LabError, match="not an archive"):
        read_archive(io.BytesIO(broken))  # a file may be forged


def test_an_image_whose_layers_are_known_is_not_saved_again(parts, engine):
    config, layers = parts
    ids = json.loads(config)["rootfs"]["diff_ids"]
    sizes = [n for n, row in enumerate(HISTORY) if not row[1]]
    archive = saving.docker_archive(config, layers)
    rootfs = {"Layers": ids}
    image = engine(archive=archive, RootFS=rootfs).images.get("a:1")
    next(images.walk(image))  # read in part: its sizes are not known
    list(images.walk(image, skip=ids[:1]))
    assert images.unpacked_size(image) == sum(sizes)
    assert Stored.saved == 3
    list(images.walk(image))
    assert images.unpacked_size(image) == sum(sizes)
    assert Stored.saved == 4


def test_sizes_in_a_file_are_not_believed(parts, engine):
    config, layers = parts
    ids = json.loads(config)["rootfs"]["diff_ids"]
    sizes = [n for n, row in enumerate(HISTORY) if not row[1]]
    larger = [saving.tar({"a": b"x" * 1000})] * len(layers)
    forged = saving.docker_archive(config, larger)
    list(images.walk(io.BytesIO(forged)))
    archive = saving.docker_archive(config, layers)
    rootfs = {"Layers": ids}
    image = engine(archive=archive, RootFS=rootfs).images.get("a:1")
    assert images.unpacked_size(image) == sum(sizes)


def test_sizes_of_walked_layers_are_those_that_are_read(engine):
    """Also of a layer that an image has twice."""
    layer = saving.tar({"a": b"x"})
    ids = [saving.descriptor(layer)["digest"]] * 2
    config = json.dumps({"rootfs": {"diff_ids": ids}}).encode()
    archive = saving.docker_archive(config, [layer] * 2)
    rootfs = {"Layers": ids}
    image = engine(archive=archive, RootFS=rootfs).images.get("a:1")
    list(images.walk(image))
    assert images.unpacked_size(image) == 2
    assert Stored.saved == 1


def test_keys_that_an_engine_leaves_out(engine):
    config = json.dumps({"rootfs": {"type": "layers"}}).encode()
    archive = saving.containerd_archive(
        {"linux/amd64": (config, [])}, "linux/amd64"
    )
    image = read_image(engine(Id="sha256:1", archive=archive), "a:1")
    assert (image.tags, image.digests, image.layers) == ((), (), ())
    assert (image.size, image.history) == (0, ())
    assert (image.architecture, image.os, image.created) == ("", "", "")
    assert image.config.env == image.config.labels == {}
    assert image.config.cmd == image.config.entrypoint == ()


def platform_of(processor: str, content: bytes) -> tuple[bytes, list[bytes]]:
    """Configuration and layers of an image with one file, without a base."""
    layer = saving.tar({"file": content})
    digest = saving.descriptor(layer)["digest"]
    config = {
        "architecture": processor,
        "os": "linux",
        "rootfs": {"diff_ids": [digest]},
        "history": [{"created_by": "COPY file /file # buildkit"}],
    }
    return json.dumps(config).encode(), [gzip.compress(layer)]


@pytest.mark.parametrize("listed", ["linux/amd64", "linux/arm64"])
@pytest.mark.parametrize(("wanted", "size"), [("amd64", 5), ("arm64", 3)])
def test_platform_is_the_one_that_the_engine_describes(
    engine, listed, wanted, size
):
    there = {
        "linux/amd64": platform_of("amd64", b"x" * 5),
        "linux/arm64": platform_of("arm64", b"x" * 3),
    }
    config, layers = there[f"linux/{wanted}"]
    diff_ids = json.loads(config)["rootfs"]["diff_ids"]
    client = engine(
        Id="sha256:1",
        Os="linux",
        Architecture=wanted,
        RootFS={"Layers": diff_ids},
        archive=saving.containerd_archive(there, listed),
    )
    image = read_image(client, "a:1")
    assert (image.architecture, image.size) == (wanted, size)
    assert image.manifest == saving.manifest_of(config, layers)


def test_same_files_for_two_platforms(engine):
    there = {
        f"linux/{one}": platform_of(one, b"same") for one in ("amd64", "arm64")
    }
    diff_ids = json.loads(there["linux/arm64"][0])["rootfs"]["diff_ids"]
    client = engine(
        Id="sha256:1",
        Os="linux",
        Architecture="arm64",
        RootFS={"Layers": diff_ids},
        archive=saving.containerd_archive(there, "linux/amd64"),
    )
    assert read_image(client, "a:1").architecture == "arm64"


@pytest.mark.parametrize("kind", ["index", "manifest", "configuration"])
def test_digests_have_their_names(engine, kind):
    config, layers = platform_of("amd64", b"12345")
    archive = saving.containerd_archive(
        {"linux/amd64": (config, layers)}, "linux/amd64"
    )
    saved = read_archive(io.BytesIO(archive))
    assert saved.id_of == "configuration"
    assert saved.configuration == saving.descriptor(config)["digest"]
    assert saved.manifest == saving.manifest_of(config, layers)
    assert saved.index not in ("", saved.manifest, saved.configuration)
    client = engine(Id=getattr(saved, kind), archive=archive)
    image = read_image(client, "a:1")
    assert image.id_of == kind
    assert dataclasses.replace(image, id=saved.id, tags=saved.tags) == saved


def test_docker_archive_has_no_manifest(parts):
    config, layers = parts
    image = read_archive(io.BytesIO(saving.docker_archive(config, layers)))
    assert (image.manifest, image.index) == ("", "")
    assert dataclasses.replace(image, id="sha256:other").id_of == ""


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
    assert images.settings(lab_client, BASE) == base.config
    for name in names:
        image = read_image(lab_client, name)
        found = lab_client.images.get(name)
        path = tmp_path / "image.tar"
        with path.open("wb") as file:
            for chunk in found.save(named=True):
                file.write(chunk)
        saved = read_archive(path)
        assert image.tags == saved.tags == (name,)
        assert image.id_of  # one of its three digests
        assert (
            dataclasses.replace(image, id=saved.id, digests=saved.digests)
            == saved
        )
        digests = [layer.digest for layer in image.layers]
        assert digests == found.attrs["RootFS"]["Layers"]
        assert image.shares_with(base) == len(base.layers) < len(digests)
        assert image.added_over(base) in (5000, 10000)
        # Only the classic builder writes a row for the label.
        assert "ENV A=b" in [row.instruction for row in image.history[-2:]]
        assert image.history[-1].empty


def test_image_from_scratch(lab_client, repository):
    name = f"{repository}:scratch"
    text = f"FROM {BASE} AS base\nFROM scratch\n"
    text += "COPY --from=base /etc/passwd /a\nENV A=b\n"
    build(tag=name, dockerfile=text, options=LABEL, check=True)
    image = read_image(lab_client, name)
    assert [row.instruction for row in image.layers] == ["COPY /etc/passwd /a"]
    assert image.config.env["A"] == "b"


def test_missing_image(lab_client):
    with pytest.raises(LabError, match="no image 'dockerlab/test-none'"):
        read_image(lab_client, "dockerlab/test-none")


def test_tags_of_a_repository():
    """The engine also returns other names of the same images."""
    one = types.SimpleNamespace(id="1", tags=["tool:1", "base:slim"])
    two = types.SimpleNamespace(id="2", tags=["tool:2", "tool:latest"])
    listed = {"tool": [one, two]}
    client = types.SimpleNamespace(
        images=types.SimpleNamespace(list=lambda name: listed[name])
    )
    assert images.tags_of(client, "tool") == {
        "1": "1",
        "2": "2",
        "latest": "2",
    }

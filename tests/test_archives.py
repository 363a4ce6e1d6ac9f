"""Archives of images, made here: both forms, and each way of packing."""

import gzip
import hashlib
import importlib.util
import io
import json
import sys
import types

import pytest

from dockerlab import archives
from dockerlab.base.errors import LabError
from tests import saving

BELOW = saving.tar({"etc/name": b"below", "old": b"old"})
ABOVE = saving.tar({"etc/name": b"above!", ".wh.old": b""})
KIND = "vnd.docker.reference.type"
ZSTD = b"\x28\xb5\x2f\xfd"


def archive(pack=saving.docker_archive, packed=bytes, layers=(BELOW, ABOVE)):
    """An archive of an image with these layers, as a file."""
    digests = [saving.descriptor(layer)["digest"] for layer in layers]
    config = json.dumps({"rootfs": {"diff_ids": digests}}).encode()
    return io.BytesIO(pack(config, [packed(layer) for layer in layers]))


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
@pytest.mark.parametrize("pack", [saving.docker_archive, saving.oci_archive])
def test_walk(pack, packed):
    with archives.opened(archive(pack, packed)) as opened:
        seen = [
            (layer.number, member.name, file.read())
            for layer, member, file in opened.walk()
        ]
    assert seen == [
        (0, "etc/name", b"below"),
        (0, "old", b"old"),
        (1, "etc/name", b"above!"),
        (1, ".wh.old", b""),
    ]


def test_walk_leaves_out_the_layers_of_the_base():
    with archives.opened(archive()) as opened:
        base = [opened.layers[0].digest]
        names = [member.name for _, member, _ in opened.walk(skip=base)]
    assert names == ["etc/name", ".wh.old"]


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_unpacked_layer_has_the_promised_digest(packed):
    with archives.opened(archive(packed=packed)) as opened:
        for layer in opened.layers:
            stream = opened.unpacked(layer)
            found = hashlib.file_digest(stream, "sha256").hexdigest()
            assert layer.digest == f"sha256:{found}"


def test_image_without_layers():
    with archives.opened(archive(layers=[])) as opened:
        assert opened.layers == ()
        assert list(opened.walk()) == []


@pytest.mark.skipif(
    not importlib.util.find_spec("compression")
    and not importlib.util.find_spec("zstandard"),
    reason="This Python cannot pack with zstd.",
)
def test_zstd():
    module = importlib.import_module(
        "compression.zstd"
        if importlib.util.find_spec("compression")
        else "zstandard"
    )
    with archives.opened(archive(packed=module.compress)) as opened:
        files = [file.read() for _, _, file in opened.walk()]
    assert files == [b"below", b"old", b"above!", b""]


def with_magic(data: bytes) -> bytes:
    """What the reader takes for zstd."""
    return ZSTD + data


@pytest.mark.parametrize("present", ["compression.zstd", "zstandard"])
def test_zstd_is_read_with_what_is_there(monkeypatch, present):
    def unpack(packed, mode):
        assert mode == "rb"
        return io.BytesIO(packed.read()[len(ZSTD) :])

    for name in ("compression.zstd", "zstandard"):
        module = types.SimpleNamespace(open=unpack)
        here = name == present
        monkeypatch.setitem(sys.modules, name, module if here else None)
    with archives.opened(archive(packed=with_magic)) as opened:
        files = [file.read() for _, _, file in opened.walk()]
    assert files == [b"below", b"old", b"above!", b""]


def test_zstd_without_a_reader_is_explained(monkeypatch):
    for name in ("compression.zstd", "zstandard"):
        monkeypatch.setitem(sys.modules, name, None)
    with (
        archives.opened(archive(packed=with_magic)) as opened,
        pytest.raises(LabError, match=r"zstd(.|\n)*pip install"),
    ):
        list(opened.walk())


def damaged(data: bytes) -> bytes:
    """Packed, with wrong bytes in the middle."""
    packed = bytearray(gzip.compress(data))
    packed[len(packed) // 2 : -8] = bytes(len(packed) // 2 - 8)
    return bytes(packed)


@pytest.mark.parametrize(
    "broken",
    [
        io.BytesIO(b"no archive"),
        io.BytesIO(saving.tar({"a": b"b"})),
        io.BytesIO(saving.tar({"manifest.json": b"[]"})),
        io.BytesIO(saving.tar({"manifest.json": b"no JSON"})),
        io.BytesIO(saving.tar({"index.json": b'{"manifests": []}'})),
        "no/such/file.tar",
    ],
)
def test_another_file_is_explained(broken):
    with (
        pytest.raises(LabError, match="not an archive of an image"),
        archives.opened(broken),
    ):
        pass


@pytest.mark.parametrize("packed", [damaged, lambda data: b"no tar archive"])
def test_damaged_layer_is_explained(packed):
    with (
        archives.opened(archive(packed=packed)) as opened,
        pytest.raises(LabError, match="not an archive of an image"),
    ):
        list(opened.walk())


def test_errors_of_the_reader_stay_as_they_are():
    with pytest.raises(KeyError, match="mine"), archives.opened(archive()):
        raise KeyError("mine")


@pytest.mark.parametrize(
    ("entry", "is_one"),
    [
        ({"platform": {"os": "unknown", "architecture": "unknown"}}, True),
        (
            {
                "annotations": {
                    "vnd.docker.reference.type": "attestation-manifest"
                }
            },
            True,
        ),
        ({"platform": {"os": "linux"}, "annotations": None}, False),
        ({}, False),
    ],
)
def test_attestation(entry, is_one):
    assert archives.is_attestation(entry) is is_one


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_a_layer_is_unpacked(packed):
    assert archives.unpack(packed(BELOW)) == BELOW

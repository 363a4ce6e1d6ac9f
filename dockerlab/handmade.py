"""Make images by hand: a program, its layer, its configuration, an archive.

    layer = tar({"hello": program("Hello\\n")})
    config = describe([layer], Cmd=["/hello"])
    write_image("hello.tar", "hello:1", config, [layer])

`docker load --input hello.tar` then loads the image `hello:1`.
"""

import io
import json
import os
import pathlib
import struct
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import docker

from dockerlab.base import labels
from dockerlab.base.errors import LabError
from dockerlab.registries import digest

# Numbers of processors in the header of a program, see elf(5).
MACHINES = {"amd64": 62, "arm64": 183, "vax": 75}
# Where a program is in memory, and the sizes of the parts of its header.
PLACE, FILE_HEAD, SEGMENT_HEAD, PAGE = 0x400000, 64, 56, 0x10000
START = FILE_HEAD + SEGMENT_HEAD


def tar(files: Mapping[str, bytes]) -> bytes:
    """A tar archive of files by their paths; everybody may execute them.

    Equal files make equal bytes: the archive contains no time.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o755
            archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def names(layer: bytes) -> list[str]:
    """The paths in a layer's tar archive."""
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        return archive.getnames()


def describe(layers: Sequence[bytes], **settings: Any) -> bytes:
    """An image configuration for unpacked layers, as bytes of JSON.

    It is for the engine's processor, and has the notebook's label.

    Args:
        settings: of containers, such as `Cmd=["/hello"]`.
    """
    slug = os.environ.get("DOCKERLAB_LESSON", "")
    rootfs = {"type": "layers", "diff_ids": [digest(one) for one in layers]}
    return json.dumps(
        {
            "architecture": processor(),
            "os": "linux",
            "config": {"Labels": {labels.LESSON: slug}, **settings},
            "rootfs": rootfs,
        }
    ).encode()


def write_image(
    path: str | os.PathLike,
    name: str,
    config: bytes,
    layers: Sequence[bytes],
) -> None:
    """Write an archive in Docker's own form, which every engine loads.

    Args:
        name: the image's name with its tag.
        layers: from the bottom, packed or not.
    """
    files = {f"{number}.tar": data for number, data in enumerate(layers)}
    entry = {
        "Config": "config.json",
        "RepoTags": [name],
        "Layers": list(files),
    }
    files["config.json"] = config
    files["manifest.json"] = json.dumps([entry]).encode()
    pathlib.Path(path).write_bytes(tar(files))


def load_image(name: str, config: bytes, layers: Sequence[bytes]) -> None:
    """Load an image into the engine.

    Raises:
        LabError: the engine does not accept it.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "image.tar")
        write_image(path, name, config, layers)
        words = ["docker", "load", "--input", str(path)]
        done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise LabError(
            f"The engine did not load the image {name}.",
            done.stderr[-300:],
            "Run `make doctor`, then run the cell again.",
        )


def processor() -> str:
    """The engine's processor: `amd64` or `arm64`."""
    client = docker.from_env()
    try:
        return str(client.version()["Arch"])
    finally:
        client.close()


def program(text: str, machine: str = "") -> bytes:
    """A program for Linux that prints a text and ends.

    It needs no library and is not much longer than the text.

    Args:
        machine: for which processor its header says that it is; the
            engine's by default.
    """
    engines = processor()
    body = _instructions(engines, len(text.encode())) + text.encode()
    size = START + len(body)
    number = MACHINES[machine or engines]
    # The fields of both headers, in the order of elf(5).
    head = struct.pack(
        "<16sHHIQQQIHHHHHH",
        *(b"\x7fELF\2\1\1", 2, number, 1, PLACE + START, FILE_HEAD, 0, 0),
        *(FILE_HEAD, SEGMENT_HEAD, 1, 0, 0, 0),
    )
    segment = (1, 5, 0, PLACE, PLACE, size, size, PAGE)
    return head + struct.pack("<IIQQQQQQ", *segment) + body


def _instructions(machine: str, length: int) -> bytes:
    """Machine code: write the `length` bytes that follow it, then exit."""
    if machine == "arm64":
        code = [0xD2800020, 0x100000E1, 0xD2800002 | length << 5, 0xD2800808]
        code += [0xD4000001, 0xD2800000, 0xD2800BA8, 0xD4000001]
        return struct.pack("<8I", *code)
    start = bytes.fromhex("b801000000 bf01000000 488d3510000000 ba")
    end = bytes.fromhex("0f05 b83c000000 31ff 0f05")
    return start + struct.pack("<I", length) + end

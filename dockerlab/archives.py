"""Open the archives of images that `docker save` writes.

Two forms exist. Docker's own has the table of contents `manifest.json` and
plain layers. The layout of the 'OCI Image Specification' has `index.json`
and often packed layers (gzip or zstd). Newer archives are both at once.
"""

import contextlib
import dataclasses
import gzip
import importlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any, Literal

import docker.models.images

from dockerlab.base.errors import LabError

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


@dataclasses.dataclass(frozen=True)
class SavedLayer:
    """A layer in an archive.

    number: position in the image; the bottom layer has 0.
    digest: diff ID, the digest of the unpacked layer.
    path: its file in the archive, perhaps packed.
    """

    number: int
    digest: str
    path: str


@dataclasses.dataclass(frozen=True)
class _Entry:
    """An image that the archive's tables name: paths, and digests if known."""

    config: str
    tags: tuple[str, ...]
    layers: list[str]
    manifest: str = ""
    index: str = ""


class Archive:
    """An open archive of one image. If it contains several, the first one
    that is `like` the wanted one, else the first one.

    config: the image configuration, JSON as bytes.
    tags: the image's names in the archive.
    layers: from the bottom.
    manifest: digest of the image's manifest, empty if it has none.
    index: digest of the index that lists this manifest, empty if none does.

    Raises:
        tarfile.TarError, KeyError, ValueError, OSError: not such an archive.
    """

    def __init__(
        self, file: tarfile.TarFile, like: Mapping[str, Any] | None = None
    ) -> None:
        self._file = file
        chosen = self._chosen(like)
        self.config, self.tags = self._read(chosen.config), chosen.tags
        self.manifest, self.index = chosen.manifest, chosen.index
        rootfs = json.loads(self.config)["rootfs"]
        pairs = zip(rootfs.get("diff_ids") or [], chosen.layers, strict=True)
        self.layers = tuple(
            SavedLayer(number, digest, path)
            for number, (digest, path) in enumerate(pairs)
        )

    def unpacked(self, layer: SavedLayer) -> IO[bytes]:
        """The layer's tar archive, unpacked, as a stream.

        Raises:
            LabError: it is packed with zstd, and this Python has no zstd.
        """
        packed = self._file.extractfile(layer.path)
        if packed is None:
            raise ValueError(f"{layer.path} is not a file.")
        return _unpacking(packed)

    def walk(
        self, skip: Collection[str] = ()
    ) -> Iterator[tuple[SavedLayer, tarfile.TarInfo, IO[bytes] | None]]:
        """Every entry of every layer, from the bottom.

        Also the files that a higher layer replaces or deletes, and the
        whiteouts that delete them.

        Args:
            skip: digests of layers to leave out, for example the base's.

        Yields:
            The layer, the entry, and a reader of the file's bytes, None for
            an entry that is not a regular file. Read before the next step.

        Raises:
            LabError: a layer cannot be unpacked.
        """
        for layer in self.layers:
            if layer.digest in skip:
                continue
            with _tar(self.unpacked(layer), "r:") as tar:
                while member := _next(tar):
                    file = tar.extractfile(member) if member.isreg() else None
                    yield layer, member, file

    def _read(self, path: str) -> bytes:
        file = self._file.extractfile(path)
        if file is None:
            raise ValueError(f"{path} is not a file.")
        return file.read()

    def _chosen(self, like: Mapping[str, Any] | None) -> _Entry:
        """The image that is wanted, among those that the archive names."""
        entries = self._entries()
        if not entries:
            raise ValueError(
                "Its index names no image that is in the archive."
            )
        if like:
            for entry in entries:
                if _is_like(json.loads(self._read(entry.config)), like):
                    return entry
        return entries[0]

    def _entries(self) -> list[_Entry]:
        """The images in the tables of contents, Docker's own table first."""
        names = set(self._file.getnames())
        listed = []
        if "manifest.json" not in names or "index.json" in names:
            index = json.loads(self._read("index.json"))
            listed = list(self._manifests(index, names))
        if "manifest.json" not in names:
            return listed
        known = {entry.config: entry for entry in reversed(listed)}
        own = []
        for row in json.loads(self._read("manifest.json")):
            entry = _Entry(
                row["Config"],
                tuple(row.get("RepoTags") or ()),
                row.get("Layers") or [],
            )
            same = known.pop(entry.config, entry)
            own.append(
                dataclasses.replace(
                    entry, manifest=same.manifest, index=same.index
                )
            )
        return own + [one for one in listed if one.config in known]

    def _manifests(
        self,
        index: Mapping[str, Any],
        names: Collection[str],
        digest: str = "",
        tags: tuple[str, ...] = (),
    ) -> Iterator[_Entry]:
        """The images of an index (with this digest) and of those below it.

        An index may list platforms that are not in the archive.
        """
        for row in index["manifests"]:
            if is_attestation(row) or _blob(row) not in names:
                continue
            name = row.get("annotations", {}).get("io.containerd.image.name")
            own = (*tags, name) if name else tags
            found = json.loads(self._read(_blob(row)))
            if "manifests" in found:
                yield from self._manifests(found, names, row["digest"], own)
            elif _blob(found["config"]) in names:
                layers = [_blob(layer) for layer in found["layers"] or []]
                config = _blob(found["config"])
                yield _Entry(config, own, layers, row["digest"], digest)


@contextlib.contextmanager
def opened(
    source: docker.models.images.Image | str | os.PathLike | IO[bytes],
) -> Iterator[Archive]:
    """The archive of an image, open for reading.

    Args:
        source: an image of the engine, which is saved first, or an archive:
            its path or its bytes as a file. Of an image for several
            platforms, the one that the engine describes is read.

    Raises:
        LabError: it is not the archive of an image.
    """
    if isinstance(source, docker.models.images.Image):
        with saved_file(source) as file, _opened(file, source.attrs) as found:
            yield found
        return
    with _opened(source) as found:
        yield found


@contextlib.contextmanager
def _opened(
    source: str | os.PathLike | IO[bytes],
    like: Mapping[str, Any] | None = None,
) -> Iterator[Archive]:
    with _tar(source) as tar:
        with _readable():
            archive = Archive(tar, like)
        yield archive


@contextlib.contextmanager
def saved_file(image: docker.models.images.Image) -> Iterator[IO[bytes]]:
    """The image's archive, as `docker save` writes it, in a file.

    It is on the disk, because images are large beside a learner's memory.
    """
    with tempfile.TemporaryFile() as file:
        for chunk in image.save():
            file.write(chunk)
        file.seek(0)
        yield file


def unpack(layer: bytes) -> bytes:
    """A layer's tar archive; a layer that is not packed is returned as it is.

    Raises:
        LabError: it is packed with zstd, and this Python has no zstd.
    """
    return _unpacking(io.BytesIO(layer)).read()


def is_attestation(descriptor: Mapping[str, Any]) -> bool:
    """Whether an index's entry is an attestation, not a platform's image."""
    notes = descriptor.get("annotations") or {}
    platform = descriptor.get("platform") or {}
    return (
        notes.get("vnd.docker.reference.type") == "attestation-manifest"
        or platform.get("os") == "unknown"
    )


def _is_like(config: Mapping[str, Any], attrs: Mapping[str, Any]) -> bool:
    """Whether a configuration is that of the image which an engine
    describes with `attrs`."""
    layers = (attrs.get("RootFS") or {}).get("Layers") or []
    return (
        config.get("os") == attrs.get("Os")
        and config.get("architecture") == attrs.get("Architecture")
        and (config["rootfs"].get("diff_ids") or []) == layers
    )


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """Explain the errors of files that are not what they should be."""
    try:
        yield
    except (
        tarfile.TarError,
        zlib.error,
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        EOFError,
        OSError,
    ) as error:
        raise LabError(
            "This is not an archive of an image.",
            str(error),
            "Write one with `docker save --output image.tar NAME`.",
        ) from None


@contextlib.contextmanager
def _tar(
    source: str | os.PathLike | IO[bytes], mode: Literal["r:", "r:*"] = "r:*"
) -> Iterator[tarfile.TarFile]:
    """An open tar archive, from its path or its bytes as a file."""
    with contextlib.ExitStack() as stack:
        with _readable():
            if isinstance(source, str | os.PathLike):
                source = stack.enter_context(open(source, "rb"))
            tar = stack.enter_context(tarfile.open(fileobj=source, mode=mode))
        yield tar


def _next(tar: tarfile.TarFile) -> tarfile.TarInfo | None:
    with _readable():
        return tar.next()


def _blob(descriptor: Mapping[str, Any]) -> str:
    return "blobs/" + descriptor["digest"].replace(":", "/")


def _unpacking(packed: IO[bytes]) -> IO[bytes]:
    """A stream of the unpacked bytes, whichever way they are packed."""
    start = packed.read(4)
    packed.seek(0)
    if start.startswith(_GZIP):
        return gzip.GzipFile(fileobj=packed)  # type: ignore[return-value]
    return _without_zstd(packed) if start == _ZSTD else packed


def _without_zstd(packed: IO[bytes]) -> IO[bytes]:
    """Unpack zstd with what this Python has."""
    for name in ("compression.zstd", "zstandard"):
        with contextlib.suppress(ImportError):
            return importlib.import_module(name).open(packed, "rb")
    raise LabError(
        "This Python cannot unpack the image's layers.",
        "They are packed with zstd, which Python can read since 3.14.",
        "Type `pip install zstandard` in a terminal, and restart the kernel.",
    )

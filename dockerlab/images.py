"""Read the anatomy of an image: its layers, history and configuration.

`read_image` asks the engine, `read_archive` opens what `docker save` wrote.
Both give the same `Image`, oldest layer and oldest history row first, as in a
Dockerfile. All sizes are bytes of uncompressed files.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import docker

from dockerlab.base.errors import LabError

# The instructions that only change the configuration. All others (ADD, COPY,
# RUN, WORKDIR, an import) may make a layer.
CONFIGURING = re.compile(
    "(ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD"
    "|SHELL|STOPSIGNAL|USER|VOLUME) "
)


@dataclasses.dataclass(frozen=True)
class Layer:
    """A layer: digest of its tar archive (diff ID), bytes, what made it."""

    digest: str
    size: int
    instruction: str


@dataclasses.dataclass(frozen=True)
class HistoryRow:
    """A row of the history; `empty` when it made no layer."""

    instruction: str
    size: int
    empty: bool


@dataclasses.dataclass(frozen=True)
class Config:
    """What a container starts with ('OCI Image Specification, image
    configuration', and Docker's additions to it)."""

    env: dict[str, str]
    cmd: tuple[str, ...]
    entrypoint: tuple[str, ...]
    user: str
    workdir: str
    ports: tuple[str, ...]
    volumes: tuple[str, ...]
    labels: dict[str, str]
    healthcheck: dict[str, Any]
    stop_signal: str
    shell: tuple[str, ...]
    onbuild: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Image:
    """An image; `size` is the sum of its layers."""

    id: str
    tags: tuple[str, ...]
    digests: tuple[str, ...]
    architecture: str
    os: str
    created: str
    size: int
    layers: tuple[Layer, ...]
    history: tuple[HistoryRow, ...]
    config: Config

    def shares_with(self, other: "Image") -> int:
        """How many layers, counted from the bottom, both images have."""
        count = 0
        for mine, theirs in zip(self.layers, other.layers, strict=False):
            if mine.digest != theirs.digest:
                break
            count += 1
        return count

    def added_over(self, base: "Image") -> int:
        """Bytes of the layers that lie above those shared with `base`."""
        own = self.layers[self.shares_with(base) :]
        return sum(layer.size for layer in own)


def human(size: float) -> str:
    """Bytes as Docker writes them: decimal units, three digits."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 999.5 or unit == "GB":
            break
        size /= 1000
    places = 0 if unit == "B" or size >= 99.95 else 1 if size >= 9.995 else 2
    return f"{size:,.{places}f} {unit}"


def read_image(client: docker.DockerClient, name: str) -> Image:
    """Read image `name` (tag, digest or ID) from the engine.

    Raises:
        LabError: the engine has no such image.
    """
    try:
        found = client.images.get(name)
    except docker.errors.ImageNotFound:
        raise LabError(
            f"There is no image {name!r} on this engine.",
            "It was not built or pulled yet, or it was removed.",
            "Run the cell that builds it, or see `docker image ls`.",
        ) from None
    attrs = found.attrs
    rows = [
        (_instruction(row["CreatedBy"], row.get("Comment")), row["Size"])
        for row in reversed(found.history())
    ]
    diff_ids = attrs["RootFS"].get("Layers") or []
    empty = _empty_rows(rows, len(diff_ids))
    if empty is None:
        return _read_saved(found)
    history = [
        HistoryRow(text, size, gone)
        for (text, size), gone in zip(rows, empty, strict=True)
    ]
    sizes = [row.size for row in history if not row.empty]
    return _image(
        {
            "architecture": attrs["Architecture"],
            "os": attrs["Os"],
            "created": attrs.get("Created"),
            "config": attrs.get("Config"),
        },
        found.id,
        found.tags,
        attrs.get("RepoDigests"),
        history,
        list(zip(diff_ids, sizes, strict=True)),
    )


def read_archive(source: str | os.PathLike | IO[bytes]) -> Image:
    """Read the first image of an archive that `docker save` wrote.

    Knows Docker's own layout and the one of the 'OCI Image Specification,
    image layout'. `id` is the digest of the configuration; engines with the
    containerd image store name an image by its manifest instead.

    Raises:
        LabError: it is no such archive.
    """
    opened = {"fileobj": source} if hasattr(source, "read") else {}
    try:
        with tarfile.open(None if opened else source, **opened) as archive:
            return _from_archive(archive)
    except (tarfile.TarError, KeyError, ValueError, OSError) as error:
        raise LabError(
            "This is not an archive of an image.",
            str(error),
            "Write one with `docker save --output image.tar NAME`.",
        ) from None


def _from_archive(archive: tarfile.TarFile) -> Image:
    config_path, tags, layer_paths = _contents(archive)
    raw = _bytes(archive, config_path)
    settings = json.loads(raw)
    sizes = {path: _files_size(archive, path) for path in set(layer_paths)}
    layers = [
        (digest, sizes[path])
        for digest, path in zip(
            settings["rootfs"]["diff_ids"], layer_paths, strict=True
        )
    ]
    left = iter(layers)
    history = []
    for row in settings.get("history", []):
        empty = row.get("empty_layer", False)
        size = 0 if empty else next(left, ("", 0))[1]
        text = _instruction(row.get("created_by"), row.get("comment"))
        history.append(HistoryRow(text, size, empty))
    identity = "sha256:" + hashlib.sha256(raw).hexdigest()
    return _image(settings, identity, tags, (), history, layers)


def _contents(archive: tarfile.TarFile) -> tuple[str, list[str], list[str]]:
    """Paths of configuration and layers, and the tags between them."""
    names = archive.getnames()
    if "manifest.json" in names:
        first = json.loads(_bytes(archive, "manifest.json"))[0]
        return first["Config"], first["RepoTags"] or [], first["Layers"]
    entry = json.loads(_bytes(archive, "index.json"))
    tags: list[str] = []
    while "manifests" in entry:
        # Attestations stand beside images as platform "unknown".
        chosen = next(
            found
            for found in entry["manifests"]
            if found.get("platform", {}).get("os") != "unknown"
        )
        name = chosen.get("annotations", {}).get("io.containerd.image.name")
        tags += [name] if name else []
        entry = json.loads(_bytes(archive, _blob(chosen)))
    return (
        _blob(entry["config"]),
        tags,
        [_blob(layer) for layer in entry["layers"]],
    )


def _blob(descriptor: dict[str, Any]) -> str:
    return "blobs/" + descriptor["digest"].replace(":", "/")


def _bytes(archive: tarfile.TarFile, path: str) -> bytes:
    return archive.extractfile(path).read()


def _files_size(archive: tarfile.TarFile, path: str) -> int:
    """Bytes of the files in a layer, plain or compressed.

    An engine that unpacked a pulled layer also counts the paths in symbolic
    links, so its figure may be a few kB larger.
    """
    with tarfile.open(fileobj=archive.extractfile(path)) as layer:
        return sum(member.size for member in layer)


@contextlib.contextmanager
def saved(image: docker.models.images.Image) -> Iterator[tarfile.TarFile]:
    """An image's archive, as `docker save` writes it, open for reading.

    It lies on the disk: images are large beside a learner's memory.
    """
    with _saved_file(image) as file, tarfile.open(fileobj=file) as archive:
        yield archive


def saved_hashes(image: docker.models.images.Image) -> Iterator[str]:
    """The SHA-256 of every file in every layer of an image, in hexadecimal;
    also of those that a later layer deletes."""
    with saved(image) as archive:
        [manifest] = json.load(archive.extractfile("manifest.json"))
        for path in manifest["Layers"]:
            with tarfile.open(fileobj=archive.extractfile(path)) as layer:
                for member in layer:
                    if member.isfile():
                        file = layer.extractfile(member)
                        yield hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _saved_file(image: docker.models.images.Image) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        for chunk in image.save():
            file.write(chunk)
        file.seek(0)
        yield file


def _read_saved(found: docker.models.images.Image) -> Image:
    """Read through an archive: slow for big images, and always exact."""
    with _saved_file(found) as file:
        image = read_archive(file)
    return dataclasses.replace(
        image,
        id=found.id,
        tags=tuple(found.tags),
        digests=tuple(found.attrs.get("RepoDigests") or ()),
    )


def _empty_rows(rows: list[tuple[str, int]], layers: int) -> list[bool] | None:
    """Which rows made no layer; None when the engine's answer leaves it open.

    The engine gives no flag for it. BuildKit stores a layer for each RUN that
    changed nothing, the classic builder stores none: the number of layers
    tells which of the two it was, unless both had a hand in the image.
    """
    sized = [size > 0 for _, size in rows]
    possible = [
        has_size or not CONFIGURING.match(text)
        for (text, _), has_size in zip(rows, sized, strict=True)
    ]
    for made_layer in (possible, sized):
        if sum(made_layer) == layers:
            return [not made for made in made_layer]
    return None


def _instruction(created_by: str | None, comment: str | None = "") -> str:
    """A history row's text in the form it has in a Dockerfile."""
    text = (created_by or "").removesuffix("# buildkit").strip()
    if not text:
        return comment or ""
    if text.startswith("/bin/sh -c #(nop)"):
        text = text.removeprefix("/bin/sh -c #(nop)").strip()
    # "|2 A=1 B=2" in front of a command are the build arguments it saw.
    shell = re.match(r"(RUN )?(\|\d+ .*? )?/bin/sh -c ", text, re.DOTALL)
    if shell:
        return "RUN " + text[shell.end() :].strip()
    keyword, _, rest = text.partition(" ")
    if keyword in ("CMD", "ENTRYPOINT", "SHELL"):
        rest = rest.replace('" "', '", "')
    elif keyword in ("EXPOSE", "VOLUME"):
        rest = re.sub(r"^map\[|^\[|:\{\}|\]$", "", rest)
    elif keyword == "HEALTHCHECK":
        rest = _healthcheck(rest)
    return f"{keyword} {rest}".strip()


def _healthcheck(rest: str) -> str:
    test = re.match(r'&\{\["(CMD-SHELL|CMD|NONE)" ?(.*?)\]', rest, re.DOTALL)
    if not test:
        return rest
    kind, words = test.groups()
    if kind == "CMD-SHELL":
        return "CMD " + words[1:-1].replace('\\"', '"')
    commas = words.replace('" "', '", "')
    return f"CMD [{commas}]" if kind == "CMD" else "NONE"


def _image(
    settings: dict[str, Any],
    identity: str,
    tags: Iterable[str],
    digests: Iterable[str] | None,
    history: list[HistoryRow],
    layers: list[tuple[str, int]],
) -> Image:
    texts = [row.instruction for row in history if not row.empty]
    # Some builders write no history: their layers have no instruction.
    texts += [""] * (len(layers) - len(texts))
    return Image(
        id=identity,
        tags=tuple(tags),
        digests=tuple(digests or ()),
        architecture=settings["architecture"],
        os=settings["os"],
        created=settings.get("created") or "",
        size=sum(size for _, size in layers),
        layers=tuple(
            Layer(digest, size, text)
            for (digest, size), text in zip(layers, texts, strict=True)
        ),
        history=tuple(history),
        config=_config(settings.get("config") or {}),
    )


def _config(raw: dict[str, Any]) -> Config:
    def words(key: str) -> tuple[str, ...]:
        return tuple(raw.get(key) or ())

    pairs = (line.partition("=") for line in words("Env"))
    return Config(
        env={name: value for name, _, value in pairs},
        cmd=words("Cmd"),
        entrypoint=words("Entrypoint"),
        user=raw.get("User") or "",
        workdir=raw.get("WorkingDir") or "",
        ports=tuple(sorted(words("ExposedPorts"))),
        volumes=tuple(sorted(words("Volumes"))),
        labels=dict(raw.get("Labels") or {}),
        healthcheck=dict(raw.get("Healthcheck") or {}),
        stop_signal=raw.get("StopSignal") or "",
        shell=words("Shell"),
        onbuild=words("OnBuild"),
    )

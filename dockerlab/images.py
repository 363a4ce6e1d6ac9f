"""Read an image: its layers, history and configuration.

`read_image` reads from the engine, `read_archive` from an archive that
`docker save` wrote. Both return the same `Image`, with the oldest layer and
the oldest history row first, as in a Dockerfile. All sizes are bytes of
unpacked files: the one measure that every engine agrees on. `walk` reads the
files in the layers.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import re
import tarfile
from collections.abc import Collection, Iterator
from typing import IO, Any

import docker

from dockerlab import archives
from dockerlab.base.errors import LabError

# Instructions that change only the configuration. All others (ADD, COPY,
# RUN, WORKDIR, an import) can make a layer.
CONFIGURING = re.compile(
    "(ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD"
    "|SHELL|STOPSIGNAL|USER|VOLUME) "
)


@dataclasses.dataclass(frozen=True)
class Layer:
    """A layer: diff ID (digest of its unpacked tar archive), bytes of its
    files, and the instruction that made it."""

    digest: str
    size: int
    instruction: str


@dataclasses.dataclass(frozen=True)
class HistoryRow:
    """A row of the history; `empty` if it made no layer."""

    instruction: str
    size: int
    empty: bool


@dataclasses.dataclass(frozen=True)
class Config:
    """The settings of containers that start from the image.

    For the fields see 'OCI Image Specification, image configuration';
    Docker adds some. Absent settings are empty.
    """

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
    """An image; `size` is the sum of its layers' sizes."""

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
        """Number of layers, from the bottom, that both images have."""
        count = 0
        for mine, theirs in zip(self.layers, other.layers, strict=False):
            if mine.digest != theirs.digest:
                break
            count += 1
        return count

    def added_over(self, base: "Image") -> int:
        """Bytes of the layers above those shared with `base`."""
        own = self.layers[self.shares_with(base) :]
        return sum(layer.size for layer in own)


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
    image = None
    if not _keeps_packed_layers(client):
        image = _from_history(found)
    if image is None:
        image = _from_saved(found)
    return dataclasses.replace(
        image,
        id=found.id,
        tags=tuple(found.tags),
        digests=tuple(found.attrs.get("RepoDigests") or ()),
    )


def read_archive(source: str | os.PathLike | IO[bytes]) -> Image:
    """Read the first image of an archive that `docker save` wrote.

    `id` is the digest of the configuration; engines with the containerd
    image store identify an image by its index or manifest instead.

    Raises:
        LabError: it is no such archive.
    """
    with archives.opened(source) as archive:
        return _from_archive(archive)


@contextlib.contextmanager
def saved(image: docker.models.images.Image) -> Iterator[tarfile.TarFile]:
    """An image's archive, as `docker save` writes it, open for reading."""
    with (
        archives.saved_file(image) as file,
        tarfile.open(fileobj=file) as archive,
    ):
        yield archive


def walk(
    source: docker.models.images.Image | str | os.PathLike | IO[bytes],
    skip: Collection[str] = (),
) -> Iterator[tuple[archives.SavedLayer, tarfile.TarInfo, IO[bytes] | None]]:
    """Every entry of every layer of an image, from the bottom layer.

    Also the files that a higher layer replaces or deletes.

    Args:
        source: an image of the engine, or its archive (path or file).
        skip: digests of layers to leave out, for example the base's.

    Yields:
        The layer, the entry, and a reader of the file's bytes, None for an
        entry that is not a regular file. Read before the next step.

    Raises:
        LabError: it is not an image's archive.
    """
    with archives.opened(source) as archive:
        yield from archive.walk(skip)


def saved_hashes(image: docker.models.images.Image) -> Iterator[str]:
    """SHA-256, in hexadecimal digits, of every file in every layer of an
    image, also of files that a higher layer deletes."""
    for _, _, file in walk(image):
        if file:
            found = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type]
            yield found.hexdigest()


def _keeps_packed_layers(client: docker.DockerClient) -> bool:
    """Whether the engine has the containerd image store.

    There the history's sizes are blocks on the disk, not bytes of files.
    """
    status = dict(client.info().get("DriverStatus") or ())
    return "containerd" in status.get("driver-type", "")


def _from_history(found: docker.models.images.Image) -> Image | None:
    """Read what the engine itself knows, without the layers: fast.

    For a pulled layer the engine also counts the paths in symbolic links,
    so its size may be a few kB larger than in the archive.

    Returns None if the engine's history does not show which of its rows
    made a layer.
    """
    attrs = found.attrs
    rows = [
        (_instruction(row["CreatedBy"], row.get("Comment")), row["Size"])
        for row in reversed(found.history())
    ]
    diff_ids = (attrs.get("RootFS") or {}).get("Layers") or []
    empty = _empty_rows(rows, len(diff_ids))
    if empty is None:
        return None
    history = [
        HistoryRow(text, size, gone)
        for (text, size), gone in zip(rows, empty, strict=True)
    ]
    sizes = [row.size for row in history if not row.empty]
    settings = {
        "architecture": attrs.get("Architecture"),
        "os": attrs.get("Os"),
        "created": attrs.get("Created"),
        "config": attrs.get("Config"),
    }
    layers = list(zip(diff_ids, sizes, strict=True))
    return _image(settings, found.id, history, layers)


# What was read from archives in this process, by the image's id.
_READ: dict[str, Image] = {}


def _from_saved(found: docker.models.images.Image) -> Image:
    """Read an image's archive: exact on every engine, slow the first time."""
    if found.id not in _READ:
        with archives.opened(found) as archive:
            _READ[found.id] = _from_archive(archive)
    return _READ[found.id]


def _from_archive(archive: archives.Archive) -> Image:
    sizes = [0] * len(archive.layers)
    for layer, member, _ in archive.walk():
        sizes[layer.number] += member.size
    digests = [layer.digest for layer in archive.layers]
    layers = list(zip(digests, sizes, strict=True))
    settings = json.loads(archive.config)
    left = iter(sizes)
    history = []
    for row in settings.get("history") or []:
        empty = row.get("empty_layer", False)
        size = 0 if empty else next(left, 0)
        text = _instruction(row.get("created_by"), row.get("comment"))
        history.append(HistoryRow(text, size, empty))
    identity = "sha256:" + hashlib.sha256(archive.config).hexdigest()
    image = _image(settings, identity, history, layers)
    return dataclasses.replace(image, tags=archive.tags)


def _empty_rows(rows: list[tuple[str, int]], layers: int) -> list[bool] | None:
    """Which rows made no layer; None if that cannot be known.

    The engine's history has no flag for it. BuildKit stores a layer for each
    RUN that changed nothing, and the classic builder stores none. The number
    of layers shows which of the two built the image, unless both did.
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
    """A history row's text in the form that a Dockerfile has."""
    text = (created_by or "").removesuffix("# buildkit").strip()
    if not text:
        return comment or ""
    if text.startswith("/bin/sh -c #(nop)"):
        text = text.removeprefix("/bin/sh -c #(nop)").strip()
    # "|2 A=1 B=2" in front of a command are its build arguments.
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
    history: list[HistoryRow],
    layers: list[tuple[str, int]],
) -> Image:
    texts = [row.instruction for row in history if not row.empty]
    # Some builders write no history: their layers have no instruction.
    texts += [""] * (len(layers) - len(texts))
    return Image(
        id=identity,
        tags=(),
        digests=(),
        architecture=settings.get("architecture") or "",
        os=settings.get("os") or "",
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

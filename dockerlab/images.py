"""Read an image: its layers, history and configuration.

`read_image` reads from the engine, `read_archive` from an archive that
`docker save` wrote. Both return the same `Image`, with the oldest layer and
the oldest history row first, as in a Dockerfile. All sizes are bytes of
unpacked files, counted in the layers: what engines report as sizes of images
and in their history is something else on each kind of image store. `walk`
reads the files in the layers.
"""

import collections
import dataclasses
import hashlib
import json
import os
import re
import tarfile
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

import docker

from dockerlab import archives
from dockerlab.base.errors import LabError


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
    """An image; `size` is the sum of its layers' sizes.

    An engine's `id` is one of three digests: of the image's index, of its
    manifest (both with the containerd image store), or of its configuration
    (with the classic store). `id_of` is the name of the one that it is.

    Attributes:
        configuration: digest of the settings and of the list of layers; the
            same on every engine.
        manifest: digest of the list of packed layers; empty if the archive
            has no manifest.
        index: digest of the list of manifests; empty if there is none.
        digests: the engine's names for it by digest, `python@sha256:...`.
    """

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
    configuration: str = ""
    manifest: str = ""
    index: str = ""

    @property
    def id_of(self) -> str:
        """What `id` is the digest of: `index`, `manifest`, `configuration`;
        empty if of neither."""
        for name in ("index", "manifest", "configuration"):
            if getattr(self, name) == self.id:
                return name
        return ""

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
    image = _from_engine(found)
    return dataclasses.replace(
        image,
        id=found.id,
        tags=tuple(found.tags),
        digests=tuple(found.attrs.get("RepoDigests") or ()),
    )


def settings(client: docker.DockerClient, name: str) -> Config:
    """The settings of image `name`, without reading its layers: fast.

    Raises:
        docker.errors.ImageNotFound: the engine has no such image.
    """
    return _config(client.images.get(name).attrs.get("Config") or {})


def read_archive(source: str | os.PathLike | IO[bytes]) -> Image:
    """Read the first image of an archive that `docker save` wrote.

    `id` is the digest of the configuration.

    Raises:
        LabError: it is no such archive.
    """
    with archives.opened(source) as archive:
        return _from_archive(archive)


def from_configuration(settings: dict[str, Any]) -> Image:
    """Read an image's configuration alone, as a registry has it; the sizes
    are 0, the history is empty.

    Raises:
        KeyError: it has no list of layers.
    """
    digests = settings["rootfs"].get("diff_ids") or []
    return _image(settings, [], [(digest, 0) for digest in digests])


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
    if _cannot_be_saved(source):
        return
    with archives.opened(source) as archive:
        sizes = [0 for _ in archive.layers]
        for layer, member, file in archive.walk(skip):
            sizes[layer.number] += member.size
            yield layer, member, file
        if not isinstance(source, docker.models.images.Image):
            return  # a file may name digests that its layers do not have
        for layer in archive.layers:
            if layer.digest not in skip:
                _SIZES[layer.digest] = sizes[layer.number]


def unpacked_size(image: docker.models.images.Image) -> int:
    """Bytes of the files in all layers of an image of the engine.

    An image is not read again if all its layers are known from others or
    from `walk`.
    """
    digests = (image.attrs.get("RootFS") or {}).get("Layers") or []
    if all(digest in _SIZES for digest in digests):
        return sum(_SIZES[digest] for digest in digests)
    return _from_engine(image).size


def saved_hashes(image: docker.models.images.Image) -> list[str]:
    """SHA-256, in hexadecimal digits, of every file in every layer of an
    image, also of files that a higher layer deletes.

    Layers that another image has, too, are not read again.
    """
    if _cannot_be_saved(image):
        return []
    with archives.opened(image) as archive:
        read = collections.defaultdict(list)
        for layer, _, file in archive.walk(skip=_HASHES):
            if file:
                found = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type]
                read[layer.number].append(found.hexdigest())
        for layer in archive.layers:
            _HASHES.setdefault(layer.digest, read[layer.number])
        return [
            one for layer in archive.layers for one in _HASHES[layer.digest]
        ]


# What was read in this process: images by id; sizes and files' hashes by
# the digest of their layer.
_READ: dict[str, Image] = {}
_SIZES: dict[str, int] = {}
_HASHES: dict[str, list[str]] = {}


def _from_engine(found: docker.models.images.Image) -> Image:
    """Read an image from the archive that its engine writes: slow the first
    time. Layers that another image has, too, are not read again."""
    if _cannot_be_saved(found):
        return _without_layers(found.attrs)
    if found.id not in _READ:
        with archives.opened(found) as archive:
            _READ[found.id] = _from_archive(archive, _SIZES)
        for layer in _READ[found.id].layers:
            _SIZES[layer.digest] = layer.size
    return _READ[found.id]


def _cannot_be_saved(source: object) -> bool:
    """Whether it is an image of the engine without layers in the classic
    image store, which refuses to save one. The containerd image store saves
    it, and describes its images by a `Descriptor`."""
    if not isinstance(source, docker.models.images.Image):
        return False
    rootfs = source.attrs.get("RootFS")
    is_empty = rootfs is not None and not rootfs.get("Layers")
    return is_empty and not source.attrs.get("Descriptor")


def _without_layers(attrs: Mapping[str, Any]) -> Image:
    """The image that these attributes describe; its history is empty."""
    names = ("Architecture", "Os", "Created", "Config")
    return _image({name.lower(): attrs.get(name) for name in names}, [], [])


def _from_archive(
    archive: archives.Archive, known: Mapping[str, int] | None = None
) -> Image:
    """Read an image's archive, except layers whose size is `known`."""
    known = known or {}
    sizes = [known.get(layer.digest, 0) for layer in archive.layers]
    for layer, member, _ in archive.walk(skip=known):
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
    digest = "sha256:" + hashlib.sha256(archive.config).hexdigest()
    image = _image(settings, history, layers)
    return dataclasses.replace(
        image,
        tags=archive.tags,
        manifest=archive.manifest,
        index=archive.index,
        id=digest,
        configuration=digest,
    )


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
    history: list[HistoryRow],
    layers: list[tuple[str, int]],
) -> Image:
    texts = [row.instruction for row in history if not row.empty]
    # Some builders write no history: their layers have no instruction.
    texts += [""] * (len(layers) - len(texts))
    return Image(
        id="",
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


def tags_of(client: docker.DockerClient, repository: str) -> dict[str, str]:
    """The image that each tag of a repository names now: tag -> image id."""
    return {
        tag.rpartition(":")[2]: image.id
        for image in client.images.list(repository)
        for tag in image.tags
        if tag.rpartition(":")[0] == repository
    }

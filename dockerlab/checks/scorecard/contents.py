"""What the layers and settings of the capstone's image contain."""

import base64
import contextlib
import dataclasses
import hashlib
import json
import pathlib
import re
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

import docker.errors

from dockerlab import images, registries, scan
from dockerlab.base import labels
from dockerlab.base.errors import LabError
from dockerlab.checks import tools
from dockerlab.checks.bench import Bench
from dockerlab.checks.scorecard import tree
from dockerlab.checks.scorecard.properties import BASE, Card

PORT = "8000/tcp"
BASES = (BASE, "python:3.13")
INSTALLERS = ("pip", "setuptools", "wheel")  # part of the base images
METADATA = re.compile(r"([^/]+)-([^/-]+)\.dist-info/METADATA$")
STATED = tuple(
    f"org.opencontainers.image.{name}"
    for name in ("title", "version", "source")
)


class Contents:
    """What the layers above the base contain, whether deleted later or not.

    `layers`: all digests. `packages`: digests of the layers with Python
    packages. `versions`: of these packages, by name. `files`: SHA-256 -> path.
    `leaks`: paths of the files with the printer's token.
    """

    def __init__(self, bench: Bench, image: str) -> None:
        self.layers = bench.layers(image)
        self.packages: set[str] = set()
        self.versions: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.leaks: list[str] = []
        token = tree.token()
        self._forms = (token, base64.b64encode(token))
        base: set[str] = set()
        for name in BASES:
            with contextlib.suppress(docker.errors.ImageNotFound):
                base.update(bench.layers(name))
        found = bench.client.images.get(image)
        for layer, entry, file in images.walk(found, base):
            self._note_path(layer.digest, entry.name)
            if file:
                self._note_data(entry.name, file.read())

    def _note_path(self, digest: str, path: str) -> None:
        found = METADATA.search(path)
        if found and found[1] not in INSTALLERS:
            self.packages.add(digest)
            self.versions[found[1]] = found[2]

    def _note_data(self, path: str, data: bytes) -> None:
        self.files[hashlib.sha256(data).hexdigest()] = path
        if any(form in data for form in self._forms):
            self.leaks.append(path)


def size(bench: Bench, card: Card, image: str) -> None:
    """Judge how much larger than its base the image is, in bytes of unpacked
    files: an engine's own numbers depend on its image store."""
    whole, base = (
        images.unpacked_size(bench.client.images.get(name))
        for name in (image, BASE)
    )
    more = (whole - base) / 1e6
    card.note("size", more <= 50, f"It is {more:.0f} MB larger.")


def inspect(
    bench: Bench, card: Card, image: str, contents: Future[Contents]
) -> None:
    """Judge what can be seen without running the image."""
    held = contents.result()
    size(bench, card, image)
    found = bench.client.images.get(image)
    lacking = [key for key in STATED if not found.labels.get(key, "").strip()]
    note = f"It lacks {', '.join(lacking)}." if lacking else ""
    card.note("labels", not lacking, note)
    exposed = set(found.attrs["Config"].get("ExposedPorts") or {})
    card.note("port", exposed == {PORT})
    _judge_versions(card, held)
    leaks = list(held.leaks)
    settings = json.dumps([found.attrs["Config"], found.history()])
    if tree.token().decode() in settings:
        leaks.append("its history")
    note = f"The token is in {leaks[0]}." if leaks else ""
    card.note("secret", not leaks, note)
    unwanted = [path.read_bytes() for path in tree.SOURCE.glob("tests/*.py")]
    unwanted.append(tree.export())
    hashes = {hashlib.sha256(data).hexdigest() for data in unwanted}
    carried = [held.files[name] for name in hashes & set(held.files)]
    note = f"A layer contains {carried[0]}." if carried else ""
    card.note("baggage", not carried, note)


def _judge_versions(card: Card, held: Contents) -> None:
    """Look the packages up in the course's file and not at OSV, so that what
    is right today stays right."""
    packages = [
        scan.Package(name, version, "python")
        for name, version in held.versions.items()
    ]
    found = scan.advisories(packages, online=False)
    note = "No layer contains the metadata of a package."
    if found:
        first = found[0]
        note = (
            f"It has {first.package.name} {first.package.version}, with"
            f" {first.id}, which {first.fixed} fixes."
        )
    card.note("advisories", packages and not found, note)


def signed(
    bench: Bench, card: Card, image: str, parts: Mapping[str, Any]
) -> None:
    """Judge whether the registry has this image, signed with the key."""
    text = str(parts.get("image", ""))
    name = registries.on_this_machine(text)
    key = pathlib.Path(str(parts.get("key", "")))
    if not tools.has_cosign() or not name or not key.is_file():
        card.note("signed", False)
        return
    attrs = bench.client.images.get(image).attrs
    platform = f"{attrs['Os']}/{attrs['Architecture']}"
    published = _published(*name, platform)
    if published is None:
        card.note("signed", False, f"The registry has no {text}.")
        return
    settings = images.settings(bench.client, image)
    if published != content(bench.layers(image), settings):
        note = "The registry has another image than the folder builds."
        card.note("signed", False, note)
        return
    error = tools.verify(text, key)
    card.note("signed", not error, error and f"cosign reports: {error[-200:]}")


def content(
    layers: list[str], settings: images.Config
) -> tuple[list[str], images.Config]:
    """The layers and settings of an image, without the course's labels: the
    check's builds have others."""
    ours = {
        row.partition("=")[0] for row in labels.lessons_of(settings.labels)
    }
    kept = {k: v for k, v in settings.labels.items() if k not in ours}
    return layers, dataclasses.replace(settings, labels=kept)


def _published(
    url: str, repository: str, reference: str, platform: str
) -> tuple[list[str], images.Config] | None:
    """The same of a published image for a platform, None without one."""
    registry = registries.Registry(url)
    try:
        manifest = registry.image(repository, reference, platform)
        if not manifest:
            return None
        found = registry.config(repository, manifest)
        image = images.from_configuration(found)
    except (LabError, ValueError, KeyError):
        return None
    return content([layer.digest for layer in image.layers], image.config)

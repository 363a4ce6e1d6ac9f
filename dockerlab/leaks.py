"""Find a secret in an image: in the files of its layers and in its history."""

import json
from collections.abc import Collection
from typing import NamedTuple

import docker

from dockerlab import archives, images


class Place(NamedTuple):
    """Where an image contains a text.

    kind: `layer` or `history`.
    number: of the layer or of the history row, the oldest has 0.
    what: the path of the file, or the row's command line.
    """

    kind: str
    number: int
    what: str


def search(image: str, secret: str, base: str = "") -> list[Place]:
    """Every place where an image contains a secret as plain text.

    Args:
        base: an image whose layers need no search.

    Raises:
        LabError: a layer cannot be unpacked.
    """
    client = docker.from_env()
    below = images.read_image(client, base).layers if base else ()
    skip = {layer.digest for layer in below}
    with archives.opened(client.images.get(image)) as archive:
        return places(archive, secret, skip)


def places(
    archive: archives.Archive, secret: str, skip: Collection[str] = ()
) -> list[Place]:
    """Every place where an archive contains a secret as plain text.

    Layers are searched one by one, so files that a later layer deletes or
    replaces are found, too.

    Args:
        skip: digests of layers that need no search.

    Raises:
        LabError: a layer cannot be unpacked.
    """
    wanted = secret.encode()
    found = [
        Place("layer", layer.number, entry.name)
        for layer, entry, file in archive.walk(skip)
        if file and wanted in file.read()
    ]
    history = json.loads(archive.config).get("history") or []
    found += [
        Place("history", number, row["created_by"])
        for number, row in enumerate(history)
        if secret in row.get("created_by", "")
    ]
    return found

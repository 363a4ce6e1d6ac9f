"""Exercises of `images_by_hand`, and the archives that they start from."""

import gzip
import json
import os
import pathlib
import random
import uuid
import zlib

from dockerlab import archives, handmade
from dockerlab.base.errors import LabError
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.registries import digest

SHOP = "images-shop:1"
PARCEL = 3  # layers


def write_parcel(path: str | os.PathLike) -> None:
    """Write the archive of an image of which one layer is damaged.

    Which one, is another in each run; never the bottom one, which an answer
    that compares nothing would name.
    """
    token = uuid.uuid4().hex
    layers = [
        handmade.tar({f"word{number}": f"{token} {number}".encode()})
        for number in range(PARCEL)
    ]
    promise = handmade.describe(layers)
    damaged = random.randrange(1, PARCEL)
    layers[damaged] = layers[damaged].replace(
        token.encode(), token[::-1].encode()
    )
    packed = [gzip.compress(layer, mtime=0) for layer in layers]
    handmade.write_image(path, "images-parcel:1", promise, packed)


def write_shop(path: str | os.PathLike) -> None:
    """Write the shop's image, of two layers, to an archive and load it.

    Raises:
        LabError: the engine does not load it.
    """
    layers = [
        handmade.tar({"say": handmade.program(f"{word}\n")})
        for word in ("welcome", "sold out")
    ]
    config = handmade.describe(layers, Cmd=["/say"])
    handmade.write_image(path, SHOP, config, layers)
    handmade.load_image(SHOP, config, layers)


def _mismatches(path: pathlib.Path) -> list[int] | str:
    """The layers whose digest differs from the configuration's.

    A sentence, if the file is no archive of an image.
    """
    try:
        with archives.opened(path) as archive:
            return [
                layer.number
                for layer in archive.layers
                if digest(archive.unpacked(layer).read()) != layer.digest
            ]
    except (LabError, OSError, EOFError, zlib.error) as error:
        return f"It cannot be read as an archive of an image: {error}"


@exercise("images_by_hand/damaged-layer", wants="mapping")
def damaged_layer(bench: Bench, answer: dict[str, object]) -> None:
    """The answer names the layer whose digest is wrong."""
    path = pathlib.Path(str(answer.get("archive", "")))
    wrong = _mismatches(path)
    named = answer.get("damaged")
    found = bench.require(
        "archive",
        "the archive exists, and one of its layers is damaged",
        isinstance(wrong, list) and wrong,
        'Keep "archive": "parcel.tar", and call `write_parcel` in the same'
        f" cell. {wrong if isinstance(wrong, str) else ''}",
    )
    if not found:
        return
    number = bench.require(
        "number",
        f"the answer is a number from 0 to {PARCEL - 1}",
        type(named) is int and 0 <= named < PARCEL,
        f"`damaged` is {named!r:.60}. The bottom layer has the number 0.",
    )
    if not number:
        return
    bench.require(
        "damaged",
        "it is that layer",
        wrong == [named],
        f"The digest of layer {named} is the one that the configuration"
        " promises. Compare each layer's digest with the diff id at the same"
        " place. If all of them differ, you used the packed bytes.",
    )


@exercise("images_by_hand/peel", wants="image")
def peel(bench: Bench, name: str) -> None:
    """The image is the shop's without its top layer."""
    shop, image = bench.image(SHOP), bench.image(name)
    missing = [] if shop else [SHOP]
    missing += [] if image else [name]
    bench.require(
        "exists",
        f"the images {SHOP} and {name} exist",
        not missing,
        f"There is no {' and no '.join(missing)}. Did `docker load` report"
        " that it loaded your archive? The diff ids in the configuration must"
        " be the digests of the layers.",
    )
    if not shop or not image:
        return
    wanted = bench.layers(SHOP)[:-1]
    layers = bench.layers(name)
    bench.require(
        "layers",
        f"it has the layers of {SHOP} without the top one",
        layers == wanted,
        _other_layers(layers, wanted),
    )
    ending = bench.output(name)
    bench.require(
        "prints",
        "its container prints: welcome",
        ending.text == "welcome",
        f"{ending.why or f'It printed: {ending.text!r:.60}.'} The rest of the"
        " configuration defines which program runs.",
    )


def _other_layers(layers: list[str], wanted: list[str]) -> str:
    """What to do about layers that are not the wanted ones."""
    if len(layers) > len(wanted):
        return (
            f"Its configuration lists {len(layers)} diff ids instead of"
            f" {len(wanted)}. Two lists name the layer: the one in"
            " `manifest.json` and the one in the configuration."
        )
    if not layers:
        return "Its configuration lists no diff id. Remove only the last one."
    return (
        "Its layer has another digest. Take the bytes of the bottom layer"
        f" from the archive, unchanged: {json.dumps(wanted)}."
    )

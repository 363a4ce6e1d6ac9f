"""Exercises of `layers_inside`, and the images that they start from."""

import random
import uuid

from docker.models.images import Image

from dockerlab import handmade, images
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

PUZZLE = "layers-puzzle:1"
PAIR = ("layers-left:1", "layers-right:1")
LAYERS = 7  # of the puzzle
FOLDER, WHITEOUT, LOST = "srv", ".wh.", "plan.txt"
# They hide other files than the one that is looked for.
OTHERS = ("srv/.wh.notes.txt", "srv/.wh.plan.txt.old", "opt/.wh.plan.txt")


def load_puzzle() -> None:
    """Load an image in which one layer removes a file, another one in each
    run; other layers remove other files."""
    token = uuid.uuid4().hex.encode()
    names = (
        "srv/plan.txt",
        "srv/plan.txt.old",
        "srv/notes.txt",
        "opt/plan.txt",
    )
    layers = [dict.fromkeys(names, token)]
    layers += [{f"{FOLDER}/{n}.txt": token} for n in range(1, LAYERS)]
    places = random.sample(range(2, LAYERS), 1 + len(OTHERS))
    hidden = (f"{FOLDER}/{WHITEOUT}{LOST}", *OTHERS)
    for place, name in zip(places, hidden, strict=True):
        layers[place][name] = b""
    _load(PUZZLE, [handmade.tar(files) for files in layers])


def load_pair() -> None:
    """Load two images that share layers; one has a layer twice."""

    def layer(name: str) -> bytes:
        return handmade.tar(
            {name: random.randbytes(random.randint(10**4, 10**5))}
        )

    below = [layer("one"), layer("two")]
    _load(PAIR[0], [*below, layer("left"), below[0]])
    _load(PAIR[1], [*below, layer("right")])


def _load(name: str, layers: list[bytes]) -> None:
    handmade.load_image(name, handmade.describe(layers), layers)


@exercise("layers_inside/whiteout", wants="number")
def whiteout(bench: Bench, answer: float) -> None:
    """The number of the layer with the whiteout of a file."""
    [image] = _prepared(bench, "load_puzzle", PUZZLE) or [None]
    if not image:
        return
    hides: dict[int, list[str]] = {}
    for layer, entry, _ in images.walk(image):
        folder, _, name = entry.name.rpartition("/")
        if name.startswith(WHITEOUT):
            path = f"/{folder}/{name.removeprefix(WHITEOUT)}"
            hides.setdefault(layer.number, []).append(path)
    count = len(bench.layers(PUZZLE))
    if not bench.require(
        "number",
        f"the answer is a whole number from 0 to {count - 1}",
        answer in range(count),
        f"It is {answer}. The bottom layer has the number 0.",
    ):
        return
    named = hides.get(int(answer), [])
    hint = f"Layer {answer} hides no file: none of its entries begins with"
    hint += f" {WHITEOUT}"
    if named:
        hint = (
            f"Layer {answer} hides {', '.join(named)}, which is another file."
        )
    wanted = f"/{FOLDER}/{LOST}"
    text = f"that layer removed {wanted}"
    bench.require("layer", text, wanted in named, hint)


@exercise("layers_inside/shared-size", wants="number")
def shared_size(bench: Bench, answer: float) -> None:
    """The bytes of the files in the distinct layers of two images."""
    if not _prepared(bench, "load_pair", *PAIR):
        return
    left, right = (images.read_image(bench.client, name) for name in PAIR)
    sizes = {one.digest: one.size for one in (*left.layers, *right.layers)}
    hint = (
        f"It is {answer:.0f} bytes. Add up the layers' sizes, each digest"
        " once. The sizes are those of the files, unpacked."
    )
    if answer == left.size + right.size:
        hint = "You counted the layers that both images have twice."
    elif answer == left.size + right.added_over(left):
        hint = f"{PAIR[0]} has one layer twice, and you counted it twice."
    elif answer in (left.size, right.size):
        hint = "That is the size of one of the images."
    bench.require(
        "bytes",
        "it is the number of bytes in the layers of both, each counted once",
        answer == sum(sizes.values()),
        hint,
    )


def _prepared(bench: Bench, helper: str, *names: str) -> list[Image]:
    """The images that a helper of the notebook loads; empty without them.

    Writes the criterion `exists`.
    """
    found = [bench.image(name) for name in names]
    bench.require(
        "exists",
        f"there is {' and '.join(names)}",
        all(found),
        f"Call `{helper}()` in the same cell.",
    )
    return [one for one in found if one] if all(found) else []

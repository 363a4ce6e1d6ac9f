"""Exercises of `sign_and_attest`: signatures, and equal builds."""

import datetime
import hashlib
import pathlib
import random
import time
from collections.abc import Iterable

from dockerlab import images, registries
from dockerlab.base.errors import LabError
from dockerlab.checks import contents, tools
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

FILE = "/app/built.txt"
MINE = "sign-mine"  # the repository of the exercise `sign`
# A date long before the build, on which no image of the course was made.
OLDEST, NEWEST = 1_000_000_000, 1_500_000_000


@exercise("sign_and_attest/sign", wants="mapping")
def sign(bench: Bench, answer: dict[str, object]) -> None:
    """The image of that name verifies with the learner's key."""
    hint = (
        "This is not your mistake. cosign is part of the lab's own engine;"
        " docs.sigstore.dev explains how to install it elsewhere."
    )
    here = tools.has_cosign()
    if not bench.require("cosign", "cosign is here to verify", here, hint):
        return
    image, key = str(answer.get("image", "")), str(answer.get("key", ""))
    try:
        text = pathlib.Path(key).read_text(errors="replace")
    except (OSError, ValueError):  # no path can look like this
        text = ""
    private = "That is the private key: never give it to anybody. "
    bench.require(
        "key",
        "the key is a public key",
        "BEGIN PUBLIC KEY" in text,
        (private if "PRIVATE" in text else "")
        + "`cosign generate-key-pair` wrote a file that ends in `.pub`.",
    )
    bench.require(
        "pushed",
        "the notebook's registry has the image",
        _is_published(image),
        f"`image` is the name of {MINE} with registry and tag or digest, as"
        f" you pushed it. It is {image!r:.80}.",
    )
    if any(not criterion.met for criterion in bench.criteria):
        return
    error = tools.verify(image, pathlib.Path(key))
    bench.require(
        "signed",
        "the image that has this name now is signed with that key",
        not error,
        f"cosign reports: {error}. A signature belongs to a digest. Which"
        " digest does the name refer to now, and which one did you sign?",
    )


def _is_published(image: str) -> bool:
    """Whether a registry of this machine has the image of that name.

    Not the image that the notebook signs: that one is no answer.
    """
    name = registries.on_this_machine(image)
    if not name or name[1] != MINE:
        return False
    url, repository, reference = name
    try:
        return bool(registries.Registry(url).digest(repository, reference))
    except LabError:
        return False


@exercise("sign_and_attest/same-twice", wants="dockerfile")
def same_twice(bench: Bench, dockerfile: str) -> None:
    """Two builds without the cache have equal layers."""
    epoch = random.randint(OLDEST, NEWEST)
    first = _built(bench, dockerfile, epoch)
    if not first:
        return
    found = contents.files(bench, first, FILE).values()
    text = b"".join(found).decode(errors="replace").strip()
    year = datetime.datetime.fromtimestamp(epoch, datetime.UTC).year
    if not bench.require(
        "date",
        f"{FILE} contains the date in SOURCE_DATE_EPOCH",
        str(year) in text or str(epoch) in text,
        f"The build argument is {epoch}, a second of {year}. "
        + (f"The file contains {text[:80]!r}." if found else "No such file."),
    ):
        return
    # The dates of files in a layer are whole seconds.
    time.sleep(1.1)
    second = _built(bench, dockerfile, epoch)
    if not second:
        return
    equal = bench.layers(first) == bench.layers(second)
    differs = "" if equal else _difference(bench, first, second)
    wanted = "a second build without the cache has the same layers"
    bench.require("equal", wanted, not differs, differs)


def _built(bench: Bench, dockerfile: str, epoch: int) -> str:
    """Build without the cache: the tag; empty, and written, if it fails."""
    built = bench.try_build(
        dockerfile,
        arguments={"SOURCE_DATE_EPOCH": str(epoch)},
        options=["--no-cache"],
    )
    if bench.require("builds", "the image builds", built.ok, built.hint):
        return built.tag
    return ""


def _difference(bench: Bench, first: str, second: str) -> str:
    """What differs in the layers of two builds, the first such file.

    Empty where nothing differs but what the engine itself changes.
    """
    common = set(bench.layers(first)) & set(bench.layers(second))
    one, two = (_entries(bench, tag, common) for tag in (first, second))
    older = "io.containerd.snapshotter" not in str(bench.client.info())
    if older:
        # The builder puts files there for each RUN, and removes them.
        one.pop("etc", None)
        two.pop("etc", None)
    for path in one.keys() | two.keys():
        if path not in one or path not in two:
            return f"Only one of the two images contains /{path}."
    # The content explains more than a date that differs as well.
    for path, (content, _) in sorted(one.items()):
        if two[path][0] != content:
            return (
                f"/{path} has other content in the second build. What does"
                " the content depend on?"
            )
    for path, (_, changed) in sorted(one.items()):
        if two[path][1] != changed:
            when = datetime.datetime.fromtimestamp(changed, datetime.UTC)
            return (
                f"/{path} has the date {when:%Y-%m-%d %H:%M:%S}, and another"
                " one in the second build. `touch -d` sets a date."
            )
    if older:
        return ""
    return "The same files are stored with other owners or in another order."


def _entries(
    bench: Bench, tag: str, skip: Iterable[str]
) -> dict[str, tuple[str, float]]:
    """The files in an image's layers: path -> hash and date."""
    found = {}
    for _, member, file in images.walk(bench.image(tag), set(skip)):
        content = hashlib.sha256(file.read()).hexdigest() if file else ""
        found[member.name] = (content, member.mtime)
    return found

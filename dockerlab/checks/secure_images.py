"""Exercises of `secure_images`: signatures."""

import pathlib

from dockerlab import registries
from dockerlab.base.errors import LabError
from dockerlab.checks import tools
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise


@exercise("secure_images/sign", wants="mapping")
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
    except OSError:
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
        "`image` is the name with registry and tag or digest, as you pushed"
        f" it. It is {image!r:.80}.",
    )
    if any(not criterion.met for criterion in bench.criteria):
        return
    error = tools.verify(image, pathlib.Path(key))
    bench.require(
        "signed",
        "the image that has this name now is signed with that key",
        not error,
        f"cosign reports: {error}. A signature is of a digest. Which digest"
        " does the name refer to now, and which one did you sign?",
    )


def _is_published(image: str) -> bool:
    """Whether a registry of this machine has the image of that name."""
    name = registries.on_this_machine(image)
    if not name:
        return False
    url, repository, reference = name
    try:
        return bool(registries.Registry(url).digest(repository, reference))
    except LabError:
        return False

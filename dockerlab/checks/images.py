"""Exercises of `images`: what an image consists of."""

import json
import uuid

from dockerlab import images
from dockerlab.checks import contexts
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

VENDOR = "org.opencontainers.image.vendor"
SMALL = 10e6  # bytes
# An app on the learner's base, which prints what it inherited.
APP = """\
import json, os
print(json.dumps({{
    "token": "{token}",
    "uid": os.getuid(),
    "unbuffered": os.environ.get("PYTHONUNBUFFERED", ""),
}}))
"""


@exercise("images/own-base", wants="dockerfile")
def own_base(bench: Bench, dockerfile: str) -> None:
    """An app of one line inherits what the base sets up."""
    base = bench.build(dockerfile)
    if not base:
        return
    token = uuid.uuid4().hex
    with contexts.folder_of({"app.py": APP.format(token=token)}) as folder:
        built = bench.try_build(f"FROM {base}\n", folder)
    text = "an app with one line, FROM your-base, builds"
    if not bench.require("child", text, built.ok, built.hint):
        return
    app = _report(bench, built.tag)
    runs = bench.require(
        "runs",
        "a container of the app runs its app.py and ends",
        app.get("token") == token,
        "Which instruction of the base takes effect when the *app* is built,"
        " and which one defines what a container runs?",
    )
    if not runs:
        return
    bench.require(
        "user",
        "the app does not run as root",
        app["uid"] != 0,
        "Which instruction sets the user of a container? The user must"
        " exist, or be a number.",
    )
    bench.require(
        "env",
        "PYTHONUNBUFFERED is set for the app",
        app["unbuffered"],
        "Which instruction sets a variable for containers, and not only for"
        " the build?",
    )
    labels = bench.client.images.get(built.tag).labels
    bench.require(
        "label",
        f"the app's image has the label {VENDOR}",
        labels.get(VENDOR) == "Example Ltd",
        "Labels are inherited. Is the value exactly: Example Ltd?",
    )


def _report(bench: Bench, tag: str) -> dict[str, object]:
    """What the app printed; empty if it did not end well."""
    lines = (bench.output(tag).text or "").split("\n")
    try:
        report = json.loads(lines[0])
    except ValueError:
        return {}
    return report if isinstance(report, dict) else {}


@exercise("images/small", wants="dockerfile")
def small(bench: Bench, dockerfile: str) -> None:
    """The image prints a word and is small."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    ending = bench.output(tag)
    bench.require(
        "prints",
        "its container prints: small",
        ending.text == "small",
        f"{ending.why} A program needs its loader and its libraries: `ldd`"
        " lists them. Are all of them in the image, at the same"
        " paths?",
    )
    size = images.read_image(bench.client, tag).size
    bench.require(
        "size",
        f"the image is smaller than 10 MB (it has {size / 1e6:.1f} MB)",
        size < SMALL,
        "Most bytes come from the base. Which base is empty?",
    )

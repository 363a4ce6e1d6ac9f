"""Supplies of the notebooks: base images and Python packages.

On a learner's own engine the official images are pulled. In the box they are
stand-ins from the lab's registry, and pip finds the sample app's packages in
the lab's index.
"""

import hashlib
import importlib.metadata
import json
import pathlib
import shutil
import sys

import docker

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.base.errors import LabError
from dockerlab.base.machine import Report
from dockerlab.engine import listing, recipes, registry, standins
from dockerlab.engine.box import REGISTRY_PORT, Box

# The first notebooks need these.
FIRST = ("debian:trixie-slim", "python:3.13-slim", "nginx:stable")
# The sample app's own Dockerfile names its base image with Debian's release.
LATER = (
    *(name for name in recipes.STANDINS if name not in FIRST),
    "python:3.13-slim-trixie",
)
# legacy-cgi: pypiserver needs a module that Python 3.13 no longer has.
# importlib-resources: Python before 3.12 does not have all of it.
INDEX_SERVER = (
    "pypiserver",
    "packaging",
    "legacy-cgi",
    "defusedxml",
    "importlib-resources",
)
PINNED = (
    paths.PROJECT / "sample_app" / "requirements.txt",
    *sorted((pathlib.Path(__file__).parent / "wheels").glob("*.txt")),
)
# Offered only as source: `better_images` builds it with a compiler.
FROM_SOURCE = "psutil"


def _folder() -> pathlib.Path:
    return paths.home() / "supplies"


def _repository(tag: str) -> pathlib.Path:
    """Return the folder of a tag's repository in the registry's storage."""
    where = "registry/docker/registry/v2/repositories/library"
    return _folder() / where / tag.split(":")[0]


def _digest(tag: str) -> str:
    """Return the digest that the registry has for a tag; empty if none."""
    tags = _repository(tag) / "_manifests" / "tags"
    link = tags / tag.split(":")[1] / "current" / "link"
    return link.read_text("utf-8").strip() if link.exists() else ""


def _note(image: recipes.StandIn) -> pathlib.Path:
    """Return the file that says by which recipe a stand-in was made."""
    name = image.name.replace(":", "-")
    return _folder() / "registry" / "recipes" / name


def held(image: recipes.StandIn) -> bool:
    """Whether the lab's registry has a stand-in, made by today's recipe,
    with all its tags."""
    note = _note(image)
    made = note.read_text("utf-8") if note.exists() else ""
    return made == image.recipe and all(map(_digest, image.tags))


def outdated(image: recipes.StandIn) -> bool:
    """Whether the registry has it as another recipe has made it."""
    return any(map(_digest, image.tags)) and not held(image)


def _layout(name: str) -> pathlib.Path:
    return _folder() / "layouts" / name.replace(":", "-")


def make_standin(name: str, report: Report) -> None:
    """Make a stand-in's blobs unless the registry or its folder has them."""
    image = recipes.TAGS[name]
    layout = _layout(image.name)
    done = layout / "index.json"
    with machine.lock(_folder() / f"{layout.name}.lock", report):
        if held(image) or _ready(image, done):
            return
        machine.remove_tree(layout)
        descriptor = standins.make(
            image, standins.base_root(report), layout, report
        )
        made = {"recipe": image.recipe, "digest": descriptor["digest"]}
        done.write_text(json.dumps(made), "utf-8")


def _ready(image: recipes.StandIn, done: pathlib.Path) -> bool:
    """Whether a layout is complete and made by today's recipe."""
    if not done.exists():
        return False
    return bool(json.loads(done.read_text("utf-8"))["recipe"] == image.recipe)


def push_standin(name: str, box: Box, report: Report) -> None:
    """Put a stand-in into the registry and the engine of a running box."""
    image = recipes.TAGS[name]
    layout = _layout(image.name)
    with machine.lock(_folder() / f"{layout.name}.lock", report):
        if not held(image):
            made = json.loads((layout / "index.json").read_text("utf-8"))
            url = f"http://127.0.0.1:{REGISTRY_PORT}"
            pairs = [f"{tag}={made['digest']}" for tag in image.tags]
            script = [sys.executable, registry.__file__, url, str(layout)]
            machine.run(
                box.inside([*script, *pairs]),
                f"{name} could not be put into the lab's registry.",
                report,
            )
            _note(image).parent.mkdir(parents=True, exist_ok=True)
            _note(image).write_text(image.recipe, "utf-8")
        machine.remove_tree(layout)
    for tag in image.tags:
        replace(box.url, tag, _digest(tag), report)
    pull(box.url, name, report)


def replace(url: str, tag: str, digest: str, report: Report) -> None:
    """Pull a tag again if the engine has another image under it, and remove
    the old one unless something uses it.

    Args:
        digest: of what the registry has under the tag.
    """
    client = docker.DockerClient(url, timeout=600)
    try:
        old = client.images.get(tag)
        found = old.attrs.get("RepoDigests") or []
        if any(row.endswith(f"@{digest}") for row in found):
            return
        report(f"pulling {tag} in place of an older stand-in")
        client.images.pull(tag)
        if not client.images.get(old.id).tags:
            client.images.remove(old.id)
    except docker.errors.ImageNotFound:
        pass  # the engine does not have it, or not any more
    except docker.errors.APIError as error:
        report(f"the older {tag} stays: {error.explanation}")
    finally:
        client.close()


def sweep(report: Report) -> None:
    """Remove what the registry's storage has and no tag needs any more."""
    storage = _folder() / "registry/docker/registry/v2"
    links = storage.glob("repositories/**/_manifests/tags/*/current/link")
    needed: set[str] = set()
    waiting = [link.read_text("utf-8").strip() for link in links]
    while waiting:
        digest = waiting.pop().removeprefix("sha256:")
        needed.add(digest)
        data = storage / "blobs" / "sha256" / digest[:2] / digest / "data"
        manifest = json.loads(data.read_bytes())
        waiting += [part["digest"] for part in manifest.get("manifests", ())]
        parts = [*manifest.get("layers", ())]
        parts += [manifest["config"]] if "config" in manifest else []
        needed |= {part["digest"].removeprefix("sha256:") for part in parts}
    for blob in storage.glob("blobs/sha256/*/*"):
        if blob.name not in needed:
            machine.remove_tree(blob)


def tagged(client: docker.DockerClient) -> set[str]:
    """Return the names of all images that an engine has."""
    rows = listing.images(client)
    return {tag for row in rows for tag in row["RepoTags"] or ()}


def pull(url: str, name: str, report: Report) -> None:
    """Pull an image into the engine at `url` unless it is there.

    Raises:
        LabError: the engine cannot pull it.
    """
    client = docker.DockerClient(url, timeout=600)
    try:
        client.images.get(name)
    except docker.errors.ImageNotFound:
        report(f"pulling {name}")
        try:
            client.images.pull(name)
        except docker.errors.APIError as error:
            raise LabError(
                f"The engine cannot pull {name}.",
                str(error.explanation or error),
                f"Check the network, then try `docker pull {name}`.",
            ) from None
    finally:
        client.close()


def _wheel_platforms() -> list[str]:
    processor = "aarch64" if standins.architecture() == "arm64" else "x86_64"
    newest = [f"manylinux_2_{minor}_{processor}" for minor in (34, 28, 17)]
    return [*newest, f"manylinux2014_{processor}"]


def _pins() -> str:
    """What the stamp of all pinned Python packages holds."""
    texts = [path.read_bytes() for path in PINNED]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def wheels_held() -> bool:
    """Whether the Python packages that the notebooks install are here."""
    stamp = _folder() / "wheels.stamp"
    return stamp.exists() and stamp.read_text("utf-8") == _pins()


def wheels(report: Report) -> None:
    """Download the pinned Python packages that the notebooks install.

    pip checks each file's hash, so a damaged download is refused.

    Raises:
        LabError: the package index cannot be reached, or a file is not the
            one that was pinned.
    """
    house = _folder() / "wheels"
    with machine.lock(_folder() / "wheels.lock", report):
        if wheels_held():
            return
        house.mkdir(parents=True, exist_ok=True)
        for requirements in PINNED:
            _download(requirements, house, report)
        (_folder() / "wheels.stamp").write_text(_pins(), "utf-8")


def _download(
    requirements: pathlib.Path, house: pathlib.Path, report: Report
) -> None:
    """Download the files that one list of requirements pins, for the Python
    of the images."""
    machine.run(
        [
            "nice",  # the other preparations take longer
            sys.executable,
            "-m",
            "pip",
            "download",
            "--no-input",
            "--python-version=3.13",
            "--only-binary=:all:",
            f"--no-binary={FROM_SOURCE}",
            *(f"--platform={name}" for name in _wheel_platforms()),
            "--no-deps",
            "--require-hashes",
            f"--requirement={requirements}",
            f"--dest={house}",
        ],
        "The Python packages of the notebooks cannot be downloaded.",
        report,
    )


def index(report: Report) -> None:
    """Copy the index server's code to where the box's Python finds it."""
    target = _folder() / "index"
    with machine.lock(_folder() / "index.lock", report):
        for name in INDEX_SERVER:
            distribution = importlib.metadata.distribution(name)
            for file in distribution.files or ():
                to = target / file
                if file.parts[0] != ".." and not to.exists():
                    to.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(file.locate(), to)

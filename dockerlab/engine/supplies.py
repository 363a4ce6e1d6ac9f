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
from dockerlab.engine import registry, roots, standins
from dockerlab.engine.box import REGISTRY_PORT, Box

# The first notebooks need these.
FIRST = ("debian:trixie-slim", "python:3.13-slim", "nginx:stable")
LATER = tuple(name for name in standins.STANDINS if name not in FIRST)
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


def _tag_file(tag: str) -> pathlib.Path:
    """Return the file by which the registry's storage records a tag."""
    name, version = tag.split(":")
    where = "registry/docker/registry/v2/repositories/library"
    manifests = _folder() / where / name / "_manifests"
    return manifests / "tags" / version / "current" / "link"


def held(image: standins.StandIn) -> bool:
    """Whether the lab's registry has a stand-in with all its tags."""
    return all(_tag_file(tag).exists() for tag in image.tags)


def base_root(report: Report) -> pathlib.Path:
    """Return the Debian root of all stand-ins, made if it is missing."""
    target = _folder() / "debian-root"
    with machine.lock(_folder() / "debian-root.lock", report):
        roots.make_base_root(target, report)
    return target


def _layout(name: str) -> pathlib.Path:
    return _folder() / "layouts" / name.replace(":", "-")


def make_standin(name: str, report: Report) -> None:
    """Make a stand-in's blobs unless the registry or its folder has them."""
    image = standins.STANDINS[name]
    layout = _layout(name)
    done = layout / "manifest.json"
    with machine.lock(_folder() / f"{layout.name}.lock", report):
        if held(image) or done.exists():
            return
        machine.remove_tree(layout)
        descriptor = standins.make(image, base_root(report), layout, report)
        done.write_text(json.dumps(descriptor), "utf-8")


def push_standin(name: str, box: Box, report: Report) -> None:
    """Put a stand-in into the registry and the engine of a running box."""
    image = standins.STANDINS[name]
    layout = _layout(name)
    with machine.lock(_folder() / f"{layout.name}.lock", report):
        if not held(image):
            descriptor = json.loads(
                (layout / "manifest.json").read_text("utf-8")
            )
            url = f"http://127.0.0.1:{REGISTRY_PORT}"
            pairs = [f"{tag}={descriptor['digest']}" for tag in image.tags]
            script = [sys.executable, registry.__file__, url, str(layout)]
            machine.run(
                box.inside([*script, *pairs]),
                f"{name} could not be put into the lab's registry.",
                report,
            )
        machine.remove_tree(layout)
    pull(box.url, name, report)


def tagged(client: docker.DockerClient) -> set[str]:
    """Return the names of all images that an engine has.

    `client.images.list()` would also request each image by itself, and fail
    if somebody removes one in between.
    """
    rows = client.api.images()
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


def wheels(report: Report) -> None:
    """Download the pinned Python packages that the notebooks install.

    pip checks each file's hash, so a damaged download is refused.

    Raises:
        LabError: the package index cannot be reached, or a file is not the
            one that was pinned.
    """
    texts = [path.read_bytes() for path in PINNED]
    pins = hashlib.sha256(b"\0".join(texts)).hexdigest()
    house = _folder() / "wheels"
    stamp = _folder() / "wheels.stamp"
    with machine.lock(_folder() / "wheels.lock", report):
        if stamp.exists() and stamp.read_text("utf-8") == pins:
            return
        house.mkdir(parents=True, exist_ok=True)
        for requirements in PINNED:
            _download(requirements, house, report)
        stamp.write_text(pins, "utf-8")


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

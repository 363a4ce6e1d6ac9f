"""What an answer's image contains, without running anything in it."""

import hashlib
import io
import pathlib
import tarfile

import docker.errors

from dockerlab import images
from dockerlab.checks.bench import Bench


def files(bench: Bench, image: str, path: str) -> dict[str, bytes]:
    """The files of an image at a path or below it; empty without any.

    A path that is a link leads to its target. Links below a folder are left
    out.

    Shape: a file's path below the folder, or the name of the single file, to
    its content.
    """
    container = bench.create(image, command=["true"])
    try:
        chunks, about = container.get_archive(path)
        if about["linkTarget"]:  # where it leads, through all links
            chunks, _ = container.get_archive(about["linkTarget"])
        packed = io.BytesIO(b"".join(chunks))
    except docker.errors.NotFound:
        return {}
    found = {}
    with tarfile.open(fileobj=packed) as archive:
        for member in archive:
            file = None if member.issym() else archive.extractfile(member)
            if file:
                below = member.name.partition("/")[2]
                found[below or pathlib.Path(path).name] = file.read()
    return found


def kept(bench: Bench, tag: str, text: str) -> bool:
    """Whether any layer of an image has a file with exactly this text."""
    wanted = hashlib.sha256(text.encode()).hexdigest()
    return wanted in images.saved_hashes(bench.client.images.get(tag))


def build_again(
    bench: Bench, dockerfile: str, context: pathlib.Path
) -> str | None:
    """Build an answer once more after a change of its context: the tag.

    Written on the card, as the criterion `builds`, only if that fails.
    """
    built = bench.try_build(dockerfile, context)
    if built.ok:
        return built.tag
    bench.require("builds", "the image builds again", False, built.hint)
    return None

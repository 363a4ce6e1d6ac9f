"""What came from a build context into an image."""

import dataclasses
import hashlib
import io
import pathlib
import tarfile

from docker.models.containers import Container
from matplotlib.axes import Axes

from dockerlab.base import words
from dockerlab.pictures import frame

LEFT, RIGHT, EDGE = 2.5, 3.6, 7.4  # inches: where the two boxes end and begin


@dataclasses.dataclass(frozen=True)
class Copy:
    """A file of the image: the context's file with the same content, empty
    if there is none, its own path, `user:group` and octal mode."""

    source: str
    target: str
    owner: str
    mode: str


@frame.styled
def copied(
    context: pathlib.Path, container: Container, folder: str
) -> frame.Picture:
    """Which files of a build context are in a folder of an image, and with
    which path, owner and mode.

    Files belong together if they have the same content.

    Args:
        context: the folder that was built from.
        container: of the image; it need not run.
        folder: the absolute path of a folder in the image.

    `data`: `sources`, the context's files, and `copies`, each a `Copy`.
    """
    paths = sorted(path for path in context.rglob("*") if path.is_file())
    names = [str(path.relative_to(context)) for path in paths]
    sources = {
        hashlib.sha256(path.read_bytes()).hexdigest(): name
        for path, name in zip(paths, names, strict=True)
    }
    copies = _copies(sources, container, folder)
    axes = _draw(names, copies, folder)
    used = {copy.source for copy in copies}
    left_out = [name for name in names if name not in used]
    caption = (
        f"{folder} contains {words.plural(len(used & set(names)), 'file')} of"
        f" the context's {len(names)}."
        f" Not copied: {words.listed(left_out) or 'none'}."
    )
    alt = "; ".join(
        f"{copy.source or 'another file'} is {copy.target}, owner"
        f" {copy.owner}, mode {copy.mode}"
        for copy in copies
    )
    data = {"sources": names, "copies": copies}
    return frame.Picture(axes.figure, caption, f"Copies. {alt}.", data)


def _copies(
    sources: dict[str, str], container: Container, folder: str
) -> list[Copy]:
    """The files of a container's folder; `sources`: digest -> path."""
    chunks, _ = container.get_archive(folder)
    above = pathlib.PurePosixPath(folder).parent
    found = []
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file:
                digest = hashlib.sha256(file.read()).hexdigest()
                found.append(
                    Copy(
                        sources.get(digest, ""),
                        str(above / member.name),
                        f"{member.uid}:{member.gid}",
                        f"{member.mode & 0o7777:o}",
                    )
                )
    return sorted(found, key=lambda copy: (copy.source, copy.target))


def _draw(names: list[str], copies: list[Copy], folder: str) -> Axes:
    """The context's files at the left, the image's at the right."""
    rows = max(len(names), len(copies))
    height = 0.6 + 0.25 * rows
    axes = frame.canvas(height + 0.1)
    frame.box(axes, 0.1, 0.05, LEFT - 0.1, height, "build context")
    frame.box(axes, RIGHT, 0.05, EDGE - RIGHT, height, f"image: {folder}")
    places = {n: height - 0.5 - 0.25 * i for i, n in enumerate(names)}
    used = {copy.source for copy in copies}
    for name, y in places.items():
        colour = frame.INK if name in used else frame.QUIET
        frame.write(axes, 0.25, y, name, LEFT - 0.4, colour)
    for x, title in ((6.1, "owner"), (6.85, "mode")):
        frame.write(axes, x, height - 0.15, title, None, frame.QUIET)
    for number, copy in enumerate(copies):
        y = height - 0.5 - 0.25 * number
        colour = frame.INK if copy.owner == "0:0" else frame.ORANGE
        frame.write(axes, RIGHT + 0.15, y, copy.target, 6.0 - RIGHT - 0.15)
        frame.write(axes, 6.1, y, copy.owner, None, colour)
        frame.write(axes, 6.85, y, copy.mode)
        if copy.source:
            axes.annotate(
                "",
                (RIGHT - 0.05, y),
                (LEFT + 0.05, places[copy.source]),
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": frame.BLUE,
                    "lw": 1.2,
                    "shrinkA": 0,
                    "shrinkB": 0,
                },
            )
    return axes

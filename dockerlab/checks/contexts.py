"""Build contexts: folders that a check writes, measures and copies."""

import contextlib
import pathlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping

from docker.utils.build import PatternMatcher

from dockerlab.base import words

LARGEST = 50e6  # bytes that a check sends to the builder
READ_BY_BUILDER = ("Dockerfile", ".dockerignore", "Dockerfile.dockerignore")


@contextlib.contextmanager
def folder_of(
    files: Mapping[str, str | bytes] | None = None,
) -> Iterator[pathlib.Path]:
    """A temporary folder that holds these files, by their paths in it."""
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as name:
        folder = pathlib.Path(name)
        for path, content in (files or {}).items():
            write(folder / path, content)
        yield folder


def write(path: pathlib.Path, content: str | bytes) -> None:
    """Write a file, and create the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(data)


def too_large(context: pathlib.Path) -> str:
    """A hint if the folder is larger than a check sends, else nothing.

    Files that .dockerignore names do not count.
    """
    sizes: dict[str, int] = {}
    total = 0
    patterns = PatternMatcher(_ignored(context))
    for name in patterns.walk(str(context)):
        with contextlib.suppress(OSError):
            path = context / name
            if path.is_file() and not path.is_symlink():
                sizes[name] = path.stat().st_size
                total += sizes[name]
        if total > LARGEST:
            break  # a home folder would take minutes
    if total <= LARGEST:
        return ""
    largest = max(sizes, key=lambda name: sizes[name])
    return (
        f"The folder holds more than {words.size(LARGEST)}, so the"
        f" check did not send it. The largest file is {largest!r:.80}"
        f" ({words.size(sizes[largest])}). Which file keeps such files"
        " out of the context?"
    )


def copy(source: pathlib.Path, target: pathlib.Path) -> None:
    """Copy what the builder would get, and the files that control it.

    Links stay links. Only plain files are copied: a pipe would never end.
    """
    kept = PatternMatcher(_ignored(source)).walk(str(source))
    for name in [*READ_BY_BUILDER, *kept]:
        path = source / name
        if path.is_file() or path.is_symlink():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target / name, follow_symlinks=False)
        elif path.is_dir():
            (target / name).mkdir(parents=True, exist_ok=True)


def _ignored(context: pathlib.Path) -> list[str]:
    """The patterns of a context's .dockerignore."""
    own, common = context / "Dockerfile.dockerignore", ".dockerignore"
    try:
        file = own if own.exists() else context / common
        text = file.read_text(errors="replace")
    except OSError:
        return []
    rows = (row.strip() for row in text.splitlines())
    return [row for row in rows if row and not row.startswith("#")]

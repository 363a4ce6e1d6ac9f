"""Where the notebooks of one user keep their files on this machine."""

import hashlib
import os
import pathlib
import stat
import tempfile

from dockerlab import paths
from dockerlab.base.errors import LabError


def short(text: str, letters: int = 6) -> str:
    """A short hash of a text, for the names of files and marks."""
    return hashlib.sha256(text.encode()).hexdigest()[:letters]


def private(engine_id: str = "") -> pathlib.Path:
    """This user's folder for the files of notebooks on one engine.

    Raises:
        LabError: other users of this machine can read or change it.
    """
    # Two homes of the lab may have two engines, and the same notebook on each.
    key = short(f"{paths.home()} {engine_id}")
    place = pathlib.Path(tempfile.gettempdir()).resolve()
    folder = place / f"dockerlab-{os.getuid()}-{key}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    closed = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    if found.st_uid != os.getuid() or not closed:
        raise LabError(
            f"Other users of this machine can use the folder {folder}.",
            "Notebooks keep their files there, and the socket of the engine.",
            f"Remove it, or choose another place: TMPDIR={paths.home()}.",
        )
    return folder

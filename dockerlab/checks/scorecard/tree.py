"""The service's files, as the colleague left them."""

import pathlib
import re
import shutil

from dockerlab import paths

SOURCE = paths.PROJECT / "capstone"


def unpack(target: pathlib.Path) -> None:
    """Write the service's files into a folder."""
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCE, target, ignore=skip, dirs_exist_ok=True)
    exports = target / "exports"
    exports.mkdir()
    (exports / "2019.csv").write_bytes(export())


def export() -> bytes:
    """One of the files that the colleague's nightly job left: 20 MB."""
    return b"id,name,found,by,shelf\n" * 900_000


def token() -> bytes:
    """The secret that the colleague left in the tree.

    Raises:
        ValueError: the file has none.
    """
    text = (SOURCE / ".env").read_text()
    found = re.search("PRINTER_TOKEN=(.+)", text)
    if not found:
        raise ValueError("capstone/.env has no PRINTER_TOKEN.")
    return found[1].encode()

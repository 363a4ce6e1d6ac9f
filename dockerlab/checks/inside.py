"""Read files of a container without running a program in it."""

import io
import pathlib
import tarfile

import docker.errors
from docker.models.containers import Container

LARGEST = 20_000_000  # bytes of an archive that a check reads


def files(container: Container, folder: str) -> dict[str, tarfile.TarInfo]:
    """What a folder of a container contains, by absolute path, the folder
    included; empty if there is no such folder, or a very large one."""
    data = _archive(container, folder)
    above = pathlib.PurePosixPath(folder).parent
    if not data:
        return {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {str(above / member.name): member for member in archive}


def text(container: Container, path: str) -> str:
    """The text of a file of a container; empty if there is none."""
    data = _archive(container, path)
    if not data:
        return ""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        file = archive.extractfile(archive.getmembers()[0])
        return file.read().decode(errors="replace") if file else ""


def user_id(container: Container, user: str) -> int | None:
    """The number of the user in an image's setting `USER`.

    Args:
        user: a name or a number, perhaps with a group behind it; empty for
            root.

    Returns:
        None if the name is not in the container's /etc/passwd.
    """
    name = user.partition(":")[0]
    if not name or name.isdigit():
        return int(name or 0)
    for row in text(container, "/etc/passwd").splitlines():
        fields = row.split(":")
        if fields[0] == name and len(fields) > 2 and fields[2].isdigit():
            return int(fields[2])
    return None


def _archive(container: Container, path: str) -> bytes:
    """The tar archive of a path; empty if it is not there or too large."""
    try:
        chunks, _ = container.get_archive(path)
    except docker.errors.NotFound:
        return b""
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > LARGEST:
            return b""
    return bytes(data)

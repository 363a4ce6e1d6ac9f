"""Exercises of `keep_data`: volumes, backups and owners of files."""

import os
import pathlib
import re

import docker.errors
import docker.types
from docker.models.containers import Container
from docker.models.volumes import Volume

from dockerlab.checks import inside, pages, sample_app, silence
from dockerlab.checks.bench import LOOK, Bench
from dockerlab.checks.core import exercise
from dockerlab.engine.gaps import is_rootless

NAMELESS = re.compile("[0-9a-f]{64}")  # the engine's name for a volume
TOOLS = "debian:trixie-slim"
# A line for each file: its hash and name; then the owner and the mode.
RIGHTS = " with rights "
LIST = """
cd /volume
find . -type f -exec sha256sum {} +
echo OWNERS
find . ! -path . -printf '%p belongs to %U:%G with rights %m\\n' | sort
"""


@exercise("keep_data/visits", wants="container")
def visits(bench: Bench, name: str) -> None:
    """The count continues in a container that replaces the learner's."""
    found = sample_app.running_page(bench, name)
    if not found:
        return
    container, port, _ = found
    before = sample_app.visits(container, port)
    settings, mounts = container.attrs["Config"], container.attrs["Mounts"]
    # A replacement gets a new anonymous volume, so only a name carries over.
    # Some engines tell no name of an anonymous volume at all.
    named = {
        mount["Destination"]: mount.get("Name", "")
        for mount in mounts
        if mount["Type"] == "volume"
    }
    volumes = [
        docker.types.Mount(place, volume, "volume")
        for place, volume in named.items()
        if volume and not NAMELESS.fullmatch(volume)
    ]
    successor = bench.run(
        container.attrs["Image"],
        command=settings.get("Cmd"),
        entrypoint=settings.get("Entrypoint"),
        environment=settings.get("Env"),
        mounts=volumes,
        ports={port: ("127.0.0.1", None)},
    )
    pages.fetch(successor, port, "/healthz")
    after = sample_app.visits(successor, port)
    places = [mount["Destination"] for mount in mounts]
    hint = (
        f"It mounts {', '.join(places) or 'no volume'}. In which folder of the"
        " container does the app keep its file? Mount the volume there."
    )
    if mounts and not volumes:
        hint = (
            "It mounts no volume with a name that you chose, so a new"
            " container cannot mount the same one. (A folder of your machine"
            " would also work, but the check does not touch your folders.)"
        )
    bench.require(
        "survives",
        "a new container with the same named volumes continues the count",
        before and after and after >= before,
        hint,
    )


@exercise("keep_data/backup", wants="volume")
def backup(bench: Bench, name: str) -> None:
    """A volume has the files, owners and rights of the one backed up."""
    source, restored = _volume(bench, "keep-source"), _volume(bench, name)
    bench.require(
        "prepared",
        "the volume keep-source exists",
        source,
        "Run the cell that creates it, further up in the exercise.",
    )
    bench.require(
        "exists",
        f"a volume named {name} exists",
        restored,
        "`docker volume ls` lists your volumes.",
    )
    if not source or not restored:
        return
    if not bench.require(
        "new",
        "it is another volume than keep-source",
        source.id != restored.id,
        "Restore the archive into a new volume.",
    ):
        return
    wanted, found = (_listed(bench, each) for each in (source, restored))
    bench.require(
        "content",
        "it contains the files of the backup, in the same folders",
        found[0] == wanted[0],
        f"It contains {_names(found[0])}; the backup contains"
        f" {_names(wanted[0])}."
        if _names(found[0]) != _names(wanted[0])
        else "The names are right, and the text of a file is another one.",
    )
    bench.require(
        "owners",
        "owners and rights are those of the backup",
        found[1] == wanted[1],
        _other_owner(found[1], wanted[1]),
    )


def _other_owner(found: list[str], wanted: list[str]) -> str:
    """Which owner or right is another one, and where that comes from."""
    wrong = [row for row in found if row not in wanted]
    if not wrong:
        return "A folder is missing."
    owner, _, _ = wrong[0].partition(RIGHTS)
    if any(row.startswith(f"{owner}{RIGHTS}") for row in wanted):
        return (
            f"{wrong[0]}, and its owner is right. `tar` restores the rights"
            " if root runs it without options that change them."
        )
    return (
        f"{wrong[0]}. Only a program that runs as root may give files to"
        " other users, and `tar` then does so by itself. Which user ran it,"
        " with which options?"
    )


def _volume(bench: Bench, name: str) -> Volume | None:
    try:
        return bench.client.volumes.get(name)
    except docker.errors.NotFound:
        return None


def _listed(bench: Bench, volume: Volume) -> tuple[list[str], list[str]]:
    """The files with their hashes, and the owners and rights."""
    mount = docker.types.Mount("/volume", volume.name, "volume", True)
    ending = bench.output(TOOLS, "sh", "-c", LIST, seconds=60, mounts=[mount])
    files, _, owners = ending.output.partition("OWNERS\n")
    return sorted(files.splitlines()), owners.splitlines()


def _names(files: list[str]) -> str:
    names = sorted(row.partition("  ./")[2] for row in files)
    return ", ".join(names)[:200] or "no file"


@exercise("keep_data/owner", wants="folder")
def owner(bench: Bench, answer: str | pathlib.Path) -> None:
    """A container wrote a file that belongs to the learner."""
    container = bench.container("keep-writer")
    bench.require(
        "exists",
        "a container named keep-writer exists",
        container,
        f"{LOOK} One that was started with `--rm` is gone when it ends: the"
        " check looks at the container, so leave out `--rm`.",
    )
    if not container:
        return
    file = pathlib.Path(answer) / "mine.txt"
    bench.require(
        "file",
        "mine.txt is in the folder",
        file.is_file(),
        _why_no_file(container),
    )
    if not file.is_file():
        return
    me = f"{os.getuid()}:{os.getgid()}"
    user = str(container.attrs["Config"].get("User") or "")
    mine = user and inside.user_id(container, user) == os.getuid()
    bench.require(
        "user",
        f"the container ran as your user, {me}",
        # The root of a rootless engine's containers is the learner.
        mine or is_rootless(bench.client.info()),
        f"It ran as {user or 'root, the default'}. Which option of"
        " `docker run` sets the user?",
    )
    bench.require(
        "owner",
        "the file belongs to you",
        file.stat().st_uid == os.getuid(),
        f"It belongs to user id {file.stat().st_uid}, and yours is"
        f" {os.getuid()}. Remove the file and let the container write it.",
    )
    if container.attrs["State"]["ExitCode"]:  # then it wrote no such file
        bench.require(
            "wrote",
            "the container wrote the file",
            False,
            f"The file was there before. {_why_no_file(container)}",
        )


def _why_no_file(container: Container) -> str:
    """Why a container wrote no file into the folder."""
    if container.status == "created":
        return silence.not_running(container)
    printed = container.logs(tail=3).decode(errors="replace").strip()
    if printed:
        return f"The container printed: {printed[:200]}"
    return (
        "The command ran, but in which folder of the container? `-w` sets the"
        " working directory."
    )

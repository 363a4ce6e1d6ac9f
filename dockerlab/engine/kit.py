"""A kit: the whole preparation in one file, for machines without network.

A kit is a tar archive of four parts (a description, the Python packages, the
box's Debian roots, the supplies) with its own SHA-256 at the end.
`bootstrap.py` reads it too, on machines that have nothing but Python.
"""

import datetime
import functools
import hashlib
import io
import json
import pathlib
import shutil
import sys
import tarfile
import tempfile
from typing import IO, Any

from dockerlab import paths
from dockerlab.base import bootstrap, machine
from dockerlab.base.errors import LabError
from dockerlab.base.machine import Report
from dockerlab.base.tasks import Task, run_all
from dockerlab.engine import recipes, supplies
from dockerlab.engine.box import Box, boxes

GIGABYTES = 4  # of disk that saving or loading a kit needs for a while


class _Sealing:
    """Writes a file and, at its end, the hash of everything written."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self.file.write(data)

    def seal(self) -> None:
        text = f"{bootstrap.KIT_FORMAT}:{self.digest.hexdigest()}"
        self.file.write(text.encode())


def save(target: pathlib.Path) -> None:
    """Write a kit of what is prepared on this machine.

    Raises:
        LabError: something is not prepared yet, or cannot be downloaded.
    """
    prepared = [box for box in boxes() if box.prepared() and not box.kind.root]
    missing = [
        image.name
        for image in recipes.STANDINS.values()
        if not supplies.held(image)
    ]
    # An update of the course may name others than those that are here.
    if not supplies.wheels_held():
        missing.append("Python packages of the notebooks")
    if not prepared or missing:
        raise LabError(
            "The lab's own engine is not completely prepared on this machine.",
            f"Missing: {', '.join(missing) or 'the engine'}.",
            "Type `make kit FILE=course.kit`, which prepares it first.",
        )
    machine.require_disk(target.absolute().parent, GIGABYTES)
    partial = target.with_name(target.name + ".partial")
    with tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
        parts = pathlib.Path(folder)
        made = [
            Task("Python packages", lambda report: _wheels(parts, report)),
            Task("supplies", lambda report: _supplies(parts, report)),
        ]
        for box in prepared:
            pack = functools.partial(_root, box, parts)
            made.append(Task(f"engine from Debian {box.suite}", pack))
        write = Task(
            "one file", lambda report: _write(partial, parts), tuple(made)
        )
        try:
            run_all([*made, write])
            partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)


def contents(source: pathlib.Path) -> list[str]:
    """Return what a kit has and which machines it is for, a line each.

    Raises:
        LabError: the file is no kit, is damaged, or is for other machines.
    """
    archive, about = _opened(source)
    archive.close()
    roots = [
        name.removeprefix("root-").removesuffix(".tar.gz")
        for name in about["parts"]
        if name.startswith("root-")
    ]
    return [
        f"For machines with {about['machine']}, Debian or Ubuntu.",
        f"It has: the course's Python packages; {_images()}; the engine from"
        f" Debian {' and '.join(roots)}.",
        "The notebooks themselves are not in it: copy the course's folder"
        " too.",
    ]


def _images() -> str:
    names = ", ".join(recipes.STANDINS)
    return f"the images {names}; the packages that notebooks install"


def _wheels(parts: pathlib.Path, report: Report) -> None:
    """Download the packages of this environment, checked by hashes."""
    wheels = parts / "wheels"
    pip = [sys.executable, "-m", "pip", "download", "--no-input"]
    pip += ["--disable-pip-version-check", f"--dest={wheels}"]
    failed = "The course's Python packages cannot be downloaded."
    pinned = f"--requirement={bootstrap.REQUIREMENTS}"
    machine.run([*pip, "--require-hashes", pinned], failed, report)
    machine.run([*pip, "--no-deps", "uv"], failed, report)
    with tarfile.open(parts / "wheels.tar", "w") as archive:
        archive.add(wheels, ".")
    shutil.rmtree(wheels)


def _supplies(parts: pathlib.Path, report: Report) -> None:
    names = ["registry", "wheels", "wheels.stamp", "index"]
    _pack(paths.home() / "supplies", names, parts / "supplies.tar.gz", report)


def _root(box: Box, parts: pathlib.Path, report: Report) -> None:
    _pack(box.folder, ["root"], parts / f"root-{box.suite}.tar.gz", report)


def _pack(
    folder: pathlib.Path,
    names: list[str],
    target: pathlib.Path,
    report: Report,
) -> None:
    # The box may be running from the root: leave out what is mounted there.
    tar = ["tar", "--create", "--numeric-owner", "--xattrs"]
    tar += ["--one-file-system", "--use-compress-program=gzip -1"]
    tar += ["--warning=no-file-changed", f"--file={target}"]
    tar += [f"--directory={folder}", *names]
    machine.run(machine.as_root(tar), f"{folder} cannot be packed.", report)


def _write(target: pathlib.Path, parts: pathlib.Path) -> None:
    about = {
        "made": datetime.datetime.now(datetime.UTC).isoformat("T", "seconds"),
        "machine": bootstrap.this_machine(),
        "pins": bootstrap.pins(),
        "parts": sorted(path.name for path in parts.iterdir()),
    }
    text = json.dumps(about).encode()
    with target.open("wb") as file:
        sealing = _Sealing(file)
        with tarfile.open(fileobj=sealing, mode="w|") as archive:  # type: ignore[call-overload]
            entry = tarfile.TarInfo("kit.json")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
            for name in about["parts"]:
                archive.add(parts / name, name)
        sealing.seal()


def load(source: pathlib.Path) -> None:
    """Put a kit's engine and supplies in their places, all or nothing.

    Raises:
        LabError: the file is no kit, is damaged, or is a kit for another
            kind of machine.
    """
    archive, about = _opened(source)
    machine.elevation()
    paths.home().mkdir(parents=True, exist_ok=True)
    machine.require_disk(paths.home(), GIGABYTES)
    with archive, tempfile.TemporaryDirectory(dir=paths.home()) as folder:
        place = pathlib.Path(folder)
        unpacked = [
            Task(name, functools.partial(_unpack, source, name, place))
            for name in about["parts"]
            if name.endswith(".gz")
        ]
        try:
            run_all(unpacked)
            for box in boxes():
                box.stop()
            for name in about["parts"]:
                _settle(place, name)
        finally:
            for left in place.iterdir():
                machine.remove_tree(left)


def _opened(source: pathlib.Path) -> tuple[tarfile.TarFile, dict[str, Any]]:
    try:
        return bootstrap.open_kit(source)
    except bootstrap.Unable as unable:
        what, _, fix = str(unable).partition("\n")
        raise LabError(what, fix=fix) from None


def _unpack(
    source: pathlib.Path, name: str, place: pathlib.Path, report: Report
) -> None:
    """Unpack one part of a kit into a folder of its own."""
    target = place / name.removesuffix(".tar.gz")
    script = (
        'mkdir "$3" && tar --extract --to-stdout --file "$1" "$2" | tar'
        ' --extract --gzip --numeric-owner --xattrs --directory "$3"'
    )
    words = ["sh", "-euc", script, "sh", str(source), name, str(target)]
    failed = f"{name} cannot be unpacked."
    machine.run(machine.as_root(words), failed, report, fix="")


def _settle(place: pathlib.Path, name: str) -> None:
    """Move an unpacked part to where the lab expects it."""
    found = place / name.removesuffix(".tar.gz")
    home = paths.home()
    if name.startswith("root-"):
        target = home / "box" / found.name.removeprefix("root-") / "root"
        found = found / "root"
    elif name.startswith("supplies"):
        target = home / "supplies"
    else:
        return
    machine.remove_tree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    move = ["mv", str(found), str(target)]
    machine.run(machine.as_root(move), f"{target} cannot be created.", fix="")
    if target.name == "supplies":
        chown = ["chown", machine.owner(), str(target)]
        machine.run(
            machine.as_root(chown), f"{target} cannot be created.", fix=""
        )

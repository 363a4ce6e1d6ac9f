"""Stand-ins: images made from Debian's packages in place of official ones.

`FROM python:3.13-slim` must also work where nothing but Debian's packages
can be reached. A stand-in has the official image's name, the order of its
layers and its configuration; a label marks it as a stand-in. Its blobs are
kept as an OCI image layout until the lab's registry has them. What each one
is made of is in `recipes`.
"""

import dataclasses
import datetime
import hashlib
import json
import pathlib
import platform
import shutil
import zlib
from collections.abc import Callable

from dockerlab import paths
from dockerlab.base import labels, machine
from dockerlab.base.errors import LabError
from dockerlab.base.machine import Report
from dockerlab.engine import roots
from dockerlab.engine.recipes import DEBIAN, SCRIPTS, StandIn, Step

INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# In a layer's root. Only what is below `apt` is left out of all layers.
SETTINGS = "var/cache/apt/settings"


@dataclasses.dataclass(frozen=True)
class Layer:
    """A layer that was made.

    Args:
        settings: of the environment, that its instructions add.
        shown: what `docker history` shows for it.
    """

    diff_id: str
    descriptor: dict
    shown: str
    settings: tuple[str, ...] = ()


class _Blob:
    """Compresses a layer's tar archive into a file named by its digest."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"partial-{id(self)}"
        self.file = self.path.open("wb")
        # Level 1: the registry is on this machine, so size matters less.
        self.gzip = zlib.compressobj(1, wbits=31)
        self.plain, self.packed = hashlib.sha256(), hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        self.plain.update(chunk)
        self._keep(self.gzip.compress(chunk))

    def _keep(self, data: bytes) -> None:
        self.packed.update(data)
        self.file.write(data)

    def close(self) -> tuple[str, dict]:
        """Return the layer's diff id and its descriptor."""
        self._keep(self.gzip.flush())
        self.file.close()
        digest = f"sha256:{self.packed.hexdigest()}"
        size = self.path.stat().st_size
        self.path.rename(self.folder / self.packed.hexdigest())
        return f"sha256:{self.plain.hexdigest()}", {
            "mediaType": LAYER_TYPE,
            "size": size,
            "digest": digest,
        }


def _put(folder: pathlib.Path, media_type: str, value: dict) -> dict:
    """Write a JSON blob; return its descriptor."""
    data = json.dumps(value, indent=1).encode()
    digest = hashlib.sha256(data).hexdigest()
    (folder / digest).write_bytes(data)
    return {
        "mediaType": media_type,
        "size": len(data),
        "digest": f"sha256:{digest}",
    }


def architecture() -> str:
    """Return this machine's architecture by Docker's name for it."""
    name = platform.machine()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(name, name)


def other_architecture() -> str:
    """Return the architecture of the second platform."""
    return "amd64" if architecture() == "arm64" else "arm64"


def base_root(report: Report) -> pathlib.Path:
    """Return the Debian root of all stand-ins, made if it is missing or if
    another recipe has made it: its lists of packages are old then."""
    target = paths.home() / "supplies" / "debian-root"
    note = target.with_suffix(".recipe")
    recipe = DEBIAN.recipe
    with machine.lock(target.with_suffix(".lock"), report):
        if not note.exists() or note.read_text("utf-8") != recipe:
            machine.remove_tree(target)
        if not target.exists():
            machine.remove_tree(packed(target))
        roots.make_base_root(target, report)
        note.write_text(recipe, "utf-8")
    return target


def make(
    image: StandIn, base: pathlib.Path, layout: pathlib.Path, report: Report
) -> dict:
    """Write a stand-in's blobs; return the descriptor of its index.

    Args:
        base: the Debian root that is the first layer.
        layout: folder of an OCI image layout, for `blobs/sha256/*`.

    Raises:
        LabError: a package cannot be downloaded or installed.
    """
    blobs = layout / "blobs" / "sha256"
    work = layout / "work"
    machine.remove_tree(work)
    layers = _layers(image, base, blobs, work, report)
    manifests = [_describe(image, layers, blobs, architecture())]
    if image.foreign:
        try:
            layers = [_foreign_layer(base, blobs, work, report)]
        except LabError as error:
            report(f"{image.name} has one platform only: {error}")
        else:
            other = other_architecture()
            manifests.append(_describe(image, layers, blobs, other))
    machine.remove_tree(work)
    index = {
        "schemaVersion": 2,
        "mediaType": INDEX_TYPE,
        "manifests": manifests,
    }
    return _put(blobs, INDEX_TYPE, index)


def _layers(
    image: StandIn,
    base: pathlib.Path,
    blobs: pathlib.Path,
    work: pathlib.Path,
    report: Report,
) -> list[Layer]:
    """Make the layers for this machine's platform, the lowest one first."""
    failed = f"The stand-in image for {image.name} could not be made."
    made: list[Layer] = []
    below = [base]
    for number, step in enumerate(image.steps, start=1):
        upper = work / f"upper-{number}"
        settings = {
            "LOWER": ":".join(map(str, below)),
            "UPPER": str(upper),
            "WORK": str(work / f"work-{number}"),
            "PACKAGES": step.packages,
            "SCRIPT": step.script,
            "SETTINGS": f"/{SETTINGS}",
        }
        blob = _Blob(blobs)
        command = _in_mounts("layer.sh", settings)
        machine.run(command, failed, report, sink=blob.write)
        below.insert(0, upper)
        found = _settings(step, upper)
        made.append(Layer(*blob.close(), _created_by(step), found))
    return [_base_layer(base, blobs, report), *made]


def packed(base: pathlib.Path) -> pathlib.Path:
    """Return the folder of the layers that stand-ins on a root share."""
    return base.with_name(f"{base.name}.layers")


def shared_layer(
    kept: pathlib.Path,
    blobs: pathlib.Path,
    write: Callable[[_Blob], None],
    report: Report,
) -> tuple[str, dict]:
    """Put a layer that several stand-ins have into `blobs`; it is made once
    and kept. Return its diff id and its descriptor."""
    note = kept / "layer.json"
    lock = kept.parent.with_suffix(f".{kept.name}.lock")
    with machine.lock(lock, report):
        if not note.exists():
            machine.remove_tree(kept)
            blob = _Blob(kept)
            write(blob)
            note.write_text(json.dumps(blob.close()), "utf-8")
    diff_id, descriptor = json.loads(note.read_text("utf-8"))
    name = descriptor["digest"].removeprefix("sha256:")
    blobs.mkdir(parents=True, exist_ok=True)
    shutil.copy(kept / name, blobs / name)
    return diff_id, descriptor


def _base_layer(
    base: pathlib.Path, blobs: pathlib.Path, report: Report
) -> Layer:
    """Make the layer of the Debian root."""

    def write(blob: _Blob) -> None:
        pack = machine.as_root(["sh", str(SCRIPTS / "pack.sh"), str(base)])
        failed = "The Debian layer of the images could not be made."
        machine.run(pack, failed, report, sink=blob.write)

    made = shared_layer(packed(base) / "native", blobs, write, report)
    shown = f"# mmdebstrap '{architecture()}' 'trixie' # stand-in"
    return Layer(*made, shown)


def _in_mounts(script: str, settings: dict[str, str]) -> list[str]:
    """Return a command that runs one of our scripts in private mounts."""
    options = " ".join(f"-o{option}" for option in roots.apt_options())
    pairs = {**settings, "APT_OPTIONS": options}.items()
    variables = [f"{key}={value}" for key, value in pairs]
    words = ["env", *variables, "sh", str(SCRIPTS / script)]
    return roots.in_private_mounts(words)


def _settings(step: Step, upper: pathlib.Path) -> tuple[str, ...]:
    """Return a step's settings of the environment, all with their values."""
    note = upper / SETTINGS
    rows = note.read_text("utf-8").split("\n") if note.exists() else []
    found = {row.partition("=")[0]: row for row in rows}
    return tuple(row if "=" in row else found[row] for row in step.before)


def _created_by(step: Step) -> str:
    """Return what `docker history` shows for a layer."""
    if step.shown:
        return f"{step.shown} # stand-in"
    return f"RUN apt-get install {step.packages} # stand-in"


def _foreign_layer(
    base: pathlib.Path,
    blobs: pathlib.Path,
    work: pathlib.Path,
    report: Report,
) -> Layer:
    """Make the one layer of the second platform."""
    settings = {
        "LOWER": str(base),
        "WORK": str(work / "foreign"),
        "ARCHITECTURE": other_architecture(),
    }

    def write(blob: _Blob) -> None:
        command = _in_mounts("foreign.sh", settings)
        failed = f"Debian's BusyBox for {other_architecture()} is missing."
        machine.run(command, failed, report, sink=blob.write)

    made = shared_layer(packed(base) / "foreign", blobs, write, report)
    return Layer(*made, "ADD busybox-static / # stand-in")


def _describe(
    image: StandIn, layers: list[Layer], blobs: pathlib.Path, processor: str
) -> dict:
    """Write configuration and manifest; return the latter's descriptor."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    now = now.replace("+00:00", "Z")
    description = "Stand-in made from Debian's packages for the official"
    description += f" image {image.name}"
    if processor != architecture():
        description += ": BusyBox alone, to show a second platform"
    rows: list[dict[str, object]] = []
    environment = {"PATH": PATH}
    for layer in layers:
        for setting in layer.settings:
            environment[setting.partition("=")[0]] = setting
            rows.append({"created_by": f"ENV {setting}", "empty_layer": True})
        rows.append({"created_by": layer.shown})
    shown = f"CMD {json.dumps(image.config['Cmd'])}"
    rows.append({"created_by": shown, "empty_layer": True})
    place = {"architecture": processor, "os": "linux"}
    if processor == "arm64":
        place["variant"] = "v8"
    config = {
        **place,
        "created": now,
        "config": {
            **image.config,
            "Env": list(environment.values()),
            "Labels": {
                labels.STAND_IN: image.name,
                "org.opencontainers.image.description": description,
            },
        },
        "rootfs": {
            "type": "layers",
            "diff_ids": [layer.diff_id for layer in layers],
        },
        "history": [
            {"created": now, "comment": "dockerlab", **row} for row in rows
        ],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": _put(blobs, CONFIG_TYPE, config),
        "layers": [layer.descriptor for layer in layers],
    }
    described = _put(blobs, MANIFEST_TYPE, manifest)
    return {**described, "platform": place}

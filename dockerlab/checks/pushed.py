"""Parts of checks that look at what a registry of this machine has."""

import io
import json
import tarfile
import uuid
from urllib.parse import urljoin

import requests

from dockerlab import registries
from dockerlab.base.errors import LabError
from dockerlab.checks import waiting
from dockerlab.checks.bench import Bench
from dockerlab.registries import Manifest, Registry

PATIENCE = 10  # seconds until a registry responds on an idle machine
INCOMPLETE = "The registry has the manifest, but a blob is missing."


def registry_of(bench: Bench, name: str, repository: str) -> Registry | None:
    """The registry in an image's name.

    Writes the criteria `registry`, whether the name is that of the
    repository, and `answers`, whether a registry responds there.
    """
    found = registries.on_this_machine(name)
    right = found is not None and found[1] == repository
    bench.require(
        "registry",
        f"the name is a registry of this machine and {repository}",
        right,
        f"The name is {name}. The part before the first slash names the"
        " registry. Without a registry, the name means Docker Hub.",
    )
    if not found or not right:
        return None
    registry = Registry(found[0])
    # One that has just been started does not respond at once.
    patience = waiting.stretch(PATIENCE)
    responds = waiting.wait_for(lambda: status(registry) == 200, patience)
    hint = "Does its container run? `docker ps` shows it with its port."
    text = "that registry responds"
    return registry if bench.require("answers", text, responds, hint) else None


def status(registry: Registry) -> int | None:
    """The status of a registry's response, None if there is none."""
    try:
        return registry.ask("").status_code
    except LabError:
        return None


def is_whole(registry: Registry, repository: str, manifest: Manifest) -> bool:
    """Whether the registry delivers every blob that the manifest names."""
    parts = [*manifest.parts]
    for _, child in manifest.platforms:
        parts += child.parts
    return bool(parts) and all(
        registry.holds(repository, part.digest) for part in parts
    )


def upload(registry: Registry, repository: str, tag: str) -> dict[str, bytes]:
    """Push a small new image by HTTP: digest -> content of its parts."""
    files = io.BytesIO()
    with tarfile.open(fileobj=files, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(uuid.uuid4().hex))
    layer = files.getvalue()
    rootfs = {"type": "layers", "diff_ids": [registries.digest(layer)]}
    config = json.dumps({"os": "linux", "rootfs": rootfs}).encode()
    kind = "application/vnd.oci.image"
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": f"{kind}.manifest.v1+json",
            "config": _descriptor(f"{kind}.config.v1+json", config),
            "layers": [_descriptor(f"{kind}.layer.v1.tar", layer)],
        }
    ).encode()
    with requests.Session() as session:
        session.trust_env = False  # no proxy
        base = f"{registry.url}/v2/{repository}"
        for blob in (layer, config):
            begun = session.post(f"{base}/blobs/uploads/", timeout=120)
            place = urljoin(registry.url, begun.headers["Location"])
            named = {"digest": registries.digest(blob)}
            session.put(place, data=blob, params=named, timeout=120)
        session.put(
            f"{base}/manifests/{tag}",
            data=manifest,
            headers={"Content-Type": f"{kind}.manifest.v1+json"},
            timeout=120,
        ).raise_for_status()
    return {registries.digest(one): one for one in (layer, config, manifest)}


def _descriptor(media_type: str, content: bytes) -> dict[str, object]:
    return {
        "mediaType": media_type,
        "digest": registries.digest(content),
        "size": len(content),
    }

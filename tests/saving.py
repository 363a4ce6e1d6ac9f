"""Archives of images made by hand, as `docker save` writes them."""

import hashlib
import io
import json
import tarfile


def tar(files: dict[str, bytes]) -> bytes:
    """A tar archive of the files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def blob(content: bytes) -> str:
    """Path of a blob in an OCI layout."""
    return "blobs/sha256/" + hashlib.sha256(content).hexdigest()


def descriptor(content: bytes, **more: object) -> dict:
    """An OCI descriptor of a blob."""
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    return {"digest": digest, "size": len(content), **more}


def docker_archive(config: bytes, layers: list[bytes]) -> bytes:
    """Docker's own layout."""
    paths = [f"{n}/layer.tar" for n in range(len(layers))]
    entry = {"Config": "c.json", "RepoTags": ["a:1"], "Layers": paths}
    files = dict(zip(paths, layers, strict=True))
    manifest = json.dumps([entry]).encode()
    return tar({**files, "c.json": config, "manifest.json": manifest})


def oci_archive(config: bytes, layers: list[bytes]) -> bytes:
    """An OCI layout: indexes in an index, with attestations, and with a
    platform whose configuration is not in the archive."""
    manifest = _manifest(config, layers)
    elsewhere = _manifest(b"another configuration", [])
    unknown = {"os": "unknown", "architecture": "unknown"}
    kind = {"vnd.docker.reference.type": "attestation-manifest"}
    inner = _json(
        manifests=[
            descriptor(b"{}", platform=unknown),
            descriptor(b"{}", annotations=kind),
            descriptor(b"not here", platform={"os": "windows"}),
            descriptor(elsewhere, platform={"os": "linux"}),
            descriptor(manifest, platform={"os": "linux"}),
        ]
    )
    names = {"io.containerd.image.name": "a:1"}
    index = _json(manifests=[descriptor(inner, annotations=names)])
    kept = (config, manifest, elsewhere, inner, b"{}", *layers)
    return tar({**{blob(one): one for one in kept}, "index.json": index})


def containerd_archive(
    configs: dict[str, tuple[bytes, list[bytes]]], listed: str
) -> bytes:
    """What an engine with the containerd image store saves.

    An OCI layout of one image for several platforms, each with its
    attestation, and Docker's table of contents with one of the platforms.

    Args:
        configs: the configuration and the layers of each platform.
        listed: the platform that Docker's table has.
    """
    rows, kept = [], [b"{}"]
    for platform, (config, layers) in configs.items():
        manifest = _manifest(config, layers)
        system, _, processor = platform.partition("/")
        fields = {"os": system, "architecture": processor}
        kind = {"vnd.docker.reference.type": "attestation-manifest"}
        rows.append(descriptor(manifest, platform=fields))
        rows.append(descriptor(b"{}", annotations=kind))
        kept += [config, manifest, *layers]
    inner = _json(manifests=rows)
    named = {"io.containerd.image.name": "docker.io/library/a:1"}
    index = _json(manifests=[descriptor(inner, annotations=named)])
    config, layers = configs[listed]
    table = {"Config": blob(config), "RepoTags": ["a:1"]}
    table["Layers"] = [blob(one) for one in layers] or None
    files = {blob(one): one for one in [*kept, inner]}
    files["manifest.json"] = json.dumps([table]).encode()
    return tar({**files, "index.json": index})


def manifest_of(config: bytes, layers: list[bytes]) -> str:
    """The digest of the manifest that the archives above contain."""
    return descriptor(_manifest(config, layers))["digest"]


def _manifest(config: bytes, layers: list[bytes]) -> bytes:
    return _json(
        config=descriptor(config), layers=[descriptor(one) for one in layers]
    )


def _json(**fields: object) -> bytes:
    return json.dumps(fields).encode()

"""Push images into the lab's registry by its HTTP interface.

This file is also a program. It runs in the box's network namespace, because
the registry listens only there, and it needs the standard library alone:
`python registry.py http://127.0.0.1:PORT LAYOUT TAG=DIGEST...`.
(OCI Distribution Specification, pushing blobs and manifests.)
"""

import http.client
import json
import pathlib
import sys
import urllib.error
import urllib.request
from typing import IO

# The registry is on this machine, so no proxy is used.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _call(
    method: str,
    url: str,
    data: bytes | IO[bytes] | None = None,
    **headers: str,
) -> http.client.HTTPMessage:
    """Send a request; return the answer's headers."""
    names = {key.replace("_", "-"): value for key, value in headers.items()}
    request = urllib.request.Request(url, data, names, method=method)
    with _direct.open(request, timeout=60) as answer:
        found: http.client.HTTPMessage = answer.headers
        return found


def _has(url: str) -> bool:
    try:
        _call("HEAD", url)
    except urllib.error.HTTPError:
        return False
    return True


def push_blob(repository: str, path: pathlib.Path) -> None:
    """Upload one blob unless the repository has it."""
    digest = f"sha256:{path.name}"
    if _has(f"{repository}/blobs/{digest}"):
        return
    location = _call("POST", f"{repository}/blobs/uploads/", b"")["Location"]
    join = "&" if "?" in location else "?"
    with path.open("rb") as data:
        _call(
            "PUT",
            f"{location}{join}digest={digest}",
            data,
            Content_Type="application/octet-stream",
            Content_Length=str(path.stat().st_size),
        )


def push(registry: str, layout: pathlib.Path, tag: str, digest: str) -> None:
    """Push the image whose index is the blob `digest` as `name:tag`."""
    name, version = tag.split(":")
    repository = f"{registry}/v2/library/{name}"
    index = json.loads(_blob(layout, digest).read_bytes())
    for entry in index["manifests"]:
        manifest = json.loads(_blob(layout, entry["digest"]).read_bytes())
        for part in (manifest["config"], *manifest["layers"]):
            push_blob(repository, _blob(layout, part["digest"]))
        _put(repository, layout, entry["digest"], entry["digest"])
    _put(repository, layout, digest, version)


def _blob(layout: pathlib.Path, digest: str) -> pathlib.Path:
    return layout / "blobs" / "sha256" / digest.removeprefix("sha256:")


def _put(
    repository: str, layout: pathlib.Path, digest: str, reference: str
) -> None:
    """Upload a manifest or an index under a tag or its own digest."""
    data = _blob(layout, digest).read_bytes()
    _call(
        "PUT",
        f"{repository}/manifests/{reference}",
        data,
        Content_Type=json.loads(data)["mediaType"],
    )


if __name__ == "__main__":
    for pair in sys.argv[3:]:
        push(sys.argv[1], pathlib.Path(sys.argv[2]), *pair.split("="))

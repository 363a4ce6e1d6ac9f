"""Read a registry: its HTTP interface, its log, its storage.

For the interface see the 'OCI Distribution Specification'. All sizes are
bytes as a registry transfers and stores them, so of packed layers.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from dockerlab.archives import is_attestation
from dockerlab.base.errors import LabError

MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
ACCEPT = ", ".join(MANIFESTS + INDEXES)
STORAGE = "/var/lib/registry/docker/registry/v2/blobs"
# The access log is in Apache's combined format.
_LINE = re.compile(r'"([A-Z]+) (\S+) HTTP/[\d.]+" (\d{3}) (\d+) ')


# The name of an image in a registry of this machine.
_HERE = re.compile(
    r"(?P<host>(localhost|127\.0\.0\.1):\d+)/(?P<repository>[^:@]+)"
    r"(:(?P<tag>[\w.-]+))?(@(?P<digest>sha256:[0-9a-f]{64}))?"
)


def on_this_machine(name: str) -> tuple[str, str, str] | None:
    """Split the name of an image in a registry of this machine.

    Returns:
        The registry's URL, the repository, and the digest or tag; None if
        the name means another registry.
    """
    found = _HERE.fullmatch(name)
    if not found:
        return None
    reference = found["digest"] or found["tag"] or "latest"
    return f"http://{found['host']}", found["repository"], reference


def digest(data: bytes) -> str:
    """The digest of these bytes, their name in a registry."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def login_folder(folder: pathlib.Path, *hosts: str) -> None:
    """Make a folder for `docker --config FOLDER login`.

    The reader's own Docker configuration stays as it is. The folder uses the
    same engine and the same plugins. It lists the registries, so `login`
    does not look for a store of passwords on this machine.

    Args:
        folder: does not exist yet, or is empty.
        hosts: registries to log in to, such as `localhost:5000`.
    """
    own = os.environ.get("DOCKER_CONFIG") or pathlib.Path.home() / ".docker"
    usual = pathlib.Path(own)
    folder.mkdir(exist_ok=True)
    for name in ("contexts", "cli-plugins"):
        if (usual / name).is_dir():
            (folder / name).symlink_to(usual / name)
    file = usual / "config.json"
    known = json.loads(file.read_text()) if file.is_file() else {}
    kept = ("currentContext", "cliPluginsExtraDirs")
    settings = {key: known[key] for key in kept if key in known}
    settings["auths"] = {host: {} for host in hosts}
    (folder / "config.json").write_text(json.dumps(settings, indent=4))


@dataclasses.dataclass(frozen=True)
class Part:
    """A blob of an image: `config` or `layer`, digest, packed bytes."""

    kind: str
    digest: str
    size: int


@dataclasses.dataclass(frozen=True)
class Manifest:
    """A manifest with `parts`, or an index with `platforms`.

    platforms: pairs of a name such as `linux/amd64` and its manifest.
    attestations: manifests of statements about a build, for an index that
        has them. They describe no platform.
    size: bytes of the manifest or index itself.
    """

    digest: str
    media_type: str
    size: int
    parts: tuple[Part, ...] = ()
    platforms: tuple[tuple[str, "Manifest"], ...] = ()
    attestations: tuple["Manifest", ...] = ()

    @property
    def digests(self) -> dict[str, int]:
        """All its blobs and manifests, with itself: digest -> bytes."""
        named = {part.digest: part.size for part in self.parts}
        for manifest in self.attestations:
            named |= manifest.digests
        for _, manifest in self.platforms:
            named |= manifest.digests
        return {self.digest: self.size, **named}


class Registry:
    """A client of a registry's HTTP interface.

    Every request accepts manifests and indexes of the OCI and of Docker:
    some engines push an image as an index, and a registry answers 404 to a
    client that does not accept one.

    Args:
        url: `http://localhost:5000`, without a path.
        ca: file with the certificate authorities to trust, in place of the
            usual ones.
        user: name and password.

    Raises:
        LabError: from every method, if nothing answers at the address.
    """

    def __init__(
        self, url: str, ca: str = "", user: tuple[str, str] | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        # A proxy of this machine's network leads away from the machine.
        self._session.trust_env = False
        self._session.verify = ca or True
        self._session.auth = user

    def ask(self, path: str, method: str = "GET") -> requests.Response:
        """The response to a request for `/v2/` and the path; its status may
        be an error."""
        try:
            return self._session.request(
                method,
                f"{self.url}/v2/{path}",
                headers={"Accept": ACCEPT},
                timeout=120,
            )
        except OSError as error:  # requests' own errors are of this kind
            raise LabError(
                f"No registry answers at {self.url}.",
                str(error)[:200],
                "See whether its container runs: `docker ps --all`.",
            ) from None

    def repositories(self) -> list[str]:
        """Names of the repositories."""
        return self.ask("_catalog").json()["repositories"]

    def tags(self, repository: str) -> list[str]:
        """Sorted tags of a repository; empty if it does not exist."""
        answer = self.ask(f"{repository}/tags/list")
        return sorted(answer.json()["tags"] or []) if answer.ok else []

    def digest(self, repository: str, reference: str) -> str:
        """The digest that a tag points to; empty if there is no such tag."""
        answer = self.ask(f"{repository}/manifests/{reference}", "HEAD")
        return answer.headers["Docker-Content-Digest"] if answer.ok else ""

    def named(self, repository: str) -> dict[str, str]:
        """The tags of a repository: tag -> digest that it points to."""
        tags = self.tags(repository)
        return {tag: self.digest(repository, tag) for tag in tags}

    def download(self, repository: str, reference: str) -> dict[str, bytes]:
        """All that a tag or a digest leads to: digest -> content.

        Raises:
            LabError: the registry does not have a part of it.
        """
        content = self._content(f"{repository}/manifests/{reference}")
        found, listed = {digest(content): content}, json.loads(content)
        for entry in listed.get("manifests", []):
            found |= self.download(repository, entry["digest"])
        for part in [listed.get("config"), *listed.get("layers", [])]:
            if part:
                blob = self._content(f"{repository}/blobs/{part['digest']}")
                found[digest(blob)] = blob
        return found

    def _content(self, path: str) -> bytes:
        answer = self.ask(path)
        if not answer.ok:
            raise LabError(
                f"The registry does not have {path}.",
                f"It answers {answer.status_code}.",
                "Push the image again.",
            )
        return answer.content

    def manifest(self, repository: str, reference: str) -> Manifest | None:
        """What a tag or a digest names, perhaps an index; None if nothing."""
        answer = self.ask(f"{repository}/manifests/{reference}")
        if not answer.ok:
            return None
        found = answer.json()
        named = [("config", found["config"])] if "config" in found else []
        named += [("layer", layer) for layer in found.get("layers", [])]
        platforms, attestations = [], []
        for entry in found.get("manifests", []):
            part = self.manifest(repository, entry["digest"])
            if part and is_attestation(entry):
                attestations.append(part)
            elif part:
                platforms.append((_platform(entry.get("platform", {})), part))
        return Manifest(
            digest(answer.content),
            answer.headers["Content-Type"],
            len(answer.content),
            tuple(Part(k, row["digest"], row["size"]) for k, row in named),
            tuple(platforms),
            tuple(attestations),
        )

    def image(
        self, repository: str, reference: str, platform: str = ""
    ) -> Manifest | None:
        """The manifest of one platform, with its configuration and layers.

        Args:
            reference: tag or digest of a manifest or an index.
            platform: as `linux/arm64`; without it, an index's first one.

        Returns:
            None if the registry has no such image. A manifest without an
            index states no platform, so it is returned for every one.
        """
        found = self.manifest(repository, reference)
        if found is None or found.parts:
            return found
        for name, manifest in found.platforms:
            if platform in ("", name):
                return manifest
        return None

    def config(self, repository: str, image: Manifest) -> dict[str, Any]:
        """The image configuration that a manifest names.

        Raises:
            LabError: the registry does not have it.
        """
        [part] = [part for part in image.parts if part.kind == "config"]
        answer = self.ask(f"{repository}/blobs/{part.digest}")
        if not answer.ok:
            raise LabError(
                f"The registry has no configuration of {repository}.",
                f"It answers {answer.status_code} for {part.digest}.",
                "Push the image again.",
            )
        return answer.json()

    def holds(self, repository: str, digest_: str) -> bool:
        """Whether the registry delivers a blob with exactly that digest."""
        answer = self.ask(f"{repository}/blobs/{digest_}")
        return answer.ok and digest(answer.content) == digest_

    def reachable(self) -> dict[str, int]:
        """All that the tags of all repositories lead to: digest -> bytes."""
        found: dict[str, int] = {}
        for repository in self.repositories():
            for tag in self.tags(repository):
                manifest = self.manifest(repository, tag)
                found |= manifest.digests if manifest else {}
        return found


def _platform(entry: Mapping[str, str]) -> str:
    names = (entry.get(key) for key in ("os", "architecture", "variant"))
    return "/".join(name for name in names if name)


@dataclasses.dataclass(frozen=True)
class Request:
    """A line of the registry's log; `sent` is the response's bytes."""

    method: str
    path: str
    status: int
    sent: int

    @property
    def what(self) -> str:
        """What it is about: `manifests`, `blobs`, `uploads`, `tags`."""
        words = self.path.partition("?")[0].split("/")
        kinds = ("uploads", "manifests", "blobs", "tags")
        return next((kind for kind in kinds if kind in words), "")


def read_log(text: str | bytes) -> list[Request]:
    """The requests in a registry's standard output."""
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    return [
        Request(method, path, int(status), int(sent))
        for method, path, status, sent in _LINE.findall(text)
    ]


class Log:
    """The log of a registry's container, read piece by piece.

    Args:
        container: the registry's container, an object of the SDK.
        registry: the client of the same registry.
    """

    def __init__(self, container: Any, registry: Registry) -> None:
        self._container, self._registry = container, registry
        self._read = self._marks = 0
        self.read()

    def read(self, seconds: float = 20) -> list[Request]:
        """The requests since the last call, without those of this class.

        The engine stores a container's output with a small delay. So this
        method sends one more request, and waits at most `seconds` until the
        log shows it.
        """
        self._marks += 1
        mark = f"?mark={id(self)}-{self._marks}"
        self._registry.ask(mark)
        deadline = time.monotonic() + seconds
        while True:
            lines = read_log(self._container.logs(stderr=False))
            fresh = lines[self._read :]
            seen = any(line.path.endswith(mark) for line in fresh)
            if seen or time.monotonic() > deadline:
                self._read = len(lines)
                return [line for line in fresh if "?mark=" not in line.path]
            time.sleep(0.05)


def travelled(
    manifest: Manifest, requests_: Iterable[Request]
) -> list[tuple[Part, str]]:
    """How each part of an image was transferred, from the log's requests.

    `sent`: its bytes were transferred, in or out. `mounted`: it was linked
    from another repository of the registry. `there`: it was not transferred,
    because the other side had it.
    """
    sent: set[str] = set()
    mounted: set[str] = set()
    for request in requests_:
        address = urlsplit(request.path)
        query = parse_qs(address.query)
        if request.status == 201 and request.method in ("PUT", "POST"):
            sent.update(query.get("digest", ()))
            mounted.update(query.get("mount", ()))
        if request.status == 200 and request.method == "GET":
            sent.add(address.path.rpartition("/")[2])

    def way(part: Part) -> str:
        if part.digest in sent:
            return "sent"
        return "mounted" if part.digest in mounted else "there"

    return [(part, way(part)) for part in manifest.parts]


def stored(container: Any) -> dict[str, int]:
    """Blobs in the storage of a registry's container: digest -> bytes.

    A blob is a packed layer, a configuration, a manifest or an index.
    """
    find = ["find", STORAGE, "-name", "data"]
    show = ["-exec", "stat", "-c", "%s %n", "{}", "+"]
    found = container.exec_run([*find, *show])
    rows = re.findall(r"(\d+) \S+/(\w+)/data", found.output.decode())
    return {f"sha256:{name}": int(size) for size, name in rows}

"""Read a registry: its HTTP interface, its log, its storage.

For the interface see the 'OCI Distribution Specification'. All sizes are
bytes as they travel and are stored, so of compressed layers.
"""

import dataclasses
import hashlib
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

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


def digest(data: bytes) -> str:
    """The name that a registry gives to these bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@dataclasses.dataclass(frozen=True)
class Part:
    """A blob that a manifest names: `config` or `layer`, digest, bytes."""

    kind: str
    digest: str
    size: int


@dataclasses.dataclass(frozen=True)
class Manifest:
    """A manifest, or an index, which has `platforms` and no parts.

    `platforms` are pairs: a name as `linux/amd64` and its manifest.
    """

    digest: str
    media_type: str
    size: int
    parts: tuple[Part, ...] = ()
    platforms: tuple[tuple[str, "Manifest"], ...] = ()

    @property
    def digests(self) -> dict[str, int]:
        """Everything it consists of, itself included: digest -> bytes."""
        named = {part.digest: part.size for part in self.parts}
        for _, manifest in self.platforms:
            named |= manifest.digests
        return {self.digest: self.size, **named}


class Registry:
    """A registry, by its HTTP interface.

    Args:
        url: `http://localhost:5000`, without a path.
        ca: file of the certificate authorities to trust, instead of the
            usual ones.
        user: name and password.

    Raises:
        LabError: from every method, where nothing answers there.
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
        """The answer to a request, whatever its status is."""
        try:
            return self._session.request(
                method,
                f"{self.url}/v2/{path}",
                headers={"Accept": ACCEPT},
                timeout=30,
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
        """Tags of a repository, sorted; none where there is no such one."""
        answer = self.ask(f"{repository}/tags/list")
        return sorted(answer.json().get("tags") or [])

    def manifest(self, repository: str, reference: str) -> Manifest | None:
        """What a tag or a digest names; None where it names nothing."""
        answer = self.ask(f"{repository}/manifests/{reference}")
        if answer.status_code != 200:
            return None
        found = answer.json()
        named = [("config", found["config"])] if "config" in found else []
        named += [("layer", layer) for layer in found.get("layers", [])]
        platforms = [
            (
                _platform(entry.get("platform", {})),
                self.manifest(repository, entry["digest"]),
            )
            for entry in found.get("manifests", [])
        ]
        return Manifest(
            digest(answer.content),
            answer.headers["Content-Type"],
            len(answer.content),
            tuple(Part(k, row["digest"], row["size"]) for k, row in named),
            tuple((name, part) for name, part in platforms if part),
        )

    def holds(self, repository: str, digest_: str) -> bool:
        """Whether the registry gives out the blob with exactly that hash."""
        answer = self.ask(f"{repository}/blobs/{digest_}")
        return answer.ok and digest(answer.content) == digest_

    def reachable(self) -> dict[str, int]:
        """What the tags of all repositories lead to: digest -> bytes."""
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
    """A line of the registry's log; `sent` are the answer's bytes."""

    method: str
    path: str
    status: int
    sent: int


def read_log(text: str | bytes) -> list[Request]:
    """The requests in what a registry wrote to its standard output."""
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    return [
        Request(method, path, int(status), int(sent))
        for method, path, status, sent in _LINE.findall(text)
    ]


class Log:
    """The log of a registry's container, read piece by piece.

    Args:
        container: of the SDK.
        registry: the same one, by its HTTP interface.
    """

    def __init__(self, container: Any, registry: Registry) -> None:
        self._container, self._registry = container, registry
        self._read = self._marks = 0
        self.read()

    def read(self, seconds: float = 20) -> list[Request]:
        """The requests since the last call, without those of this class.

        The engine stores what a container writes with a small delay. So a
        last request is sent, and waited for in the log: at most `seconds`.
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
    """How each part of an image came to the other side, by the log.

    `sent`: its bytes went over the line, in or out. `mounted`: taken over
    from another repository of the registry. `there`: it had not to travel.
    """
    sent, mounted = set(), set()
    for request in requests_:
        address = urlsplit(request.path)
        query = parse_qs(address.query)
        if request.status == 201 and request.method in ("PUT", "POST"):
            sent.update(query.get("digest", ()))
            mounted.update(query.get("mount", ()))
        if request.status == 200 and request.method == "GET":
            sent.add(address.path.rpartition("/")[2])
    return [
        (
            part,
            "sent"
            if part.digest in sent
            else "mounted"
            if part.digest in mounted
            else "there",
        )
        for part in manifest.parts
    ]


def stored(container: Any) -> dict[str, int]:
    """Blobs in the storage of a registry's container: digest -> bytes."""
    find = ["find", STORAGE, "-name", "data"]
    show = ["-exec", "stat", "-c", "%s %n", "{}", "+"]
    found = container.exec_run([*find, *show])
    rows = re.findall(r"(\d+) \S+/(\w+)/data", found.output.decode())
    return {f"sha256:{name}": int(size) for size, name in rows}

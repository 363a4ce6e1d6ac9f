"""Exercises of `registry_inside`."""

import gzip
import io
import re
import socket
import tarfile
import time
import uuid
from collections.abc import Iterator, Mapping

from docker.models.containers import Container

from dockerlab import registries
from dockerlab.checks import pushed
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.registries import Manifest, Registry

DIGEST = re.compile(r"sha256(?::|%3A)([0-9a-f]{64})")
# What the exercise registry_inside/clean must remove, and what it must keep.
SECRET, APP = b"swordfish", b"an app\n"
CELLAR = "registry-cellar"
WANTED = {"registry", "ca", "user", "password"}


@exercise("registry_inside/platforms", wants="image")
def platforms(bench: Bench, name: str) -> None:
    """One tag leads to an image for amd64 and one for arm64."""
    repository = "registry-words"
    registry = pushed.registry_of(bench, name, repository)
    if not registry:
        return
    index = registry.manifest(repository, "1.0")
    hint = "Push it: the registry has no such tag."
    bench.require("pushed", "the registry has 1.0", index, hint)
    if not index:
        return
    if not bench.require(
        "index",
        "the name leads to an index",
        index.platforms,
        "It leads to a single manifest. Push one image per platform, each"
        " under its own tag, then join the tags.",
    ):
        return
    # "linux/arm64/v8" is arm64, too.
    named = {"/".join(p.split("/")[:2]): m for p, m in index.platforms}
    bench.require(
        "both",
        "the index has linux/amd64 and linux/arm64",
        {"linux/amd64", "linux/arm64"} <= set(named),
        f"It has {', '.join(sorted(named))}. For which platforms were the"
        " joined images built?",
    )
    bench.require(
        "honest",
        "each image is built for the platform in the index",
        all(
            _built_for(registry, repository, part) == platform
            for platform, part in named.items()
        ),
        "The configuration of an image names its platform, and the index"
        " names another one. Rename nothing: build the image with"
        " `--platform`.",
    )
    bench.require(
        "whole",
        "the registry delivers every part of both",
        pushed.is_whole(registry, repository, index),
        f"{pushed.INCOMPLETE} Push the images again.",
    )


def _built_for(registry: Registry, repository: str, image: Manifest) -> str:
    """The platform in the image's configuration, empty if it has none."""
    config = registry.config(repository, image)
    return f"{config.get('os', '')}/{config.get('architecture', '')}"


@exercise("registry_inside/clean", wants="container")
def clean(bench: Bench, name: str) -> None:
    """A registry's storage has no secret any more, and still has 1.1."""
    container = bench.container(name)
    ports = (container.ports or {}) if container else {}
    published = ports.get("5000/tcp") or []
    running = container is not None and container.status == "running"
    bench.require(
        "runs",
        f"a registry named {name} runs, with its port published",
        running and published,
        "See `docker ps --all`. The cell above the exercise creates it again.",
    )
    if not container or not running or not published:
        return
    port = published[0]["HostPort"]
    registry = pushed.registry_of(bench, f"localhost:{port}/{CELLAR}", CELLAR)
    if not registry:
        return
    kept = registry.manifest(CELLAR, "1.1")
    keeps = (
        kept is not None
        and pushed.is_whole(registry, CELLAR, kept)
        and any(APP in text for text in _layers(registry, kept))
    )
    bench.require(
        "keeps",
        "version 1.1 can be pulled completely, with the app",
        keeps,
        "Version 1.1 must stay: delete only the digest of 1.0.",
    )
    if not kept or not keeps:
        return
    bench.require(
        "gone",
        "no blob in its storage contains the secret",
        kept.digest in registries.stored(container)
        and not any(SECRET in text for text in _texts(container)),
        "Its bytes are still stored. Deleting a manifest makes its blobs"
        " unreachable; what frees them?",
    )
    bench.require(
        "knows",
        "the registry offers no blob that was deleted",
        not _imagined(registry, container),
        "It still has a list in memory. Restart it after the garbage"
        " collection.",
    )


def _plain(blob: bytes) -> bytes:
    """A layer without its compression; other blobs as they are."""
    return gzip.decompress(blob) if blob.startswith(b"\x1f\x8b") else blob


def _layers(registry: Registry, image: Manifest) -> Iterator[bytes]:
    """The layers of an image in the cellar, unpacked."""
    for part in image.parts:
        if part.kind == "layer":
            answer = registry.ask(f"{CELLAR}/blobs/{part.digest}")
            yield _plain(answer.content)


def _texts(container: Container) -> Iterator[bytes]:
    """Every blob in a registry's storage, unpacked."""
    stream, _ = container.get_archive(registries.STORAGE)
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file:
                yield _plain(file.read())


def _imagined(registry: Registry, container: Container) -> list[str]:
    """Blobs that it offers and does not store, of those in its log."""
    log = container.logs(stderr=False).decode(errors="replace")
    named = {f"sha256:{name}" for name in DIGEST.findall(log)}
    gone = named - set(registries.stored(container))
    return [
        digest
        for digest in gone
        if registry.ask(f"{CELLAR}/blobs/{digest}", "HEAD").ok
    ]


@exercise("registry_inside/private", wants="mapping")
def private(bench: Bench, answer: Mapping[str, object]) -> None:
    """A registry with its own certificate authority, and a password."""
    known = set(answer) >= WANTED
    texts = {key: str(answer.get(key, "")) for key in WANTED}
    here = registries.on_this_machine(f"{texts['registry']}/any")
    if not bench.require(
        "answer",
        "the answer names registry, ca, user and password",
        known and here,
        "A dictionary with these four keys; the registry as localhost:PORT.",
    ):
        return
    host, user = texts["registry"], (texts["user"], texts["password"])
    if not bench.require(
        "answers",
        "a server responds at that port",
        _answers(host),
        "Nothing responds. See `docker ps --all`: did it start, and what does"
        " its log show?",
    ):
        return
    if not bench.require(
        "encrypted",
        "it does not serve over plain HTTP",
        pushed.status(Registry(f"http://{host}")) not in (200, 401),
        "It serves without TLS. Which two variables name its certificate and"
        " its key?",
    ):
        return
    url, ca = f"https://{host}", texts["ca"]
    stranger = pushed.status(Registry(url, ca))
    if bench.require(
        "trusted",
        "its certificate is for that name, and signed by that authority",
        stranger is not None,
        "A client that trusts only your authority refuses the certificate."
        " Did this authority issue it, and for `localhost`?",
    ):
        _judge_passwords(bench, url, ca, user)


def _judge_passwords(
    bench: Bench, url: str, ca: str, user: tuple[str, str]
) -> None:
    """Judge responses without, with a wrong, and with the right password."""
    stranger = pushed.status(Registry(url, ca))
    bench.require(
        "refuses",
        "without a password it responds with 401",
        stranger == 401,
        f"It responds with {stranger}. `REGISTRY_AUTH` names the kind of"
        " authentication; its two settings follow.",
    )
    guess = (user[0], uuid.uuid4().hex)
    bench.require(
        "guess",
        "with a wrong password it responds with 401",
        pushed.status(Registry(url, ca, guess)) == 401,
        "It accepts every password. Does it use the password file?",
    )
    bench.require(
        "admits",
        "with the right password it responds with 200",
        pushed.status(Registry(url, ca, user)) == 200,
        "It refuses this password. The registry reads only bcrypt hashes:"
        " which option of htpasswd creates them?",
    )


def _answers(host: str, seconds: float = 4) -> bool:
    """Whether a server responds at `localhost:PORT`.

    It is waited for, but not where nobody listens.
    """
    name, _, port = host.partition(":")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection((name, int(port)), 2).close()
        except OSError:
            return False
        # A server that speaks TLS complains about plain HTTP, or hangs up.
        for scheme in ("http", "https"):
            if pushed.status(Registry(f"{scheme}://{host}")):
                return True
        time.sleep(0.2)
    return True

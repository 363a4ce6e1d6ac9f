"""Exercises of `registries`: registries."""

import gzip
import io
import re
import socket
import tarfile
import time
import uuid
from collections.abc import Iterator, Mapping

from dockerlab import registries
from dockerlab.base.errors import LabError
from dockerlab.checks.core import Bench, exercise
from dockerlab.registries import Manifest, Registry

# Only registries of this machine are asked.
NAME = re.compile(r"((?:localhost|127\.0\.0\.1):\d+)/([^:@]+)(?::[\w.-]+)?")
DIGEST = re.compile(r"sha256(?::|%3A)([0-9a-f]{64})")
# What the exercise registries/clean must get rid of, and what it must keep.
SECRET, APP = b"swordfish", b"an app\n"
SHOP = "registries-shop"
CELLAR = "registries-cellar"
WANTED = {"registry", "ca", "user", "password"}


def _registry(bench: Bench, name: str, repository: str) -> Registry | None:
    """The registry in an image's name; says on the card if the name is not
    that of the repository, or leads to no registry that answers."""
    found = NAME.fullmatch(name)
    if not bench.require(
        "registry",
        f"the name is a registry of this machine and {repository}",
        found and found[2] == repository,
        "What stands before the first slash says which registry is meant."
        " Without a registry, the name means Docker Hub.",
    ):
        return None
    registry = Registry(f"http://{found[1]}")
    try:
        answers = registry.ask("").status_code == 200
    except LabError:
        answers = False
    hint = "Does its container run? `docker ps` shows it with its port."
    if not bench.require("answers", "that registry answers", answers, hint):
        return None
    return registry


def _whole(registry: Registry, repository: str, manifest: Manifest) -> bool:
    """Whether the registry gives out every blob that the manifest names."""
    parts = [*manifest.parts]
    for _, child in manifest.platforms:
        parts += child.parts
    return bool(parts) and all(
        registry.holds(repository, part.digest) for part in parts
    )


@exercise("registries/two-names", wants="image")
def two_names(bench: Bench, name: str) -> None:
    """A repository has the tags 2.0 and stable, for one image."""
    repository = "registries-hello"
    registry = _registry(bench, name, repository)
    if not registry:
        return
    tags = registry.tags(repository)
    if not bench.require(
        "pushed",
        "its registry has the tags 2.0 and stable",
        {"2.0", "stable"} <= set(tags),
        f"It has {', '.join(tags) or 'none'}. A tag on your engine is no tag"
        " in the registry, until it is pushed.",
    ):
        return
    first, second = (
        registry.manifest(repository, tag) for tag in ("2.0", "stable")
    )
    bench.require(
        "same",
        "both tags name the same digest",
        first and second and first.digest == second.digest,
        "They name two different images. One image can have many tags:"
        " which command gives it one more, without a build?",
    )
    bench.require(
        "whole",
        "the registry gives out every part of it",
        second and _whole(registry, repository, second),
        "The manifest is there, a blob of it is not. Push the image again.",
    )


@exercise("registries/rollback", wants="image")
def rollback(bench: Bench, name: str) -> None:
    """The tag in the registry names what production was started from."""
    repository = "registries-shop"
    registry = _registry(bench, name, repository)
    if not registry:
        return
    shop = bench.container(SHOP)
    settings = shop.attrs["Config"] if shop else {"Image": "", "Env": []}
    runs = settings["Image"]
    if not bench.require(
        "production",
        f"{SHOP} is the good release, started by its digest",
        "@sha256:" in runs and "RELEASE=good" in settings["Env"],
        "Run the cell above the exercise again: it starts the shop.",
    ):
        return
    good = runs.partition("@")[2]
    latest = registry.manifest(repository, "latest")
    if not bench.require(
        "moved",
        "in the registry, latest names the digest that production runs",
        latest and latest.digest == good,
        "It names another one. Moving a tag on your engine moves nothing in"
        " the registry; and what is built anew is another image, with"
        " another digest.",
    ):
        return
    bench.require(
        "whole",
        "the registry gives out every part of it",
        _whole(registry, repository, latest),
        "The manifest is there, a blob of it is not. Pull the good image by"
        " its digest, and push it.",
    )


@exercise("registries/platforms", wants="image")
def platforms(bench: Bench, name: str) -> None:
    """One tag leads to an image for amd64 and one for arm64."""
    repository = "registries-words"
    registry = _registry(bench, name, repository)
    if not registry:
        return
    index = registry.manifest(repository, "1.0")
    hint = "Push it: the registry has no such tag."
    if not bench.require("pushed", "the registry has 1.0", index, hint):
        return
    if not bench.require(
        "index",
        "the name leads to an index",
        index.platforms,
        "It leads to a single manifest. Push one image a platform, each"
        " under a tag of its own, then join the tags.",
    ):
        return
    # "linux/arm64/v8" is arm64, too; attestations are "unknown".
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
        "each part is built for the platform that the index says",
        all(
            _built_for(registry, repository, part) == platform
            for platform, part in named.items()
            if not platform.startswith("unknown")
        ),
        "The configuration of an image says what it was built for, and it"
        " does not say what the index says. Rename nothing: build it with"
        " `--platform`.",
    )
    bench.require(
        "whole",
        "the registry gives out every part of both",
        _whole(registry, repository, index),
        "A manifest is there, a blob of it is not. Push the images again.",
    )


def _built_for(registry: Registry, repository: str, image: Manifest) -> str:
    """The platform in the image's configuration."""
    config = next(part for part in image.parts if part.kind == "config")
    answer = registry.ask(f"{repository}/blobs/{config.digest}")
    try:
        return "{os}/{architecture}".format(**answer.json())
    except (ValueError, KeyError):
        return ""


@exercise("registries/clean", wants="container")
def clean(bench: Bench, name: str) -> None:
    """A registry's storage holds the secret no more, and still 1.1."""
    container = bench.container(name)
    ports = (container.ports or {}) if container else {}
    running = container and container.status == "running"
    if not bench.require(
        "runs",
        f"a registry named {name} runs, with its port published",
        running and ports.get("5000/tcp"),
        "See `docker ps --all`. The cell above the exercise makes it anew.",
    ):
        return
    port = ports["5000/tcp"][0]["HostPort"]
    registry = _registry(bench, f"localhost:{port}/{CELLAR}", CELLAR)
    if not registry:
        return
    kept = registry.manifest(CELLAR, "1.1")
    if not bench.require(
        "keeps",
        "version 1.1 can be pulled, every part of it, with the app",
        kept
        and _whole(registry, CELLAR, kept)
        and any(APP in text for text in _layers(registry, kept)),
        "Version 1.1 must stay: delete by the digest of 1.0 only.",
    ):
        return
    bench.require(
        "gone",
        "no blob in its storage holds the secret",
        kept.digest in registries.stored(container)
        and not any(SECRET in text for text in _texts(container)),
        "Its bytes are still stored. Deleting a manifest makes its blobs"
        " unreachable; what frees them?",
    )
    bench.require(
        "knows",
        "the registry offers no blob that it has no more",
        not _imagined(registry, container),
        "It keeps in memory what it had. Restart it after the collection.",
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


def _texts(container) -> Iterator[bytes]:
    """Every blob in a registry's storage, unpacked."""
    stream, _ = container.get_archive(registries.STORAGE)
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as archive:
        for member in archive:
            if member.isfile():
                yield _plain(archive.extractfile(member).read())


def _imagined(registry: Registry, container) -> list[str]:
    """Blobs that it offers and does not store, of those in its log."""
    log = container.logs(stderr=False).decode(errors="replace")
    named = {f"sha256:{name}" for name in DIGEST.findall(log)}
    gone = named - set(registries.stored(container))
    return [
        digest
        for digest in gone
        if registry.ask(f"{CELLAR}/blobs/{digest}", "HEAD").ok
    ]


@exercise("registries/private", wants="mapping")
def private(bench: Bench, answer: Mapping[str, object]) -> None:
    """A registry with a certificate of an own authority, and a password."""
    known = set(answer) >= WANTED
    texts = {key: str(answer.get(key, "")) for key in WANTED}
    here = NAME.fullmatch(texts["registry"] + "/any")
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
        "something answers at that port",
        _answers(host),
        "Nothing does. See `docker ps --all`: did it start, and what does"
        " its log say?",
    ):
        return
    if not bench.require(
        "encrypted",
        "it does not serve over plain HTTP",
        _status(f"http://{host}") not in (200, 401),
        "It serves without TLS. Which two variables name its certificate and"
        " its key?",
    ):
        return
    if not bench.require(
        "trusted",
        "its certificate is for that name, and signed by that authority",
        _status(f"https://{host}", texts["ca"]) is not None,
        "Who knows only your authority refuses the certificate. Did this"
        " authority issue it, and for `localhost`?",
    ):
        return
    stranger = _status(f"https://{host}", texts["ca"])
    bench.require(
        "refuses",
        "without a password it answers 401",
        stranger == 401,
        f"It answers {stranger}. `REGISTRY_AUTH` names the kind of"
        " authentication; its two settings follow.",
    )
    guess = (user[0], uuid.uuid4().hex)
    bench.require(
        "guess",
        "with a wrong password it answers 401",
        _status(f"https://{host}", texts["ca"], guess) == 401,
        "It lets everybody in. Does it know the password file?",
    )
    bench.require(
        "admits",
        "with the right password it answers 200",
        _status(f"https://{host}", texts["ca"], user) == 200,
        "It does not take this password. The registry reads bcrypt hashes"
        " only: which option of htpasswd makes them?",
    )


def _answers(host: str, seconds: float = 4) -> bool:
    """Whether anything is said at `localhost:PORT`.

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
        if _status(f"http://{host}") or _status(f"https://{host}"):
            return True
        time.sleep(0.2)
    return True


def _status(
    url: str, ca: str = "", user: tuple[str, str] | None = None
) -> int | None:
    """The status of a registry's answer, None if there is none."""
    try:
        return Registry(url, ca, user).ask("").status_code
    except LabError:
        return None

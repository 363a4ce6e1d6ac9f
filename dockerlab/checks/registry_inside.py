"""Exercises of `registry_inside`."""

import gzip
import io
import re
import subprocess
import tarfile
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from docker.models.containers import Container

from dockerlab import builds, registries
from dockerlab.base.errors import LabError
from dockerlab.checks import pushed, waiting
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.lab import Lab
from dockerlab.pages import fetch
from dockerlab.registries import Manifest, Registry

DIGEST = re.compile(r"sha256(?::|%3A)([0-9a-f]{64})")
# What the exercise `clean` must remove, and what it must keep.
SECRET, APP = b"swordfish", b"an app\n"
CELLAR, MAIN, SAMPLE = "registry-cellar", "registry-main", "registry-sample"
SECONDS = 10  # in which a mirror stores what it delivers
SETTLED = 60  # seconds in which a mirror responds or ends


def fill_cellar(lab: Lab, address: str) -> None:
    """Run a registry with versions 1.0, which has a secret, and 1.1.

    It is the container `registry-cellar`, without an image from before.

    Args:
        address: where it listens, such as `localhost:5000`.

    Raises:
        LabError: it does not start, or a command fails.
    """
    lab.discard(CELLAR)
    port = address.rpartition(":")[2]
    options = ["--publish", f"127.0.0.1:{port}:5000", "--name", CELLAR]
    options += ["--env", "REGISTRY_STORAGE_DELETE_ENABLED=true"]
    _docker("run", "--detach", *options, "registry:2")
    fetch(f"http://{address}/v2/")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "app.txt").write_bytes(APP)
        Path(folder, "secret.txt").write_bytes(b"password: " + SECRET)
        for tag, files in {
            "1.0": "app.txt secret.txt",
            "1.1": "app.txt",
        }.items():
            text = f"FROM scratch\nCOPY {files} /\n"
            name = f"{address}/{CELLAR}:{tag}"
            builds.build(folder, tag=name, dockerfile=text, check=True)
            _docker("push", "--quiet", name)


def _docker(*words: str) -> None:
    run = subprocess.run(["docker", *words], capture_output=True, text=True)
    if run.returncode:
        raise LabError(f"docker {words[0]} failed.", run.stderr[-300:])


def _served(bench: Bench, name: str) -> tuple[Container, str] | None:
    """A registry's container, and its address on this machine.

    Writes the criterion `runs`.
    """
    container = bench.container(name)
    ports = (container.ports or {}) if container else {}
    published = ports.get("5000/tcp") or []
    running = container is not None and container.status == "running"
    if running:
        others = " and ".join(p for p, host in ports.items() if host)
        hint = "It publishes no port. Which option of `docker run` does?"
        if others:
            hint = f"It publishes {others}. A registry listens on port 5000."
    else:
        hint = "See `docker ps --all`: did it start?"
        if container:
            hint += f" {_unreached(container) or _last_line(container)}"
    bench.require(
        "runs",
        f"a registry named {name} runs, with its port published",
        running and published,
        hint,
    )
    if not container or not running or not published:
        return None
    return container, f"localhost:{published[0]['HostPort']}"


def _unreached(container: Container) -> str:
    """What a mirror's log shows if it does not reach the other registry."""
    log = container.logs().decode(errors="replace")
    failed = re.findall(r'dial tcp[^"\\\n]*', log)
    return (
        f"It does not reach the other registry: {failed[-1].strip()[:120]}."
        if failed
        else ""
    )


def _why_not(container: Container) -> str:
    """Why a registry does not deliver what another one has."""
    settings = container.attrs["Config"]["Env"]
    if any(one.startswith("REGISTRY_PROXY_") for one in settings):
        return _unreached(container) or _last_line(container)
    return (
        "It is an ordinary registry, which has only what was pushed to it."
        " Which variable names the registry that it mirrors?"
    )


def _last_line(container: Container) -> str:
    """The last line of a container's log, or its panic, shortened."""
    lines = container.logs(tail=50).decode(errors="replace").splitlines()
    panic = [line for line in lines if line.startswith("panic: ")]
    last = [*lines[-1:], *panic][-1:]
    return f"Its log ends with: {last[0][-200:] if last else '(empty)'}"


@exercise("registry_inside/clean", wants="container")
def clean(bench: Bench, name: str) -> None:
    """A registry's storage has no secret any more, and still has 1.1."""
    served = _served(bench, name)
    if not served:
        return
    container, address = served
    registry = pushed.registry_of(bench, f"{address}/{CELLAR}", CELLAR)
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


@exercise("registry_inside/mirror", wants="container")
def mirror(bench: Bench, name: str) -> None:
    """A registry delivers what another one has, and keeps it."""
    main = bench.require_prepared(
        MAIN, "main", "Run the first cell of the section *Read what travels*."
    )
    _settle(bench.container(name))
    served = _served(bench, name) if main else None
    if not main or not served:
        return
    container, address = served
    if not bench.require(
        "other",
        f"it is another registry than {MAIN}",
        container.id != main.id,
        "A mirror is a registry of its own, with its own storage.",
    ):
        return
    port = main.ports["5000/tcp"][0]["HostPort"]
    upstream = Registry(f"http://localhost:{port}")
    near = pushed.registry_of(bench, f"{address}/{SAMPLE}", SAMPLE)
    if not near:
        return
    tag = uuid.uuid4().hex[:8]
    parts = pushed.upload(upstream, SAMPLE, tag)
    log = registries.Log(main, upstream)
    try:
        delivered = near.download(SAMPLE, tag) == parts
    except LabError:
        delivered = False
    if bench.require(
        "delivers",
        f"it delivers an image that was just pushed to {MAIN}",
        delivered,
        "" if delivered else _why_not(container),
    ):
        blobs = _asked_again(near, tag, log)
        bench.require(
            "keeps",
            f"the second time, {MAIN} delivers no blob",
            not blobs,
            f"{MAIN} delivered {blobs} blobs again. A mirror keeps what it"
            " got: is this container another registry than"
            f" {MAIN}, with REGISTRY_PROXY_REMOTEURL?",
        )


def _settle(container: Container | None) -> None:
    """Wait until a registry responds or has ended: a mirror ends at once if
    it does not reach the other registry."""
    ports = (container.ports or {}) if container else {}
    published = ports.get("5000/tcp")
    if container and published:
        near = Registry(f"http://localhost:{published[0]['HostPort']}")
        waiting.wait_for(
            lambda: waiting.has_ended(container) or pushed.status(near) == 200,
            SETTLED,
        )


def _asked_again(near: Registry, tag: str, log: registries.Log) -> int:
    """Blobs that the other registry delivers for one more download.

    A mirror stores a blob shortly after it has delivered it, so the download
    is repeated for a while.
    """
    log.read()
    deadline = time.monotonic() + waiting.stretch(SECONDS)
    while True:
        near.download(SAMPLE, tag)
        asked = [(one.method, one.what) for one in log.read()]
        blobs = asked.count(("GET", "blobs"))
        if not blobs or time.monotonic() > deadline:
            return blobs
        time.sleep(waiting.PAUSE)

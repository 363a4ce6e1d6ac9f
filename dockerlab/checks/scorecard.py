"""The capstone's score card: what a packaged service must show.

The answer is built, run, stopped, replaced and taken apart; each property
is judged by what the engine holds or does then.
"""

import base64
import concurrent.futures
import contextlib
import dataclasses
import hashlib
import http.client
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Collection

import docker.errors

from dockerlab import images, paths
from dockerlab.checks import core

SOURCE = paths.PROJECT / "capstone"
BASE = "python:3.13-slim"
PORT = "8000/tcp"
LOCAL = re.compile(r"((?:localhost|127\.0\.0\.1):\d+)/([^:@]+):([\w.-]+)")
TOMORROW = "99.0"  # the version of everything
KNOWN = "blinker click flask gunicorn itsdangerous jinja2 markupsafe werkzeug"
STATED = tuple(
    f"org.opencontainers.image.{name}"
    for name in ("title", "version", "source")
)


@dataclasses.dataclass(frozen=True)
class Property:
    """One row of the score card."""

    key: str
    points: int
    text: str
    hint: str


PROPERTIES = tuple(
    Property(*row)
    for row in (
        # The build
        (
            *("builds", 4, "the image builds"),
            "What does the builder say in its last lines?",
        ),
        (
            *("context", 3, "less than 1 MB is sent to the builder"),
            "What lies in the folder that no instruction needs? Something"
            " keeps it away from `COPY`.",
        ),
        (
            *("cached", 5, "an edit of app.py installs no package again"),
            "Which instruction brings app.py in, and what stands after it?",
        ),
        (
            *("pins", 6, "tomorrow's releases do not change the image"),
            "The check built it with an index that has newer versions of"
            " everything. Which versions may pip choose from?",
        ),
        (
            *("lint", 3, "hadolint has no warning"),
            "`hadolint Dockerfile` names the line and the rule. The check"
            " passes over `# hadolint ignore`.",
        ),
        # The image
        (
            *("size", 4, f"it is at most 50 MB larger than {BASE}"),
            "`docker history` says which instruction brought the bytes.",
        ),
        (
            *("baggage", 4, "no layer holds the tests or the old exports"),
            "What does `COPY` bring along?",
        ),
        (
            *("compiler", 4, "it holds no C compiler"),
            "The compiler is needed once, while building. Where can it stay?",
        ),
        (
            *("secret", 6, "the printer's token is in no layer and setting"),
            "A layer keeps what it once got, and so does the history.",
        ),
        (
            *("labels", 3, "labels state its title, version and source"),
            "They are `org.opencontainers.image.title`, and the same with"
            " `.version` and `.source`.",
        ),
        (
            *("port", 2, "it documents port 8000 and no other"),
            "Which instruction is a note on ports?",
        ),
        (
            *("signed", 4, "the published image is this one, and signed"),
            "Push it to the lesson's registry, sign it there, and hand in"
            " folder, image and public key together.",
        ),
        # The service
        (
            *("serves", 5, "it keeps and finds items on port 8000"),
            "`docker logs` tells what the program said last.",
        ),
        (
            *("server", 4, "a production server answers"),
            "Its answers say who it is: see the header `Server`.",
        ),
        (
            *("debugger", 4, "an error shows nothing of its inside"),
            "Ask for `/search?q=[` and read the page. Which mode prints that?",
        ),
        (
            *("logs", 3, "`docker logs` shows the requests"),
            "Production servers keep quiet about requests until asked. Where"
            " should a container's log go?",
        ),
        (
            *("healthy", 4, "the engine calls it healthy within 15 s"),
            "Which instruction tells the engine how to ask? See"
            " `docker inspect --format '{{json .State.Health}}'`.",
        ),
        (
            *("honest", 4, "without its server it is called unhealthy"),
            "The check ran it with `sleep` in place of the server. What does"
            " your health check really ask?",
        ),
        # Rights and limits
        (
            *("user", 5, "none of its processes is root"),
            "Which user runs it? A label or a comment changes nothing.",
        ),
        (
            *("readonly", 5, "it works on a read-only root"),
            "Only /data and /tmp can be written then. Where does it write?",
        ),
        (
            *("capabilities", 3, "it works without any capability"),
            "Which step at its start needs root's rights?",
        ),
        (
            *("limits", 3, "it bears 100 requests with 128 MB and half a CPU"),
            "How many processes does it start, and what does each take?",
        ),
        # The data
        (
            *("stops", 4, "it ends by itself within 2 s of `docker stop`"),
            "Who is process 1, and does it listen to SIGTERM?",
        ),
        (
            *("restart", 4, "after a stop and a start its data are there"),
            "Where are the items kept, and who may write there?",
        ),
        (
            *("replace", 4, "a new container with the volume has the data"),
            "Only what lies in /data outlives a container.",
        ),
    )
)

NEED_SERVICE = (
    *("server", "debugger", "logs", "healthy", "honest"),
    *("user", "readonly", "capabilities", "limits"),
    *("stops", "restart", "replace"),
)
NOT_LOOKED_AT = "Not looked at: the service did not keep items on port 8000."
KEYS = frozenset(row.key for row in PROPERTIES)
NO_COSIGN = (
    "cosign is not on this machine's PATH, so the signature is not judged"
    " and its points are left out of the total."
)


@dataclasses.dataclass
class Card:
    """What was found so far: key -> whether it is met, and more to say."""

    met: dict[str, bool] = dataclasses.field(default_factory=dict)
    said: dict[str, str] = dataclasses.field(default_factory=dict)

    def note(self, key: str, met: object, said: str = "") -> bool:
        """Note a finding; whether it is met."""
        self.met[key] = bool(met)
        self.said[key] = said
        return bool(met)

    def pass_over(self) -> None:
        """Say of what needs a service that works that nobody looked."""
        for key in NEED_SERVICE:
            self.note(key, False, NOT_LOOKED_AT)

    def write(self, bench: core.Bench, only: Collection[str] = ()) -> None:
        """Write the properties on the bench's card, in their order: all of
        them with their points, or some without."""
        for row in PROPERTIES:
            if row.key not in (only or KEYS):
                continue
            said = self.said.get(row.key, "")
            # A program's last words have no full stop.
            said += "." * (said != "" and said[-1] not in ".?!")
            hint = f"{said} {row.hint}".strip()
            met = self.met.get(row.key, False)
            points = 0 if only else row.points
            bench.require(row.key, row.text, met, hint, points)


def score(bench: core.Bench, answer: object) -> None:
    """Write all properties of a folder, an image, or both on the card."""
    parts = answer if isinstance(answer, dict) else {"folder": answer}
    folder = parts.get("folder")
    if isinstance(answer, str) and not pathlib.Path(answer).is_dir():
        folder, parts = None, {"image": answer}
    card = Card()
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as scratch:
        context = pathlib.Path(scratch, "context")
        if folder:
            bench.tell("building it")
            image = _build(bench, card, pathlib.Path(folder), context)
        else:
            image = _existing(bench, card, parts["image"])
        if image:
            _look(bench, card, image, context if folder else None, parts)
    card.write(bench)
    if not shutil.which("cosign"):
        print(NO_COSIGN)
        bench.criteria = [c for c in bench.criteria if c.key != "signed"]


def some(bench: core.Bench, dockerfile: str, keys: Collection[str]) -> None:
    """Write some properties of a Dockerfile, for the tree as it was found,
    on the card; of the build, `builds` alone."""
    card = Card()
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as scratch:
        context = pathlib.Path(scratch, "context")
        core.copy_context(SOURCE, context)
        built, hint = bench.try_build(dockerfile, context)
    if card.note("builds", built, hint):
        _size(bench, card, bench.tags[-1])
        serve(bench, card, bench.tags[-1], keys)
    card.write(bench, keys)


def unpack(target: pathlib.Path) -> None:
    """Put the service's tree into a folder, as the colleague left it."""
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCE, target, ignore=skip, dirs_exist_ok=True)
    exports = target / "exports"
    exports.mkdir()
    (exports / "2019.csv").write_bytes(export())


def _look(
    bench: core.Bench,
    card: Card,
    image: str,
    context: pathlib.Path | None,
    parts: dict,
) -> None:
    """All but the first build; what needs no container in the background."""
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        held = pool.submit(Contents, bench, image)
        beside = [
            held,
            pool.submit(_inspect, bench, card, image, held),
            pool.submit(_signed, bench, card, image, parts),
        ]
        builds = {}
        if context:
            edited = pool.submit(_edit, bench, card, context, held)
            builds["building it after an edit"] = edited
            builds["building it with the releases of tomorrow"] = pool.submit(
                _meet_tomorrow, bench, card, context, held, edited
            )
        serve(bench, card, image)
        bench.tell("waiting for what was looked at beside it")
        for task in beside:
            task.result()
        for what, task in builds.items():
            bench.tell(what)
            task.result()


# -- the build ----------------------------------------------------------


def _build(
    bench: core.Bench, card: Card, folder: pathlib.Path, context: pathlib.Path
) -> str | None:
    """Build from a copy of what the builder would get; the tag."""
    if hint := core.too_large(folder):
        card.note("builds", False, hint)
        return None
    core.copy_context(folder, context)
    built, hint = bench.try_build(None, context)
    if not card.note("builds", built, hint):
        return None
    sent = built.context_bytes / 1e6
    card.note("context", sent < 1, f"{sent:.1f} MB were sent.")
    _lint(card, (context / "Dockerfile").read_bytes())
    return bench.tags[-1]


def _existing(bench: core.Bench, card: Card, name: str) -> str | None:
    try:
        bench.client.images.get(name)
    except docker.errors.ImageNotFound:
        card.note("builds", False, f"There is no image {name}.")
        return None
    hint = "The check got an image: hand in the folder, and it is looked at."
    for key in ("builds", "context", "cached", "pins", "lint"):
        card.note(key, False, hint)
    return name


def _lint(card: Card, dockerfile: bytes) -> None:
    program = pathlib.Path(sys.executable).with_name("hadolint")
    command = [program, "--format=json", "--no-fail"]
    command += ["--disable-ignore-pragma", "-"]
    done = subprocess.run(
        command, input=dockerfile, capture_output=True, timeout=30
    )
    found = [
        f"Line {row['line']}, {row['code']}: {row['message']}."
        for row in json.loads(done.stdout or "[]")
        if row["level"] in ("error", "warning")
    ]
    card.note("lint", done.stdout and not found, " ".join(found[:1]))


def _edit(
    bench: core.Bench,
    card: Card,
    context: pathlib.Path,
    contents: concurrent.futures.Future,
) -> None:
    """What an edit of the code changes."""
    for path in context.rglob("*.py"):
        if not {"nearby", "tests"} & set(path.relative_to(context).parts):
            with path.open("a") as file:
                file.write(f"\n# edited for {bench.token}\n")
    edited, hint = bench.try_build(None, context)
    held = contents.result()
    after = _layers(bench, bench.tags[-1]) if edited else []
    kept = held.packages <= set(after) and after != held.layers
    card.note("cached", held.packages and kept, hint)


def _meet_tomorrow(
    bench: core.Bench,
    card: Card,
    context: pathlib.Path,
    contents: concurrent.futures.Future,
    edited: concurrent.futures.Future,
) -> None:
    """What the releases of tomorrow change."""
    edited.result()  # it writes into the same folder
    held = contents.result()
    name = "tomorrow-index"
    tomorrow(context / name, sorted({*KNOWN.split(), *held.versions}))
    with (context / ".dockerignore").open("a") as file:
        file.write(f"\n!{name}\n")
    text = (context / "Dockerfile").read_text(errors="replace")
    built, hint = bench.try_build(_in_tomorrow(text, name), context)
    if not built:
        card.note("pins", False, f"With them it does not build. {hint}")
        return
    changed = [
        name
        for name, version in Contents(bench, bench.tags[-1]).versions.items()
        if version == TOMORROW
    ]
    said = f"These came in another version: {', '.join(sorted(changed))}."
    card.note("pins", held.versions and not changed, said if changed else "")


def _in_tomorrow(dockerfile: str, folder: str) -> str:
    """The Dockerfile with an index of newer releases in each stage."""
    more = (
        f"\nCOPY {folder} /tomorrow\nENV PIP_EXTRA_INDEX_URL=file:///tomorrow"
    )
    stage = re.compile(r"^\s*FROM\s[^\n]*$", re.IGNORECASE | re.MULTILINE)
    return stage.sub(lambda found: found.group() + more, dockerfile)


def tomorrow(folder: pathlib.Path, names: list[str]) -> None:
    """A package index (PEP 503) that has one newer release of each."""
    for name in names:
        project = folder / re.sub("[-_.]+", "-", name).lower()
        project.mkdir(parents=True, exist_ok=True)
        stem = f"{name.replace('-', '_')}-{TOMORROW}"
        wheel = project / f"{stem}-py3-none-any.whl"
        info = {
            "METADATA": "Metadata-Version: 2.1\n"
            f"Name: {name}\nVersion: {TOMORROW}\n",
            "WHEEL": "Wheel-Version: 1.0\nGenerator: dockerlab\n"
            "Root-Is-Purelib: true\nTag: py3-none-any\n",
        }
        with zipfile.ZipFile(wheel, "w") as archive:
            paths = [f"{stem}.dist-info/{part}" for part in info]
            record = f"{stem}.dist-info/RECORD"
            rows = "".join(f"{path},,\n" for path in [*paths, record])
            texts = [*info.values(), rows]
            for path, text in zip([*paths, record], texts):
                # Without the time of day, so that a second build is cached.
                archive.writestr(zipfile.ZipInfo(path), text)
        link = f'<a href="{wheel.name}">{wheel.name}</a>'
        (project / "index.html").write_text(link)


# -- the image ----------------------------------------------------------


def _layers(bench: core.Bench, image: str) -> list[str]:
    return bench.client.images.get(image).attrs["RootFS"]["Layers"]


class Contents:
    """What the layers above the base hold, whether deleted later or not.

    `layers`: all digests. `packages`: digests of the layers that hold Flask.
    `versions`: of Python packages, by name. `files`: SHA-256 -> path.
    `leaks`: paths that hold the printer's token.
    """

    def __init__(self, bench: core.Bench, image: str) -> None:
        self.layers = _layers(bench, image)
        self.packages: set[str] = set()
        self.versions: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.leaks: list[str] = []
        base = set()
        for name in (BASE, "python:3.13"):
            with contextlib.suppress(docker.errors.ImageNotFound):
                base.update(_layers(bench, name))
        with images.saved(bench.client.images.get(image)) as archive:
            [manifest] = json.load(archive.extractfile("manifest.json"))
            for digest, path in zip(self.layers, manifest["Layers"]):
                if digest not in base:
                    self._read(digest, archive.extractfile(path))

    def _read(self, digest: str, packed) -> None:
        forms = [token(), base64.b64encode(token())]
        with tarfile.open(fileobj=packed) as layer:
            for member in layer:
                self._note(digest, member.name)
                if member.isfile():
                    data = layer.extractfile(member).read()
                    whole = hashlib.sha256(data).hexdigest()
                    self.files[whole] = member.name
                    if any(form in data for form in forms):
                        self.leaks.append(member.name)

    def _note(self, digest: str, path: str) -> None:
        if path.endswith("/flask/__init__.py"):
            self.packages.add(digest)
        found = re.search(r"([^/]+)-([^/-]+)\.dist-info/METADATA$", path)
        if found and found.group(1) not in ("pip", "setuptools", "wheel"):
            self.versions[found.group(1)] = found.group(2)


def token() -> bytes:
    """The secret that the colleague left in the tree."""
    text = (SOURCE / ".env").read_text()
    return re.search("PRINTER_TOKEN=(.+)", text).group(1).encode()


def _size(bench: core.Bench, card: Card, image: str) -> None:
    size, base = (
        bench.client.images.get(name).attrs["Size"] for name in (image, BASE)
    )
    more = (size - base) / 1e6
    card.note("size", more <= 50, f"It is {more:.0f} MB larger.")


def _inspect(
    bench: core.Bench,
    card: Card,
    image: str,
    contents: concurrent.futures.Future,
) -> None:
    """What can be seen without running it."""
    _size(bench, card, image)
    found = bench.client.images.get(image)
    labels = found.labels
    lacking = [name for name in STATED if not labels.get(name, "").strip()]
    said = f"It lacks {', '.join(lacking)}." if lacking else ""
    card.note("labels", not lacking, said)
    exposed = set(found.attrs["Config"].get("ExposedPorts") or {})
    card.note("port", exposed == {PORT})
    held = contents.result()
    settings = json.dumps([found.attrs["Config"], found.history()])
    leaks = held.leaks + ["its history"] * (token().decode() in settings)
    said = f"It is in {leaks[0]}." if leaks else ""
    card.note("secret", not leaks, said)
    unwanted = [*SOURCE.glob("tests/*.py")]
    hashes = {hashlib.sha256(p.read_bytes()).hexdigest() for p in unwanted}
    hashes.add(hashlib.sha256(export()).hexdigest())
    carried = [held.files[name] for name in hashes & set(held.files)]
    said = f"There is {carried[0]}." if carried else ""
    card.note("baggage", not carried, said)


def export() -> bytes:
    """One of the files that the colleague's nightly job left: 20 MB."""
    return b"id,name,found,by,shelf\n" * 900_000


def _signed(bench: core.Bench, card: Card, image: str, parts: dict) -> None:
    """Whether the registry's image is this one, and the key signed it."""
    named = LOCAL.fullmatch(str(parts.get("image", "")))
    key = pathlib.Path(str(parts.get("key", "")))
    if not shutil.which("cosign") or not named or not key.is_file():
        card.note("signed", False)
        return
    host, name, tag = named.groups()
    try:
        manifest = _registry(f"http://{host}/v2/{name}/manifests/{tag}")
        digest = manifest["config"]["digest"]
        config = _registry(f"http://{host}/v2/{name}/blobs/{digest}")
    except (OSError, ValueError, KeyError):
        card.note("signed", False, f"The registry has no {name}:{tag}.")
        return
    if config["rootfs"]["diff_ids"] != _layers(bench, image):
        said = "The registry holds another image than the folder builds."
        card.note("signed", False, said)
        return
    command = ["cosign", "verify", "--insecure-ignore-tlog=true"]
    command += ["--allow-insecure-registry", "--key", str(key), named.group()]
    told = subprocess.run(["cosign", "sign", "--help"], capture_output=True)
    if (
        b"--use-signing-config" in told.stdout
    ):  # cosign 3, as in `secure_images`
        command.append("--new-bundle-format=false")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    card.note("signed", done.returncode == 0, done.stderr.strip()[-120:])


def _registry(url: str) -> dict:
    kinds = "application/vnd.oci.image.manifest.v1+json"
    kinds += ", application/vnd.docker.distribution.manifest.v2+json"
    request = urllib.request.Request(url, headers={"Accept": kinds})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


# -- the service --------------------------------------------------------


def serve(
    bench: core.Bench,
    card: Card,
    image: str,
    keys: Collection[str] = KEYS,
) -> None:
    """Run it, ask it, make its life hard, stop it, and replace it.

    `keys`: the properties to look at.
    """
    asked = bench.client.images.get(image).attrs["Config"].get("Healthcheck")
    asked = asked if asked and asked["Test"] != ["NONE"] else None
    volume = bench.volume()
    bench.tell("running it")
    try:
        # The image's own question, asked more often.
        health = {"healthcheck": _every(2)} if asked else {}
        plain = _start(bench, image, volume, **health)
    except docker.errors.APIError as error:
        if not error.is_client_error():
            raise
        card.note("serves", False, f"The engine says: {error.explanation}")
        card.pass_over()
        if idle := _idle(bench, image):
            _compile(bench, card, idle)
        return
    idle = None
    if asked and "honest" in keys:
        idle = _idle(bench, image, healthcheck=_every(1))
    if not card.note("serves", works(bench, plain)):
        card.pass_over()
        if idle := idle or _idle(bench, image):
            _compile(bench, card, idle)
        return
    _ask(bench, card, plain)
    _compile(bench, card, plain)
    _user(bench, card, plain)
    bench.tell("making its life hard")
    _harden(bench, card, image, [key for key in HARD if key in keys])
    bench.tell("asking the engine for its health")
    pace = _pace(bench, plain)
    if asked and "healthy" in keys:
        card.note("healthy", _becomes(plain, "healthy", 15 * pace))
    if idle:
        card.note("honest", _becomes(idle, "unhealthy", 8 * pace))
    bench.tell("stopping and replacing it")
    _stop(bench, card, plain)
    if "replace" in keys:
        successor = _start(bench, image, volume)
        card.note("replace", items(bench, successor) >= NAMES)
    if "restart" in keys:
        plain.start()
        card.note("restart", items(bench, plain) >= NAMES)


# What makes a service's life hard, by the property that says so.
HARD = {
    "readonly": {"read_only": True, "tmpfs": {"/tmp": ""}},
    "capabilities": {
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
    },
    "limits": {
        "mem_limit": "128m",
        "nano_cpus": 500_000_000,
        "pids_limit": 64,
    },
}


def _start(bench: core.Bench, image: str, volume=None, **options: object):
    """Run the service, with a volume for its data."""
    volume = volume or bench.volume()
    mount = {volume.name: {"bind": "/data", "mode": "rw"}}
    ports = {PORT: ("127.0.0.1", None)}
    return bench.run(image, volumes=mount, ports=ports, **options)


def _pace(bench: core.Bench, container) -> float:
    """How much slower than usual the machine is now, from 1 to 5.

    Seconds are only fair where the engine itself has time: starting one
    more process in a container takes it a tenth of one.
    """
    slowest = 0.0
    for _ in range(2):
        begun = time.monotonic()
        bench.exec(container, ["true"])
        slowest = max(slowest, time.monotonic() - begun)
    return min(5.0, max(1.0, slowest / 0.15))


def _harden(
    bench: core.Bench, card: Card, image: str, keys: list[str]
) -> None:
    """Judge a run under all of these; if it fails, one under each."""
    trials = [keys] if keys else []
    while trials:
        trial = trials.pop()
        options = {k: v for key in trial for k, v in HARD[key].items()}
        container = _start(bench, image, **options)
        met = works(bench, container)
        if "limits" in trial:
            met = met and _burst(bench, container)
        container.remove(force=True)
        if met or len(trial) == 1:
            card.met.update(dict.fromkeys(trial, met))
        else:
            trials = [[key] for key in trial]


def _every(seconds: int) -> dict:
    """How often the engine shall ask; what it asks is the image's."""
    return {
        "interval": seconds * 1_000_000_000,
        "timeout": 10_000_000_000,
        "retries": 2,
        "start_period": 1_000_000,  # 0 would mean: as in the image
    }


def _idle(bench: core.Bench, image: str, **options: object):
    """The image with a program in place of its server, or None."""
    with contextlib.suppress(docker.errors.APIError):
        return bench.run(image, entrypoint=["sleep", "60"], **options)
    return None


NAMES = {"umbrella", "left glove", "blue scarf"}


def works(bench: core.Bench, container) -> bool:
    """Whether the service keeps items and finds them in spite of typos."""
    if bench.fetch(container, PORT, "/items", seconds=30) is None:
        return False
    for name in sorted(NAMES):
        body = json.dumps({"name": name}).encode()
        if ask(container, "/items", body)[0] != 201:
            return False
    _, _, text = ask(container, "/search?q=umbrela")
    with contextlib.suppress(ValueError):
        return json.loads(text)[:1] == ["umbrella"]
    return False


def items(bench: core.Bench, container) -> set[str]:
    """The names that the service has; none if it does not answer."""
    text = bench.fetch(container, PORT, "/items", seconds=30)
    with contextlib.suppress(ValueError, TypeError, KeyError):
        return {item["name"] for item in json.loads(text)}
    return set()


def ask(
    container, path: str, body: bytes | None = None, port: str = PORT
) -> tuple[int, dict, str]:
    """Ask a container that listens: status, headers, text."""
    container.reload()
    ports = (container.ports or {}).get(port)
    if not ports:
        return 0, {}, ""
    request = urllib.request.Request(
        f"http://127.0.0.1:{ports[0]['HostPort']}{path}",
        body,
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            text = answer.read(100_000).decode(errors="replace")
            return answer.status, dict(answer.headers), text
    except urllib.error.HTTPError as error:
        with error:
            text = error.read(100_000).decode(errors="replace")
            return error.code, dict(error.headers), text
    except (OSError, http.client.HTTPException):
        return 0, {}, ""


def _ask(bench: core.Bench, card: Card, container) -> None:
    """What its answers and its log tell."""
    server = ask(container, "/items")[1].get("Server", "")
    said = f"It says: {server}." if server else ""
    card.note("server", "werkzeug" not in server.lower(), said)
    status, _, text = ask(container, "/search?q=%5B")
    inside = [w for w in ("Traceback", "debugger") if w in text]
    card.note("debugger", status >= 400 and not inside)
    path = f"/no-such-page-{bench.token}"
    ask(container, path)
    logged = core.wait_for(
        lambda: path.encode() in container.logs(tail=200), seconds=2
    )
    card.note("logs", logged)


def _burst(bench: core.Bench, container) -> bool:
    """Whether a hundred requests, eight at a time, are all answered."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = pool.map(ask, [container] * 100, ["/items"] * 100)
        answered = all(status == 200 for status, _, _ in answers)
    container.reload()
    return answered and not container.attrs["State"]["OOMKilled"]


def _becomes(container, status: str, seconds: float) -> bool:
    """Whether the engine calls it so in time."""
    deadline = time.monotonic() + seconds
    while True:
        container.reload()
        state = container.attrs["State"]
        if state.get("Health", {}).get("Status") == status:
            return True
        if state["Status"] != "running" or time.monotonic() > deadline:
            return False
        time.sleep(0.2)


def _compile(bench: core.Bench, card: Card, container) -> None:
    found = [
        name
        for name in ("gcc", "cc", "clang", "tcc")
        if (bench.exec(container, [name, "--version"]) or (1,))[0] == 0
    ]
    said = f"It holds {found[0]}." if found else ""
    card.note("compiler", not found, said)


def _user(bench: core.Bench, card: Card, container) -> None:
    """Look at every process, twice: the engine's own helper is root for a
    moment whenever it starts a health check."""
    first = _users(bench, container)
    time.sleep(0.5)
    second = _users(bench, container)
    root = [
        pid
        for pid in first.keys() & second.keys()
        if "0" in first[pid] and "0" in second[pid]
    ]
    said = f"{len(root)} of {len(second)} are." if root else ""
    card.note("user", second and not root, said)


def _users(bench: core.Bench, container) -> dict[str, tuple[str, ...]]:
    """The real and effective user of each process, by its number.

    From inside where that is possible: outside, an engine may map its
    numbers to others. For the format see proc_pid_status(5).
    """
    look = ["sh", "-c", "cat /proc/[0-9]*/status"]
    _, text = bench.exec(container, look) or (1, "")
    form = r"^Pid:\s+(\d+)$.*?^Uid:\s+(\d+)\s+(\d+)"
    found = re.findall(form, text, re.MULTILINE | re.DOTALL)
    if found:
        return {pid: tuple(users) for pid, *users in found}
    seen = container.top(ps_args="-eo pid,uid")
    return {row[0]: (row[1],) for row in seen["Processes"]}


def _stop(bench: core.Bench, card: Card, container) -> None:
    """Whether it ends by itself: the engine kills what does not in time.

    What was killed gets a second chance: the machine may have been busy.
    """
    for _ in range(2):
        container.stop(timeout=round(2 * _pace(bench, container)))
        container.reload()
        killed = container.attrs["State"]["ExitCode"] == 137
        if not killed:
            break
        container.start()
        items(bench, container)  # it is ready when it answers
    if killed:
        container.stop(timeout=1)
    card.note("stops", not killed, "It had to be killed." * killed)

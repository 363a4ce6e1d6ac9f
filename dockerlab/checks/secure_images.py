"""Exercises of `secure_images`: secrets, rights, advisories, signatures."""

import base64
import hashlib
import json
import pathlib
import re
import secrets
import shutil
import subprocess
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator

import docker.errors

from dockerlab import images, scan
from dockerlab.checks.core import Bench, exercise

BASE = "python:3.13-slim"
PUZZLE = "secure-puzzle"
# They come with Python, and not from the learner's Dockerfile.
TOOLS = {"pip", "setuptools", "wheel", "packaging"}
PASSWORD = re.compile(rb"password=(\w+)")
MANIFESTS = ", ".join(
    f"application/vnd.{kind}+json"
    for kind in (
        "oci.image.manifest.v1",
        "oci.image.index.v1",
        "docker.distribution.manifest.v2",
        "docker.distribution.manifest.list.v2",
    )
)


def _files(bench: Bench, tag: str) -> Iterator[tuple[str, bytes]]:
    """Every file of every layer above the base, and the configuration."""
    image = images.read_image(bench.client, tag)
    shared = image.shares_with(images.read_image(bench.client, BASE))
    with images.saved(bench.client.images.get(tag)) as archive:
        [contents] = json.load(archive.extractfile("manifest.json"))
        for number, path in enumerate(contents["Layers"]):
            if number < shared:
                continue
            with tarfile.open(fileobj=archive.extractfile(path)) as layer:
                for file in layer:
                    name = f"layer {number + 1}, {file.name}"
                    if file.isfile():
                        yield name, layer.extractfile(file).read()
                    else:
                        yield name, file.linkname.encode()
        yield "history", archive.extractfile(contents["Config"]).read()


@exercise("secure_images/dig", wants="text")
def dig(bench: Bench, answer: str) -> None:
    """The word is the one that a lower layer of the puzzle holds."""
    word = answer.strip().removeprefix("password=").encode()
    try:
        bench.client.images.get(PUZZLE)
    except docker.errors.ImageNotFound:
        held = []
    else:
        held = [
            found
            for name, data in _files(bench, PUZZLE)
            if name.endswith("srv/password.txt")
            for found in PASSWORD.findall(data)
        ]
    text = f"the image {PUZZLE} is here, with its password"
    hint = "Run the cell above that builds it."
    if not bench.require("exists", text, held, hint):
        return
    bench.require(
        "old",
        "it is not the password that a container sees",
        word != held[-1],
        "A container sees the newest layer. Which layer holds the old file,"
        " and how do you open that one?",
    )
    bench.require(
        "found",
        "it is the password that an older layer holds",
        word in held[:-1],
        "Open each layer of the saved image, and read its"
        " `srv/password.txt`, if it has one.",
    )


def _codings(token: str) -> dict[str, list[bytes]]:
    """A token as plain text, and as people write it down otherwise."""
    plain = token.encode()
    # The middle of a longer text looks different by where it begins.
    shifted = [base64.b64encode(b"x" * n + plain)[4:-4] for n in range(3)]
    return {
        "as it is": [plain],
        "in base64": shifted,
        "as hexadecimal digits": [
            plain.hex().encode(),
            plain.hex().upper().encode(),
        ],
        "backwards": [plain[::-1]],
    }


def _unpacked(data: bytes) -> bytes:
    """What a gzip file holds, else nothing."""
    if not data.startswith(b"\x1f\x8b"):
        return b""
    try:
        return zlib.decompressobj(wbits=31).decompress(data, 1_000_000)
    except zlib.error:
        return b""


def _traces(bench: Bench, tag: str, token: str) -> list[str]:
    codings = _codings(token)
    return [
        f"{name} holds it {how}"
        for name, data in _files(bench, tag)
        for how, forms in codings.items()
        if any(form in data or form in _unpacked(data) for form in forms)
    ]


@exercise("secure_images/secret", wants="dockerfile")
def secret(bench: Bench, dockerfile: str) -> None:
    """The build had the token, and no layer and no history line holds it."""
    token = secrets.token_hex(20)
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as context:
        file = pathlib.Path(context, "token.txt")
        file.write_text(token)
        # The cache does not look at secrets: it would bring an older token.
        options = ["--no-cache", f"--secret=id=token,src={file}"]
        built, hint = bench.try_build(
            dockerfile, pathlib.Path(context), options
        )
    if not bench.require("builds", "the image builds", built, hint):
        return
    tag = bench.tags[-1]
    show = "import sys; sys.stdout.write(open('/fingerprint').read(100))"
    container = bench.run(tag, entrypoint=["python", "-c", show], command=[])
    bench.wait(container, 60)
    said = container.logs(stdout=True, stderr=False).decode().split()
    bench.require(
        "used",
        "/fingerprint is the hash of the check's token",
        said[:1] == [hashlib.sha256(token.encode()).hexdigest()],
        "The token has to be read while building, from the secret `token` or"
        " from `token.txt`, and its SHA-256 hash written to /fingerprint.",
    )
    traces = _traces(bench, tag, token)
    bench.require(
        "clean",
        "no layer and no line of the history holds the token",
        not traces,
        f"{traces[0] if traces else ''}: a later instruction cannot take it"
        " back. How can one `RUN` see a file that is part of no layer?",
    )


_VISIT = """
import json, os, urllib.request as r
url = f"http://127.0.0.1:{os.environ.get('PORT', 8000)}"
def count(): return json.load(r.urlopen(url + "/api/visits"))["visits"]
before = count(); r.urlopen(url).read(); print(count() > before)
"""


def _counts(bench: Bench, container, seconds: float = 60) -> bool:
    """Whether a visit from inside raises the app's count.

    Its workers may take long to begin where the machine is busy.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        container.reload()
        if container.status != "running":
            return False
        done = bench.exec(container, ["python", "-c", _VISIT])
        if done and done[0] == 0:
            return done[1].strip() == "True"
        if done and "503" in done[1]:
            return False  # it serves, and its store does not work
        time.sleep(0.2)
    return False


@exercise("secure_images/harden", wants="container")
def harden(bench: Bench, name: str) -> None:
    """The app runs with the fewest rights, and counts."""
    container = bench.container(name)
    hint = "`docker ps --all` lists your containers."
    text = f"a container named {name} exists"
    if not bench.require("exists", text, container, hint):
        return
    runs = container.status == "running"
    hint = f"It is {container.status}. `docker logs` tells what it said."
    if not bench.require("runs", "it runs", runs, hint):
        return
    done = bench.exec(container, ["cat", "/proc/1/status"])
    status = dict(
        line.split(":", 1)
        for line in (done or (1, ""))[1].splitlines()
        if ":" in line
    )
    uids = status.get("Uid", "0").split()
    bench.require(
        "user",
        "its process is not root",
        "0" not in uids,
        "The image has a user of its own. Who says otherwise?",
    )
    touched = container.exec_run(["touch", "/.check"], user="0")
    if touched.exit_code == 0:
        container.exec_run(["rm", "/.check"], user="0")
    bench.require(
        "read-only",
        "even root cannot write to its root folder",
        b"Read-only" in touched.output,
        "Which option makes the container's own files unchangeable?",
    )
    bench.require(
        "capabilities",
        "it can get no capability",
        int(status.get("CapBnd", "1"), 16) == 0,
        "Not being root is not the same: a setuid program would have them"
        " again. Drop them all.",
    )
    bench.require(
        "privileges",
        "it can get no new privileges",
        status.get("NoNewPrivs", "").strip() == "1",
        "Which security option makes the kernel ignore setuid marks?",
    )
    bench.require(
        "counts",
        "the app counts a visit",
        _counts(bench, container),
        "Where does the app keep its count, and can it write there? See"
        " `docker logs` and the variable DATA_DIR.",
    )


_PACKAGES = """
import importlib.metadata as m, json
held = {d.metadata["Name"].lower(): d.version for d in m.distributions()}
try:
    import jinja2
    page = jinja2.Template("Hello, {{ name }}!").render(name="Ada")
    version = jinja2.__version__
except Exception as error:
    page = version = repr(error)
print(json.dumps({"held": held, "page": page, "version": version}))
"""


def _look_inside(bench: Bench, image: str) -> dict:
    """What Python in an image has installed, and what Jinja does there."""
    script = ["python", "-c", _PACKAGES]
    container = bench.run(image, entrypoint=script, command=[])
    bench.wait(container, 60)
    said = container.logs(stdout=True, stderr=False).decode()
    try:
        return json.loads(said.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return {"held": {}, "page": "", "version": ""}


@exercise("secure_images/clear", wants="dockerfile")
def clear(bench: Bench, dockerfile: str) -> None:
    """Jinja works in the image, and nothing is known against it."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    inside = _look_inside(bench, tag)
    bench.require(
        "works",
        "Jinja fills in a template",
        inside["page"] == "Hello, Ada!",
        f"It said: {inside['page'][:80]}. Leaving the library out is no"
        " mend: the app needs it.",
    )
    bench.require(
        "listed",
        "an inventory finds it, at its version",
        inside["held"].get("jinja2") == inside["version"] != "",
        "A package without its metadata is in no inventory, and no scan"
        " sees it. Install it with pip.",
    )
    # The course's file and not OSV: what is right today stays right.
    found = scan.advisories(
        [
            scan.Package(name, version, "python")
            for name, version in inside["held"].items()
            if name not in TOOLS
        ],
        online=False,
    )
    first = found[0] if found else None
    bench.require(
        "clear",
        "the course's file has no advisory against what you installed",
        not found,
        f"{len(found)} found. {first.package.name} {first.package.version}:"
        f" {first.id}, mended in {first.fixed}."
        if first
        else "",
    )


def _is_in_registry(name: str) -> bool:
    """Whether a registry on this machine has what an image name says."""
    found = re.fullmatch(
        r"((?:localhost|127\.0\.0\.1):\d+)/([^:@]+)(?:@|:)(.+)", name
    )
    if not found:
        return False
    host, repository, reference = found.groups()
    url = f"http://{host}/v2/{repository}/manifests/{reference}"
    request = urllib.request.Request(url, headers={"Accept": MANIFESTS})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _cosign(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["cosign", "verify", *words],
        capture_output=True,
        text=True,
        timeout=60,
    )


@exercise("secure_images/sign", wants="mapping")
def sign(bench: Bench, answer: dict) -> None:
    """What an image's name stands for verifies with the learner's key."""
    hint = (
        "This is not your mistake: cosign is part of the lab's own engine,"
        " and docs.sigstore.dev tells how to install it elsewhere."
    )
    here = shutil.which("cosign")
    if not bench.require("cosign", "cosign is here to verify", here, hint):
        return
    name, key = str(answer.get("image", "")), str(answer.get("key", ""))
    try:
        text = pathlib.Path(key).read_text(errors="replace")
    except OSError:
        text = ""
    private = "That is the private key: never hand it to anybody. "
    bench.require(
        "key",
        "the key is a public key",
        "BEGIN PUBLIC KEY" in text,
        (private if "PRIVATE" in text else "")
        + "`cosign generate-key-pair` wrote a file that ends in `.pub`.",
    )
    bench.require(
        "pushed",
        "the lesson's registry has the image",
        _is_in_registry(name),
        "`image` is the name with registry and tag or digest, as you pushed"
        f" it. It is {name!r:.80}.",
    )
    if any(not criterion.met for criterion in bench.criteria):
        return
    options = ["--insecure-ignore-tlog"]
    if "--new-bundle-format" in _cosign("--help").stdout:
        options.append("--new-bundle-format=false")  # as the lesson signs
    done = _cosign(*options, "--key", key, name)
    said = [line for line in done.stderr.splitlines() if "Error: " in line]
    bench.require(
        "signed",
        "what the name stands for now is signed with that key",
        done.returncode == 0,
        f"cosign says: {said[0][7:] if said else 'no'}. A signature is of a"
        " digest. Which digest does the name stand for now, and which did"
        " you sign?",
    )

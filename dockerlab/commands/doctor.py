"""Examine the machine and the engine before a notebook needs them."""

import dataclasses
import datetime
import fcntl
import os
import pathlib
import platform
import shutil
import stat
import subprocess
from collections.abc import Iterator

import docker
import psutil
import requests

from dockerlab import paths
from dockerlab.base import ports
from dockerlab.base.errors import LabError
from dockerlab.commands import jupyter
from dockerlab.engine import supplies
from dockerlab.engine.box import Box
from dockerlab.engine.find import PODMAN, Engine, find

KVM_GET_API_VERSION = 0xAE00


@dataclasses.dataclass(frozen=True)
class Check:
    """One finding. If a `required` one is not ok, notebooks cannot run."""

    name: str
    ok: bool
    detail: str
    fix: str = ""
    required: bool = True

    def as_dict(self) -> dict[str, object]:
        """Return it for JSON; `fix` is empty if there is nothing to do."""
        row = dataclasses.asdict(self)
        return {**row, "fix": "" if self.ok else self.fix}


def examine(port: int = 8888) -> dict:
    """Return everything that the doctor finds.

    Shape: `{"ok": bool, "engine": {...}, "checks": [{"name", "ok", "detail",
    "fix", "required"}]}`.
    """
    checks: list[Check] = []
    facts: dict[str, object] = {}
    try:
        found = find()
        facts = {"kind": found.kind, "url": found.url}
        checks += _engine(found, facts)
    except LabError as error:
        detail = " ".join(part for part in (error.what, error.why) if part)
        checks.append(Check("engine", False, detail, error.fix))
    checks += [_disk(), _memory(), *_ports(port), _ipvs(), _kvm()]
    return {
        "ok": all(check.ok for check in checks if check.required),
        "engine": facts,
        "checks": [check.as_dict() for check in checks],
    }


def _engine(found: Engine, facts: dict) -> Iterator[Check]:
    if not found.version:
        detail = (
            "the lab's own engine is not running"
            if found.box and found.box.prepared()
            else "no engine answers, and the lab's own is not built yet"
        )
        yield Check("engine", False, detail, "make start")
        return
    client = found.client(timeout=15)
    try:
        info = client.info()
        tags = supplies.tagged(client)
    except (docker.errors.DockerException, requests.RequestException) as error:
        yield Check("engine", False, str(error), "make stop, then make start")
        return
    finally:
        client.close()
    facts |= {
        "version": found.version,
        "api": found.api,
        "architecture": info.get("Architecture", ""),
        "storage_driver": info.get("Driver", ""),
    }
    kind = "the lab's own" if found.box else "your own"
    yield Check("engine", True, f"{found.title}, {kind}")
    yield Check("API", True, f"{found.api} (1.41 or newer is needed)")
    yield Check("architecture", True, str(facts["architecture"]))
    yield _storage(info)
    yield _builder(found)
    yield _images(tags)
    yield _clock(info)
    yield _socket(found)


def _storage(info: dict) -> Check:
    driver = info.get("Driver", "")
    good = driver in ("overlay2", "overlayfs", "overlay", "btrfs", "zfs")
    return Check(
        "storage driver",
        good,
        driver if good else f"{driver}: slow, because every layer is a copy",
        "Set DOCKERLAB_HOME to a folder on ext4, xfs or btrfs; make clean"
        " ALL=1; make start",
        required=False,
    )


def _builder(found: Engine) -> Check:
    if found.product == PODMAN:
        return Check(
            "builder",
            False,
            "Podman has no BuildKit, which most notebooks need",
            "Set DOCKERLAB_ENGINE=box (the lab's own engine), or install"
            " Docker Engine",
        )
    try:
        answer = subprocess.run(
            ["docker", "buildx", "version"],
            capture_output=True,
            text=True,
            env={**os.environ, **found.environment()},
            timeout=30,
        )
        good, detail = answer.returncode == 0, answer.stdout.strip()
    except (OSError, subprocess.TimeoutExpired) as error:
        good, detail = False, str(error)
    return Check(
        "builder",
        good,
        " ".join(detail.split()[1:2]) if good else "no `docker buildx` here",
        "Install Docker's buildx plug-in (in Debian: sudo apt-get install"
        " docker-buildx), or set DOCKERLAB_ENGINE=box",
    )


def _images(tags: set[str]) -> Check:
    missing = [name for name in supplies.FIRST if name not in tags]
    return Check(
        "base images",
        not missing,
        f"missing: {', '.join(missing)}"
        if missing
        else ", ".join(supplies.FIRST),
        "python -m dockerlab engine up",
    )


def _clock(info: dict) -> Check:
    theirs = info.get("SystemTime", "")[:19]
    try:
        moment = datetime.datetime.fromisoformat(theirs)
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        skew = abs((now - moment).total_seconds())
    except ValueError:
        skew = 0.0
    if "+" in info.get("SystemTime", "")[19:]:
        skew = 0.0 if skew % 900 < 5 else skew  # in another time zone
    return Check(
        "time",
        skew < 5,
        f"engine and machine differ by {skew:.0f} s",
        "Set the clock (sudo timedatectl set-ntp true), or restart Docker"
        " Desktop",
        required=False,
    )


def _socket(found: Engine) -> Check:
    if not found.url.startswith("unix://"):
        return Check("socket", True, f"{found.url} answers")
    path = found.url.removeprefix("unix://")
    try:
        mode = stat.filemode(os.stat(path).st_mode)
    except OSError:
        return Check("socket", True, "answers")
    return Check(
        "socket",
        os.access(path, os.R_OK | os.W_OK),
        f"{mode}, yours to use",
        "sudo usermod -aG docker $USER, then log in again",
    )


def _disk() -> Check:
    folder = paths.home()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    built = Box().prepared()
    need = 1 if built else 4
    return Check(
        "disk",
        free >= need,
        f"{free:.0f} GB free, {need} GB needed",
        "Free some space, or set DOCKERLAB_HOME to another disk",
    )


def _memory() -> Check:
    free = psutil.virtual_memory().available / 1e9
    return Check(
        "memory",
        free >= 1,
        f"{free:.1f} GB available, 1 GB needed",
        "Close some programs",
    )


def _ports(port: int) -> Iterator[Check]:
    ours = jupyter.running()
    for number, use, fix in (
        (port, "JupyterLab", f"make start PORT={port + 1}"),
        (4000, "`flask_app`", "nothing: `flask_app` uses the next free port"),
    ):
        if ours and ours["port"] == number:
            yield Check(f"port {number}", True, f"{use}, running")
            continue
        free = ports.is_free(number)
        detail = f"free, for {use}" if free else f"taken; {use} would use it"
        yield Check(f"port {number}", free, detail, fix, required=False)


def _ipvs() -> Check:
    module = pathlib.Path("/lib/modules", platform.release())
    there = pathlib.Path("/proc/net/ip_vs").exists() or bool(
        list(module.glob("kernel/net/netfilter/ipvs/ip_vs.ko*"))
    )
    return Check(
        "Swarm's virtual IPs",
        there or platform.system() != "Linux",
        "usable" if there else "this kernel has no IPVS",
        "nothing: `orchestration` uses `--endpoint-mode dnsrr`, which works"
        " without IPVS",
        required=False,
    )


def _kvm() -> Check:
    try:
        with open("/dev/kvm", "rb") as device:
            version = fcntl.ioctl(device, KVM_GET_API_VERSION)
        good, detail = (
            True,
            f"opens (API {version})",
        )
    except OSError as error:
        good, detail = False, f"{error.strerror}"
    return Check(
        "KVM",
        good,
        detail,
        "nothing: `why_containers` emulates its virtual machine instead",
        required=False,
    )

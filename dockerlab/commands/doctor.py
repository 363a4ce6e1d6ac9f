"""Examine the machine and the engine before a notebook needs them."""

import fcntl
import pathlib
import platform
import shutil
from collections.abc import Iterator

import psutil

from dockerlab import paths
from dockerlab.base import ports
from dockerlab.base.errors import LabError
from dockerlab.commands import doctor_engine, jupyter
from dockerlab.commands.findings import Check, note
from dockerlab.engine.box import Box
from dockerlab.engine.find import find

KVM_GET_API_VERSION = 0xAE00


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
        checks += doctor_engine.checks(found, facts)
    except LabError as error:
        detail = " ".join(part for part in (error.what, error.why) if part)
        checks.append(Check("engine", False, detail, error.fix))
    checks += [_disk(), _memory(), *_ports(port), _ipvs(), _kvm()]
    return {
        "ok": all(check.ok for check in checks if check.required),
        "engine": facts,
        "checks": [check.as_dict() for check in checks],
    }


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
        yield note(f"port {number}", free, detail, fix)


def _ipvs() -> Check:
    module = pathlib.Path("/lib/modules", platform.release())
    there = pathlib.Path("/proc/net/ip_vs").exists() or bool(
        list(module.glob("kernel/net/netfilter/ipvs/ip_vs.ko*"))
    )
    return note(
        "Swarm's virtual IPs",
        there or platform.system() != "Linux",
        "usable" if there else "this kernel has no IPVS",
        "nothing: `orchestration` uses `--endpoint-mode dnsrr`, which works"
        " without IPVS",
    )


def _kvm() -> Check:
    try:
        with open("/dev/kvm", "rb") as device:
            version = fcntl.ioctl(device, KVM_GET_API_VERSION)
        good, detail = True, f"opens (API {version})"
    except OSError as error:
        good, detail = False, f"{error.strerror}"
    return note(
        "KVM",
        good,
        detail,
        "nothing: `namespaces_and_vms` emulates its virtual machine instead",
    )

"""What the doctor looks at in the engine and in the docker command."""

import datetime
import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import docker
import requests

from dockerlab.base import words
from dockerlab.commands import doctor_network, doctor_profile
from dockerlab.commands.findings import Check, note
from dockerlab.engine import environment, listing, supplies
from dockerlab.engine.find import PODMAN, Engine
from dockerlab.engine.gaps import Info, is_rootless

# Processors by the kernel's name, as images name them.
PROCESSORS = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"}
ROOTLESS_TIPS = "https://docs.docker.com/engine/security/rootless/tips/"
LIMITS = {
    "MemoryLimit": "memory",
    "CpuCfsQuota": "processors",
    "PidsLimit": "processes",
}
LOG_FAULTS = {
    "none": "`docker logs` shows nothing",
    "journald": "`docker logs` may show lines late, or leave some out",
}
SOME_SECONDS = 30  # that a command may take


def checks(found: Engine, facts: dict[str, object]) -> Iterator[Check]:
    """Yield what is found out about an engine; facts get its properties."""
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
        rows = listing.images(client)
        tags = {tag for row in rows for tag in row["RepoTags"] or ()}
        bases = {
            name: client.api.inspect_image(name).get("Architecture", "")
            for name in supplies.FIRST
            if name in tags
        }
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
        "image_store": image_store(info),
    }
    yield from _answering(found, info)
    yield _images(tags)
    yield platforms(info, bases)
    yield from doctor_profile.checks(found)
    yield doctor_network.proxies(os.environ)
    yield from doctor_network.checks(found, info, tags)
    if not found.box:
        yield snap(os.path.realpath(shutil.which("docker") or ""))
        yield from settings(docker_settings())


def _answering(found: Engine, info: Info) -> Iterator[Check]:
    """Yield what an engine that answers reports about itself."""
    kind = "the lab's own" if found.box else "your own"
    yield Check("engine", True, f"{found.title}, {kind}")
    yield Check("API", True, f"{found.api} (1.41 or newer is needed)")
    yield Check("architecture", True, str(info.get("Architecture", "")))
    yield Check("image store", True, image_store(info))
    yield storage(info)
    yield rootless(info)
    yield limits(info)
    yield logs(info)
    yield command(found)
    yield _builder(found)
    yield clock(info, datetime.datetime.now(datetime.UTC))
    yield _socket(found)


def image_store(info: Info) -> str:
    """Return where the engine keeps its images."""
    status = dict(info.get("DriverStatus") or ())
    containerd = "containerd" in str(status.get("driver-type", ""))
    return "containerd" if containerd else "classic (of the engine itself)"


def storage(info: Info) -> Check:
    """Whether layers share their files."""
    driver = info.get("Driver", "")
    good = driver in ("overlay2", "overlayfs", "overlay", "btrfs", "zfs")
    return note(
        "storage driver",
        good,
        driver if good else f"{driver}: slow, because every layer is a copy",
        "Set DOCKERLAB_HOME to a folder on ext4, xfs or btrfs; make clean"
        " ALL=1; make start",
    )


def rootless(info: Info) -> Check:
    """Whether the engine has the rights that some commands need."""
    return note(
        "rights",
        not is_rootless(info),
        "a rootless engine has no overlay networks and no ports below 1024"
        if is_rootless(info)
        else "an engine of root",
        "nothing: notebooks use other ports, and `orchestration` names the"
        f" cells that cannot run; for your own work see {ROOTLESS_TIPS}",
    )


def limits(info: Info) -> Check:
    """Whether the engine can limit what containers use."""
    missing = [word for key, word in LIMITS.items() if not info.get(key)]
    return note(
        "limits",
        not missing,
        "containers can be limited"
        if not missing
        else f"limits of {words.listed(missing)} have no effect",
        f"Delegate control groups to your user: {ROOTLESS_TIPS}"
        if is_rootless(info)
        else "Start Linux with cgroup v2, or choose the lab's own engine:"
        " DOCKERLAB_ENGINE=box",
    )


def logs(info: Info) -> Check:
    """Whether `docker logs` shows what a container printed, at once."""
    driver = info.get("LoggingDriver", "")
    fault = LOG_FAULTS.get(driver, "")
    return note(
        "log driver",
        not fault,
        f"{driver}: {fault}" if fault else driver,
        'Set "log-driver": "local" in /etc/docker/daemon.json, then restart'
        " Docker",
    )


def _docker(
    found: Engine, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the docker command as a notebook would."""
    settings = {**os.environ, **found.environment()}
    for name in environment.to_remove(os.environ):
        if name not in found.environment():
            del settings[name]
    return subprocess.run(
        ["docker", *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=settings,
        timeout=SOME_SECONDS,
    )


def command(found: Engine) -> Check:
    """Whether the docker command and the engine understand each other."""
    fix = "Install today's docker command: https://docs.docker.com/engine/install"
    try:
        done = _docker(found, "version", "--format", "{{.Client.Version}}")
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check("docker command", False, str(error), fix)
    return Check(
        "docker command",
        done.returncode == 0,
        done.stdout.strip()
        if done.returncode == 0
        else (done.stderr.strip().splitlines() or ["it fails"])[-1],
        fix,
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
        answer = _docker(found, "buildx", "version")
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


def platforms(info: Info, images: Mapping[str, str]) -> Check:
    """Whether the base images are for the engine's processor.

    Args:
        images: the architecture of each base image, by its name.
    """
    kernel = str(info.get("Architecture", ""))
    processor = PROCESSORS.get(kernel, kernel)
    other = [
        f"{name} is for {built}"
        for name, built in images.items()
        if built != processor
    ]
    pull = f"docker pull --platform linux/{processor}"
    return note(
        "platform",
        not other,
        f"{'; '.join(other)}, the engine is {processor}"
        if other
        else f"base images are for {processor}",
        "; ".join(f"{pull} {text.split()[0]}" for text in other),
    )


def clock(info: Info, now: datetime.datetime) -> Check:
    """Whether the engine's clock agrees with this machine's.

    Signatures and certificates are refused where it does not.
    """
    try:
        # Nanoseconds are cut off; an engine may be in another time zone.
        theirs = datetime.datetime.fromisoformat(info.get("SystemTime", ""))
        skew = abs((now - theirs).total_seconds())
    except (TypeError, ValueError):
        skew = 0.0  # it does not name its time, or without a zone
    return note(
        "time",
        skew < 5,
        f"engine and machine differ by {skew:.0f} s",
        "Set the clock (sudo timedatectl set-ntp true; in WSL: sudo hwclock"
        " --hctosys), or restart Docker Desktop",
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


def snap(program: str) -> Check:
    """Whether the docker command can read every folder."""
    confined = program.startswith(("/snap/", "/usr/bin/snap"))
    return note(
        "installation",
        not confined,
        "docker from snap reads only folders in your home folder"
        if confined
        else "docker reads every folder of yours",
        "sudo snap remove docker, then install Docker Engine:"
        " https://docs.docker.com/engine/install",
    )


def docker_settings() -> dict[str, Any]:
    """Return the docker command's settings file; empty without one."""
    path = doctor_profile.settings_path(os.environ)
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def settings(config: Mapping[str, Any]) -> Iterator[Check]:
    """Yield what the docker command's settings do to notebooks."""
    others = config.get("credHelpers") or {}
    helpers = {config.get("credsStore", ""), *others.values()} - {""}
    programs = [f"docker-credential-{name}" for name in sorted(helpers)]
    missing = [name for name in programs if not shutil.which(name)]
    yield note(
        "credential helper",
        not missing,
        f"there is no program {words.listed(missing)}, so pulls may fail"
        if missing
        else words.listed(sorted(helpers)) or "none",
        "Remove credsStore and credHelpers from"
        f" {doctor_profile.settings_path(os.environ)}, then type docker login"
        " where you need one",
    )
    proxies = config.get("proxies") or {}
    yield note(
        "proxies of containers",
        not proxies,
        "containers get a proxy, also for requests to each other"
        if proxies
        else "none",
        "Add localhost and your networks to noProxy in ~/.docker/config.json",
    )

"""Debian root folders, made with mmdebstrap: the box's and the images'."""

import pathlib
import shlex
import shutil
import subprocess

from dockerlab.base import machine
from dockerlab.base.errors import LabError
from dockerlab.base.machine import Report
from dockerlab.engine.kinds import Kind
from dockerlab.engine.recipes import SCRIPTS

HOST_PACKAGES = ["mmdebstrap", "debian-archive-keyring", "attr"]
NOTE = "etc/dockerlab-packages"  # in a box's root: what it is made of
DPKG = "etc/dpkg/dpkg.cfg.d/slim"
ARCHIVES = "var/cache/apt/archives"

# What `slim.sh` removes: packages that are installed later leave it out, too.
SLIM = """\
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/info/*
path-exclude=/usr/share/lintian/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/man/*
"""


class RootError(LabError):
    """A Debian root could not be made."""


def apt_options() -> list[str]:
    """Return the host's proxies for package downloads, as `Name=value`."""
    dump = subprocess.run(
        ["apt-config", "dump", "Acquire"], capture_output=True, text=True
    )
    rows = [shlex.split(line.rstrip(";")) for line in dump.stdout.split("\n")]
    return [
        f"{row[0]}={row[1]}"
        for row in rows
        if len(row) == 2 and "proxy" in row[0].lower() and row[1]
    ]


def in_private_mounts(command: list[str]) -> list[str]:
    """Return a command as root whose mounts and children end with it."""
    alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    return machine.as_root(
        ["setpriv", "--pdeathsig", "KILL", *alone, "--mount-proc", *command]
    )


def make_root(
    suite: str,
    target: pathlib.Path,
    packages: list[str],
    options: list[str],
    report: Report,
) -> None:
    """Make a Debian root folder; it is complete or does not exist.

    The packages come from the host's package sources, verified by Debian's
    signatures. What an interrupted run has downloaded is used again.

    Raises:
        RootError: the sources cannot be reached or do not have a package, or
            a package is not the one that the signed lists name.
    """
    if target.exists():
        return
    partial = target.with_name(target.name + ".partial")
    debs = _keep_downloads(partial, target.with_name(target.name + ".debs"))
    command = [
        "mmdebstrap",
        f"--include={','.join(packages)}",
        f'--setup-hook=mkdir -p "$1/{ARCHIVES}";'
        f' cp {shlex.quote(str(debs))}/*.deb "$1/{ARCHIVES}" 2>/dev/null'
        " || true",
        *options,
        *download_options(suite),
        suite,
        str(partial),
    ]
    try:
        machine.run(
            in_private_mounts(command),
            f"The root folder of Debian {suite} could not be made.",
            report,
            fix="Check the network and that the clock is right. "
            + machine.TRY_AGAIN,
        )
    except LabError as error:
        raise RootError(error.what, error.why, error.fix) from None
    machine.run(machine.as_root(["mv", str(partial), str(target)]), "")
    shutil.rmtree(debs)


def _keep_downloads(partial: pathlib.Path, debs: pathlib.Path) -> pathlib.Path:
    """Save the packages that an interrupted run left, and remove the rest;
    return the folder of packages."""
    debs.mkdir(parents=True, exist_ok=True)
    if partial.exists():
        for deb in (partial / ARCHIVES).glob("*.deb"):
            shutil.copy(deb, debs)
        machine.remove_tree(partial)
    return debs


def download_options(suite: str) -> list[str]:
    """Return mmdebstrap's options for how packages are downloaded."""
    found = []
    if suite == "forky":
        # A suite in development: its lists may be past their date.
        found.append('--aptopt=Acquire::Check-Valid-Until "false"')
    for row in apt_options():
        name, _, value = row.partition("=")
        found.append(f'--aptopt={name} "{value}"')
    return found


def _hook(script: str) -> str:
    """Return a command for mmdebstrap that runs one of our scripts."""
    return f'sh {shlex.quote(str(SCRIPTS / script))} "$1"'


def make_box_root(kind: Kind, target: pathlib.Path, report: Report) -> None:
    """Make the root of a box: engine, builder, registry and their tools.

    Its packages are extracted and not configured, which takes half of the
    time. A script does what the box needs of their configuration.
    """
    packages = kind.all_packages
    options = [
        "--variant=extract",
        "--include=?essential",
        f"--extract-hook={_hook('settle.sh')}",
        f"--extract-hook={_hook('slim.sh')}",
        f'--extract-hook=echo {packages} > "$1/{NOTE}"',
    ]
    make_root(kind.debian, target, packages.split(), options, report)


def is_box_root(kind: Kind, target: pathlib.Path) -> bool:
    """Whether a box's root exists, complete, with today's packages."""
    note = target / NOTE
    if not note.is_file():
        return False
    return note.read_text("utf-8").strip() == kind.all_packages


def make_base_root(target: pathlib.Path, report: Report) -> None:
    """Make the root of the stand-in for `debian:trixie-slim`.

    It keeps its package lists for the images that are built from it.
    """
    options = [
        "--variant=minbase",
        f"--extract-hook={_hook('slim.sh')}",
        f'--extract-hook=printf %s {shlex.quote(SLIM)} > "$1/{DPKG}"',
        "--skip=cleanup/apt/lists",
        '--customize-hook=rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap"',
    ]
    make_root("trixie", target, ["ca-certificates"], options, report)

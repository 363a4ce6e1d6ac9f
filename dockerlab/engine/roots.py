"""Debian roots, made with mmdebstrap: the box's own and the images' base."""

import pathlib
import shlex
import shutil
import subprocess

from dockerlab.base import machine
from dockerlab.base.machine import Report

# The engine's parts in Debian, by suite. Docker's command line is a package
# of its own since trixie.
BOX_PACKAGES = {
    "trixie": "docker.io docker-cli docker-buildx docker-compose cosign",
    "forky": "docker.io docker-cli docker-buildx docker-compose cosign",
    "bookworm": "docker.io",
    # No suite, and no Docker Engine: Podman's socket that speaks its API.
    "podman": "podman runc netavark aardvark-dns docker-cli docker-buildx"
    " docker-compose cosign",
}
# procps: `docker top` asks the `ps` of the machine that the engine runs on.
COMMON = (
    "docker-registry iptables iproute2 procps python3 ca-certificates kmod"
)
SUITES = tuple(BOX_PACKAGES)
NO_TOOLS = ("bookworm",)  # no buildx, no Compose 2, no cosign
DEBIAN_OF = {"podman": "trixie"}  # where a box's name is not its suite
NOTE = "etc/dockerlab-packages"

# What Debian's slim images leave out.
SLIM = [
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/info/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-exclude=/usr/share/lintian/*",
]


def apt_options() -> list[str]:
    """The host's proxies for package downloads, as `Name=value`."""
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
    """A command as root whose mounts and children end with it."""
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
    """Make a Debian root folder with mmdebstrap; whole or not at all.

    The package sources are Debian's own, verified by their signatures. What
    an interrupted run had downloaded is used by the next one.

    Raises:
        LabError: sources out of reach, or a package that is not what the
            signed lists promise.
    """
    if target.exists():
        return
    partial = target.with_name(target.name + ".partial")
    debs = target.with_name(target.name + ".debs")
    debs.mkdir(parents=True, exist_ok=True)
    if partial.exists():
        kept = partial / "var/cache/apt/archives"
        for deb in kept.glob("*.deb"):
            shutil.copy(deb, debs)
        machine.remove_tree(partial)
    archives = "var/cache/apt/archives"
    if suite == "forky":
        # A suite in development: its lists may be past their date.
        options = [*options, '--aptopt=Acquire::Check-Valid-Until "false"']
    proxies = [
        f'--aptopt={name} "{value}"'
        for name, value in (row.split("=", 1) for row in apt_options())
    ]
    command = [
        "mmdebstrap",
        "--variant=minbase",
        f"--include={','.join(packages)}",
        f'--setup-hook=mkdir -p "$1/{archives}";'
        f' cp {shlex.quote(str(debs))}/*.deb "$1/{archives}" 2>/dev/null'
        " || true",
        '--customize-hook=rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap"',
        *options,
        *proxies,
        suite,
        str(partial),
    ]
    machine.run(
        in_private_mounts(command),
        f"The Debian root {target.name} ({suite}) could not be made.",
        report,
        fix="Check the network and that the clock is right. "
        + machine.TRY_AGAIN,
    )
    machine.run(machine.as_root(["mv", str(partial), str(target)]), "")
    shutil.rmtree(debs)


def make_box_root(suite: str, target: pathlib.Path, report: Report) -> None:
    """The root of the box: engine, builder, registry and their tools."""
    wanted = box_packages(suite)
    note = f'--customize-hook=echo {wanted} > "$1/{NOTE}"'
    debian = DEBIAN_OF.get(suite, suite)
    make_root(debian, target, wanted.split(), [note], report)


def box_packages(suite: str) -> str:
    """What the box's root is made of; it is noted inside."""
    return f"{BOX_PACKAGES[suite]} {COMMON}"


def is_box_root(suite: str, target: pathlib.Path) -> bool:
    """Whether a box's root is there, whole, with what it needs today."""
    note = target / NOTE
    return note.is_file() and note.read_text().strip() == box_packages(suite)


def make_base_root(target: pathlib.Path, report: Report) -> None:
    """The root of the stand-in for `debian:trixie-slim`.

    It keeps its package lists, for the images that are built upon it.
    """
    options = [*SLIM, "--skip=cleanup/apt/lists"]
    make_root("trixie", target, ["ca-certificates"], options, report)

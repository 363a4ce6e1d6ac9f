"""Kinds of boxes: which engine, from which Debian suite, run in which way."""

import dataclasses
import os
import pathlib

from dockerlab import paths
from dockerlab.base.errors import LabError

# procps: `docker top` needs the `ps` of the machine that the engine runs on.
# passwd: some engines create a user.
COMMON = (
    "docker-registry iptables iproute2 procps python3 ca-certificates kmod"
    " mount passwd"
)
# Since trixie, Docker's command line is a package of its own.
DOCKER = "docker.io docker-cli docker-buildx docker-compose cosign"
PODMAN = (
    "podman runc netavark aardvark-dns docker-cli docker-buildx"
    " docker-compose cosign"
)
ROOTLESS = f"{DOCKER} rootlesskit slirp4netns uidmap"
# Engine 28 has this store as an option; in Engine 29 it is the default.
CONTAINERD_STORE = "--feature containerd-snapshotter=true"


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of box, chosen by its name with `DOCKERLAB_SUITE`.

    Args:
        debian: the Debian suite that its root is made from.
        packages: of Debian, besides those that every box has.
        options: of dockerd.
        root: the kind whose root it shares, where that is another one.
        tools: whether buildx, Compose 2 and cosign are among the packages.
        rootless: whether a user without root rights runs the engine.
    """

    name: str
    debian: str
    packages: str = DOCKER
    options: str = ""
    root: str = ""
    tools: bool = True
    rootless: bool = False

    @property
    def all_packages(self) -> str:
        """All packages of its root, separated by spaces."""
        return f"{self.packages} {COMMON}"


KINDS = {
    kind.name: kind
    for kind in (
        Kind("trixie", "trixie"),
        Kind("forky", "forky", options=CONTAINERD_STORE),
        Kind("forky-classic", "forky", root="forky"),
        # Root in a container is an unprivileged user of the box.
        Kind(
            "userns", "forky", options="--userns-remap default", root="forky"
        ),
        Kind("rootless", "forky", ROOTLESS, CONTAINERD_STORE, rootless=True),
        Kind("bookworm", "bookworm", "docker.io", tools=False),
        # No engine of Docker's, but its API: for the table of differences.
        Kind("podman", "trixie", PODMAN),
    )
}
DEFAULT = "forky"
# The kind to use where the default one cannot be installed, if there is one.
FALLBACK = "trixie"


def note() -> pathlib.Path:
    """Return the file that says that, and why, the fallback is used here."""
    return paths.home() / "box" / "fallback"


def default() -> str:
    """Return the name of the default kind on this machine."""
    return FALLBACK if FALLBACK and note().exists() else DEFAULT


def chosen() -> str:
    """Return the name of the kind to use: `DOCKERLAB_SUITE` or the default."""
    return os.environ.get("DOCKERLAB_SUITE") or default()


def kind(name: str = "") -> Kind:
    """Return the kind of that name; without a name, the chosen one.

    Raises:
        LabError: there is no such kind.
    """
    name = name or chosen()
    if name not in KINDS:
        raise LabError(
            f"There is no box of suite {name!r}.",
            fix=f"Choose one of: {', '.join(KINDS)}.",
        )
    return KINDS[name]

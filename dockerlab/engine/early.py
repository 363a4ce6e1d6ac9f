"""Make the images' Debian root while the Python environment is installed.

The bootstrap runs this in the background, with the system's Python: no package
is installed yet, so it imports the standard library and what needs no more. It
prints nothing. What it cannot do, the preparation does afterwards, and says
what is wrong.
"""

import contextlib
import json
import os
import pathlib

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.base.errors import LabError
from dockerlab.engine import standins
from dockerlab.engine.roots import HOST_PACKAGES

SOCKET = pathlib.Path("/var/run/docker.sock")


def name_home() -> None:
    """Set `DOCKERLAB_HOME` if it is not set: to the folder that
    `paths.home` finds with the package platformdirs."""
    data = os.environ.get("XDG_DATA_HOME", "").strip()
    usual = pathlib.Path(data or "~/.local/share").expanduser() / "dockerlab"
    if not os.environ.get("DOCKERLAB_HOME"):
        os.environ["DOCKERLAB_HOME"] = str(usual)


def box_is_certain() -> bool:
    """Whether it is clear, without asking any engine, that the lab's own
    engine will be used."""
    if choice := os.environ.get("DOCKERLAB_ENGINE"):
        return choice == "box"
    if os.environ.get("DOCKER_HOST") or os.environ.get("DOCKER_CONTEXT"):
        return False
    folder = os.environ.get("DOCKER_CONFIG") or "~/.docker"
    config = pathlib.Path(folder).expanduser() / "config.json"
    try:
        if json.loads(config.read_text("utf-8")).get("currentContext"):
            return False
    except (OSError, ValueError, AttributeError):
        pass  # no settings, or none that name an engine
    return not SOCKET.exists()


def main() -> None:
    """Make the root, where this is the first preparation of a box."""
    name_home()
    first = not (paths.home() / "supplies" / "registry").exists()
    if not (first and box_is_certain() and machine.is_debian()):
        return
    # Nobody could answer a question for a password.
    if os.geteuid() != 0:
        return
    machine.require_disk(paths.home())
    machine.packages(HOST_PACKAGES)
    standins.base_root(machine.silent)


if __name__ == "__main__":
    with contextlib.suppress(LabError):  # the preparation will say it
        main()

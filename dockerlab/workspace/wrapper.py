"""The wrapper around `docker` that adds the labels, and the real `docker`."""

import os
import shutil

from dockerlab import paths
from dockerlab.base.errors import LabError

FOLDER = paths.PROJECT / "dockerlab" / "bin"


def docker_command() -> str:
    """The path of the real `docker`.

    Raises:
        LabError: there is none.
    """
    found = shutil.which("docker", path=os.pathsep.join(path_without()))
    if not found:
        raise LabError(
            "An engine answers, but there is no `docker` command here.",
            fix="Install the Docker command line, then run this again.",
        )
    return found


def path_without() -> list[str]:
    """The folders of PATH without the wrapper's."""
    folders = os.environ["PATH"].split(os.pathsep)
    return [folder for folder in folders if folder != str(FOLDER)]

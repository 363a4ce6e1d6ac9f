"""Where things are: the project's folder and what the lab keeps."""

import os
import pathlib

from dockerlab.base.errors import LabError

PROJECT = pathlib.Path(__file__).resolve().parent.parent
NOTEBOOKS = PROJECT / "notebooks"
# They separate the parts of PATH and of mount options.
UNUSABLE = ":,\\\n"


def home() -> pathlib.Path:
    """Return the folder of everything the lab keeps.

    It is `DOCKERLAB_HOME` or a folder in the user's data folder. A relative
    path starts at the project's folder, wherever a notebook or a command
    runs.

    Raises:
        LabError: the path has a character that mounts cannot take.
    """
    chosen = os.environ.get("DOCKERLAB_HOME")
    if not chosen:
        # Not at the top: what runs before it is installed names its home.
        import platformdirs

        return pathlib.Path(platformdirs.user_data_dir("dockerlab"))
    if any(letter in chosen for letter in UNUSABLE):
        raise LabError(
            f"DOCKERLAB_HOME is {chosen!r}.",
            "A colon, a comma, a backslash or a line break in it would break"
            " mount options.",
            "Choose another folder, for example DOCKERLAB_HOME=/var/lab.",
        )
    return (PROJECT / pathlib.Path(chosen).expanduser()).resolve()

"""Where things are: the project's folder and what the lab keeps."""

import os
import pathlib

import platformdirs

PROJECT = pathlib.Path(__file__).resolve().parent.parent


def home() -> pathlib.Path:
    """The folder of everything the lab keeps: `DOCKERLAB_HOME` or the user's
    data folder."""
    chosen = os.environ.get("DOCKERLAB_HOME")
    if chosen:
        return pathlib.Path(chosen).expanduser().resolve()
    return pathlib.Path(platformdirs.user_data_dir("dockerlab"))

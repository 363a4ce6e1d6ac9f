"""A learner without root rights, for tests of a rootless engine.

Who runs the tests may be root. A rootless engine's user is not, and neither
are the kernels that use it.
"""

import contextlib
import json
import os
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Iterator

from dockerlab.engine.box import Box

# The course's Python may be in a folder of root's, and so is what the tests
# give to a kernel.
CAPABILITY = "+dac_override"


def command(user: int, words: list[str]) -> list[str]:
    """Return a command that runs as this user, but opens every file."""
    return [
        "setpriv",
        f"--reuid={user}",
        f"--regid={user}",
        "--clear-groups",
        f"--inh-caps={CAPABILITY}",
        f"--ambient-caps={CAPABILITY}",
        *words,
    ]


@contextlib.contextmanager
def of(box: Box | None) -> Iterator[dict[str, str]]:
    """Let kernels of this process run as the user of a rootless box.

    Yields:
        The variables that such a kernel needs; none for other engines.
    """
    if not box or not box.kind.rootless or os.getuid() == box.user:
        yield {}
        return
    before = os.environ.get("JUPYTER_PATH")
    with tempfile.TemporaryDirectory(prefix="learner-") as name:
        home = pathlib.Path(name)
        _kernel_of(box.user, home / "jupyter")
        config = home / ".docker"
        shutil.copytree(box.folder / "config", config, symlinks=True)
        for path in (home, *home.rglob("*")):
            os.chown(path, box.user, box.user, follow_symlinks=False)
        os.environ["JUPYTER_PATH"] = str(home / "jupyter")
        try:
            yield {
                "HOME": name,
                "PATH": box.environment()["PATH"],
                "DOCKER_CONFIG": str(config),
                "DOCKERLAB_ENGINE": "own",
                "DOCKERLAB_HOME": str(home / "lab"),
            }
        finally:
            os.environ.pop("JUPYTER_PATH")
            if before is not None:
                os.environ["JUPYTER_PATH"] = before


def _kernel_of(user: int, folder: pathlib.Path) -> None:
    """Describe a kernel `python3` that runs as this user."""
    words = [sys.executable, "-m", "ipykernel_launcher"]
    words += ["-f", "{connection_file}"]
    spec = {
        "argv": command(user, words),
        "display_name": "Python 3",
        "language": "python",
    }
    place = folder / "kernels" / "python3"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps(spec), "utf-8")

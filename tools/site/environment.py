"""The environment that builds the site: `.venv-site`.

It is apart from `.venv`, so that learners need not install Sphinx.
"""

import hashlib
import pathlib
import shutil
import subprocess
import sys
import tomllib

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.base.errors import LabError

VENV = paths.PROJECT / ".venv-site"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = pathlib.Path(__file__).with_name("requirements.txt")
STAMP = VENV / "site-ready"
LINES = 5  # of an installer's errors that a message shows


def packages() -> list[str]:
    """The packages of the extra `site` in pyproject.toml."""
    text = (paths.PROJECT / "pyproject.toml").read_text("utf-8")
    extras = tomllib.loads(text)["project"]["optional-dependencies"]
    return list(extras["site"])


def make() -> None:
    """Create the environment unless it is complete.

    Raises:
        LabError: the packages cannot be installed.
    """
    # Two commands or tests may want it at the same time.
    with machine.lock(VENV.with_name(".venv-site.lock")):
        pins = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
        wanted = f"{sys.version} {pins} {VENV}"
        if STAMP.exists() and STAMP.read_text("utf-8") == wanted:
            return
        print(
            "Environment of the site in .venv-site (usually 10 s)", flush=True
        )
        shutil.rmtree(VENV, ignore_errors=True)
        _run([sys.executable, "-m", "venv", "--without-pip", VENV])
        uv = shutil.which("uv") or paths.PROJECT / ".venv" / "bin" / "uv"
        if pathlib.Path(uv).exists():
            install = [uv, "pip", "install", "--quiet", "--python", PYTHON]
        else:
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
            install = [*pip, "--python", PYTHON, "install", "--quiet"]
        _run([*install, "--require-hashes", "--requirement", REQUIREMENTS])
        STAMP.write_text(wanted, "utf-8")


def _run(command: list[object]) -> None:
    """Run a command.

    Raises:
        LabError: it failed.
    """
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise LabError(
            "The packages that build the site cannot be installed.",
            "\n".join(done.stderr.splitlines()[-LINES:]),
            "Check the network, then run `make site` again.",
        )

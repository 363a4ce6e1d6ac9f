"""Programs beside the engine that checks use: hadolint and cosign."""

import json
import pathlib
import shutil
import subprocess
import sysconfig
import tempfile
from typing import Any

from dockerlab.base.errors import LabError
from dockerlab.checks.bench import NOT_COUNTED

NO_SIGNATURE = "no signatures found"


def lint(dockerfile: str, *options: str) -> list[dict[str, Any]]:
    """What hadolint finds, whatever settings this machine has for it.

    Each finding has `line`, `code`, `level` and `message`.

    Args:
        options: of hadolint.

    Raises:
        LabError: hadolint does not work here.
    """
    program = pathlib.Path(sysconfig.get_path("scripts"), "hadolint")
    command = [str(program), "--format=json", "--no-fail", *options, "-"]
    with tempfile.TemporaryDirectory() as folder:  # has no settings
        try:
            done = subprocess.run(
                command,
                input=dockerfile,
                capture_output=True,
                text=True,
                timeout=300,
                cwd=folder,
            )
            found: list[dict[str, Any]] = json.loads(done.stdout)
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise LabError(
                "The linter hadolint does not work here.",
                str(error)[:200],
                f"{NOT_COUNTED} Type `make env` in a terminal, then run the"
                " cell again.",
            ) from None
    return found


def has_cosign() -> bool:
    """Whether cosign is on the PATH, so that signatures can be verified."""
    return bool(shutil.which("cosign"))


def verify(image: str, key: pathlib.Path) -> str:
    """Verify an image's signature with a public key.

    Returns:
        Nothing if the signature is valid, else cosign's error.

    Raises:
        LabError: cosign does not end.
    """
    error = _verify(image, key)
    if error and "--new-bundle-format" in _cosign("verify", "--help").stdout:
        # cosign 3 finds a signature in the older form only when asked.
        older = _verify(image, key, "--new-bundle-format=false")
        return older and (older if error == NO_SIGNATURE else error)
    return error


def _verify(image: str, key: pathlib.Path, *options: str) -> str:
    options += ("--insecure-ignore-tlog=true", "--allow-insecure-registry")
    done = _cosign("verify", *options, "--key", str(key), image)
    if done.returncode == 0:
        return ""
    errors = [row for row in done.stderr.splitlines() if "Error: " in row]
    return errors[0].partition("Error: ")[2] if errors else NO_SIGNATURE


def _cosign(*words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["cosign", *words], capture_output=True, text=True, timeout=300
        )
    except subprocess.TimeoutExpired:
        raise LabError(
            "cosign did not end within 300 seconds.",
            "The signature could not be verified.",
            f"{NOT_COUNTED} Run the cell again.",
        ) from None

"""What the builder's own checks find in a Dockerfile."""

import json
import pathlib
import subprocess
import sysconfig
from typing import Any

from dockerlab.base.errors import LabError

SECONDS = 300
# Without it, a comment in the Dockerfile could switch checks off.
_ALL = "--build-arg=BUILDKIT_DOCKERFILE_CHECK=error=false"


def build_checks(dockerfile: str) -> list[tuple[int, str]]:
    """What `docker build --check` reports: lines, and names of rules.

    A comment `# check=skip=...` has no effect. Where buildx is older than
    0.15, tally applies the same rules.

    Args:
        dockerfile: its text.

    Raises:
        LabError: neither of the two works.
    """
    command = ["docker", "build", "--call=check,format=json", _ALL, "-"]
    done = _run(command, dockerfile)
    if "unknown flag" in done.stderr:
        return _tally(dockerfile)
    return [
        (finding["location"]["ranges"][0]["start"]["line"], name)
        for finding in _json(done)["warnings"] or []
        for name in [finding["ruleName"]]
    ]


def _tally(dockerfile: str) -> list[tuple[int, str]]:
    program = str(pathlib.Path(sysconfig.get_path("scripts"), "tally"))
    options = ["--format=json", "--slow-checks=off", "--no-config", "-"]
    done = _run([program, "lint", *options], dockerfile)
    rules = [
        (finding["location"]["start"]["line"], finding["rule"])
        for file in _json(done)["files"] or []
        for finding in file["violations"]
    ]
    prefix = "buildkit/"
    return [
        (line, rule.removeprefix(prefix))
        for line, rule in rules
        if rule.startswith(prefix)
    ]


def _run(command: list[str], text: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            input=text,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _broken(str(error)) from None


def _json(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise _broken(done.stderr.strip()[-300:]) from None
    return found


def _broken(why: str) -> LabError:
    return LabError(
        "The builder could not check the Dockerfile.",
        why,
        "Run `make doctor` in a terminal, then run the cell again.",
    )

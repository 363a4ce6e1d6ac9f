"""Add the labels to what `docker compose` creates.

The Compose files of learners are files as anybody writes them. So that the lab
can find and remove what they create, the wrapper around `docker` runs this
module for `docker compose`. It writes one more Compose file, which has the
labels and nothing else, and hands it to Compose behind the learner's files.

Environment: as for the wrapper, `dockerlab/bin/docker`.
"""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

from dockerlab.base import labels

# The commands that create something.
CREATING = {"up", "create", "run", "build", "watch", "scale"}
# Options of `docker compose` itself that are followed by a value.
VALUED = {
    "-f", "--file", "-p", "--project-name", "--profile", "--env-file",
    "--project-directory", "--progress", "--ansi", "--parallel",
}  # fmt: skip
FILE = ("-f", "--file")
# Where Compose looks if it is given no file; the first one found is used.
NAMES = (
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
)
OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
VARIABLE = "COMPOSE_FILE"
NAMED = f"{VARIABLE}="


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split what follows `docker compose`: its own options, the command."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in VALUED else 1
    return list(words[:at]), list(words[at:])


def given(options: Sequence[str], *names: str) -> list[str]:
    """The values of an option, as `--file a` or as `--file=a`."""
    found: list[str] = []
    for at, option in enumerate(options):
        name, mark, value = option.partition("=")
        if name in names:
            found += [value] if mark else options[at + 1 : at + 2]
    return found


def default_files(folder: pathlib.Path) -> list[str]:
    """The files that Compose reads if it is given none."""
    for place in (folder, *folder.parents):
        found = [place / name for name in NAMES if (place / name).is_file()]
        if found:
            more = [place / name for name in OVERRIDES]
            more = [path for path in more if path.is_file()]
            return [str(path) for path in [*found[:1], *more[:1]]]
    return []


def _of_dotenv(folder: pathlib.Path) -> str:
    """The files that `.env` names, as the variable has them."""
    path = folder / ".env"
    rows = path.read_text().splitlines() if path.is_file() else []
    found = [row.partition("=")[2] for row in rows if row.startswith(NAMED)]
    return found[-1].strip("\"' ") if found else ""


def override(config: dict[str, Any], slug: str) -> dict[str, Any]:
    """A Compose file that adds the labels to all that an application creates.

    Args:
        config: what `docker compose config --format json` prints.
        slug: the notebook.
    """
    made = {"labels": labels.of(slug)}
    image = {"build": {"labels": {labels.LESSON: slug}}}
    found: dict[str, Any] = {
        "services": {
            name: {**made, **(image if "build" in service else {})}
            for name, service in config["services"].items()
        }
    }
    for kind in ("networks", "volumes"):
        own = {
            name: made
            for name, thing in (config.get(kind) or {}).items()
            if not (thing or {}).get("external")
        }
        found |= {kind: own} if own else {}
    return found


def labelled(
    docker: str, options: list[str], slug: str, scratch: pathlib.Path
) -> list[str]:
    """Options of `docker compose` that add the labels.

    The same options where Compose cannot read the files: it will report why.
    """
    ask = [docker, "compose", *options, "--profile", "*", "config"]
    done = subprocess.run([*ask, "--format", "json"], capture_output=True)
    if done.returncode:
        return options
    text = json.dumps(override(json.loads(done.stdout), slug), indent=1)
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    path = scratch / f"compose-labels-{name}.json"
    path.write_text(text)
    place = given(options, "--project-directory")
    folder = pathlib.Path(*place[:1]).resolve()
    files = given(options, *FILE)
    if files:
        # Paths belong to the folder of the first file that has one.
        home = files[0] == "-" and not place
        more = [f"--project-directory={folder}"] if home else []
        return [*options, *more, f"--file={path}"]
    variable = os.environ.get(VARIABLE) or _of_dotenv(folder)
    if variable:
        mark = os.environ.get("COMPOSE_PATH_SEPARATOR", os.pathsep)
        os.environ[VARIABLE] = f"{variable}{mark}{path}"
        return options
    found = [*default_files(folder), str(path)]
    return [*options, *(f"--file={name}" for name in found)]


def _keep_input() -> None:
    """Let standard input be read twice: it is a Compose file."""
    with tempfile.TemporaryFile() as file:
        file.write(sys.stdin.buffer.read())
        file.seek(0)
        os.dup2(file.fileno(), 0)


def main(words: list[str]) -> None:
    """Become `docker compose` with these words behind it."""
    docker = os.environ["DOCKERLAB_DOCKER"]
    options, command = split(words)
    if command[:1] and command[0] in CREATING:
        from_input = "-" in given(options, *FILE)
        if from_input:
            _keep_input()
        options = labelled(
            docker,
            options,
            os.environ["DOCKERLAB_LESSON"],
            pathlib.Path(os.environ["DOCKERLAB_SCRATCH"]),
        )
        if from_input:
            os.lseek(0, 0, os.SEEK_SET)
    os.execv(docker, [docker, "compose", *options, *command])


if __name__ == "__main__":
    main(sys.argv[1:])

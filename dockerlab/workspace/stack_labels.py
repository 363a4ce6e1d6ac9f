"""Add the labels to what `docker stack deploy` creates.

The wrapper around `docker` runs this module. It hands the learner's file to
Docker on standard input, with the labels in it.

Environment: as for the wrapper, `dockerlab/bin/docker`.
"""

import os
import pathlib
import sys
import tempfile
from typing import Any

import yaml

from dockerlab.base import labels

FILE = ("-c", "--compose-file")
KINDS = ("networks", "volumes", "secrets", "configs")


def labelled(plan: dict[str, Any], slug: str) -> dict[str, Any]:
    """A stack file with the labels on all that it creates."""
    made = labels.of(slug)
    found = {**plan, "services": {}}
    for name, service in (plan.get("services") or {}).items():
        deploy = {**(service.get("deploy") or {})}
        deploy["labels"] = made
        found["services"][name] = {
            **service,
            "labels": made,
            "deploy": deploy,
        }
    for kind in KINDS:
        things = plan.get(kind) or {}
        if kind == "networks":
            things = {"default": None, **things}
        own = {
            name: {**(thing or {})}
            if (thing or {}).get("external")
            else {**(thing or {}), "labels": made}
            for name, thing in things.items()
        }
        found |= {kind: own} if own else {}
    return found


def _file(words: list[str]) -> int | None:
    """The place of the file's name, if there is one file."""
    places = [at for at, word in enumerate(words[:-1]) if word in FILE]
    return places[0] + 1 if len(places) == 1 else None


def main(words: list[str]) -> None:
    """Become `docker stack deploy` with these words behind it."""
    docker = os.environ["DOCKERLAB_DOCKER"]
    place = _file(words)
    path = pathlib.Path(words[place]) if place else None
    if place and path and path.is_file():
        try:
            plan = yaml.safe_load(path.read_text())
            text = yaml.safe_dump(
                labelled(plan, os.environ["DOCKERLAB_LESSON"])
            )
        except (yaml.YAMLError, AttributeError, TypeError):
            text = ""  # Docker reports what is wrong with the file
        if text:
            with tempfile.TemporaryFile() as file:
                file.write(text.encode())
                file.seek(0)
                os.dup2(file.fileno(), 0)
            os.chdir(path.resolve().parent)
            words = [*words[:place], "-", *words[place + 1 :]]
    os.execv(docker, [docker, "stack", "deploy", *words])


if __name__ == "__main__":
    main(sys.argv[1:])

"""What the doctor looks at in the user's own settings for Docker."""

import json
import os
import pathlib
import subprocess
from collections.abc import Iterator, Mapping

from dockerlab.commands.findings import Check, note
from dockerlab.engine import environment
from dockerlab.engine.find import Engine

SECONDS = 15  # that a command may take


def checks(found: Engine) -> Iterator[Check]:
    """Yield what the user's profile and settings change."""
    yield variables(os.environ)
    if not found.box:
        yield current_builder(_inspect())
        yield settings_file(settings_path(os.environ))


def variables(profile: Mapping[str, str]) -> Check:
    """Whether the profile chooses another builder, platform or project."""
    names = [
        name
        for name in sorted(environment.to_remove(profile))
        # `dockerlab engine env` sets this one.
        if profile[name] != environment.BUILDER.get(name)
    ]
    return note(
        "variables",
        not names,
        f"notebooks ignore {', '.join(names)}, your terminal does not"
        if names
        else "none that change builds",
        f"unset {' '.join(names)}",
    )


def _inspect() -> str:
    """Return what buildx prints about the builder of the user's terminal."""
    try:
        done = subprocess.run(
            ["docker", "buildx", "inspect"],
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def current_builder(inspected: str) -> Check:
    """Whether the current builder is the engine's own.

    Another one, such as a container with BuildKit, does not see the engine's
    images and leaves its results in its cache.

    Args:
        inspected: what `docker buildx inspect` printed.
    """
    rows = [line.partition(":") for line in inspected.splitlines()]
    # The builder comes first; its nodes follow with names of their own.
    known = {key.strip(): text.strip() for key, _, text in reversed(rows)}
    name, driver = known.get("Name", ""), known.get("Driver", "docker")
    return note(
        "current builder",
        driver == "docker",
        f"{name} ({driver}) cannot use local images, so notebooks use the"
        " engine's builder; your terminal does not"
        if driver != "docker"
        else "the engine's own",
        "docker buildx use default",
    )


def settings_path(profile: Mapping[str, str]) -> pathlib.Path:
    """Return the path of the docker command's settings file."""
    folder = profile.get("DOCKER_CONFIG") or "~/.docker"
    return pathlib.Path(folder).expanduser() / "config.json"


def settings_file(path: pathlib.Path) -> Check:
    """Whether the docker command can read its settings."""
    detail, fix = "readable, or not there", ""
    try:
        json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        pass
    except OSError as error:
        detail = f"{path} cannot be read: {error.strerror}"
        fix = f'sudo chown -R "$(id -u)" {path.parent}'
    except ValueError:
        detail = f"{path} is not JSON, so docker prints a warning each time"
        fix = f"mv {path} {path}.old"
    return note("docker settings", not fix, detail, fix)

"""What the engine shows of a container, as lines that can be searched."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from docker.models.containers import Container

_PARTS: Mapping[str, tuple[str, ...]] = {
    "State": (),
    "Config": ("Cmd", "Entrypoint", "Env", "User", "Healthcheck", "OpenStdin"),
    "HostConfig": (
        "Memory",
        "PidsLimit",
        "ReadonlyRootfs",
        "Tmpfs",
        "PortBindings",
        "NetworkMode",
    ),
    "NetworkSettings": ("Ports",),
}


def of(container: Container) -> list[str]:
    """What the engine shows of a container: its log, and one line for each
    setting and each part of its state."""
    container.reload()
    return [*log(container), *_settings(container.attrs)]


def log(container: Container) -> list[str]:
    """The lines of a container's log."""
    return container.logs().decode(errors="replace").splitlines()


def last_line(container: Container) -> str:
    """The last line of a container's log that is not empty, if any."""
    rows = [row for row in log(container) if row.strip()]
    return rows[-1] if rows else ""


def _settings(attrs: Mapping[str, Any]) -> Iterator[str]:
    for part, keys in _PARTS.items():
        for key in keys or [k for k in attrs[part] if k != "Health"]:
            yield f'"{key}": {json.dumps(attrs[part].get(key))}'
    state = attrs["State"]
    for entry in state.get("Health", {}).get("Log") or []:
        yield from entry["Output"].splitlines()


def plain(text: str) -> str:
    """A text without what differs between ways to print the same: quotes,
    spaces, colons behind keys, capital letters. An empty value has a word."""
    text = re.sub(r": *(\"\"|'')", ": (empty)", text.lower())
    text = re.sub(r"[\"'`,]", " ", text)
    text = re.sub(r":(?=\s|$)|([\[\]{}])", r" \1 ", text)
    return " ".join(text.split())


def is_shown(container: Container, evidence: str) -> bool:
    """Whether the log or `docker inspect` shows this text."""
    wanted = plain(evidence)
    shown = [*of(container), json.dumps(container.attrs, indent=4)]
    return bool(wanted) and wanted in plain("\n".join(shown))

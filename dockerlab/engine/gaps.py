"""What some engines cannot do, and which cells of notebooks need it.

A gap is no fault of the learner. The notebooks are written for today's
engine; on another one, `workspace.passed_over` explains in the cell why it
cannot run there.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

from dockerlab.engine.find import PODMAN, Engine

Info = Mapping[str, Any]  # what `docker info` has, by the API's names
# Docker Engine 25: its builder knows `--start-interval`, and its archives of
# images have the OCI layout.
TODAYS_ENGINE = (1, 44)
SEARCHES = (1, 46)  # Docker Engine 27, by what was tried: 26.1 and 28.5


@dataclasses.dataclass(frozen=True)
class Gap:
    """Something that an engine does not have.

    Args:
        lacks: whether an engine lacks it.
        needed_by: matches the code of cells that need it.
        text: what it cannot do and why, as the end of a sentence.
    """

    lacks: Callable[[Engine, Info], bool]
    needed_by: re.Pattern[str]
    text: str


def is_rootless(info: Info) -> bool:
    """Whether the engine runs without the rights of root."""
    options = info.get("SecurityOptions") or ()
    return any("name=rootless" in option for option in options)


def can_limit(info: Info) -> bool:
    """Whether the engine can limit what containers use."""
    return bool(info.get("MemoryLimit") and info.get("PidsLimit"))


def _is_older(engine: Engine, api: tuple[int, int]) -> bool:
    if engine.product == PODMAN:
        return False
    return tuple(map(int, engine.api.split("."))) < api


def _is_old(engine: Engine, info: Info) -> bool:
    return _is_older(engine, TODAYS_ENGINE)


def _cannot_search(engine: Engine, info: Info) -> bool:
    return _is_older(engine, SEARCHES)


GAPS = (
    Gap(
        lambda engine, info: is_rootless(info),
        re.compile(r"=host\b|/proc/[^/\s]+/ns|overlay|swarm|docker service"),
        "runs without the rights of root, so it has no overlay networks and"
        " cannot show a container what belongs to the machine",
    ),
    Gap(
        lambda engine, info: not can_limit(info),
        re.compile(
            r"\b(top|pause|unpause|stats|memory|cpus|pids|oom|limits?"
            r"|bytes_in_use|137)\b",
            re.IGNORECASE,
        ),
        "has no control groups, so it can neither limit nor count what a"
        " container uses",
    ),
    Gap(
        lambda engine, info: engine.product == PODMAN,
        re.compile(r"build|bake|compose|swarm|docker service"),
        "is Podman, which has neither BuildKit nor Swarm mode",
    ),
    Gap(
        _cannot_search,
        re.compile(r"description~=|\brebuilt\b"),
        "is older than Docker Engine 27 and cannot search its build cache by a"
        " part of the description",
    ),
    Gap(
        _is_old,
        re.compile(r"docker (image )?save|index\.json|blobs/sha256"),
        "is older than Docker Engine 25, so `docker save` writes no OCI"
        " layout",
    ),
    Gap(
        _is_old,
        re.compile(r"build|bake|compose|Dockerfile"),
        "is older than Docker Engine 25, so its builder does not know all that"
        " today's Dockerfiles say: heredocs came with Docker Engine 23,"
        " `--start-interval` with 25",
    ),
)


def of(engine: Engine, info: Info) -> tuple[Gap, ...]:
    """Return what an engine that answers does not have."""
    return tuple(gap for gap in GAPS if gap.lacks(engine, info))

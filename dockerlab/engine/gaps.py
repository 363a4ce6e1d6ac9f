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
# Docker Engine 25: since then, a health check has `--start-interval`.
TODAYS_BUILDER = (1, 44)


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


def _has_no_limits(engine: Engine, info: Info) -> bool:
    return not (info.get("MemoryLimit") and info.get("PidsLimit"))


def _has_an_old_builder(engine: Engine, info: Info) -> bool:
    if engine.product == PODMAN:
        return False
    return tuple(map(int, engine.api.split("."))) < TODAYS_BUILDER


GAPS = (
    Gap(
        lambda engine, info: is_rootless(info),
        re.compile(r"=host\b|/proc/[^/\s]+/ns|overlay|swarm|docker service"),
        "runs without the rights of root, so it has no overlay networks and"
        " cannot show a container what belongs to the machine",
    ),
    Gap(
        _has_no_limits,
        re.compile(
            r"\b(top|pause|unpause|stats|memory|cpus|pids|oom|limits?)\b",
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
        _has_an_old_builder,
        re.compile(r"build|bake|compose|Dockerfile"),
        "has a builder of 2023 or older, which does not know all that today's"
        " Dockerfiles say: heredocs came with Docker Engine 23,"
        " `--start-interval` with 25",
    ),
)


def of(engine: Engine, info: Info) -> tuple[Gap, ...]:
    """Return what an engine that answers does not have."""
    return tuple(gap for gap in GAPS if gap.lacks(engine, info))

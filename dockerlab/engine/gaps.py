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
ENGINE_25 = (1, 44)
ENGINE_27 = (1, 46)  # what 26.1 lacks and 28.5 has; none between was tried


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


def _is_before(api: tuple[int, int]) -> Callable[[Engine, Info], bool]:
    """Whether an engine is Docker's and older than the one of this API."""

    def lacks(engine: Engine, info: Info) -> bool:
        if engine.product == PODMAN:
            return False
        return tuple(map(int, engine.api.split("."))) < api

    return lacks


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
            r"|bytes_in_use|137|switch)\b",
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
        _is_before(ENGINE_27),
        re.compile(r"description~=|\brebuilt\b"),
        "is older than Docker Engine 27 and cannot search its build cache by a"
        " part of the description",
    ),
    Gap(
        _is_before(ENGINE_27),
        re.compile(r"compose watch"),
        "is older than Docker Engine 27, so Compose cannot copy files into a"
        " container whose user is only a number",
    ),
    Gap(
        _is_before(ENGINE_27),
        re.compile(r"identity\(\)"),
        "is older than Docker Engine 27, and the Compose of that time also"
        " replaces the services that depend on a changed one",
    ),
    Gap(
        _is_before(ENGINE_25),
        re.compile(r"docker (image )?save|index\.json|blobs/sha256"),
        "is older than Docker Engine 25, so `docker save` writes no OCI"
        " layout",
    ),
    Gap(
        _is_before(ENGINE_25),
        re.compile(r"build|bake|compose|Dockerfile"),
        "is older than Docker Engine 25, so its builder does not know all that"
        " today's Dockerfiles say: heredocs came with Docker Engine 23,"
        " `--start-interval` with 25",
    ),
)


def of(engine: Engine, info: Info) -> tuple[Gap, ...]:
    """Return what an engine that answers does not have."""
    return tuple(gap for gap in GAPS if gap.lacks(engine, info))

"""Read what each step of a build did: BuildKit's log in `rawjson`.

The log reports every step (BuildKit calls it a vertex) when the step starts,
ends or prints.
"""

import base64
import contextlib
import dataclasses
import datetime
import graphlib
import json
import re
from collections.abc import Iterable
from typing import Any

from dockerlab.base.errors import LabError

# "[stage-1 2/5] RUN ..." or, with a single stage, "[2/5] RUN ..."
_DOCKERFILE_STEP = re.compile(r"\[(?:(.*) )?(\d+)/\d+\] (.*)", re.DOTALL)

# FROM docker.io/library/NAME:TAG@sha256:...
_BASE = re.compile(
    r"FROM docker\.io/library/([\w.-]+(?::[\w.-]+)?)(@\w+:\w+)?"
)


@dataclasses.dataclass(frozen=True)
class Step:
    """One step of a build; times in seconds since the build began.

    `number` counts within the `stage`, from 1. Steps that are not in the
    Dockerfile (loading the context, exporting) are `internal` and have
    number 0. A step that never began has neither `start` nor `end`; a step
    that was interrupted has no `end`.
    """

    number: int
    name: str
    stage: str
    digest: str
    inputs: tuple[str, ...]
    cached: bool
    start: float | None
    end: float | None
    error: str
    log: str

    @property
    def internal(self) -> bool:
        """Whether the step comes from no line of the Dockerfile."""
        return self.number == 0

    @property
    def seconds(self) -> float:
        """How long the step took; 0 if it did not run to its end."""
        if self.start is None or self.end is None:
            return 0.0
        return self.end - self.start


@dataclasses.dataclass(frozen=True)
class Build:
    """What a build did.

    seconds: from the first step's start to the last one's end.
    context_bytes: sent to the engine. BuildKit leaves out files that no
        instruction copies, and files that it still has.
    error: the reason of a failure, else empty.
    bases: `NAME:TAG` of the images that it started from, from the build's
        provenance; empty where the builder writes none. The names of steps
        are not as certain: see `_without_twins`.
    """

    image_id: str
    steps: tuple[Step, ...]
    seconds: float
    ok: bool
    error: str
    context_bytes: int
    bases: tuple[str, ...] = ()

    @property
    def cached(self) -> list[Step]:
        """Steps after FROM taken from the cache, in Dockerfile order."""
        return [step for step in self._after_from() if step.cached]

    @property
    def rebuilt(self) -> list[Step]:
        """Steps after FROM that ran, in Dockerfile order."""
        return [
            step
            for step in self._after_from()
            if not step.cached and step.start is not None
        ]

    @property
    def pinned_bases(self) -> dict[str, str]:
        """The images of Docker Hub that it starts from or copies from:
        NAME:TAG -> the same with the digest that the tag has now.

        The names of steps have the digests, and `bases` tells which of the
        steps are this build's own.
        """
        found = [_BASE.match(step.name) for step in self.steps]
        named = {m[1]: m[1] + (m[2] or "") for m in found if m}
        own = {name: named[name] for name in named if name in self.bases}
        return own or named

    def step(self, name_fragment: str) -> Step:
        """The first step with `name_fragment` in its name.

        Raises:
            LabError: no step has it.
        """
        for step in self.steps:
            if name_fragment in step.name:
                return step
        names = ", ".join(repr(step.name) for step in self.steps)
        raise LabError(
            f"No step of this build has {name_fragment!r} in its name.",
            f"The steps are: {names or 'none'}.",
        )

    def _after_from(self) -> list[Step]:
        return [
            step
            for step in self.steps
            if not step.internal and not _is_from(step.name)
        ]


def parse_rawjson(lines: Iterable[str]) -> Build:
    """Read what `--progress=rawjson` wrote to stderr.

    The stream contains JSON objects, each on one line or on several, and
    between them the client's plain messages. It has no image ID.
    """
    updates, text = _split("\n".join(lines))
    vertexes: dict[str, dict[str, Any]] = {}
    for update in updates:
        for seen in update.get("vertexes", []):
            vertex = vertexes.setdefault(
                seen["digest"], {"runs": {}, "log": b"", "sent": {}}
            )
            vertex.update(cached=False, error="", inputs=[])
            vertex.update(seen)
            if "started" in seen:
                vertex["runs"][seen["started"]] = seen.get("completed")
        for status in update.get("statuses", []):
            sent = vertexes[status["vertex"]]["sent"]
            sent[status["id"]] = status.get("current", 0)
        for log in update.get("logs", []):
            data = base64.b64decode(log["data"])
            vertexes[log["vertex"]]["log"] += data
    steps = _steps(_without_twins(vertexes))
    errors = re.findall(
        # Newer builders put one more phrase in front.
        r"^ERROR: (?:failed to build: )?(?:failed to solve: )?(.*)",
        text,
        re.MULTILINE,
    )
    errors += [step.error for step in steps if step.error]
    return Build(
        image_id="",
        steps=tuple(steps),
        seconds=max((step.end or 0.0 for step in steps), default=0.0),
        ok=not errors,
        error=errors[0] if errors else "" if updates else text.strip(),
        context_bytes=sum(
            sum(vertex["sent"].values())
            for vertex in vertexes.values()
            if vertex["name"] == "[internal] load build context"
        ),
    )


def _split(stream: str) -> tuple[list[dict[str, Any]], str]:
    """JSON objects of the stream, and the text between them."""
    decoder = json.JSONDecoder()
    updates, text, position = [], [], 0
    while position < len(stream):
        end = stream.find("\n", position) + 1 or len(stream)
        if stream[position] == "{":
            # An incomplete object is text.
            with contextlib.suppress(ValueError):
                update, end = decoder.raw_decode(stream, position)
                updates.append(update)
                position = end
        text.append(stream[position:end])
        position = end
    return updates, "".join(text)


def _without_twins(
    vertexes: dict[str, dict[str, Any]],
) -> dict[str, dict[str, Any]]:
    """The steps without those that another build did for this one.

    If two builds reach the same step at the same time, BuildKit runs it once.
    The other build then reports the step twice: its own vertex, which never
    begins, and the first build's vertex of the same name, with times and
    log. (An ADD from the network also has two vertices of one name: the
    download is an input of the adding.)
    """
    began = {
        vertex["name"]: digest
        for digest, vertex in vertexes.items()
        if vertex["runs"] and _DOCKERFILE_STEP.fullmatch(vertex["name"])
    }
    same_as = {
        digest: digest if vertex["runs"] else began.get(vertex["name"], digest)
        for digest, vertex in vertexes.items()
    }
    kept = {d: v for d, v in vertexes.items() if same_as[d] == d}
    for digest, vertex in kept.items():
        inputs = [same_as.get(d, d) for d in vertex["inputs"]]
        vertex["inputs"] = [one for one in inputs if one != digest]
    return kept


def _steps(vertexes: dict[str, dict[str, Any]]) -> list[Step]:
    """Steps in the Dockerfile's order, the internal ones first."""
    found = vertexes.values()
    origin = _begun(list(found))
    steps = [_step(vertex, origin) for vertex in found]
    inputs = {digest: vertex["inputs"] for digest, vertex in vertexes.items()}
    depth = list(graphlib.TopologicalSorter(inputs).static_order())
    # A stage's last step comes after all that the stage copies from others.
    last: dict[str, int] = {}
    for step in steps:
        rank = depth.index(step.digest)
        last[step.stage] = max(rank, last.get(step.stage, 0))

    def order(step: Step) -> tuple[int, float]:
        if step.internal:
            return -1, step.start or 0.0
        return last[step.stage], step.number

    return sorted(steps, key=order)


def _begun(vertexes: list[dict[str, Any]]) -> float:
    """When the build began: nothing of it runs before its Dockerfile is read.

    While another build uses the result of a step, BuildKit reports this step
    with the times of the other build, and not as cached.
    """
    starts = {
        start: vertex["name"].startswith("[internal] load build definition")
        for vertex in vertexes
        for start in map(_time, vertex["runs"])
    }
    own = [start for start, of_definition in starts.items() if of_definition]
    return min(own or starts, default=0.0)


def _step(vertex: dict[str, Any], origin: float) -> Step:
    found = _DOCKERFILE_STEP.fullmatch(vertex["name"])
    stage, number, name = found.groups() if found else ("", 0, vertex["name"])
    start, end = _longest(vertex["runs"])
    # A step that began before this build is another build's: see `_begun`. One
    # that failed has no result that this build could use.
    shared = start is not None and start < origin and not vertex["error"]
    cached = vertex["cached"] or shared
    if _is_from(name):
        # BuildKit sometimes marks a local base as cached, sometimes not.
        # Only a base that had to be pulled is unpacked.
        cached = not any(
            line.startswith("extracting") for line in vertex["sent"]
        )
    return Step(
        number=int(number),
        name=name,
        stage=stage or "",
        digest=vertex["digest"],
        inputs=tuple(vertex["inputs"]),
        cached=cached and start is not None,
        start=None if start is None else max(0.0, start - origin),
        end=None if end is None else max(0.0, end - origin),
        error=vertex["error"],
        log=vertex["log"].decode(errors="replace"),
    )


def _longest(runs: dict[str, str | None]) -> tuple[float | None, float | None]:
    """Start and end of a step's longest run.

    BuildKit visits a source twice: to compute its cache key, and to fetch it.
    The longer visit did the work. A visit without an end was cut off, and
    counts as the longest.
    """
    timed = [
        (_time(start), _time(end) if end else None)
        for start, end in runs.items()
    ]
    if not timed:
        return None, None

    def length(run: tuple[float, float | None]) -> float:
        start, end = run
        return float("inf") if end is None else end - start

    return max(timed, key=length)


def _time(stamp: str) -> float:
    return datetime.datetime.fromisoformat(stamp).timestamp()


def _is_from(name: str) -> bool:
    return name.startswith("FROM ")

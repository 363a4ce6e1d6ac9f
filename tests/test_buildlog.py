"""Reading the log of a build: recorded ones."""

import base64
import dataclasses
import json

import pytest

from dockerlab.base.errors import LabError
from dockerlab.buildlog import Build, Step, parse_rawjson


def stamp(seconds: float) -> str:
    """A time as BuildKit writes it, with nanoseconds."""
    return f"2026-01-02T03:04:{5 + seconds:012.9f}Z"


def vertex(digest: str, name: str, *times: float, **more: object) -> str:
    """An update about one step, in one line."""
    keys = dict(zip(("started", "completed"), map(stamp, times), strict=False))
    row = {"digest": digest, "name": name, **keys, **more}
    return json.dumps({"vertexes": [row]})


RECORDED = [
    # Announced with the last step first, as BuildKit does.
    vertex("d5", "[stage-1 2/2] COPY --from=a /x /x", inputs=["d1", "d4"]),
    vertex("d4", "[a 3/3] RUN make > x", inputs=["d3"]),
    vertex("d3", "[a 2/3] COPY . .", inputs=["d1", "d2"]),
    # A source is visited twice, and the base lends its name to one stage.
    vertex("d2", "[internal] load build context", 0, 0.001),
    vertex("d1", "[stage-1 1/2] FROM docker.io/library/b:1", 0, 0.002),
    vertex("d2", "[internal] load build context", 0.5),
    json.dumps(
        {
            "statuses": [
                {"id": "transferring context:", "vertex": "d2", "current": n}
                for n in (0, 2048)
            ]
        },
        indent=2,
    ),
    vertex("d2", "[internal] load build context", 0.5, 0.75),
    vertex("d3", "[a 2/3] COPY . .", 1, 1, cached=True, inputs=["d1", "d2"]),
    vertex("d4", "[a 3/3] RUN make > x", 1, inputs=["d3"]),
    json.dumps(
        {
            "logs": [
                {"vertex": "d4", "data": base64.b64encode(data).decode()}
                for data in (b"caf\xc3", b"\xa9\n")
            ]
        }
    ),
]
DONE = [
    vertex("d4", "[a 3/3] RUN make > x", 1, 3.5, inputs=["d3"]),
    vertex("d5", "[stage-1 2/2] COPY --from=a /x /x", 3.5, 4, inputs=["d4"]),
]
FAILED = [
    vertex("d4", "[a 3/3] RUN make > x", 1, 3.5, error="process failed"),
    "Dockerfile:3",
    "   3 | >>> RUN make > x",
    "ERROR: failed to solve: process failed: exit code: 2",
]


def test_recorded():
    done = parse_rawjson(RECORDED + DONE)
    assert done.ok
    assert done.error == ""
    assert done.context_bytes == 2048
    assert done.seconds == pytest.approx(4)
    # Stage a comes before the stage that copies from it.
    assert " ".join(one.digest for one in done.steps) == "d2 d3 d4 d1 d5"
    assert [step.name for step in done.cached] == ["COPY . ."]
    assert [step.digest for step in done.rebuilt] == ["d4", "d5"]
    make = done.step("RUN make")
    assert (make.stage, make.number, make.inputs) == ("a", 3, ("d3",))
    assert make.seconds == pytest.approx(2.5)
    assert make.log == "café\n"
    context = done.step("build context")
    assert context.internal
    assert context.start == pytest.approx(0.5)
    assert done.step("FROM").cached
    with pytest.raises(LabError, match=r"No step .* 'RUN pip'"):
        done.step("RUN pip")


@pytest.mark.parametrize("newer", ["", "failed to build: "])
def test_recorded_failure(newer):
    last = FAILED[-1].replace("ERROR: ", f"ERROR: {newer}")
    done = parse_rawjson([*RECORDED, *FAILED[:-1], last])
    assert not done.ok
    assert done.error == "process failed: exit code: 2"
    assert done.step("RUN make").error == "process failed"
    never = done.step("COPY --from")
    assert (never.start, never.seconds) == (None, 0)
    assert never not in done.rebuilt


def test_recorded_cut_off():
    done = parse_rawjson([*RECORDED, '{"vertexes": [{"dig'])
    make = done.step("RUN make")
    assert make.start == pytest.approx(1)
    assert make.end is None
    assert make.seconds == 0


def test_pulled_base_is_not_cached():
    pulled = {"id": "extracting sha256:1", "vertex": "d1", "current": 5}
    done = parse_rawjson([*RECORDED, json.dumps({"statuses": [pulled]})])
    assert not done.step("FROM").cached


def test_recorded_beside_another_build():
    """Steps that another build ran are reported twice, and counted once."""
    own = [
        vertex("e4", "[a 3/3] RUN make > x", inputs=["e3"]),
        vertex("e3", "[a 2/3] COPY . .", inputs=["d1", "d2"]),
        vertex("e5", "[a 4/4] RUN more", 4, 5, inputs=["e4"]),
    ]
    done = parse_rawjson(own + RECORDED + FAILED)
    named = [step.name for step in done.steps if not step.internal]
    assert len(named) == len(set(named))
    make = done.step("RUN make")
    assert (make.digest, make.error) == ("d4", "process failed")
    assert make.log == "café\n"
    assert done.step("RUN more").inputs == ("d4",)


def test_a_result_that_another_build_uses_is_not_rebuilt():
    """BuildKit reports it with the times of the other build."""
    own = [
        vertex("s", "[internal] load build definition from Dockerfile", 3, 4),
        vertex("e1", "[2/4] WORKDIR /app", 1, 2),
        vertex("e2", "[3/4] RUN make", 1, 6, inputs=["e1"]),
        vertex("e3", "[4/4] RUN more", 6, 8, inputs=["e2"]),
    ]
    done = parse_rawjson(own)
    assert [step.name for step in done.cached] == ["WORKDIR /app", "RUN make"]
    assert [step.name for step in done.rebuilt] == ["RUN more"]
    assert done.step("RUN more").start == 3
    assert done.step("RUN make").start == 0
    assert done.seconds == 5


def test_a_step_that_fails_in_two_builds_is_not_cached():
    own = [
        vertex("s", "[internal] load build definition from Dockerfile", 3, 4),
        vertex("e1", "[2/2] RUN make", 1, 6, error="process failed"),
    ]
    assert [s.name for s in parse_rawjson(own).rebuilt] == ["RUN make"]


@pytest.mark.parametrize("began", ["e1", "e2"])
def test_recorded_fetching_and_adding_have_one_name(began):
    """Whichever of the two never began, they make no circle."""
    name = "[2/2] ADD http://files/a /a"
    fetching = vertex("e1", name, inputs=[])
    adding = vertex("e2", name, inputs=["e1"])
    more = vertex("e3", "[3/3] RUN more", 4, 5, inputs=["e2"])
    inputs = ["e1"] if began == "e2" else []
    ran = vertex(began, name, 1, 2, inputs=inputs)
    done = parse_rawjson([fetching, adding, ran, more])
    assert [step.name[:3] for step in done.steps] == ["ADD", "RUN"]
    assert done.step("RUN more").inputs == (began,)


def test_nothing():
    assert parse_rawjson([]).steps == ()


HUB = "docker.io/library/"
REST = ("", "", (), False, None, None, "", "")


def test_a_twin_of_another_build_is_not_a_base():
    steps = [
        Step(0, f"FROM {HUB}{name}@sha256:0", *REST)
        for name in ("python:3.13", "python:3.13-slim")
    ]
    build = Build("", tuple(steps), 0.0, True, "", 0)
    assert sorted(build.pinned_bases) == ["python:3.13", "python:3.13-slim"]
    mine = dataclasses.replace(build, bases=("python:3.13",))
    assert mine.pinned_bases == {"python:3.13": "python:3.13@sha256:0"}

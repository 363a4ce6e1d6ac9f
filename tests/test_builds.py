"""Reading builds: a recorded one, and live ones."""

import base64
import concurrent.futures
import contextlib
import json
import uuid

import docker.errors
import pytest

from dockerlab import builds
from dockerlab.base.errors import LabError
from dockerlab.builds import build, parse_rawjson

BASE = "python:3.13-slim"
LABEL = ("--label", "dockerlab.lesson=test")


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


@pytest.fixture
def tag(lab_client):
    """A name for an image, removed afterwards."""
    name = f"dockerlab/test-{uuid.uuid4().hex[:8]}:1"
    yield name
    if lab_client.images.list(name=name):
        lab_client.images.remove(name)


def test_live_cache(lab_client, tag, tmp_path):
    (tmp_path / "Dockerfile").write_text(
        f"FROM {BASE}\nRUN echo {tag}\nCOPY app.py /\nRUN sleep 0.3\n"
    )
    (tmp_path / "app.py").write_text("1")
    first = build(tmp_path, tag, options=LABEL, check=True)
    layers = [_layers(lab_client, tag)]
    again = build(tmp_path, tag, options=LABEL, check=True)
    layers.append(_layers(lab_client, tag))
    (tmp_path / "app.py").write_text("2")
    edited = build(tmp_path, tag, options=LABEL, check=True)
    layers.append(_layers(lab_client, tag))
    assert len(first.rebuilt) == len(again.cached) == 3
    # With an attestation, a build from the cache has an id of its own.
    assert layers[0] == layers[1] != layers[2]
    assert edited.image_id == lab_client.images.get(tag).id
    assert [step.name for step in edited.cached] == [f"RUN echo {tag}"]
    assert first.step("sleep").seconds >= 0.3
    assert first.seconds >= first.step("sleep").end
    assert f"{tag}\n" in first.step("echo").log
    assert not again.rebuilt
    for id in {first.image_id, again.image_id} - {edited.image_id}:
        with contextlib.suppress(docker.errors.ImageNotFound):
            lab_client.images.remove(id)


def _layers(client, name: str) -> list[str]:
    return client.images.get(name).attrs["RootFS"]["Layers"]


def test_live_context(lab_client, tag, tmp_path):
    (tmp_path / "big").write_bytes(bytes(100_000))
    text = f"FROM {BASE}\nCOPY . /app\n"
    whole = build(tmp_path, tag, text, LABEL, check=True)
    assert 100_000 < whole.context_bytes < 101_000
    lab_client.images.remove(tag)
    (tmp_path / ".dockerignore").write_text("big\n")
    (tmp_path / "small").touch()
    ignoring = build(tmp_path, tag, text, LABEL, check=True)
    assert ignoring.context_bytes < 1000


def test_live_failure(lab_client):
    text = f"FROM {BASE}\nRUN echo before; exit 3\nRUN echo after\n"
    done = build(dockerfile=text, options=LABEL)
    assert not done.ok
    assert done.image_id == ""
    assert "exit code: 3" in done.error
    assert "exit code: 3" in done.step("before").error
    assert done.step("before").log == "before\n"
    assert done.step("after").start is None
    with pytest.raises(LabError, match=r"exit code: 3\nbefore$"):
        build(dockerfile=text, options=LABEL, check=True)


@pytest.mark.parametrize(
    ("dockerfile", "message"),
    [("FROM a b", "FROM requires"), (f"FROM {BASE}\nRNU x", "instruction")],
)
def test_live_refused(lab_client, dockerfile, message):
    done = build(dockerfile=dockerfile)
    assert not done.ok
    assert message in done.error


def test_live_timeout(lab_client):
    text = f"FROM {BASE}\nRUN sleep 30\n"
    with pytest.raises(LabError, match=r"stopped after 1\.5 seconds"):
        build(dockerfile=text, options=LABEL, timeout=1.5)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("ERROR: invalid progress mode rawjson", "buildx 0.13"),
        ("unknown flag: --progress\n\nUsage: docker", "buildx 0.13"),
    ],
)
def test_old_client(monkeypatch, tmp_path, message, error):
    fake = tmp_path / "docker"
    fake.write_text(f"#!/bin/sh\necho '{message}' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match=error):
        build(tmp_path)


def test_no_client(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="no `docker` command"):
        build(tmp_path)


@pytest.mark.parametrize("loss", ['"logs"', '"error"'])
def test_a_failure_that_was_not_told_is_asked_again(
    lab_client, monkeypatch, loss
):
    """Two builds that share a failing step: one may get no log."""
    real, runs = builds._run, []

    def run(*arguments):
        code, output = real(*arguments)
        runs.append(code)
        first = len(runs) == 1
        return code, output.replace(loss, '"lost"') if first else output

    monkeypatch.setattr(builds, "_run", run)
    text = f"FROM {BASE}\nRUN echo before; exit 3\n"
    done = build(dockerfile=text, options=LABEL)
    assert len(runs) == 2
    assert done.step("before").log == "before\n"


def test_builds_that_fail_together_are_told_all(lab_client, tmp_path):
    """They share a step from two folders; each build gets its log."""
    text = f"FROM {BASE}\nCOPY a .\nRUN cat a; sleep 1; echo end; exit 3\n"
    word = uuid.uuid4().hex
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        (folder / "a").write_text(f"{word}\n")

    def fail(folder):
        return build(folder, dockerfile=text, options=LABEL)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        both = list(pool.map(fail, folders))
    for done in both:
        assert done.step("cat a").log == f"{word}\nend\n"
        assert [step.name[:4] for step in done.rebuilt][-1] == "RUN "

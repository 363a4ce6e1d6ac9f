"""Running builds: what they did, and the faults of engines."""

import concurrent.futures
import contextlib
import json
import pathlib
import uuid

import docker.errors
import pytest

from dockerlab import builds
from dockerlab.base.errors import LabError
from dockerlab.builds import TimeOver, build

BASE = "python:3.13-slim"
LABEL = ("--label", "dockerlab.lesson=test")
STAMP = "2026-01-02T03:04:05.000000000Z"


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
    assert first.bases == (BASE,)
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
    with pytest.raises(TimeOver, match=r"stopped after 1\.5 seconds") as over:
        build(dockerfile=text, options=LABEL, timeout=1.5)
    assert all(step.end is None for step in over.value.build.steps[-1:])


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


LOST = (
    "ERROR: failed to build: failed to solve: failed to prepare extraction"
    ' snapshot "extract-1 sha256:1": parent snapshot sha256:0 does not exist:'
    " not found"
)


@pytest.mark.parametrize("faults", [1, builds.REPEATS, builds.REPEATS + 1])
def test_an_image_that_lost_a_layer_is_stored_again(monkeypatch, faults):
    runs = []

    def run(command, text, timeout):
        runs.append(command)
        step = {"name": "[2/2] RUN make", "digest": "d1", "inputs": []}
        store = {"name": "exporting to image", "digest": "d2", "inputs": []}
        times = {"started": STAMP, "completed": STAMP}
        step.update(times, cached=len(runs) > 1)
        lost = len(runs) <= faults
        store.update(times, error="lost" if lost else "")
        log = json.dumps({"vertexes": [step, store]})
        if lost:
            return 1, f"{log}\n{LOST}\n"
        file = command[command.index("--metadata-file") + 1]
        pathlib.Path(file).write_text('{"containerimage.digest": "sha256:2"}')
        return 0, log

    monkeypatch.setattr(builds, "_run", run)
    done = build(dockerfile="FROM base\nRUN make\n")
    assert done.ok == (faults <= builds.REPEATS)
    assert bool(done.error) != done.ok
    assert done.image_id == ("sha256:2" if done.ok else "")
    assert [step.name for step in done.rebuilt] == ["RUN make"]
    assert any(step.error for step in done.steps) != done.ok


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

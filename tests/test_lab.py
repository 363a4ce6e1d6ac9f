"""A notebook's workspace, and the `docker` that adds its labels."""

import os
import pathlib
import re
import socket
import stat
import subprocess

import docker.errors
import pytest
from docker.models.containers import Container

from dockerlab import lab as lab_module
from dockerlab import paths
from dockerlab.base import labels
from dockerlab.lab import Lab
from dockerlab.workspace import taken_ports, turns, wrapper

BASE = "debian:trixie-slim"


@pytest.fixture
def lab(needs_engine):
    lab = Lab("testlab")
    yield lab
    lab.close()


def test_wrapper_finds_the_next_docker_on_path(tmp_path):
    program = tmp_path / "docker"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    folders = [str(wrapper.FOLDER), str(tmp_path), os.environ["PATH"]]
    settings = {
        "DOCKERLAB_LESSON": "terminal",
        "PATH": os.pathsep.join(folders),
    }
    words = ["docker", "run", "an image"]
    done = subprocess.run(
        words, env=settings, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("run --label dockerlab.lesson=terminal")
    assert done.stdout.endswith("an image\n")


@pytest.mark.parametrize(
    ("words", "added"),
    [
        ("build -t x .", 1),
        ("image build .", 1),
        ("buildx build --load .", 1),
        ("run -d image run build", 2),
        ("--context other container run image", 2),
        ("create image", 2),
        ("volume create name", 2),
        ("network create name", 2),
        ("service create image", 2),
        ("secret create name -", 2),
        ("config create name -", 2),
        ("service update name", 0),
        ("ps --all", 0),
        ("exec web run", 0),
        ("image inspect build", 0),
        ("container ls", 0),
        ("buildx create", 0),
        ("compose run web", 0),
        ("", 0),
    ],
)
def test_wrapper_labels_what_is_made(words, added):
    done = subprocess.run(
        [wrapper.FOLDER / "docker", *words.split(), "a b"],
        env={
            "DOCKERLAB_DOCKER": "echo",
            "DOCKERLAB_LESSON": "flask_app",
            **_path(),
        },
        capture_output=True,
        text=True,
    )
    expected = labels.pairs("flask_app")[:added]
    plain = done.stdout
    for label in expected:
        assert f" --label {label} " in plain
        plain = plain.replace(f" --label {label}", "")
    assert plain.split() == [*words.split(), "a", "b"]


def _path() -> dict[str, str]:
    return {"PATH": os.environ["PATH"]}


def test_wrapper_labels_what_bake_builds(tmp_path):
    done = subprocess.run(
        [wrapper.FOLDER / "docker", "buildx", "bake", "app"],
        cwd=tmp_path,
        env={
            "DOCKERLAB_DOCKER": "echo",
            "DOCKERLAB_LESSON": "flask_app",
            **_path(),
        },
        capture_output=True,
        text=True,
    )
    [label, *_] = labels.pairs("flask_app")
    assert done.stdout.split() == [
        *("buildx", "bake", "--set", f"*.labels.{label}", "app")
    ]


def test_builds_leave_their_temporary_files_in_the_notebooks_folder(lab):
    env = {"DOCKERLAB_DOCKER": "printenv", "DOCKERLAB_LESSON": "flask_app"}
    for folder, expected in ((lab.scratch, lab.scratch), ("/none", "")):
        done = subprocess.run(
            [wrapper.FOLDER / "docker", "TMPDIR"],
            env={**env, **_path(), "DOCKERLAB_SCRATCH": str(folder)},
            capture_output=True,
            text=True,
        )
        assert done.stdout.strip() == str(expected)
    assert os.environ["DOCKERLAB_SCRATCH"] == str(lab.scratch)


def test_a_name_begins_with_the_slugs_first_word(lab):
    assert lab.name("x") == "testlab-x"


def test_starts_clean_and_leaves_nothing(lab):
    command = f"docker run -d --name {lab.name('x')} {BASE} true"
    subprocess.run(command.split(), check=True, capture_output=True)
    subprocess.run(["docker", "volume", "create", lab.name("v")], check=True)
    assert lab.count()["containers"]["course"] == 1
    assert lab.count()["volumes"]["course"] == 1
    again = Lab("testlab")
    assert not any(row["course"] for row in again.count().values())
    again.close()


def test_starts_again_where_it_stands(lab, monkeypatch):
    """A notebook run twice in one kernel stands in a folder that goes."""
    monkeypatch.chdir(lab.folder("work"))
    Lab("testlab").close()
    assert pathlib.Path.cwd() == paths.NOTEBOOKS


def test_keeps_what_somebody_else_made(lab):
    name = lab.name("foreign")
    foreign = lab.client.containers.create(BASE, name=name)
    try:
        lab.reset()
        lab.discard(name)
        foreign.reload()
    finally:
        foreign.remove()


def test_discards_its_own_containers(lab):
    name = lab.name("own")
    lab.client.containers.create(BASE, name=name, labels=lab.labels)
    lab.discard(name, lab.name("none"))
    with pytest.raises(docker.errors.NotFound):
        lab.client.containers.get(name)


def test_discards_a_container_that_the_engine_is_removing(lab, monkeypatch):
    """Until it is gone, the engine refuses, and nobody can have its name."""
    name = lab.name("leaving")
    lab.client.containers.create(BASE, name=name, labels=lab.labels)
    remove, refusals = Container.remove, iter(range(3))

    def remove_later(container, **options):
        for _ in refusals:
            raise docker.errors.APIError("removal is already in progress")
        remove(container, **options)

    monkeypatch.setattr(Container, "remove", remove_later)
    lab.discard(name)
    with pytest.raises(docker.errors.NotFound):
        lab.client.containers.get(name)


def test_an_image_built_from_ours_under_another_name_stays(lab):
    """It has the label, which is inherited."""
    client = lab.client
    ours, theirs = lab.name("base"), "somebodys-app"
    _build(f"FROM {BASE}\nRUN true", ours, "--label", labels.pair("testlab"))
    _build(f"FROM {ours}\nRUN echo mine > /mine", theirs)
    try:
        mine = client.images.get(theirs)
        assert mine.labels[labels.LESSON] == "testlab"
        lab.reset()
        assert client.images.get(theirs).id == mine.id
        with pytest.raises(docker.errors.ImageNotFound):
            client.images.get(ours)
    finally:
        client.images.remove(theirs)


def _build(dockerfile: str, tag: str, *options: str) -> None:
    """Build by the real command, which adds no labels."""
    subprocess.run(
        [os.environ["DOCKERLAB_DOCKER"], "build", "-t", tag, *options, "-"],
        input=dockerfile.encode(),
        check=True,
        capture_output=True,
    )


def test_a_container_that_does_not_go_at_once(lab, monkeypatch):
    """A busy engine may fail, or be removing the container already."""
    refused = []
    remove = docker.APIClient.remove_container

    def busy(api, name, **options):
        if not refused:
            refused.append(name)
            raise docker.errors.APIError("removal is already in progress")
        remove(api, name, **options)

    lab.client.containers.create(BASE, labels=lab.labels)
    monkeypatch.setattr(docker.APIClient, "remove_container", busy)
    lab.reset()
    assert refused
    assert lab.count()["containers"]["course"] == 0


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::"])
def test_takes_the_next_port_and_prints_it(lab, capsys, address):
    """Also where a server listens on all addresses, as AirPlay on macOS."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as taken:
        port = taken.getsockname()[1]
        assert lab.port(port) > port
    assert f"Port {port} is taken" in capsys.readouterr().out


def test_a_notebook_run_again_gets_its_fixed_port_again(lab, monkeypatch):
    """The first workspace still exists while the second one opens."""

    def note(ports, marks):
        started.append(ports)
        start(ports, marks)

    started, start = [], taken_ports.KERNEL.start
    monkeypatch.setattr(taken_ports.KERNEL, "start", note)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    first = Lab("testother", ports=[port])
    second = Lab("testother", ports=[port])
    assert started == [{}, {}]
    first.close()
    second.close()


def test_cells_get_another_port_where_theirs_is_taken(lab, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other = Lab("testother", ports=[port])
    printed = capsys.readouterr().out
    assert f"where you read {port}" in printed
    other.close()


def test_two_ports_of_a_notebook_never_become_one(needs_engine, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        lab = Lab("testlab", ports=[port, port + 1])
    numbers = re.findall(
        r"use (\d+) where you read (\d+)", capsys.readouterr().out
    )
    used = {port + 1: port + 1} | {int(b): int(a) for a, b in numbers}
    assert len(set(used.values())) == len(used) == 2
    lab.close()


def test_a_port_is_kept_until_the_workspace_closes(lab):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    other = Lab("testother")
    wanted = lab.port(port)
    assert other.port(wanted) > wanted
    lab.close()
    assert Lab("testthird").port(wanted) == wanted
    other.close()


def test_app_folder_is_a_beginners(lab):
    before = os.umask(0o077)
    try:
        folder = lab.app_folder()
    finally:
        os.umask(before)
    names = {path.name for path in folder.iterdir()}
    assert {"app.py", "Dockerfile", "tests"} <= names
    assert not names & {".dockerignore", "data", "Dockerfile.classic"}
    assert stat.S_IMODE((folder / "app.py").stat().st_mode) == 0o644


def test_other_kernels_get_the_names_when_it_closes(lab):
    mine = next(iter(lab.seat.on_engine.values()))
    assert mine.text == "testlab-"
    assert lab.seat.holds("testlab-x")
    lab.close()
    assert not turns.is_held(f"{lab.seat.engine_id} name testlab-")


def test_a_first_cell_waits_for_the_preparation(monkeypatch, capsys):
    """It says what is missing, and ends when the engine is ready or when
    nobody prepares it any more."""
    steps = ["engine", "base", "image a", "image b"]
    answers = iter([steps, steps[2:], [], steps, steps])
    ready = iter([False, False, False, True])
    monkeypatch.setattr(lab_module.prepare, "left", lambda: next(answers))
    monkeypatch.setattr(lab_module, "_is_ready", lambda *_: next(ready))
    monkeypatch.setattr(lab_module.time, "sleep", lambda _: None)
    lab_module._wait_for_preparation([])
    rows = capsys.readouterr().out.split("\r")
    assert "prepared, steps left: 4 (engine, base)." in rows[1]
    assert "prepared, steps left: 2 (image a, image b)." in rows[2]
    lab_module._wait_for_preparation([])
    assert len(capsys.readouterr().out.split("\r")) == 2


def test_a_first_cell_that_need_not_wait_prints_nothing(monkeypatch, capsys):
    monkeypatch.setattr(lab_module.prepare, "left", list)
    lab_module._wait_for_preparation([])
    monkeypatch.setattr(lab_module.prepare, "left", lambda: ["redis"])
    monkeypatch.setattr(lab_module, "_is_ready", lambda *_: True)
    lab_module._wait_for_preparation([])
    assert capsys.readouterr().out == ""

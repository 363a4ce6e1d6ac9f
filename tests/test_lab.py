"""A lesson's workspace, and the `docker` that adds its label."""

import os
import pathlib
import socket
import subprocess

import docker.errors
import pytest

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.lab import WRAPPER, Lab


@pytest.fixture
def lab(needs_engine):
    lab = Lab("testlab")
    yield lab
    lab.close()


@pytest.mark.parametrize(
    ("words", "labels"),
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
def test_wrapper_labels_what_is_made(words, labels):
    done = subprocess.run(
        [WRAPPER / "docker", *words.split(), "a b"],
        env={
            "DOCKERLAB_DOCKER": "echo",
            "DOCKERLAB_LESSON": "flask_app",
            **_path(),
        },
        capture_output=True,
        text=True,
    )
    assert done.stdout.count("--label dockerlab.") == labels
    plain = done.stdout.replace(" --label dockerlab.lesson=06", "")
    plain = plain.replace(" --label dockerlab.by=lab", "")
    assert plain.split() == [*words.split(), "a", "b"]


def _path() -> dict[str, str]:
    return {"PATH": os.environ["PATH"]}


def test_builds_leave_their_temporary_files_in_the_lessons_folder(lab):
    env = {"DOCKERLAB_DOCKER": "printenv", "DOCKERLAB_LESSON": "flask_app"}
    for folder, expected in ((lab.scratch, lab.scratch), ("/none", "")):
        done = subprocess.run(
            [WRAPPER / "docker", "TMPDIR"],
            env={**env, **_path(), "DOCKERLAB_SCRATCH": str(folder)},
            capture_output=True,
            text=True,
        )
        assert done.stdout.strip() == str(expected)
    assert os.environ["DOCKERLAB_SCRATCH"] == str(lab.scratch)


def test_starts_clean_and_leaves_nothing(lab):
    command = f"docker run -d --name {lab.name('x')} debian:trixie-slim true"
    subprocess.run(command.split(), check=True, capture_output=True)
    subprocess.run(["docker", "volume", "create", lab.name("v")], check=True)
    assert lab.count()["containers"]["course"] == 1
    assert lab.count()["volumes"]["course"] == 1
    again = Lab("testlab")
    assert not any(row["course"] for row in again.count().values())
    again.close()


def test_starts_again_where_it_stands(lab, monkeypatch):
    """A lesson run twice in one kernel stands in a folder that goes."""
    monkeypatch.chdir(lab.folder("work"))
    Lab("testlab").close()
    assert pathlib.Path.cwd() == paths.NOTEBOOKS


def test_keeps_what_somebody_else_made(lab):
    name = lab.name("foreign")
    foreign = lab.client.containers.create("debian:trixie-slim", name=name)
    try:
        lab.reset()
        lab.discard(name)
        foreign.reload()
        with pytest.raises(LabError, match="docker rename"):
            Lab("testlab", containers=[name])
    finally:
        foreign.remove()


def test_a_container_that_does_not_go_at_once(lab, monkeypatch):
    """An engine with much to do may fail, or be at it already."""
    api, refused = lab.client.api, []
    remove = api.remove_container

    def busy(name, **options):
        if not refused:
            refused.append(name)
            raise docker.errors.APIError("removal is already in progress")
        remove(name, **options)

    lab.client.containers.create("debian:trixie-slim", labels=lab.labels)
    monkeypatch.setattr(api, "remove_container", busy)
    lab.reset()
    assert refused
    assert lab.count()["containers"]["course"] == 0


def test_takes_the_next_port_and_says_so(lab, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert lab.port(port) > port
    assert f"Port {port} is taken" in capsys.readouterr().out


def test_app_folder_is_a_beginners(lab):
    names = {path.name for path in lab.app_folder().iterdir()}
    assert {"app.py", "Dockerfile", "tests"} <= names
    assert not names & {".dockerignore", "data", "Dockerfile.classic"}

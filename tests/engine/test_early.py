"""What `make start` prepares before the Python environment is there."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from dockerlab import paths
from dockerlab.engine import early

CHOICES = ("DOCKERLAB_ENGINE", "DOCKER_HOST", "DOCKER_CONTEXT")


def test_it_needs_no_package():
    code = "import dockerlab.engine.early"
    bare = [sys.executable, "-S", "-c", code]  # -S: without site-packages
    done = subprocess.run(
        bare, cwd=paths.PROJECT, capture_output=True, text=True
    )
    assert not done.stderr


@pytest.mark.parametrize("data", ["", "/srv/data"])
def test_its_home_is_that_of_the_course(monkeypatch, data):
    monkeypatch.setenv("XDG_DATA_HOME", data)
    monkeypatch.setenv("DOCKERLAB_HOME", "")
    usual = paths.home()
    early.name_home()
    assert pathlib.Path(os.environ["DOCKERLAB_HOME"]) == usual


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine where nothing names or is an engine; its DOCKER_CONFIG."""
    for name in CHOICES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setattr(early, "SOCKET", tmp_path / "docker.sock")
    return tmp_path


def test_the_box_is_certain_where_nothing_else_is(bare):
    assert early.box_is_certain()
    (bare / "config.json").write_text("{}")
    assert early.box_is_certain()


@pytest.mark.parametrize("name", CHOICES)
def test_the_box_is_not_certain_where_an_engine_is_named(
    bare, monkeypatch, name
):
    monkeypatch.setenv(name, "own")
    assert not early.box_is_certain()


def test_the_box_is_not_certain_with_a_context(bare):
    (bare / "config.json").write_text(json.dumps({"currentContext": "mine"}))
    assert not early.box_is_certain()


def test_the_box_is_not_certain_with_dockers_socket(bare):
    early.SOCKET.touch()
    assert not early.box_is_certain()


def test_the_box_is_certain_where_it_is_chosen(bare, monkeypatch):
    early.SOCKET.touch()
    monkeypatch.setenv("DOCKERLAB_ENGINE", "box")
    assert early.box_is_certain()


@pytest.fixture
def made(bare, monkeypatch):
    """The roots that were made, on a machine where root may make them."""
    found = []
    monkeypatch.setenv("DOCKERLAB_HOME", str(bare / "home"))
    monkeypatch.setattr(early.machine, "is_debian", lambda: True)
    monkeypatch.setattr(early.machine, "packages", lambda names: None)
    monkeypatch.setattr(early.standins, "base_root", found.append)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return found


def test_it_makes_the_root_at_the_first_preparation(made):
    early.main()
    assert made


def test_it_does_nothing_where_something_is_prepared(made):
    (paths.home() / "supplies" / "registry").mkdir(parents=True)
    early.main()
    assert not made


def test_it_does_nothing_where_a_password_might_be_asked(made, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    early.main()
    assert not made

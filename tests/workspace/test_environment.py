"""What a notebook changes in its kernel's environment, and undoes."""

import os
import pathlib
import sysconfig

import pytest

from dockerlab.base.errors import LabError
from dockerlab.engine.find import Engine
from dockerlab.workspace import names, seats, wrapper
from dockerlab.workspace.environment import Environment

SCRATCH = pathlib.Path("/scratch")


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """An environment with a `docker` on PATH, put back afterwards."""
    for name in list(os.environ):
        if name.startswith(("DOCKER", "BUILD")):
            monkeypatch.delenv(name)
    program = tmp_path / "docker"
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.FOLDER}{os.pathsep}{tmp_path}")
    before = _variables()
    kernel = Environment()
    yield kernel
    kernel.undo()
    assert _variables() == before


def _variables() -> dict[str, str]:
    ignored = "PYTEST_CURRENT_TEST"
    return {k: v for k, v in os.environ.items() if k != ignored}


def _seat(url: str) -> seats.Seat:
    found = names.of_notebook("testseat")
    return seats.Seat(
        slug="testseat",
        number=1,
        engine_id="id",
        learner="",
        folder=SCRATCH,
        names=found,
        on_engine={},
        displaced=(),
        label_key="x.lesson",
        url=url,
    )


def test_docker_is_the_wrapper_and_knows_the_real_one(kernel, tmp_path):
    kernel.use_wrapper("flask_app", SCRATCH)
    assert os.environ["DOCKERLAB_DOCKER"] == str(tmp_path / "docker")
    assert os.environ["DOCKERLAB_LESSON"] == "flask_app"
    assert os.environ["DOCKERLAB_SCRATCH"] == "/scratch"
    # First, and once; the programs of the course's Python last, and once.
    kernel.use_wrapper("flask_app", SCRATCH)
    folders = os.environ["PATH"].split(os.pathsep)
    programs = sysconfig.get_path("scripts")
    assert folders == [str(wrapper.FOLDER), str(tmp_path), programs]


def test_without_a_docker_command(kernel, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(wrapper.FOLDER))
        with pytest.raises(LabError, match="no `docker` command"):
            kernel.use_wrapper("flask_app", SCRATCH)


def test_the_seats_socket_takes_the_place_of_each_address(kernel, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("DOCKER_CONTEXT", "mine")
        patch.setenv("DOCKER_HOST", "unix:///engine.sock")
        kernel.use_seat(_seat("unix:///seat.sock"))
        assert os.environ["DOCKER_HOST"] == "unix:///seat.sock"
        assert "DOCKER_CONTEXT" not in os.environ
        behind = "unix:///seat.sock unix:///engine.sock"
        assert os.environ["DOCKERLAB_BEHIND"] == behind
        assert os.environ["BUILDX_CONFIG"] == "/scratch.buildx"
        kernel.undo()
        assert os.environ["DOCKER_CONTEXT"] == "mine"
        assert os.environ["DOCKER_HOST"] == "unix:///engine.sock"
        assert "DOCKERLAB_BEHIND" not in os.environ


def test_a_seat_without_a_socket_changes_nothing(kernel):
    before = _variables()
    kernel.use_seat(_seat(""))
    assert _variables() == before


def test_what_somebody_changed_meanwhile_stays(kernel, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("DOCKER_CLI_HINTS", "true")
        kernel.be_quiet()
        kernel.be_quiet()
        os.environ["BUILDKIT_PROGRESS"] = "tty"
        kernel.undo()
        assert os.environ["BUILDKIT_PROGRESS"] == "tty"
        assert os.environ["DOCKER_CLI_HINTS"] == "true"
        del os.environ["BUILDKIT_PROGRESS"]


def test_the_engines_variables(kernel):
    kernel.use_engine(Engine("own", "", product="Podman"))
    assert os.environ["DOCKER_BUILDKIT"] == "0"
    kernel.undo()
    assert "DOCKER_BUILDKIT" not in os.environ


INHERITED = ("DOCKER_HOST", "BUILDX_CONFIG", "DOCKERLAB_BEHIND")


@pytest.mark.parametrize("host", ["unix:///run/engine.sock", None])
def test_a_process_started_at_a_seat_leaves_it(host, monkeypatch):
    """It would get the plain names, and be cleared as the other learner."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///seat.sock")
    monkeypatch.setenv("BUILDX_CONFIG", "/seat.buildx")
    monkeypatch.setenv("DOCKERLAB_BEHIND", f"unix:///seat.sock {host or ''}")
    Environment().leave_inherited_seat()
    assert [os.environ.get(name) for name in INHERITED] == [host, None, None]


def test_another_address_than_the_inherited_seats_stays(monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "unix:///mine.sock")
    monkeypatch.setenv("DOCKERLAB_BEHIND", "unix:///seat.sock x")
    Environment().leave_inherited_seat()
    assert os.environ["DOCKER_HOST"] == "unix:///mine.sock"

"""Kernels of a learner without root rights."""

import json
import os
import pathlib
import subprocess
import types

import pytest

from dockerlab.engine import kinds
from tools import learner


@pytest.fixture
def box(tmp_path):
    """What a rootless box has, of user 1000."""
    plugins = tmp_path / "config" / "cli-plugins"
    plugins.mkdir(parents=True)
    (plugins / "docker-buildx").symlink_to("/nowhere")
    return types.SimpleNamespace(
        kind=kinds.KINDS["rootless"],
        user=1000,
        folder=tmp_path,
        environment=lambda: {"PATH": "/box/bin:/bin"},
    )


def test_other_boxes_need_nothing(box):
    box.kind = kinds.KINDS["forky"]
    with learner.of(box) as settings:
        assert settings == {}


def test_a_kernel_gets_a_home_and_an_engine_of_its_own(box, monkeypatch):
    if os.getuid() != 0:
        pytest.skip("needs root, to be another user")
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    with learner.of(box) as settings:
        home = pathlib.Path(settings["HOME"])
        assert home.stat().st_uid == 1000
        assert settings["DOCKERLAB_ENGINE"] == "own"
        assert settings["PATH"] == "/box/bin:/bin"
        config = pathlib.Path(settings["DOCKER_CONFIG"])
        assert (config / "cli-plugins/docker-buildx").is_symlink()
        kernels = pathlib.Path(os.environ["JUPYTER_PATH"]) / "kernels"
        spec = json.loads((kernels / "python3/kernel.json").read_text())
        assert "--reuid=1000" in spec["argv"]
        assert spec["argv"][-1] == "{connection_file}"
    assert "JUPYTER_PATH" not in os.environ
    assert not home.exists()


def test_the_user_is_another_one(box):
    if os.getuid() != 0:
        pytest.skip("needs root, to be another user")
    done = subprocess.run(
        learner.command(1000, ["id", "-u"]), capture_output=True, text=True
    )
    assert done.stdout == "1000\n", done.stderr

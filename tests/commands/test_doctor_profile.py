"""What the doctor finds in the user's own settings."""

import os
import pathlib

import pytest

from dockerlab.commands import doctor_profile

CONTAINER = """\
Name:          fast
Driver:        docker-container
Last Activity: 2026-11-27 18:09:22 +0000 UTC

Nodes:
Name:      fast0
Endpoint:  unix:///var/run/docker.sock
Driver Options: env.A="1"
Status:    running
"""


def test_variables_that_change_builds():
    assert doctor_profile.variables({"PATH": "/bin", "LANG": "C"}).ok
    assert doctor_profile.variables({"BUILDX_BUILDER": "default"}).ok
    assert not doctor_profile.variables({"BUILDX_BUILDER": "fast"}).ok
    profile = {"DOCKER_BUILDKIT": "0", "COMPOSE_FILE": "x.yml", "A": ""}
    found = doctor_profile.variables(profile)
    assert not found.ok
    assert not found.required
    assert "COMPOSE_FILE, DOCKER_BUILDKIT" in found.detail
    assert found.fix == "unset COMPOSE_FILE DOCKER_BUILDKIT"


def test_a_current_builder_that_is_a_container():
    found = doctor_profile.current_builder(CONTAINER)
    assert not found.ok
    assert not found.required
    assert found.detail.startswith("fast (docker-container) cannot use local")
    assert found.fix == "docker buildx use default"


@pytest.mark.parametrize(
    "inspected",
    ["Name:   default\nDriver: docker\n\nNodes:\nName: default\n", "", "?"],
)
def test_the_engines_own_builder(inspected):
    assert doctor_profile.current_builder(inspected).ok


def test_settings_that_are_not_json(tmp_path):
    path = tmp_path / "config.json"
    assert doctor_profile.settings_file(path).ok
    path.write_text("{}")
    assert doctor_profile.settings_file(path).ok
    path.write_text("{,}")
    found = doctor_profile.settings_file(path)
    assert not found.ok
    assert "is not JSON" in found.detail
    assert found.fix == f"mv {path} {path}.old"


def test_settings_that_belong_to_root(tmp_path, monkeypatch):
    path = tmp_path / "config.json"

    def refuse(*args, **settings):
        raise PermissionError(13, os.strerror(13), str(path))

    monkeypatch.setattr(pathlib.Path, "read_text", refuse)
    found = doctor_profile.settings_file(path)
    assert found.detail == f"{path} cannot be read: Permission denied"
    assert found.fix == f'sudo chown -R "$(id -u)" {tmp_path}'


def test_the_settings_file_is_where_docker_looks(tmp_path):
    path = doctor_profile.settings_path({"DOCKER_CONFIG": str(tmp_path)})
    assert path == tmp_path / "config.json"
    usual = doctor_profile.settings_path({})
    assert usual == pathlib.Path.home() / ".docker" / "config.json"

"""What is prepared before a known answer is checked."""

import os
import socket
import subprocess
import sys

import docker
import pytest

from dockerlab import compose
from dockerlab.base import labels
from dockerlab.base.errors import LabError
from dockerlab.checks import core
from dockerlab.commands import places


def test_a_text_is_checked_as_it_is():
    assert places.hand_in("networks/port", "FROM x") == "FROM x"


def test_a_compose_file_is_started_for_each_project(monkeypatch):
    calls = []

    def up(text, project, **settings):
        calls.append((text, project, settings))

    monkeypatch.setattr(compose, "up", up)
    assert places.hand_in("compose/env", "services:") == "compose-default"
    assert calls == [
        ("services:", "compose-default", {}),
        ("services:", "compose-shell", {"NAME": "Grace"}),
    ]


def test_a_port_that_is_taken_is_named(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setitem(places.PLACES, "ci_pipeline", ([], [port], print))
        with (
            pytest.raises(LabError, match=f"Port {port} is taken"),
            places.place("ci_pipeline"),
        ):
            pass


def test_each_place_belongs_to_a_notebook_with_checks():
    known = core.exercises()
    assert set(places.PROJECTS) <= set(known)
    slugs = {core.slug_of(exercise) for exercise in known}
    assert set(places.PLACES) <= slugs


OPEN = "from dockerlab.lab import Lab; Lab('networks').close()"


def test_a_check_is_not_disturbed_by_the_notebook_itself(
    lab_client, monkeypatch
):
    """A notebook that starts removes what has its label and no workspace."""
    for name in ("DOCKER_HOST", "PATH"):  # each workspace sets its own
        monkeypatch.setenv(name, os.environ[name])
    with places.place("networks"):
        client = docker.from_env()
        made = client.containers.create(
            "debian:trixie-slim", "true", labels=labels.of("networks")
        )
        client.close()
        subprocess.run([sys.executable, "-c", OPEN], check=True)
        lab_client.containers.get(made.id)
    with pytest.raises(docker.errors.NotFound):
        lab_client.containers.get(made.id)

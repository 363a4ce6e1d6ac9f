"""Processes as the engine's machine sees them, on a live engine."""

import docker.errors
import pytest

from dockerlab import host_view
from dockerlab.base import labels

LABELS = labels.of("test")


@pytest.fixture
def sleeper(lab_client):
    container = lab_client.containers.run(
        host_view.IMAGE, ["sleep", "600"], labels=LABELS, detach=True
    )
    yield container
    container.remove(force=True)


def test_a_process_is_seen_by_its_number_outside(sleeper):
    sleeper.reload()
    pid = sleeper.attrs["State"]["Pid"]
    seen = host_view.outside(LABELS, "cat", f"/proc/{pid}/comm")
    assert seen == "sleep\n"


def test_a_command_that_fails_is_an_error(lab_client):
    with pytest.raises(docker.errors.ContainerError):
        host_view.outside(LABELS, "false")


def test_memory_of_a_program_and_its_shim(sleeper):
    [(program, shim)] = host_view.memory(LABELS, [sleeper])
    # `sleep` is small, and a shim is a program in Go.
    assert 10_000 < program < shim < 100_000_000

"""What a learner reads after a cell that failed."""

import docker.errors
import nbclient
import nbformat
import pytest

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.commands import guide


def test_says_what_to_run_first():
    cell = nbformat.v4.new_code_cell("lab.port(4000)")
    client = nbclient.NotebookClient(
        nbformat.v4.new_notebook(cells=[cell]),
        timeout=300,
        allow_errors=True,
        resources={"metadata": {"path": str(paths.NOTEBOOKS)}},
    )
    client.execute()
    printed = "".join(output.get("text", "") for output in cell.outputs)
    assert "`lab` is not known in this kernel" in printed
    assert "Run All Above Selected Cell" in printed


@pytest.mark.engine
def test_a_busy_engine_has_time_to_remove_a_container():
    """On a slow machine that took more than five seconds; what the cell ran
    was left then."""
    client = guide._client()
    assert client is not None
    assert client.api.timeout >= 60
    client.close()


@pytest.mark.engine
@pytest.mark.parametrize(
    ("error", "word"),
    [
        (LabError("says it itself"), ""),
        (ZeroDivisionError(), ""),
        (docker.errors.NotFound("no such container"), "was removed"),
        (AssertionError(), "was removed"),
    ],
)
def test_advice(error, word):
    printed = guide.advice(error)
    assert (word in printed) if word else printed == ""


def test_says_when_the_engine_is_gone(monkeypatch):
    monkeypatch.setenv("DOCKERLAB_ENGINE", "own")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    printed = guide.advice(docker.errors.NotFound("x"))
    assert "does not answer" in printed
    assert "make start" in printed

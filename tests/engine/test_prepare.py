"""Preparation on a machine that lacks something: nothing is half done."""

import os
import shutil
import subprocess
import sys

import pytest

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.checks.waiting import wait_for
from dockerlab.engine import kinds, prepare, roots
from dockerlab.engine.box import Box, boxes
from dockerlab.engine.find import find

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("unshare"), reason="needs root"
)


def _python(*words: str) -> str:
    return f"{paths.PROJECT}/.venv/bin/python -m dockerlab {' '.join(words)}"


def _shell(script: str, *more: str, **settings: str):
    """Run a script as root in namespaces of its own."""
    return subprocess.run(
        ["unshare", "--mount", *more, "sh", "-c", script],
        env={**os.environ, **settings},
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
        timeout=900,
    )


@needs_root
def test_too_little_disk(refused, tmp_path, bare_home):
    small = "mount -t tmpfs -o size=900m tmpfs"
    script = f"{small} {tmp_path} && {_python('engine', 'up')}"
    refused(_shell(script, **bare_home), "disk are free", "DOCKERLAB_HOME")


@pytest.mark.engine  # takes a minute
@needs_root
def test_no_network_at_the_first_preparation(refused, tmp_path, bare_home):
    start = f"ip link set lo up && {_python('start', '--port', '8999')}"
    done = _shell(start, "--net", **bare_home)
    refused(done, "Check the network")
    assert not list(tmp_path.glob("lab/box/*/root"))
    # JupyterLab, which had started meanwhile, was ended.
    assert "stopping" in (tmp_path / "lab" / "jupyter.log").read_text()
    assert not (tmp_path / "lab" / "jupyter.json").exists()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home of the lab, with a fallback for its default engine."""
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    monkeypatch.setenv("DOCKERLAB_ENGINE", "box")
    monkeypatch.delenv("DOCKERLAB_SUITE", raising=False)
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setattr(kinds, "DEFAULT", "forky")
    monkeypatch.setattr(kinds, "FALLBACK", "trixie")
    return tmp_path


@pytest.fixture
def prepared(monkeypatch):
    """The kinds of boxes that were prepared; forky cannot be installed."""
    names = []

    def run_all(tasks, watch):
        box = boxes_of_tasks.pop()
        if box.kind.debian == "forky":
            raise roots.RootError("The Debian root could not be made.")
        names.append(box.suite)

    boxes_of_tasks = []

    def box_tasks(box, images):
        boxes_of_tasks.append(box)
        return []

    monkeypatch.setattr(prepare, "box_tasks", box_tasks)
    monkeypatch.setattr(prepare, "run_all", run_all)
    return names


def test_an_engine_that_cannot_be_installed_is_replaced(
    home, prepared, capsys
):
    found = prepare.prepare(find())
    assert prepared == ["trixie"]
    assert found.box.suite == "trixie"
    [line] = capsys.readouterr().out.splitlines()
    assert "forky cannot be installed here" in line
    # Not tried again each time, and the reason is kept.
    assert find().box.suite == "trixie"
    assert "could not be made" in kinds.note().read_text("utf-8")


def test_an_engine_that_was_chosen_is_not_replaced(
    home, prepared, monkeypatch
):
    monkeypatch.setenv("DOCKERLAB_SUITE", "forky")
    with pytest.raises(roots.RootError):
        prepare.prepare(find())
    assert prepared == []


def test_a_fallback_that_fails_too_is_not_kept(home, prepared, monkeypatch):
    def nothing(tasks, watch):
        raise roots.RootError("No network.")

    monkeypatch.setattr(prepare, "run_all", nothing)
    with pytest.raises(LabError, match="No network"):
        prepare.prepare(find())
    assert find().box.suite == "forky"


def test_a_box_of_an_earlier_edition_is_replaced(home):
    for suite, packages in (
        ("trixie", "docker.io of long ago"),
        ("bookworm", kinds.kind("bookworm").all_packages),
    ):
        note = home / "box" / suite / "root" / roots.NOTE
        note.parent.mkdir(parents=True)
        note.write_text(packages)
    used = Box("forky")
    assert [box.suite for box in prepare.outdated(used)] == ["trixie"]
    # Its own root is made again when the box is prepared.
    assert prepare.outdated(Box("trixie")) == []
    tasks = prepare.box_tasks(used, [])
    [removal] = [t for t in tasks if "earlier edition's engine" in t.title]
    assert "trixie" in removal.title
    removal.run(print)
    assert [box.suite for box in boxes()] == ["bookworm"]


def test_an_old_engine_gets_the_tools_of_the_default_one(home):
    used = Box("bookworm")
    tasks = prepare.box_tasks(used, [])
    made = [t for t in tasks if t.title.startswith("engine from Debian")]
    assert [t.title.split()[-1] for t in made] == ["bookworm", "forky"]
    [start] = [t for t in tasks if t.title == "start of the engine"]
    assert set(made) <= set(start.after)
    # The default engine's root is made again, and not removed after that.
    note = home / "box" / "forky" / "root" / roots.NOTE
    note.parent.mkdir(parents=True)
    note.write_text("docker.io of long ago")
    assert prepare.outdated(used) == []


PREPARES = """
import time
from dockerlab.base.tasks import Task
from dockerlab.engine import prepare
prepare._run_noted([Task("a long step", lambda report: time.sleep(60))])
"""


def test_other_processes_see_what_is_left(home):
    assert prepare.left() == []
    with subprocess.Popen([sys.executable, "-c", PREPARES]) as process:
        assert wait_for(lambda: prepare.left() == ["a long step"], 60)
        process.kill()
    assert prepare.left() == []

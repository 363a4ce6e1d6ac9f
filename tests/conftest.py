"""What the tests of dockerlab share."""

import base64
import html
import itertools
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys

import psutil
import pytest

from dockerlab import paths, pictures
from dockerlab.base import machine
from dockerlab.engine import kinds
from dockerlab.engine.box import Box
from dockerlab.engine.find import find
from dockerlab.lab import Lab


@pytest.fixture(scope="session")
def needs_engine() -> None:
    """A test or a fixture that uses this is not part of `make check`."""


@pytest.fixture(scope="session")
def lab_client(needs_engine):
    """An SDK client of the engine that the course uses here."""
    # A number for each process: at a second seat labels have other names.
    lab = Lab(f"test{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}")
    yield lab.client
    lab.close()


@pytest.fixture
def command(tmp_path):
    """Run `python -m dockerlab ...` with other settings; the finished
    process."""

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "dockerlab", *words],
            env={**_clean_environment(), **settings},
            cwd=paths.PROJECT,
            capture_output=True,
            text=True,
            timeout=900,
        )

    return run


@pytest.fixture
def refused():
    """Assert that a command failed with one clear message."""

    def check(done: subprocess.CompletedProcess, *words: str) -> None:
        printed = done.stdout + done.stderr
        assert done.returncode != 0, printed
        assert "Traceback" not in printed
        for word in words:
            assert word in printed, printed

    return check


@pytest.fixture
def bare_home(tmp_path):
    """Settings for a home of the lab in which nothing is prepared."""
    return {"DOCKERLAB_ENGINE": "box", "DOCKERLAB_HOME": str(tmp_path / "lab")}


def _clean_environment() -> dict[str, str]:
    names = (
        "DOCKER_HOST",
        "DOCKER_CONFIG",
        "DOCKERLAB_DOCKER",
        "DOCKERLAB_BEHIND",  # this process may sit at a lesson's seat
    )
    return {k: v for k, v in os.environ.items() if k not in names}


@pytest.fixture
def spare_home(needs_engine, tmp_path_factory):
    """A second home of the lab with a box of its own, on the same root.

    Its engine, data, network and processes are its own, so a test may break
    them.
    """
    if find().kind != "box":
        pytest.skip("tests of the box run where the box is the engine")
    if not Box().prepared():
        pytest.fail("The box is not prepared here: run `make test`.")
    home = tmp_path_factory.mktemp("home")
    (home / "box" / kinds.default()).mkdir(parents=True)
    (home / "supplies").mkdir()
    for name in (f"box/{kinds.default()}/root", "supplies/debian-root"):
        (home / name).symlink_to(paths.home() / name)
    for name in ("registry", "wheels", "index"):
        shutil.copytree(
            paths.home() / "supplies" / name,
            home / "supplies" / name,
            copy_function=_link,
        )
    for note in ("supplies/wheels.stamp", "supplies/debian-root.recipe"):
        shutil.copy(paths.home() / note, home / note)
    before = os.environ.get("DOCKERLAB_HOME")
    os.environ["DOCKERLAB_HOME"] = str(home)
    box = Box()
    yield home
    box.stop()
    machine.remove_tree(box.folder / "data")
    if before is None:
        del os.environ["DOCKERLAB_HOME"]
    else:
        os.environ["DOCKERLAB_HOME"] = before


@pytest.fixture
def spare_box(spare_home, monkeypatch):
    """The running box of a spare home, and no name that leads elsewhere."""
    # Put back afterwards, whatever a workspace makes of them.
    for name in ("PATH", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKERLAB_DOCKER"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.delenv("DOCKER_HOST")
    box = Box()
    box.start()
    return box


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


@pytest.fixture
def readable():
    """Assert that a picture can be read: it has a caption and a text
    alternative, and every text is inside the figure and on no other."""

    def check(picture: pictures.Picture) -> None:
        (image, about), (caption, _) = picture.outputs()
        assert image["text/plain"] == f"<Picture: {picture.name}>"
        assert base64.b64decode(image["image/png"]).startswith(b"\x89PNG")
        assert about["image/png"]["alt"] == picture.alt
        assert (
            f'aria-label="{html.escape(picture.alt)}"' in caption["text/html"]
        )
        assert picture.caption.endswith(".")
        assert picture.alt.endswith(".")
        picture.figure.draw_without_rendering()
        boxes = [
            text.get_window_extent()
            for axes in picture.figure.axes
            for text in [*axes.texts, *_names(axes, "x"), *_names(axes, "y")]
            if text.get_text() and text.get_visible()
        ]
        edge = picture.figure.bbox
        for box in boxes:
            assert 0 <= box.x0 < box.x1 <= edge.x1, picture
            assert 0 <= box.y0 < box.y1 <= edge.y1, picture
        for one, other in itertools.combinations(boxes, 2):
            # Neighbouring lines may touch, letters may not.
            apart = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert apart < 3 or one.x1 <= other.x0 or other.x1 <= one.x0

    return check


def _names(axes, axis: str) -> list:
    """The labels of an axis that are drawn: those within its limits."""
    if not axes.axison:
        return []
    least, most = sorted(getattr(axes, f"get_{axis}lim")())
    labels = getattr(axes, f"get_{axis}ticklabels")()
    at = "xy".index(axis)
    return [t for t in labels if least <= t.get_position()[at] <= most]


@pytest.fixture
def notebook():
    """Read a lesson's notebook as JSON, by its two digits."""

    def read(lesson: str) -> dict:
        [path] = (paths.PROJECT / "notebooks").glob(f"*_{lesson}.ipynb")
        return json.loads(pathlib.Path(path).read_text("utf-8"))

    return read


@pytest.fixture
def addresses_of_this_machine() -> list[str]:
    """IPv4 addresses by which others could reach this machine."""
    return [
        entry.address
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family == socket.AF_INET
        and not entry.address.startswith("127.")
    ]


@pytest.fixture
def cosign(tmp_path, monkeypatch):
    """A program that answers as cosign does; its lines of shell."""

    def install(script: str) -> None:
        program = tmp_path / "cosign"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    return install

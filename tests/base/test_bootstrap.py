"""The environment: what it takes from a kit, and how light it is."""

import pathlib
import subprocess
import sys

import pytest

from dockerlab.base import bootstrap


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """The folder of a kit's packages, empty."""
    monkeypatch.setattr(bootstrap, "WHEELS", tmp_path)
    return tmp_path


def test_a_kits_packages_are_used_if_they_are_the_pinned_ones(wheels):
    assert bootstrap.kit_options() == []
    (wheels / "pins").write_text("of last year")
    assert bootstrap.kit_options() == []
    (wheels / "pins").write_text(bootstrap.pins())
    assert bootstrap.kit_options() == ["--no-index", "--find-links", wheels]


@pytest.mark.parametrize(
    ("attribute", "value", "message"),
    [
        ("OLDEST", (9, 0), "make start PYTHON="),
        ("MEGABYTES", 10**9, "Free some space"),
    ],
)
def test_a_machine_that_cannot_hold_it(monkeypatch, attribute, value, message):
    bootstrap.require_machine()
    monkeypatch.setattr(bootstrap, attribute, value)
    with pytest.raises(bootstrap.Unable, match=message):
        bootstrap.require_machine()


def test_who_reads_notebooks_loads_no_grammar_of_addresses():
    """It takes seconds, at each start of JupyterLab and of pytest."""
    if pathlib.Path(sys.prefix) != bootstrap.VENV:
        pytest.skip("an environment that the course did not make")
    code = "import sys, nbformat; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    ).stdout.split()
    assert "jsonschema" in loaded
    assert "lark" not in loaded
    # Not only hidden from imports, either.
    [link] = pathlib.Path(sys.prefix).glob("lib/*/site-packages/dockerlab.pth")
    assert link.read_text("utf-8") == f"{bootstrap.PROJECT}\n"

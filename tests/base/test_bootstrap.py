"""The environment: what it takes from a kit, and how light it is."""

import ast
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from packaging import utils as packaging

from dockerlab import paths
from dockerlab.base import bootstrap
from dockerlab.checks.kubernetes import VERSION
from dockerlab.course import table


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
    assert bootstrap.kit_options(bootstrap.ALL_REQUIREMENTS) == []


@pytest.mark.parametrize("start", [True, False])
def test_a_root_is_begun_only_where_an_engine_is_prepared_next(
    monkeypatch, tmp_path, start
):
    done = []
    for name in ("require_machine", "make_venv", "begin_early"):
        monkeypatch.setattr(bootstrap, name, lambda n=name: done.append(n))
    for name in ("install", "remove_old_schemas", "link_project"):
        monkeypatch.setattr(bootstrap, name, done.append)
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(bootstrap, "complete", lambda wanted: False)
    monkeypatch.setattr(bootstrap, "packages", lambda: tmp_path)
    monkeypatch.setattr(bootstrap, "configure_ipython", lambda: None)
    monkeypatch.setattr(bootstrap, "stamp", lambda file: tmp_path / file.name)
    bootstrap.main(start=start)
    # Not sooner: Debian's package manager may install venv.
    before = ["require_machine", "make_venv", *["begin_early"] * start]
    assert done[: len(before)] == before
    assert ("begin_early" in done) == start


def _pins(requirements: pathlib.Path) -> set[str]:
    text = requirements.read_text("utf-8")
    return set(re.findall(r"^[\w.-]+==\S+", text, re.MULTILINE))


def test_tests_add_to_what_a_learner_has():
    learner = _pins(bootstrap.REQUIREMENTS)
    tests = _pins(bootstrap.ALL_REQUIREMENTS)
    assert learner < tests


def _sources() -> Iterator[str]:
    for path in (paths.PROJECT / "dockerlab").rglob("*.py"):
        yield path.read_text("utf-8")
    for book in table.course().notebooks:
        for cell in nbformat.read(book.path, 4).cells:
            if cell.cell_type == "code":
                yield TransformerManager().transform_cell(cell.source)


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_what_a_learner_runs_needs_no_package_of_tests():
    learner = {pin.split("==")[0] for pin in _pins(bootstrap.REQUIREMENTS)}
    known = metadata.packages_distributions()
    used = {
        name.split(".")[0] for text in _sources() for name in _imported(text)
    }
    missing = {
        name: known[name]
        for name in used & set(known)
        if not learner & {packaging.canonicalize_name(d) for d in known[name]}
    }
    assert not missing


def test_the_newest_schemas_of_kubernetes_stay(tmp_path):
    place = tmp_path / "kubernetes_validate" / "kubernetes-json-schema"
    for name in ("v1.9.0-local", "v1.37.0-local", "v1.37.0-local-strict"):
        (place / name).mkdir(parents=True)
    (place / "README").touch()
    bootstrap.remove_old_schemas(tmp_path)
    left = {found.name for found in place.iterdir()}
    assert left == {"README", "v1.37.0-local", "v1.37.0-local-strict"}


def test_this_environment_has_one_version_of_kubernetes():
    place = bootstrap.packages() / "kubernetes_validate"
    found = [path.name for path in place.glob("*/v*-strict")]
    assert found == [f"v{VERSION}.0-local-strict"]


@pytest.mark.parametrize("tests", [False, True])
def test_an_environment_is_complete_only_with_its_packages(
    monkeypatch, tmp_path, tests
):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    for name in ("make_venv", "link_project", "configure_ipython"):
        monkeypatch.setattr(bootstrap, name, lambda *_: None)
    installed = []
    monkeypatch.setattr(bootstrap, "install", installed.append)
    bootstrap.main(tests=tests)
    bootstrap.main()
    bootstrap.main(tests=tests)
    assert len(installed) == 1
    bootstrap.main(tests=True)
    assert installed[-1] == bootstrap.ALL_REQUIREMENTS


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

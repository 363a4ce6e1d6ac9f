"""Files beside the code: settings of other tools, the Makefile."""

import re
import subprocess
import tomllib

import pytest
import yaml

from dockerlab import paths
from dockerlab.base import bootstrap
from tools import check


def test_the_oldest_python_is_the_same_everywhere():
    project = tomllib.loads(
        (paths.PROJECT / "pyproject.toml").read_text("utf-8")
    )
    oldest = ".".join(map(str, bootstrap.OLDEST))
    assert project["project"]["requires-python"] == f">={oldest}"
    assert project["tool"]["mypy"]["python_version"] == oldest


def test_the_changelog_has_the_version():
    project = tomllib.loads(
        (paths.PROJECT / "pyproject.toml").read_text("utf-8")
    )
    log = (paths.PROJECT / "CHANGELOG.md").read_text("utf-8")
    assert f"## [{project['project']['version']}] - " in log


def test_hooks_call_every_part_of_make_check():
    file = paths.PROJECT / ".pre-commit-config.yaml"
    [repo] = yaml.safe_load(file.read_text("utf-8"))["repos"]
    called = [
        part
        for hook in repo["hooks"]
        for part in hook["entry"].partition("tools.check ")[2].split()
    ]
    assert sorted(called) == sorted(check.PARTS)


def test_texts_have_lf_everywhere():
    listed = subprocess.run(
        ["git", "ls-files", "--eol"],
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a Git repository")
    lines = listed.stdout.splitlines()
    assert [line for line in lines if "crlf" in line or "mixed" in line] == []
    assert all("eol=lf" in line or "-text" in line for line in lines)


def test_make_alone_prints_help():
    done = subprocess.run(
        ["make", "--no-print-directory"],
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
    )
    for target in [
        "start",
        "check",
        "test",
        "doctor",
        "stop",
        "clean",
        "notebooks",
        "format",
        "bench",
    ]:
        assert f"make {target}" in done.stdout


def test_requirements_are_pinned_with_hashes():
    for folder in (paths.PROJECT, paths.PROJECT / "sample_app"):
        text = (folder / "requirements.txt").read_text("utf-8")
        names = re.findall(r"^[a-z0-9][\w.-]*==\S+", text, re.MULTILINE)
        assert len(names) > 5
        assert "://" not in text
        assert text.count("--hash=sha256:") >= len(names)


def test_all_tests_of_a_file_run_in_one_process(pytestconfig):
    """Also those whose parameter looks like a part of the path."""
    conftest = str(paths.PROJECT / "conftest.py")
    plugin = pytestconfig.pluginmanager.get_plugin(conftest)
    scopes = object.__new__(plugin._Scopes)
    for test in ("test_one", "test_one[::]", "test_one[a::b]"):
        assert scopes._split_scope(f"tests/a.py::{test}") == "tests/a.py"

"""The builder's checks, and what takes their place on older builders."""

import shutil
import subprocess

import pytest

from dockerlab import linters
from dockerlab.base.errors import LabError

OLD = """# check=skip=all
FROM python:3.13-slim
ENV NAME World
CMD echo hello
"""
FOUND = [(3, "LegacyKeyValueFormat"), (4, "JSONArgsRecommended")]


@pytest.mark.engine
def test_a_comment_does_not_switch_checks_off(lab_client):
    assert linters.build_checks(OLD) == FOUND
    assert linters.build_checks("FROM python:3.13-slim\n") == []


def test_tally_replaces_an_older_builder(tmp_path, monkeypatch):
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\necho unknown flag: --call >&2; exit 1\n")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert shutil.which("docker") == str(docker)
    text = OLD.replace("# check=skip=all", "# a comment")
    assert linters.build_checks(text) == FOUND


def test_a_builder_without_an_answer_is_an_error(monkeypatch):
    silent = subprocess.CompletedProcess([], 1, stdout="", stderr="broken")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: silent)
    with pytest.raises(LabError, match="could not check"):
        linters.build_checks(OLD)

"""Programs beside the engine: the linter and cosign."""

import pathlib
import subprocess

import pytest

from dockerlab.base.errors import LabError
from dockerlab.checks import tools


def test_a_comment_silences_the_linter_where_that_is_allowed():
    text = "FROM debian\n# hadolint ignore=DL3020\nADD a /a\n"
    assert [row["code"] for row in tools.lint(text)] == ["DL3006"]
    found = tools.lint(text, "--disable-ignore-pragma")
    assert {"DL3006", "DL3020"} <= {row["code"] for row in found}
    assert tools.lint("FROM debian:trixie-slim\nCOPY a /a\n") == []


def test_a_linter_that_does_not_work_is_not_the_learners_fault(monkeypatch):
    silent = subprocess.CompletedProcess([], 1, stdout="", stderr="broken")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: silent)
    with pytest.raises(LabError, match="not counted"):
        tools.lint("FROM debian\n")


def test_a_valid_signature_has_no_error(cosign):
    cosign('case "$*" in *--help) exit 0;; esac; exit 0')
    assert tools.has_cosign()
    assert tools.verify("localhost:1/a:1", pathlib.Path("k.pub")) == ""


def test_the_error_of_cosign_is_shown(cosign):
    cosign('echo "Error: no signatures found" >&2; exit 1')
    error = tools.verify("localhost:1/a:1", pathlib.Path("k.pub"))
    assert error == "no signatures found"


def test_the_older_format_of_signatures_is_used(cosign):
    cosign(
        'case "$*" in\n'
        "*--help) echo --new-bundle-format ;;\n"
        "*--new-bundle-format=false*--key\\ k.pub\\ localhost:1/a:1) ;;\n"
        "*) exit 1 ;;\nesac"
    )
    assert tools.verify("localhost:1/a:1", pathlib.Path("k.pub")) == ""

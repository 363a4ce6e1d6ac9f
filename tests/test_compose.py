"""Docker Compose from a notebook, with a `docker` of the test."""

import json
import os
import sys

import pytest

from dockerlab import compose
from dockerlab.base.errors import LabError

FAKE = f"""#!{sys.executable}
import json, os, sys
words = sys.argv[1:]
with open(os.environ["LOG"], "a") as log:
    text = sys.stdin.read() if "-f" in words else ""
    print(json.dumps([words, text, os.environ.get("NAME")]), file=log)
if "config" in words:
    print(json.dumps({{"name": "x"}}))
print(os.environ.get("VERSION", ""), end="")
print(os.environ.get("FAULT", ""), file=sys.stderr)
sys.exit(bool(os.environ.get("FAULT")))
"""


@pytest.fixture
def calls(tmp_path, monkeypatch):
    """What Compose was called with: words, standard input, $NAME."""
    program = tmp_path / "docker"
    program.write_text(FAKE)
    program.chmod(0o755)
    log = tmp_path / "log"
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LOG", str(log))
    return lambda: [json.loads(row) for row in log.read_text().splitlines()]


def test_up_removes_the_old_project_first(calls, capsys):
    compose.up("services:", "shop", NAME="Ada")
    down, up = calls()
    assert down[0][-4:] == ["down", "-v", "-t", "1"]
    assert up[0][-2:] == ["up", "-d"]
    assert up[1:] == ["services:", "Ada"]
    assert capsys.readouterr().out == ""


def test_up_removes_the_old_project_whatever_the_new_file_says(calls):
    """Else a file with an error leaves yesterday's containers, and a check
    looks at these."""
    compose.up("services: [", "shop")
    down, _ = calls()
    assert down[1] == ""
    assert "-f" not in down[0]


def test_up_prints_why_compose_cannot(calls, capsys, monkeypatch):
    monkeypatch.setenv("FAULT", "no such key")
    compose.up("services:", "shop")
    assert capsys.readouterr().out == "no such key\n"


def test_plan_reads_what_compose_understood(calls, monkeypatch):
    assert compose.plan("a.yaml", "b.yaml") == {"name": "x"}
    assert calls()[0][0][1:5] == ["-f", "a.yaml", "-f", "b.yaml"]
    monkeypatch.setenv("FAULT", "not allowed")
    with pytest.raises(LabError, match="not allowed"):
        compose.plan()


@pytest.mark.parametrize("version", ["1.29.2", "v1.0"])
def test_refuses_the_old_compose(calls, monkeypatch, version):
    monkeypatch.setenv("VERSION", version)
    with pytest.raises(LabError, match="docker compose"):
        compose.require()


def test_accepts_compose_2(calls, monkeypatch):
    monkeypatch.setenv("VERSION", "2.40.3")
    compose.require()
    monkeypatch.setenv("FAULT", "unknown command")
    with pytest.raises(LabError):
        compose.require()

"""Files beside the code: settings of other tools, the Makefile."""

import json
import re
import subprocess
import tomllib

import jsonschema
import pytest
import yaml

from dockerlab import paths
from dockerlab.base import bootstrap
from dockerlab.course import table
from tools import check

# The properties of the Development Container Specification's schema that our
# file uses, with their types.
DEVCONTAINER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["image"],
    "properties": {
        "name": {"type": "string"},
        "image": {"type": "string"},
        "features": {
            "type": "object",
            "additionalProperties": {"type": ["object", "string", "boolean"]},
        },
        "hostRequirements": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "cpus": {"type": "integer", "minimum": 1},
                "memory": {"pattern": r"^\d+([tgmk]b)?$"},
                "storage": {"pattern": r"^\d+([tgmk]b)?$"},
            },
        },
        "forwardPorts": {"type": "array", "items": {"type": "integer"}},
        "portsAttributes": {
            "type": "object",
            "patternProperties": {r"^\d+(-\d+)?$": {"type": "object"}},
        },
        "postCreateCommand": {"type": ["string", "array", "object"]},
        "customizations": {"type": "object"},
    },
}


def test_devcontainer_is_valid():
    file = paths.PROJECT / ".devcontainer" / "devcontainer.json"
    settings = json.loads(file.read_text("utf-8"))
    jsonschema.validate(settings, DEVCONTAINER)
    assert any("docker-in-docker" in name for name in settings["features"])


def test_devcontainer_opens_the_first_notebook():
    file = paths.PROJECT / ".devcontainer" / "devcontainer.json"
    settings = json.loads(file.read_text("utf-8"))
    first = table.course().notebooks[0].path.relative_to(paths.PROJECT)
    opened = settings["customizations"]["codespaces"]["openFiles"]
    assert opened == [first.as_posix()]


def test_workflow_checks_first_and_then_tests():
    file = paths.PROJECT / ".github" / "workflows" / "ci.yml"
    workflow = yaml.safe_load(file.read_text("utf-8"))
    check, test = workflow["jobs"]["check"], workflow["jobs"]["test"]
    assert check["strategy"]["matrix"]["python"] == ["3.11", "3.14"]
    assert {"run": "make check"} in check["steps"]
    assert test["needs"] == "check"
    assert test["strategy"]["matrix"]["engine"] == ["own", "box"]
    assert {"run": "make test"} in test["steps"]
    assert {"pull_request", "schedule"} <= set(workflow[True])


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

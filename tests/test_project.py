"""Files beside the code: settings of other tools, the Makefile."""

import json
import re
import subprocess

import jsonschema
import yaml

from dockerlab import paths

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


def test_workflow_calls_the_readmes_command():
    file = paths.PROJECT / ".github" / "workflows" / "ci.yml"
    workflow = yaml.safe_load(file.read_text("utf-8"))
    job = workflow["jobs"]["test"]
    assert job["strategy"]["matrix"]["engine"] == ["own", "box"]
    assert {"run": "make test"} in job["steps"]
    assert {"pull_request", "schedule"} <= set(workflow[True])


def test_make_alone_prints_help():
    done = subprocess.run(
        ["make", "--no-print-directory"],
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
    )
    for target in [
        "start",
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

"""What runs on other people's machines: hosted editor, workflows.

Neither can run here. What can be tried is: their form, and the versions that
they name.
"""

import json
import os
import socket
import subprocess
import sys
import sysconfig
import tomllib

import jsonschema
import pytest
import requests
import yaml

from dockerlab import paths, pipelines
from dockerlab.base import processes
from dockerlab.commands import hosted, jupyter
from dockerlab.course import table
from dockerlab.engine.find import Engine
from tools import on_engines

WORKFLOWS = paths.PROJECT / ".github" / "workflows"
DEVCONTAINER = paths.PROJECT / ".devcontainer" / "devcontainer.json"
SCRIPTS = sysconfig.get_path("scripts")

# The newest tags on 2026-11-27, according to the updates that public
# repositories merged. All run on Node.js 24: GitHub removed Node.js 20 on
# 2026-09-23.
ACTIONS = {
    "actions/cache": "v6",
    "actions/checkout": "v7",
    "actions/configure-pages": "v6",
    "actions/deploy-pages": "v5",
    "actions/setup-python": "v7",
    "actions/upload-artifact": "v7",
    "actions/upload-pages-artifact": "v5",
}
# The commits of the newest releases on 2026-11-27, for the notebook's
# workflow. Each is named with its version by pull requests or workflows of
# at least three public repositories that do not know each other, such as
# roostorg/coop 1165 and laurentiu021/SystemManager 1457.
PINNED = {
    "actions/checkout": (
        "v7.0.1",
        "3d3c42e5aac5ba805825da76410c181273ba90b1",
    ),
    "docker/setup-buildx-action": (
        "v4.4.1",
        "f87e5991a6d7451dcb8d9637bfbc97413f497069",
    ),
    "docker/login-action": (
        "v4.6.0",
        "dbcb813823bdd20940b903addbd779551569679f",
    ),
    "docker/build-push-action": (
        "v7.4.0",
        "c3c9e263c25d99ce0380d002d59b67737d91b0dc",
    ),
}
# The newest tags whose inputs this actionlint has in its list. Versions 4 and
# 7 changed no input that the workflow uses (their release notes).
KNOWN_TO_ACTIONLINT = {
    "docker/setup-buildx-action": "v3",
    "docker/login-action": "v3",
    "docker/build-push-action": "v6",
}

LABELS = ["notify", "openBrowser", "openBrowserOnce", "openPreview"]
COMMAND = {"type": ["string", "array", "object"]}
SIZE = {"type": "string", "pattern": r"^\d+([tgmk]b)?$"}
# The properties that our file uses, with their types in the published schema
# (devcontainers/spec, schemas/devContainer.base.schema.json).
SCHEMA = {
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
                "memory": SIZE,
                "storage": SIZE,
            },
        },
        "forwardPorts": {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "integer", "minimum": 0, "maximum": 65535},
        },
        "portsAttributes": {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {
                r"^\d+(-\d+)?$": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "label": {"type": "string"},
                        "onAutoForward": {"enum": [*LABELS, "silent"]},
                    },
                }
            },
        },
        "postCreateCommand": COMMAND,
        "postStartCommand": COMMAND,
        "postAttachCommand": COMMAND,
        "customizations": {"type": "object"},
    },
}


def load(name):
    """A workflow of the project. YAML reads the word `on` as True."""
    return yaml.safe_load((WORKFLOWS / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def editor():
    return json.loads(DEVCONTAINER.read_text("utf-8"))


# -- hosted editor ------------------------------------------------------


def test_devcontainer_is_valid(editor):
    jsonschema.validate(editor, SCHEMA)


def test_docker_installs_on_the_image_of_the_devcontainer(editor):
    """The feature's install.sh refuses `moby` on Debian trixie.

    "The 'moby' option is not supported on debian 'trixie'": version 2 says so
    since devcontainers/features pull request 1482 (2025-09-14), and version 3
    still does (DIYgod/RSSHub, pull request 23135, 2026-08-29).
    """
    assert editor["image"].endswith(":3.13-trixie")
    assert editor["features"] == {
        "ghcr.io/devcontainers/features/docker-in-docker:3": {"moby": False}
    }


def test_devcontainer_opens_the_first_notebook(editor):
    first = table.course().notebooks[0].path.relative_to(paths.PROJECT)
    opened = editor["customizations"]["codespaces"]["openFiles"]
    assert opened == [first.as_posix()]
    environment = "${containerWorkspaceFolder}/.venv/bin/python"
    settings = editor["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"] == environment


def test_devcontainer_starts_jupyterlab_and_forwards_it(editor):
    assert editor["postStartCommand"] == "make start"
    assert editor["postAttachCommand"] == "make start"  # prints the address
    assert 8888 in editor["forwardPorts"]  # the default of `make start`
    assert set(map(str, editor["forwardPorts"])) == set(
        editor["portsAttributes"]
    )


CODESPACE = {
    "CODESPACE_NAME": "calm-sky-1",
    "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN": "app.github.dev",
}


def test_the_address_in_a_codespace(monkeypatch):
    origin = "https://calm-sky-1-8888.app.github.dev"
    assert hosted.origin(8888, CODESPACE) == origin
    assert f"--ServerApp.allow_origin={origin}" in hosted.options(
        8888, CODESPACE
    )
    for name, value in CODESPACE.items():
        monkeypatch.setenv(name, value)
    assert jupyter.address(8888, "t").startswith(f"{origin}/lab/tree/")


@pytest.mark.parametrize("missing", CODESPACE)
def test_jupyterlab_is_for_this_machine_alone_elsewhere(missing, monkeypatch):
    profile = {**CODESPACE, missing: ""}
    assert hosted.origin(8888, profile) == ""
    assert hosted.options(8888, profile) == []
    for name in CODESPACE:
        monkeypatch.delenv(name, raising=False)
    address = jupyter.address(8888, "t")
    assert address.startswith("http://127.0.0.1:8888/lab/tree/notebooks/")


@pytest.fixture(scope="module")
def forwarded(tmp_path_factory):
    """A JupyterLab as it starts in a codespace: its port and its token."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKERLAB_HOME", str(home))
        for name, value in CODESPACE.items():
            patch.setenv(name, value)
        url = jupyter.serve(Engine("own", ""), port)
        yield port, url.partition("token=")[2]
        processes.end(jupyter.NAME)


@pytest.mark.parametrize("host", ["localhost:8888", "calm-sky-1-8888.x.dev"])
def test_jupyterlab_answers_its_page_in_the_editor(forwarded, host):
    """The browser's page has the forwarded address; the editor may send its
    own name or that of this machine."""
    port, token = forwarded
    server = f"http://127.0.0.1:{port}"
    page = requests.get(
        f"{server}/lab?token={token}",
        headers={"Host": host},
        allow_redirects=False,
        timeout=120,
    )
    cookies = "; ".join(f"{k}={v}" for k, v in page.cookies.items())

    def get(origin):
        headers = {"Host": host, "Cookie": cookies, "Origin": origin}
        return requests.get(
            f"{server}/api/contents", headers=headers, timeout=120
        )

    origin = hosted.origin(port, CODESPACE)
    answer = get(origin)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert get("https://evil.example").status_code == 404


# -- workflows ----------------------------------------------------------


def steps_of(workflow):
    """All steps of all jobs of a workflow."""
    for job in workflow["jobs"].values():
        yield from job["steps"]


def lint(*words):
    """Run actionlint; it finds shellcheck by itself where there is one."""
    return subprocess.run(
        [f"{SCRIPTS}/actionlint", "-no-color", *map(str, words)],
        capture_output=True,
        text=True,
    )


def test_workflows_are_clean():
    done = lint(*WORKFLOWS.glob("*.yml"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_action_on_an_old_node_is_found(tmp_path):
    old = (WORKFLOWS / "ci.yml").read_text("utf-8").replace("@v7", "@v4")
    (tmp_path / "old.yml").write_text(old)
    done = lint(tmp_path / "old.yml")
    assert done.returncode == 1
    assert "node20" in done.stdout


@pytest.mark.parametrize("name", sorted(p.name for p in WORKFLOWS.iterdir()))
def test_actions_permissions_and_times_of_workflows(name):
    workflow = load(name)
    used = {step["uses"] for step in steps_of(workflow) if "uses" in step}
    known = {f"{action}@{version}" for action, version in ACTIONS.items()}
    assert used <= known
    assert workflow["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


def test_workflow_checks_the_oldest_and_the_newest_python():
    workflow = load("ci.yml")
    check = workflow["jobs"]["check"]
    project = tomllib.loads(
        (paths.PROJECT / "pyproject.toml").read_text("utf-8")
    )["project"]
    first, last = check["strategy"]["matrix"]["python"]
    assert project["requires-python"] == f">={first}"
    assert (first, last) == ("3.11", "3.14")
    more = check["strategy"]["matrix"]["include"]
    assert [row["machine"] for row in more] == ["macos-latest", "ubuntu-24.04"]
    assert all(row["may-fail"] for row in more)
    assert {"run": "make check"} in check["steps"]
    assert {"pull_request", "schedule"} <= set(workflow[True])
    assert workflow["concurrency"]["cancel-in-progress"]


def test_workflow_tests_on_own_engines_and_on_the_box():
    jobs = load("ci.yml")["jobs"]
    own, box = jobs["own"], jobs["box"]
    assert own["strategy"]["matrix"]["store"] == ["containerd", "classic"]
    assert own["env"]["DOCKERLAB_ENGINE"] == "own"
    assert box["env"]["DOCKERLAB_ENGINE"] == "box"
    for job in (own, box):
        assert job["needs"] == "check"
        assert {"run": "make test"} in job["steps"]
        assert any("cache" in step.get("uses", "") for step in job["steps"])


def test_workflow_tests_other_engines_and_the_editor_weekly():
    jobs = load("ci.yml")["jobs"]
    suites = jobs["engines"]["strategy"]["matrix"]["suite"]
    assert suites == on_engines.SUITES
    for job in (jobs["engines"], jobs["editor"]):
        assert "schedule" in job["if"]
        assert "pull_request" not in job["if"]
    first = table.course().notebooks[0].path.relative_to(paths.PROJECT)
    commands = " ".join(s.get("run", "") for s in jobs["editor"]["steps"])
    assert first.as_posix() in commands


CHOOSE = "choose the image store"


@pytest.mark.parametrize("before", [None, "{}", '{"debug": true}'])
@pytest.mark.parametrize("store", ["containerd", "classic"])
def test_the_step_that_chooses_the_image_store(tmp_path, store, before):
    """With stand-ins for the commands that change a machine."""
    [step] = [
        s
        for s in load("ci.yml")["jobs"]["own"]["steps"]
        if s.get("name") == CHOOSE
    ]
    settings = tmp_path / "daemon.json"
    if before:
        settings.write_text(before)
    (tmp_path / "bin").mkdir()
    query = (
        "import json,sys; d=json.load(open(sys.argv[2]));"
        "d.setdefault('features',{})['containerd-snapshotter']="
        "sys.argv[1].endswith('true'); print(json.dumps(d))"
    )
    programs = {
        "sudo": '[ "$1" = systemctl ] || exec "$@"',
        "jq": f'exec {sys.executable} -c "{query}" "$@"',
        "docker": f"grep -q 'tter\": true' {settings}"
        " && echo '[[driver-type io.containerd.snapshotter.v1]]'"
        " || echo '[[Backing Filesystem extfs]]'",
    }
    for name, text in programs.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    script = step["run"].replace("/etc/docker/daemon.json", str(settings))
    for wanted in (store, store):  # it can run twice
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            env={
                "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
                "STORE": wanted,
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    found = json.loads(settings.read_text())
    assert found["features"] == {
        "containerd-snapshotter": store == "containerd"
    }
    assert found.get("debug", False) == (before == '{"debug": true}')


# -- the workflow of the notebook ---------------------------------------


@pytest.fixture(scope="module")
def lesson():
    return yaml.safe_load(pipelines.WORKFLOW.read_text("utf-8"))


def test_the_notebooks_workflow_is_clean():
    done = lint(pipelines.WORKFLOW)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_notebooks_workflow_knows_its_actions_inputs(tmp_path):
    """actionlint knows the inputs of an action by its tag, not by its hash."""
    text = pipelines.WORKFLOW.read_text("utf-8")
    for action, (version, commit) in PINNED.items():
        known = KNOWN_TO_ACTIONLINT.get(action, version.partition(".")[0])
        text = text.replace(f"{action}@{commit}", f"{action}@{known}")
    (tmp_path / "tags.yml").write_text(text)
    done = lint("-ignore", "runtime .node20.", tmp_path / "tags.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "tags.yml").write_text(text.replace("target:", "tarket:"))
    assert lint(tmp_path / "tags.yml").returncode == 1


def test_the_notebooks_actions_are_pinned_to_commits():
    lines = pipelines.WORKFLOW.read_text("utf-8").splitlines()
    used = [line.partition("uses: ")[2] for line in lines if "uses: " in line]
    assert set(used) == {
        f"{action}@{commit} # {version}"
        for action, (version, commit) in PINNED.items()
    }


def test_the_notebooks_workflow_has_the_least_rights(lesson):
    [job] = lesson["jobs"].values()
    assert lesson["permissions"] == {"contents": "read"}
    assert job["permissions"] == {"contents": "read", "packages": "write"}
    assert lesson[True] == {"push": {"tags": ["*"]}}  # never a pull request
    assert "timeout-minutes" in job
    [checkout, *_] = job["steps"]
    assert checkout["with"] == {"persist-credentials": False}


def test_the_notebooks_workflow_tests_before_it_pushes(lesson):
    names = [step.get("name") for step in steps_of(lesson)]
    assert names[-4:] == ["lint", "build the test stage", "test", "push"]
    pushing = [s for s in steps_of(lesson) if s.get("with", {}).get("push")]
    assert [step["name"] for step in pushing] == ["push"]

"""The labels that `docker compose` gets from the wrapper."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from dockerlab.base import labels
from dockerlab.workspace import compose_labels, wrapper

PLAN = {
    "services": {"web": {"build": {"context": "."}}, "store": {}},
    "networks": {"default": {"ipam": {}}, "theirs": {"external": True}},
    "volumes": {"visits": None},
}
# A `docker` that answers `config` and prints everything else.
FAKE = f"""#!{sys.executable}
import os, sys
words = sys.argv[1:]
if "config" in words:
    broken = "broken.yaml" in words
    if "-" in words:
        assert sys.stdin.read() == "text"
    print({json.dumps(PLAN)!r})
    sys.exit(broken)
print(*words, sep="\\n")
print(os.environ.get("COMPOSE_FILE", ""))
print(sys.stdin.read())
"""


@pytest.fixture
def compose(tmp_path, monkeypatch):
    """Run the wrapper's `docker compose`; its words, without the labels'
    file, and what that file contains."""
    docker = tmp_path / "real"
    docker.write_text(FAKE)
    docker.chmod(0o755)
    for name in list(os.environ):
        if name.startswith(("COMPOSE_", "DOCKER")):
            monkeypatch.delenv(name)
    settings = {
        "DOCKERLAB_DOCKER": str(docker),
        "DOCKERLAB_LESSON": "flask_app",
        "DOCKERLAB_SCRATCH": str(tmp_path),
        "DOCKERLAB_PYTHON": sys.executable,
    }
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run(words: str, **more: str) -> tuple[list[str], dict]:
        done = subprocess.run(
            [wrapper.FOLDER / "docker", "compose", *words.split()],
            env={**os.environ, **settings, **more},
            input="text",
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        added = list(tmp_path.glob("compose-labels-*.json"))
        text = done.stdout
        for path in added:
            text = text.replace(f"--file={path}\n", "").replace(
                f"{os.pathsep}{path}", ""
            )
            assert str(path) not in text
        rows = text.replace(f"{folder}/", "").splitlines()
        return rows, json.loads(added[0].read_text()) if added else {}

    return run


def test_everything_that_is_created_gets_the_labels(compose):
    pathlib.Path("compose.yaml").write_text("services:")
    rows, added = compose("up -d")
    assert rows[:4] == ["compose", "--file=compose.yaml", "up", "-d"]
    both = {"labels": labels.of("flask_app")}
    image = {"build": {"labels": {labels.LESSON: "flask_app"}}}
    assert added == {
        "services": {"web": {**both, **image}, "store": both},
        "networks": {"default": both},
        "volumes": {"visits": both},
    }


@pytest.mark.parametrize(
    "words",
    ["ps --all", "-f some.yaml exec web up", "config", "version --short", ""],
)
def test_other_commands_stay_as_they_are(compose, words):
    rows, added = compose(words)
    assert not added
    if words != "config":
        assert rows[: 1 + len(words.split())] == ["compose", *words.split()]


def test_files_of_the_command_line_are_kept(compose):
    rows, added = compose("-p x --file=a.yaml -f b.yaml run web")
    assert rows[:6] == ["compose", "-p", "x", "--file=a.yaml", "-f", "b.yaml"]
    assert rows[6:8] == ["run", "web"]
    assert added


def test_a_file_from_standard_input_is_read_twice(compose):
    rows, added = compose("-f - up")
    place = f"--project-directory={pathlib.Path.cwd()}"
    assert rows[:5] == ["compose", "-f", "-", place, "up"]
    assert rows[-1] == "text"
    assert added


@pytest.mark.parametrize("in_file", [False, True])
def test_files_of_the_variable_are_kept(compose, in_file):
    value = os.pathsep.join(["a.yaml", "b.yaml"])
    if in_file:
        pathlib.Path(".env").write_text(f"NAME=x\nCOMPOSE_FILE={value}\n")
    rows, added = compose("up", **({} if in_file else {"COMPOSE_FILE": value}))
    assert rows[:3] == ["compose", "up", value]
    assert added


def test_a_file_with_a_fault_is_left_to_compose(compose):
    rows, added = compose("-f broken.yaml up")
    assert rows[:4] == ["compose", "-f", "broken.yaml", "up"]
    assert not added


def test_finds_the_files_that_compose_finds(tmp_path):
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert compose_labels.default_files(below) == []
    names = ["docker-compose.yml", "compose.yaml", "compose.override.yaml"]
    for name in names:
        (tmp_path / name).write_text("")
    found = compose_labels.default_files(below)
    assert found == [str(tmp_path / name) for name in names[1:]]


def test_options_end_where_the_command_begins():
    line = "-p up --profile=x -f - --verbose run --rm web -f"
    options, command = compose_labels.split(line.split())
    assert command == ["run", "--rm", "web", "-f"]
    assert compose_labels.given(options, "-f", "--file") == ["-"]
    assert compose_labels.given(options, "--profile") == ["x"]

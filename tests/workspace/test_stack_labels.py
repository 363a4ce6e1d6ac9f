"""The labels that `docker stack deploy` gets from the wrapper."""

import os
import subprocess
import sys

import pytest
import yaml

from dockerlab.base import labels
from dockerlab.workspace import stack_labels, wrapper

STACK = """
services:
  web:
    image: nginx:stable
    deploy:
      replicas: 2
networks:
  theirs:
    external: true
configs:
  page:
    file: ./page.html
"""
FAKE = f"""#!{sys.executable}
import os, sys
print(*sys.argv[1:])
print(os.getcwd())
print(sys.stdin.read())
"""


@pytest.fixture
def stack(tmp_path):
    """Run the wrapper's `docker stack`; its words, folder and input."""
    docker = tmp_path / "real"
    docker.write_text(FAKE)
    docker.chmod(0o755)
    settings = {
        "DOCKERLAB_DOCKER": str(docker),
        "DOCKERLAB_LESSON": "swarm_operations",
        "DOCKERLAB_SCRATCH": str(tmp_path),
        "DOCKERLAB_PYTHON": sys.executable,
    }

    def run(words: str) -> list[str]:
        done = subprocess.run(
            [wrapper.FOLDER / "docker", "stack", *words.split()],
            env={**os.environ, **settings},
            cwd=tmp_path,
            input="",
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split("\n", 2)

    return run


def test_all_that_a_stack_creates_gets_the_labels():
    found = stack_labels.labelled(yaml.safe_load(STACK), "swarm_operations")
    made = labels.of("swarm_operations")
    web = found["services"]["web"]
    assert web["labels"] == web["deploy"]["labels"] == made
    assert web["deploy"]["replicas"] == 2
    assert found["networks"]["default"] == {"labels": made}
    assert found["networks"]["theirs"] == {"external": True}
    assert found["configs"]["page"]["labels"] == made


def test_the_file_is_handed_over_in_its_folder(stack, tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "stack.yaml").write_text(STACK)
    words, place, text = stack("deploy -c shop/stack.yaml shop")
    assert words == "stack deploy -c - shop"
    assert place == str(folder)
    assert yaml.safe_load(text)["services"]["web"]["labels"]


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [", ""])
def test_docker_reports_what_is_wrong_with_a_file(stack, tmp_path, text):
    (tmp_path / "bad.yaml").write_text(text)
    words, _, given = stack("deploy -c bad.yaml shop")
    assert words == "stack deploy -c bad.yaml shop"
    assert not given.strip()


def test_other_commands_stay_as_they_are(stack):
    assert stack("rm shop")[0] == "stack rm shop"
    assert stack("deploy -c none.yaml shop")[0].endswith("none.yaml shop")

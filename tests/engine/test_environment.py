"""The learner's profile does not change what a notebook shows."""

import os
import re
import subprocess
import urllib.request

import pytest

from dockerlab.engine import environment
from dockerlab.engine.find import Engine, find

PROFILE = {
    "BUILDX_BUILDER": "mine",
    "BUILDKIT_HOST": "tcp://127.0.0.1:1",
    "COMPOSE_FILE": "other.yml",
    "COMPOSE_PROFILES": "debug",
    "COMPOSE_PROJECT_NAME": "mine",
    "DOCKER_API_VERSION": "1.24",
    "DOCKER_BUILDKIT": "0",
    "DOCKER_CONTENT_TRUST": "1",
    "DOCKER_DEFAULT_PLATFORM": "linux/s390x",
    "SOURCE_DATE_EPOCH": "0",
}
KEPT = {
    "DOCKER_CONFIG": "/a",
    "HTTPS_PROXY": "http://b",
    "DOCKERLAB_HOME": "c",
}


@pytest.fixture
def profile(monkeypatch):
    """An environment that is put back afterwards."""
    monkeypatch.setattr(os, "environ", {**PROFILE, **KEPT})
    return os.environ


def test_what_would_change_a_notebook_is_removed(profile):
    assert set(environment.to_remove(profile)) == set(PROFILE)
    Engine("own", "unix:///var/run/mine.sock").use()
    assert set(PROFILE) & set(profile) == {"BUILDX_BUILDER"}
    assert profile["BUILDX_BUILDER"] == "default"
    assert KEPT.items() <= profile.items()


def test_programs_without_contexts_find_the_engine(profile):
    Engine("own", "unix:///home/me/.colima/docker.sock").use()
    assert profile["DOCKER_HOST"] == "unix:///home/me/.colima/docker.sock"


@pytest.mark.parametrize("url", ["tcp://10.0.0.1:2376", "ssh://me@there"])
def test_a_remote_engine_stays_a_context(profile, url):
    """Its certificates or its login are not in the address."""
    Engine("own", url).use()
    assert "DOCKER_HOST" not in profile


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("given", ["", "127.0.0.0/8", "example.org"])
def test_loopback_never_goes_to_a_proxy(monkeypatch, name, given):
    settings = {name: "http://proxy:3128", "no_proxy": given}
    for key, value in (settings | environment.direct(settings)).items():
        monkeypatch.setenv(key, value)
    for host in ("127.0.0.1:5000", "localhost:5000"):
        assert urllib.request.proxy_bypass(host)
    assert not urllib.request.proxy_bypass("hub.docker.com")
    if given:
        assert given in environment.direct(settings)["NO_PROXY"].split(",")


def test_without_a_proxy_nothing_is_set():
    assert environment.direct({"PATH": "/bin", "no_proxy": "a"}) == {}


def test_another_builder_of_the_learner_is_not_used(
    needs_engine, tmp_path, monkeypatch
):
    """`docker buildx create --use` chooses one without local images."""
    found = find()
    if not found.box:
        pytest.skip("would change the learner's own settings")
    for name in environment.BUILDER:
        monkeypatch.delenv(name, raising=False)
    settings = {**os.environ, **found.environment()}
    used = settings.pop("BUILDX_BUILDER")
    settings["BUILDX_CONFIG"] = str(tmp_path)

    def buildx(*words: str, **more: str) -> str:
        return subprocess.run(
            ["docker", "buildx", *words],
            env={**settings, **more},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    buildx("create", "--use", "--name", "mine")
    assert "docker-container" in buildx("inspect")
    chosen = buildx("inspect", BUILDX_BUILDER=used)
    assert "docker-container" not in chosen
    assert re.search(r"^Driver:\s+docker$", chosen, re.M)

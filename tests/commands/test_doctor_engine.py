"""What the doctor finds in engines and settings that learners have."""

import datetime
import json

import pytest

from dockerlab.commands import doctor_engine
from dockerlab.engine.find import Engine

CLASSIC = {
    "Driver": "overlay2",
    "DriverStatus": [["Backing Filesystem", "extfs"]],
    "MemoryLimit": True,
    "CpuCfsQuota": True,
    "PidsLimit": True,
    "SecurityOptions": ["name=seccomp,profile=builtin"],
    "LoggingDriver": "json-file",
    "Architecture": "x86_64",
}
ROOTLESS = CLASSIC | {
    "SecurityOptions": ["name=seccomp", "name=rootless"],
    "MemoryLimit": False,
    "PidsLimit": False,
}


def test_the_image_store_is_named():
    status = [["driver-type", "io.containerd.snapshotter.v1"]]
    store = doctor_engine.image_store(CLASSIC | {"DriverStatus": status})
    assert store == "containerd"
    assert doctor_engine.image_store(CLASSIC).startswith("classic")
    assert doctor_engine.image_store({"DriverStatus": None})


def test_a_rootless_engine_whose_limits_have_no_effect():
    assert doctor_engine.limits(CLASSIC).ok
    found = doctor_engine.limits(ROOTLESS)
    assert not found.ok
    assert not found.required
    assert "limits of memory and processes have no effect" in found.detail
    assert "rootless/tips" in found.fix
    delegated = ROOTLESS | {"MemoryLimit": True, "PidsLimit": True}
    assert doctor_engine.limits(delegated).ok


def test_what_a_rootless_engine_lacks():
    assert doctor_engine.rootless(CLASSIC).ok
    found = doctor_engine.rootless(ROOTLESS)
    assert not found.ok
    assert not found.required
    assert "no ports below 1024" in found.detail


def test_limits_of_processors():
    found = doctor_engine.limits(CLASSIC | {"CpuCfsQuota": False})
    assert found.detail == "limits of processors have no effect"
    assert "DOCKERLAB_ENGINE=box" in found.fix


@pytest.mark.parametrize(
    ("theirs", "seconds"),
    [
        ("2026-11-27T18:09:24.153918401Z", 0),
        ("2026-11-27T19:09:24.153918401+01:00", 0),
        ("2026-11-27T17:59:24.153918401Z", 600),
        ("2026-11-27T19:39:24.153918401+01:00", 1800),
        ("2026-11-27T18:09:24", 0),  # without a zone
        (None, 0),
    ],
)
def test_the_clock_of_the_engine(theirs, seconds):
    now = datetime.datetime(2026, 11, 27, 18, 9, 24, tzinfo=datetime.UTC)
    found = doctor_engine.clock({"SystemTime": theirs}, now)
    assert found.ok == (not seconds)
    assert found.detail == f"engine and machine differ by {seconds} s"
    assert "timedatectl" in found.fix


@pytest.mark.parametrize(
    ("driver", "good"),
    [
        ("json-file", True),
        ("local", True),
        ("journald", False),
        ("none", False),
    ],
)
def test_a_log_driver_that_keeps_nothing_or_not_all(driver, good):
    found = doctor_engine.logs(CLASSIC | {"LoggingDriver": driver})
    assert found.ok == good
    assert not found.required
    assert found.detail.startswith(driver)
    assert good or "`docker logs`" in found.detail
    assert "daemon.json" in found.fix


def test_a_base_image_of_another_platform():
    same = {"debian:trixie-slim": "amd64"}
    assert doctor_engine.platforms(CLASSIC, same).ok
    found = doctor_engine.platforms(CLASSIC, same | {"python:3.13": "arm64"})
    assert found.detail == "python:3.13 is for arm64, the engine is amd64"
    assert found.fix == "docker pull --platform linux/amd64 python:3.13"
    arm = CLASSIC | {"Architecture": "aarch64"}
    assert not doctor_engine.platforms(arm, same).ok


@pytest.mark.parametrize(
    ("command", "good"),
    [
        ("/usr/bin/docker", True),
        ("/snap/bin/docker", False),
        ("/snap/docker/2963/bin/docker", False),
        ("/usr/bin/snap", False),
    ],
)
def test_docker_from_snap(command, good):
    assert doctor_engine.snap(command).ok == good


def test_a_credential_helper_that_is_not_installed():
    helper, proxies = doctor_engine.settings({"credsStore": "desktop-gone"})
    assert not helper.ok
    assert "no program docker-credential-desktop-gone" in helper.detail
    helper, _ = doctor_engine.settings({"credHelpers": {"a.example": "gone"}})
    assert "no program docker-credential-gone" in helper.detail
    assert "config.json" in helper.fix
    assert proxies.ok
    assert all(check.ok for check in doctor_engine.settings({}))


def test_proxies_of_containers():
    proxies = {"default": {"httpProxy": "http://proxy:3128"}}
    _, found = doctor_engine.settings({"proxies": proxies})
    assert not found.ok
    assert "noProxy" in found.fix


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"a": 1})])
def test_settings_that_cannot_be_read_are_none(tmp_path, monkeypatch, text):
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    assert doctor_engine.docker_settings() == {}
    (tmp_path / "config.json").write_text(text)
    known = doctor_engine.docker_settings()
    assert known == ({"a": 1} if "1" in text else {})


def test_a_docker_command_that_is_too_old_for_the_engine(
    tmp_path, monkeypatch
):
    """Engine 29 refuses the API of Docker 20.10."""
    refusal = "client version 1.41 is too old. Minimum supported is 1.44"
    script = tmp_path / "docker"
    script.write_text(f"#!/bin/sh\necho '{refusal}' >&2\nexit 1\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = doctor_engine.command(Engine("own", "unix:///run/none.sock"))
    assert not found.ok
    assert found.required
    assert found.detail == refusal
    assert "Install today's docker command" in found.fix

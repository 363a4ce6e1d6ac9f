"""What checks of Compose applications say about containers."""

import types

from dockerlab.checks import projects


def _container(status: str, log: str = "", **state):
    return types.SimpleNamespace(
        name="shop-web-1",
        status=status,
        labels={"com.docker.compose.service": "web"},
        attrs={
            "State": {"ExitCode": 1, "Error": "", **state},
            "Config": {"Env": ["NAME=Ada", "URL=redis://a?b=c", "EMPTY="]},
        },
        logs=lambda tail: log.encode(),
    )


def test_a_container_that_ended_is_quoted():
    text = projects.why_ended(_container("exited", "one\nNo module named x\n"))
    assert text == (
        "web is exited, with exit code 1. Its log ends with: No module named x"
    )
    assert "log is empty" in projects.why_ended(_container("exited"))


def test_a_container_that_never_started_has_no_log():
    text = projects.why_ended(_container("created", Error="no such file"))
    assert text == "web was never started: no such file."
    assert "depends on" in projects.why_ended(_container("created"))


def test_environment_is_split_at_the_first_sign():
    assert projects.environment(_container("running")) == {
        "NAME": "Ada",
        "URL": "redis://a?b=c",
        "EMPTY": "",
    }

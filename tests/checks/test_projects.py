"""What checks of Compose applications say about containers."""

import types

import docker.errors
import pytest

from dockerlab.base.errors import LabError
from dockerlab.checks import projects
from dockerlab.checks.bench import Bench


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


def test_a_container_that_ended_meanwhile_is_told():
    bench = Bench("compose", client=None)
    web = _container("running", "wrong number of arguments")
    web.reload = lambda: None
    assert projects.still_runs(bench, web)
    assert not bench.criteria
    web.reload = lambda: setattr(web, "status", "exited")
    assert not projects.still_runs(bench, web)
    [criterion] = bench.criteria
    assert (criterion.key, criterion.met) == ("runs", False)
    assert "wrong number of arguments" in criterion.hint


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


def test_used_up_addresses_are_not_the_learners_mistake(monkeypatch):
    def create(name, labels):
        raise docker.errors.APIError(
            "500 Server Error",
            explanation="all predefined address pools have been fully"
            " subnetted",
        )

    networks = types.SimpleNamespace(create=create)
    bench = Bench("compose", types.SimpleNamespace(networks=networks))
    monkeypatch.setattr(projects.compose, "services", lambda project: {})
    with pytest.raises(LabError, match="no addresses left") as raised:
        projects.require_services(bench, "shop", "web")
    assert "not your mistake" in str(raised.value)
    assert not bench.criteria

"""The server's settings and the environment variables that change them."""

import runpy
from pathlib import Path

SETTINGS = Path(__file__).resolve().parent.parent / "gunicorn.conf.py"
VARIABLES = ("PORT", "WEB_CONCURRENCY", "WEB_THREADS", "FORWARDED_ALLOW_IPS")


def settings(monkeypatch, **environment):
    """Return the settings in an environment."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


def test_defaults(monkeypatch):
    found = settings(monkeypatch)
    assert (found["workers"], found["threads"]) == (2, 4)
    assert found["bind"] == "0.0.0.0:8000"
    assert found["forwarded_allow_ips"] == "127.0.0.1,::1"


def test_environment_decides(monkeypatch):
    found = settings(
        monkeypatch,
        PORT="8080",
        WEB_CONCURRENCY="3",
        WEB_THREADS="2",
        FORWARDED_ALLOW_IPS="10.0.0.0/8",
    )
    assert (found["workers"], found["threads"]) == (3, 2)
    assert found["bind"] == "0.0.0.0:8080"
    assert found["forwarded_allow_ips"] == "10.0.0.0/8"

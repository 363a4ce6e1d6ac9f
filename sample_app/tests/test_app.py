"""The pages, the log and the way the application stops."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from app import create_app

APP = Path(__file__).resolve().parent.parent / "app.py"


def free_port():
    """Return a port on which nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def lost_redis():
    """Return the URL of a Redis that is not there."""
    return f"redis://127.0.0.1:{free_port()}"


def log_lines(capsys):
    """Return what was logged since the last call."""
    return [json.loads(x) for x in capsys.readouterr().out.splitlines()]


def test_factory_reads_environment_then_config(monkeypatch, tmp_path):
    monkeypatch.setenv("NAME", "Ada")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert create_app().config["NAME"] == "Ada"
    assert create_app({"NAME": "Grace"}).config["NAME"] == "Grace"


def test_page_greets_and_tells_where(make_client):
    text = make_client().get("/").text
    assert "Hello, World!" in text
    assert socket.gethostname() in text
    assert "SQLite" in text


def test_page_escapes_the_name(make_client):
    text = make_client(NAME="<b>Ada</b>").get("/").text
    assert "Hello, &lt;b&gt;Ada&lt;/b&gt;!" in text


def test_only_get_of_the_page_counts(make_client):
    client = make_client()
    for path in ["/", "/", "/api/visits", "/healthz", "/livez", "/nothing"]:
        client.get(path)
    client.head("/")
    assert client.get("/api/visits").json == {
        "visits": 2,
        "host": socket.gethostname(),
        "store": "SQLite",
    }


def test_page_says_one_visit_and_many_visits(make_client):
    client = make_client()
    assert ">1</span>\n      visit\n" in client.get("/").text
    assert ">2</span>\n      visits\n" in client.get("/").text


def test_count_outlives_the_application(make_client):
    make_client().get("/")
    assert make_client().get("/api/visits").json["visits"] == 1


def test_healthy(make_client):
    answer = make_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_alive_without_store(make_client):
    """Nobody should restart the application because Redis is away."""
    answer = make_client(REDIS_URL=lost_redis()).get("/livez")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/healthz", "/api/visits"])
def test_unhealthy_without_store(make_client, path):
    answer = make_client(REDIS_URL=lost_redis()).get(path)
    assert answer.status_code == 503
    assert answer.json == {
        "status": "unavailable",
        "error": "Redis does not answer.",
    }


def test_page_without_store_says_so_plainly(make_client):
    answer = make_client(REDIS_URL=lost_redis()).get("/")
    assert answer.status_code == 503
    assert "Hello, World!" in answer.text
    assert "does not answer" in answer.text
    assert "Traceback" not in answer.text


def test_request_is_logged_as_one_json_line(make_client, capsys):
    make_client().get("/api/visits?a=1")
    [line] = log_lines(capsys)
    assert line.pop("time").endswith("+00:00")
    assert 0 <= line.pop("milliseconds") < 10_000
    assert line == {
        "level": "INFO",
        "message": "request",
        "host": socket.gethostname(),
        "method": "GET",
        "path": "/api/visits",
        "status": 200,
    }


@pytest.mark.parametrize("path", ["/healthz", "/livez"])
def test_health_is_logged_for_debugging_only(make_client, capsys, path):
    make_client().get(path)
    assert log_lines(capsys) == []
    make_client(LOG_LEVEL="debug").get(path)
    assert [line["level"] for line in log_lines(capsys)] == ["DEBUG"]


def test_failed_health_is_logged_with_its_cause(make_client, capsys):
    make_client(REDIS_URL=lost_redis()).get("/healthz")
    [line] = log_lines(capsys)
    assert (line["level"], line["status"]) == ("ERROR", 503)
    assert line["error"].startswith("Redis does not answer: ")


def test_a_bug_is_logged_on_one_line(make_client, capsys):
    client = make_client()
    client.application.testing = False
    client.application.add_url_rule("/bug", view_func=lambda: 1 / 0)
    assert client.get("/bug").status_code == 500
    lines = log_lines(capsys)
    assert "ZeroDivisionError" in lines[0]["traceback"]
    assert (lines[1]["path"], lines[1]["status"]) == ("/bug", 500)


def test_sigterm_stops_the_development_server(tmp_path):
    port = free_port()
    settings = {"PORT": str(port), "DATA_DIR": str(tmp_path)}
    server = subprocess.Popen(
        [sys.executable, APP],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}/healthz")
        server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=9)
    finally:
        server.kill()
    assert server.returncode == 0
    assert "Do not use it in a production deployment" in err
    lines = [line for line in out.splitlines() if line.startswith("{")]
    messages = [json.loads(line)["message"] for line in lines]
    assert messages == [
        f"development server on port {port}",
        "stopped by SIGTERM",
    ]


def wait_until_healthy(url, seconds=20):
    """Return when the URL answers, or raise its last error."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urlopen(url, timeout=1):
                return
        except URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)

"""The cause that a check names where a container shows no page."""

import types

import pytest

from dockerlab.checks import silence
from dockerlab.checks.bench import Bench
from dockerlab.checks.waiting import has_ended, wait_for
from dockerlab.lab import Lab

BASE = "FROM python:3.13-slim\n"
SERVE = 'CMD ["python", "-m", "http.server", "--bind", "{}", "{}"]'


@pytest.fixture(scope="module")
def bench(needs_engine):
    lab = Lab("testsilence")
    bench = Bench("testsilence", lab.client)
    yield bench
    bench.close()
    lab.close()


@pytest.mark.parametrize(
    ("dockerfile", "says"),
    [
        (
            f"{BASE}RUN python -m http.server 8000 &",
            "Its command is `python3`. Which instruction sets the command?",
        ),
        (f"{BASE}{SERVE.format('127.0.0.1', 8000)}", "127.0.0.1:8000, which"),
        (f"{BASE}{SERVE.format('0.0.0.0', 5000)}", "on port 5000, and not"),
        (f"{BASE}{SERVE.format('127.0.0.1', 5000)}", "Only the container"),
        (f"{BASE}{SERVE.format('0.0.0.0', 8000)}", "respond there as the app"),
        (f'{BASE}CMD ["python", "-c", "import flaks"]', "named 'flaks'"),
        (f'{BASE}CMD ["sleep", "600"]', "listens on no port"),
        (f"{BASE}CMD flaks run", "127: a program was not found"),
        (f"{BASE}CMD ['flask', 'run']", "double quotes around each word"),
        (f"{BASE}CMD gunicorn app:create_app()", "Put the word into quotes"),
        (f'{BASE}CMD ["true"]', "must stay in the foreground"),
        (
            f'{BASE}ONBUILD COPY . .\nCMD ["python", "app.py"]',
            "ONBUILD did nothing in this build",
        ),
        (
            f'{BASE}ENTRYPOINT ["python"]\nCMD ["python", "app.py"]',
            "It ran `python python app.py`: ENTRYPOINT, and behind it CMD",
        ),
        (
            f"{BASE}CMD echo 'Failed to find attribute app'; echo bye; exit 4",
            "Its log: Failed to find attribute app",
        ),
        (
            f"{BASE}RUN printf '#!/bin/sh\\r\\nexec \"$@\"\\r\\n' > /x.sh"
            ' && chmod +x /x.sh\nENTRYPOINT ["/x.sh"]\nCMD ["sleep", "600"]',
            "The first line of /x.sh ends with a carriage return",
        ),
    ],
)
def test_the_cause_is_named(bench, dockerfile, says):
    built = bench.try_build(dockerfile)
    assert built.ok, built.hint
    container = bench.run(built.tag, network_mode="none")

    def told() -> str:
        return silence.why(container, 8000)

    # A server needs a moment until it listens.
    wait_for(lambda: says in told() or has_ended(container), 60)
    assert says in told()


def test_what_a_server_prints_while_it_starts_is_not_told(bench):
    """How much of it is there, is chance."""
    serve = SERVE.format("0.0.0.0", 5000)
    built = bench.try_build(f"{BASE}ENV PYTHONUNBUFFERED=1\n{serve}")
    container = bench.run(built.tag, network_mode="none")
    wait_for(lambda: b"Serving" in container.logs(), 60)
    assert "Its log" not in silence.why(container, 8000)


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        ("exited", "", "It is exited. A container runs only as long as"),
        ("created", "", "never started: `docker start`"),
        (
            "created",
            "runc: unable to start container process: error during container"
            ' init: exec: "slep": executable file not found in $PATH',
            'not start it: exec: "slep": executable file not found',
        ),
        (
            "created",
            "driver failed on endpoint first-page (0a1b): Bind for"
            " 127.0.0.1:8090 failed: port is already allocated",
            "start it: Bind for 127.0.0.1:8090 failed: port is already",
        ),
        ("paused", "", "`docker unpause`"),
        ("restarting", "", "exit code 3, and the engine starts it again"),
    ],
)
def test_why_a_container_does_not_run(status, error, says):
    attrs = {"State": {"Error": error, "ExitCode": 3}}
    container = types.SimpleNamespace(status=status, attrs=attrs)
    assert says in silence.not_running(container)

"""Health checks of answers are judged by the engine, without long waits."""

import time

import pytest

from dockerlab.checks import probing

pytestmark = pytest.mark.engine
READY = 'CMD ["sh", "-c", "touch /tmp/ready; exec sleep 600"]\n'


def _judge(bench, dockerfile):
    tag = bench.build(dockerfile)
    if not probing.require_often(bench, tag):
        return
    container = bench.run(tag, healthcheck=probing.OFTEN)
    if probing.require_healthy(bench, container, "healthy"):
        probing.require_unhealthy(
            bench,
            container,
            "unhealthy",
            lambda: bench.exec(container, ["rm", "/tmp/ready"]),
        )


@pytest.mark.parametrize(
    ("line", "unmet", "hint"),
    [
        ("--interval=1s CMD test -e /tmp/ready", [], ""),
        # Nothing waits for the answer's own start period and interval.
        (
            "--interval=2s --start-period=90s CMD test -e /tmp/ready",
            [],
            "",
        ),
        ("CMD test -e /tmp/ready", ["health"], "is 30 seconds"),
        ("NONE", ["health"], "Which instruction"),
        ("--interval=1s CMD curl localhost", ["healthy"], "curl: not found"),
        ("--interval=1s CMD true", ["unhealthy"], "was still 0"),
        (
            "--interval=2s --retries=9 CMD test -e /tmp/ready",
            ["unhealthy"],
            "18 seconds",
        ),
    ],
)
def test_the_verdict_comes_soon(line, unmet, hint, examined, lab_client):
    text = f"FROM debian:trixie-slim\nHEALTHCHECK {line}\n{READY}"
    begun = time.monotonic()
    report = examined("dockerfile", text, _judge)
    assert report.unmet() == unmet
    assert hint in report.hint()
    assert time.monotonic() - begun < probing.stretch(30)


def test_a_program_that_ended_is_not_waited_for(examined, lab_client):
    text = (
        "FROM debian:trixie-slim\nHEALTHCHECK --interval=1s CMD true\n"
        'CMD ["sh", "-c", "exit 3"]\n'
    )
    report = examined("dockerfile", text, _judge)
    assert report.unmet() == ["healthy"]
    assert "exit code 3" in report.hint()

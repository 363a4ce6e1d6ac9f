"""Which directives are left to the frontend inside the engine."""

import pytest

from dockerlab.checks import frontends

REST = "FROM x\n# syntax=docker/dockerfile:1\nRUN <<END\n# syntax=y\nEND\n"


@pytest.mark.parametrize(
    "line",
    [
        "# syntax=docker/dockerfile:1",
        "#syntax=docker/dockerfile:1.20",
        "# Syntax = docker.io/docker/dockerfile:1",
        f"# syntax=docker/dockerfile:1@sha256:{'a' * 64}",
    ],
)
def test_the_published_frontend_is_in_the_engine(line):
    changed = frontends.inside(f"{line}\n# check=error=true\n{REST}")
    assert changed == f"# check=error=true\n{frontends.PLAIN}\n{REST}"


@pytest.mark.parametrize(
    "text",
    [
        REST,
        f"\n# syntax=docker/dockerfile:1\n{REST}",
        f"# a comment\n# syntax=docker/dockerfile:1\n{REST}",
        f"# syntax=docker/dockerfile:1-labs\n{REST}",
        f"# syntax=example/frontend\n{REST}",
        f"# escape=`\n{REST}",
        "",
    ],
)
def test_everything_else_stays(text):
    assert frontends.inside(text) == text

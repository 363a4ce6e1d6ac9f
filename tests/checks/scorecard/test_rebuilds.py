"""What the score card builds again."""

import pytest

from dockerlab.checks.bench import Bench
from dockerlab.checks.scorecard import rebuilds
from dockerlab.checks.scorecard.contents import Contents
from dockerlab.lab import Lab

# A continued line, a heredoc with lines like instructions, pip, and uv.
TRICKY = """\
FROM \\
  python:3.13-slim AS first
RUN <<'SQL' cat > /query
SELECT 1
FROM b
SQL
RUN python -m venv /venv && /venv/bin/pip install click uv
FROM first
COPY --from=first /query /
RUN uv=/venv/bin/uv; $uv venv /other && $uv pip install --python /other {}
"""


@pytest.mark.parametrize(
    ("wanted", "version"),
    [("blinker", rebuilds.TOMORROW), ("blinker==1.9.0", "1.9.0")],
)
def test_builds_see_tomorrows_index(needs_engine, wanted, version):
    lab = Lab("testrebuilds", images=["python:3.13-slim"])
    bench = Bench("testrebuilds", lab.client)
    try:
        text = TRICKY.format(wanted)
        first = bench.try_build(text)
        assert first.ok, first.hint
        options = rebuilds.with_newer(
            bench, first.build.pinned_bases, {"blinker", "click"}
        )
        second = bench.try_build(text, options=options)
        assert second.ok, second.hint
        versions = Contents(bench, second.tag).versions
        assert versions["click"] == rebuilds.TOMORROW
        assert versions["blinker"] == version
    finally:
        bench.close()
        lab.close()

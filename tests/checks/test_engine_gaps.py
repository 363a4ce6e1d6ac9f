"""An engine that cannot limit anything is not the learner's mistake."""

import pytest

from dockerlab.base.errors import LabError
from dockerlab.checks import (
    compose_ops,
    limits_and_neighbours,
    production_server,
)
from dockerlab.checks.bench import Bench


class Unlimited:
    """The client of a rootless engine without control groups."""

    def info(self):
        return {"MemoryLimit": False, "PidsLimit": False}


@pytest.mark.parametrize(
    "look",
    [
        compose_ops.tame,
        limits_and_neighbours.fit,
        limits_and_neighbours.limits,
        production_server.workers,
    ],
)
def test_no_verdict_without_limits(look):
    bench = Bench("testchecks", Unlimited(), (), boxed=False)
    with pytest.raises(LabError, match="cannot limit") as refused:
        look(bench, "limits-small")
    assert "not counted" in refused.value.fix
    assert bench.criteria == []

"""Pictures of pipelines and services: what they plot, and that it reads."""

import pytest

from dockerlab import pictures

PASSED = [
    ("lint", 0.0, 0.2, 0),
    ("build", 0.2, 3.0, 0),
    ("smoke test", 3.0, 14.5, 0),
]
STOPPED = [
    ("lint", 0.0, 0.2, 0),
    ("test", 0.2, 3.0, 1),
    ("push", None, None, None),
    ("deploy", None, None, None),
]
HEALED = [(0.0, 3), (1.0, 3), (1.2, 2), (4.0, 2), (5.5, 3)]


def _texts(drawn) -> list[str]:
    return [t.get_text() for axes in drawn.figure.axes for t in axes.texts]


def test_a_pipeline_that_passed():
    drawn = pictures.pipeline(PASSED)
    assert drawn.data["passed"] == ["lint", "build", "smoke test"]
    assert drawn.data["seconds"]["build"] == pytest.approx(2.8)
    assert drawn.caption == "3 steps passed, in 14.5 s."


def test_a_pipeline_that_stopped():
    drawn = pictures.pipeline(STOPPED)
    assert drawn.data["failed"] == ["test"]
    assert drawn.data["never"] == ["push", "deploy"]
    assert drawn.caption == (
        "1 step passed, test failed; never ran: push and deploy."
    )
    assert "failed after 2.8 s: exit code 1" in _texts(drawn)
    assert _texts(drawn).count("never ran") == 2


def test_a_step_without_an_end_never_ran():
    drawn = pictures.pipeline([("lint", None, None, None)])
    assert drawn.data["never"] == ["lint"]


def test_healing_is_measured_from_the_kill():
    drawn = pictures.self_healing(HEALED, 3, killed_at=1.1)
    assert drawn.data["lowest"] == 2
    assert drawn.data["seconds"] == pytest.approx(4.4)
    assert "2 ran, and all 3 again 4.4 s later" in drawn.caption


def test_what_never_came_back_has_no_time():
    drawn = pictures.self_healing(HEALED[:-1], 3, killed_at=1.1)
    assert drawn.data["seconds"] is None
    assert drawn.caption.endswith("2 ran, and it stayed so.")


def test_a_count_before_the_kill_is_no_dip():
    samples = [(0.0, 1), (0.5, 3), (1.2, 2), (3.0, 3)]
    drawn = pictures.self_healing(samples, 3, killed_at=1.0)
    assert drawn.data["lowest"] == 2
    assert drawn.data["seconds"] == pytest.approx(2.0)


@pytest.mark.parametrize(
    "drawn",
    [
        pictures.pipeline(PASSED),
        pictures.pipeline(STOPPED),
        pictures.self_healing(HEALED, 3, 1.1),
        pictures.self_healing([(0.0, 3), (1.1, 2), (1.4, 3)], 3, 1.0),
        pictures.self_healing([(0.0, 9), (1.1, 8), (29.0, 9)], 9, 1.0),
    ],
    ids=["passed", "stopped", "healed", "quick", "slow"],
)
def test_readable(drawn, readable):
    readable(drawn)

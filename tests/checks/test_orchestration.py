"""Whether a service came back after a bad update."""

from types import SimpleNamespace

import pytest

from dockerlab.checks import orchestration

GOOD = {"ContainerSpec": {"Args": ["sleep", "3600"]}}
BAD = {"ContainerSpec": {"Command": ["false"]}}


def _service(template: dict, tasks: int) -> SimpleNamespace:
    """A service of two replicas whose rollback the engine calls paused."""
    return SimpleNamespace(
        attrs={
            "Spec": {
                "TaskTemplate": template,
                "Mode": {"Replicated": {"Replicas": 2}},
            },
            "UpdateStatus": {"State": "rollback_paused"},
        },
        reload=lambda: None,
        tasks=lambda filters: [
            {
                "Status": {
                    "State": "running",
                    "ContainerStatus": {"ContainerID": str(n)},
                }
            }
            for n in range(tasks)
        ],
    )


@pytest.mark.parametrize(
    ("template", "tasks", "back"),
    [(GOOD, 2, True), (GOOD, 1, False), (BAD, 2, False)],
)
def test_the_outcome_counts_and_not_the_name_of_the_state(
    monkeypatch, template, tasks, back
):
    monkeypatch.setattr(orchestration, "START_SECONDS", 0)
    found = orchestration._is_back(_service(template, tasks), GOOD)
    assert found == back

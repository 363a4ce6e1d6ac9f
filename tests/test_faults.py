"""Injected faults: each one shows its evidence, and none gives it away."""

import pytest

from dockerlab import faults, symptoms
from dockerlab.base import labels

OWN = labels.of("debugging")


def test_there_are_at_least_ten_with_different_names():
    assert len(faults.NAMES) == len(faults.FAULTS) >= 10


def test_the_list_names_every_cause(capsys):
    faults.causes()
    printed = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in printed] == list(faults.NAMES)


@pytest.fixture
def client(lab_client):
    """A client whose containers with a fault are removed at the end."""
    yield lab_client
    injected = {"label": faults.LABEL}
    for container in lab_client.containers.list(all=True, filters=injected):
        if container.name.startswith("debugging-case-"):
            container.remove(force=True)
    lab_client.images.remove(faults.IMAGE, force=True)


@pytest.mark.lesson("debugging")
def test_each_fault_shows_its_evidence_and_no_name(client):
    for fault in faults.FAULTS:
        [name] = faults.inject(client, OWN, chosen=[fault.name])
        container = client.containers.get(name)
        cause, evidence = faults.explain(client)[name]
        assert cause == fault.name
        assert symptoms.is_shown(container, evidence), fault.name
        assert faults.proves(fault, evidence), fault.name
        assert fault.name not in str(container.attrs)


@pytest.mark.lesson("debugging")
def test_random_faults_differ(client):
    names = faults.inject(client, OWN, 3)
    assert len(names) == 3
    causes = [cause for cause, _ in faults.explain(client).values()]
    assert len(set(causes)) == 3


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("no-server", '"Args": [],'),
        ("memory-limit", '"MemorySwap": 67108864,'),
        ("no-permission", '"User": "1000",'),
        ("hidden-files", '"/app": ""'),
    ],
)
def test_a_line_of_docker_inspect_is_evidence(name, line):
    assert faults.proves(faults.NAMES[name], line)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("no-permission", '"User": "10001",'),
        ("hidden-files", '"WorkingDir": "/app",'),
    ],
)
def test_a_line_with_another_value_is_none(name, line):
    assert not faults.proves(faults.NAMES[name], line)

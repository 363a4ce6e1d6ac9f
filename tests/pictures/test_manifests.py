"""The map of manifests."""

import copy

import pytest
import yaml

from dockerlab import pictures
from tests.answers.kubernetes import _SHOP

MANIFESTS = [
    *yaml.safe_load_all(_SHOP),
    {"kind": "ConfigMap", "metadata": {"name": "settings"}},
]


@pytest.fixture
def manifests():
    made = copy.deepcopy(MANIFESTS)
    [container] = made[0]["spec"]["template"]["spec"]["containers"]
    container["envFrom"] = [
        {"configMapRef": {"name": "settings"}},
        {"secretRef": {"name": "a-name-that-is-longer-than-most-names"}},
    ]
    return made


def test_what_finds_what(manifests, readable):
    drawn = pictures.manifest_map(manifests)
    readable(drawn)
    assert drawn.data["way"] == [("Service shop", "selects app=shop", True)]
    assert drawn.data["replicas"] == 2
    assert drawn.data["given"] == {
        "ConfigMap settings": True,
        "Secret a-name-that-is-longer-than-most-names": False,
    }
    assert "lead nowhere: Secret" in drawn.caption


def test_a_selector_that_finds_nothing(manifests, readable):
    manifests[1]["spec"]["selector"] = {"app": "web"}
    drawn = pictures.manifest_map(manifests)
    readable(drawn)
    assert drawn.data["way"][0][2] is False
    assert "Service shop" in drawn.caption


def test_an_ingress_and_many_pods(manifests, readable):
    service = {"name": "shop", "port": {"number": 80}}
    rule = {"host": "shop.example.com"}
    rule["http"] = {"paths": [{"backend": {"service": service}}]}
    manifests.append(
        {
            "kind": "Ingress",
            "metadata": {"name": "shop"},
            "spec": {"rules": [rule]},
        }
    )
    manifests[0]["spec"]["replicas"] = 12
    drawn = pictures.manifest_map(manifests)
    readable(drawn)
    assert [row[0] for row in drawn.data["way"]] == [
        "Ingress shop",
        "Service shop",
    ]
    assert "one of 12 pods" not in drawn.caption  # the Secret is missing
    manifests[-1]["spec"] = {"defaultBackend": {"service": service}}
    drawn = pictures.manifest_map(manifests)
    assert drawn.data["way"][0] == ("Ingress shop", "any host", True)

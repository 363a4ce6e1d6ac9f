"""The SBOM that a registry has for an image."""

import types
from concurrent.futures import Future

import pytest

from dockerlab import registries
from dockerlab.checks.bench import Bench
from dockerlab.checks.scorecard import sbom
from dockerlab.checks.scorecard.properties import Card

IMAGE = "localhost:5022/capstone-app:1.0"


def _registry(*packages: tuple[str, str]) -> type:
    """A registry whose image has an SBOM with these packages, if any."""
    statement = {
        "predicateType": "https://spdx.dev/Document",
        "predicate": {
            "packages": [
                {"name": name, "versionInfo": version}
                for name, version in packages
            ]
        },
    }
    part = registries.Part("layer", "sha256:a", 1)
    proof = registries.Manifest("sha256:b", "", 1, (part,))
    proofs = (proof,) if packages else ()

    class Registry:
        def __init__(self, url):
            assert url == "http://localhost:5022"

        def manifest(self, repository, reference):
            return registries.Manifest("sha256:c", "", 1, (), (), proofs)

        def ask(self, path):
            assert path == "capstone-app/blobs/sha256:a"
            return types.SimpleNamespace(json=lambda: statement)

    return Registry


@pytest.mark.parametrize(
    ("packages", "unmet"),
    [
        ([], []),
        ([("Flask", "3.1.3"), ("typing-extensions", "4")], []),
        ([("flask", "3.1.2"), ("typing_extensions", "4")], ["sbom"]),
        ([("flask", "3.1.3")], ["sbom"]),
    ],
)
def test_a_list_that_is_there_must_be_true(
    monkeypatch, tmp_path, packages, unmet
):
    monkeypatch.setattr(registries, "Registry", _registry(*packages))
    held: Future = Future()
    versions = {"flask": "3.1.3", "typing_extensions": "4"}
    held.set_result(types.SimpleNamespace(versions=versions))
    card, bench = Card(), Bench("capstone_ship", client=None)
    sbom.judge(card, {"image": IMAGE, "folder": tmp_path}, held)
    sbom.write(bench, card)
    assert len(bench.criteria) == bool(packages)
    assert [c.key for c in bench.criteria if c.closed] == unmet


def test_an_image_that_was_not_published_has_none(tmp_path):
    card = Card()
    sbom.judge(card, {"folder": tmp_path}, Future())
    assert not card.met

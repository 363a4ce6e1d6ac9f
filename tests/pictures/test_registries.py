"""Pictures of a registry: what is transferred and what is stored."""

import dataclasses

import pytest

from dockerlab import pictures
from dockerlab.registries import Manifest, Part


def blob(kind: str, number: int, size: int) -> Part:
    """A part whose digest begins with its number."""
    return Part(kind, f"sha256:{number:04d}" + "a1b2" * 15, size)


CONFIG = blob("config", 1, 1_700)
BASE = [blob("layer", n, n * 10_000_000) for n in (2, 3)]
OWN = blob("layer", 4, 300)
IMAGE = Manifest("sha256:1", "", 500, (CONFIG, *BASE, OWN))


def trips() -> dict:
    """A push of everything, and others."""
    return {
        "push": [(part, "sent") for part in IMAGE.parts],
        "push it under a name that is much too long for its row": [
            (part, "there") for part in IMAGE.parts
        ],
        "pull": list(
            zip(IMAGE.parts, ["sent", "mounted", "there", "sent"], strict=True)
        ),
    }


def index(platforms: int, parts: int) -> Manifest:
    """An index of so many platforms with so many layers."""
    listed = tuple(
        (
            f"linux/arch{n}/variant-with-a-long-name",
            Manifest(
                f"sha256:{n:04d}" + "0" * 60,
                "",
                500,
                (
                    blob("config", n, 700),
                    *(blob("layer", 90 + p, 10**p) for p in range(parts)),
                ),
            ),
        )
        for n in range(platforms)
    )
    return Manifest("sha256:" + "9" * 64, "", 683, (), listed)


def attested(number: int) -> Manifest:
    """An index of one platform with so many attestations."""
    proofs = tuple(
        Manifest(f"sha256:{n:04d}" + "b" * 60, "", 500, (blob("layer", n, 9),))
        for n in range(number)
    )
    return dataclasses.replace(index(1, 2), attestations=proofs)


def moments() -> list:
    """Storage before, in the midst of, and after cleaning."""
    held = IMAGE.digests
    kept = {CONFIG.digest: CONFIG.size, BASE[0].digest: BASE[0].size}
    return [
        ("before", held, held),
        ("a step with a name that is much too long for it", held, kept),
        ("after", kept, kept),
    ]


@pytest.mark.parametrize(
    "picture",
    [
        pictures.travels(trips()),
        pictures.travels({"nothing": []}),
        pictures.index_parts("localhost:5000/team/app:1.0 $a $b", index(2, 1)),
        pictures.index_parts("app", index(5, 4)),
        pictures.index_parts("app", index(1, 0)),
        pictures.index_parts("app", attested(2)),
        pictures.index_parts("app", IMAGE),
        pictures.cleaned(moments()),
        pictures.cleaned([("empty", {}, {})]),
    ],
    ids=[
        *("trips", "no trip", "two", "many", "one", "attested", "single"),
        *("cleaned", "empty"),
    ],
)
def test_readable(picture, readable):
    readable(picture)


def test_travels():
    data = pictures.travels(trips()).data
    assert data["push"]["sent"] == {"parts": 4, "bytes": 50_002_000}
    assert data["pull"]["mounted"] == {"parts": 1, "bytes": 20_000_000}
    assert data["pull"]["sent"] == {"parts": 2, "bytes": 2_000}
    caption = pictures.travels(trips()).caption
    assert caption.startswith("push: 50.0 MB sent; push it under a name")
    assert caption.endswith("pull: 2.00 kB sent.")


def test_index_parts():
    picture = pictures.index_parts("app", index(2, 1))
    first, second = picture.data.values()
    assert first["digest"] != second["digest"]
    assert [part["kind"] for part in first["parts"]] == ["config", "layer"]
    assert "2 platforms" in picture.caption
    assert "share 1 blob." in picture.caption


def test_index_parts_with_attestations():
    picture = pictures.index_parts("app", attested(2))
    _, *proofs = picture.data
    assert proofs == ["attestation", "attestation 2"]
    [statement] = picture.data["attestation"]["parts"]
    assert statement["kind"] == "statement"
    assert picture.caption == (
        "One name, 1 platform, and 2 attestation manifests."
    )


def test_index_parts_of_a_single_manifest():
    picture = pictures.index_parts("app", IMAGE)
    assert len(picture.data["the image"]["parts"]) == 4


def test_cleaned():
    picture = pictures.cleaned(moments())
    unreached = [row["unreached"] for row in picture.data]
    assert unreached == [0, 30_000_800, 0]
    assert "50.0 MB at first, 20.0 MB at the end" in picture.caption
    assert "30.0 MB that no tag leads to" in picture.caption

"""What an engine lacks, found in what it reports about itself."""

import pytest

from dockerlab.engine import gaps
from dockerlab.engine.find import DOCKER, PODMAN, Engine

WHOLE = {"MemoryLimit": True, "PidsLimit": True, "SecurityOptions": []}
ROOTLESS = WHOLE | {"SecurityOptions": ["name=seccomp", "name=rootless"]}
AT_26 = ["search", "copy files", "replaces"]
NO_LIMITS = {"MemoryLimit": False, "PidsLimit": False}


def engine(api: str, product: str = DOCKER) -> Engine:
    return Engine("own", "unix:///x.sock", "28.5.2", api, product=product)


@pytest.mark.parametrize(
    ("found", "info", "words"),
    [
        (engine("1.51"), WHOLE, []),
        (engine("1.46"), WHOLE, []),  # Docker Engine 27
        (engine("1.44"), WHOLE, AT_26),  # Docker Engine 25
        (engine("1.41"), WHOLE, [*AT_26, "OCI layout", "heredocs"]),
        (engine("1.51"), WHOLE | NO_LIMITS, ["control groups"]),
        (engine("1.51"), ROOTLESS, ["overlay"]),
        (
            engine("1.51"),
            ROOTLESS | NO_LIMITS,
            ["overlay", "control groups"],
        ),
        (engine("1.41", product=PODMAN), WHOLE, ["BuildKit"]),
    ],
)
def test_what_an_engine_lacks(found, info, words):
    texts = [gap.text for gap in gaps.of(found, info)]
    assert len(texts) == len(words)
    for text, word in zip(texts, words, strict=True):
        assert word in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("%%bash\ndocker top what-one", "control groups"),
        ('output("pause", "run-proof")', "control groups"),
        ("docker run --memory 64m x", "control groups"),
        ("docker network create --driver overlay x", "overlay"),
        ('run("--pid=host")', "overlay"),
        ("docker ps\ndocker stop web  # stops it", ""),
    ],
)
def test_which_cells_need_it(code, words):
    found = gaps.of(engine("1.51"), ROOTLESS | NO_LIMITS)
    named = [gap.text for gap in found if gap.needed_by.search(code)]
    assert (words in named[0]) if words else not named

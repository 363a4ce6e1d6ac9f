"""Pictures of isolation: what they plot, and that it can be read."""

import pytest

from dockerlab import pictures

MIB = 2**20
SAMPLES = [(0.1 * n, 4 * n * MIB) for n in range(17)]
CURVES = {
    "free": [(10 + n, 1.0 * n) for n in range(5)],
    "half": [(10 + n, 0.5 * n) for n in range(5)],
    "other": [(10 + n, 0.49 * n) for n in range(5)],
}
QUOTAS = {"free": None, "half": 0.5, "other": 0.5}


def reading(first: int) -> dict[str, str]:
    """Namespaces of a container; users and clock are the machine's."""
    own = {kind: str(4026532000 + first) for kind in ("mnt", "pid", "net")}
    return {**own, "user": "4026531837", "time": "4026531834"}


def walls() -> pictures.Picture:
    """Three holders, the last of them in the second's network."""
    c = {**reading(3), "net": reading(2)["net"]}
    return pictures.namespaces(
        {"the machine": reading(1), "container b": reading(2), "c": c}
    )


def drawn() -> list[pictures.Picture]:
    """A picture of each kind."""
    return [
        walls(),
        pictures.memory_under_cap(SAMPLES, 64 * MIB, killed=True),
        # Seen late: the kernel has the memory back.
        pictures.memory_under_cap([*SAMPLES, (1.7, 2)], 64 * MIB, killed=True),
        pictures.memory_under_cap(SAMPLES[:2], 512 * MIB),
        pictures.cpu_under_quota(CURVES, QUOTAS),
    ]


def test_readable(readable):
    for picture in drawn():
        readable(picture)


def test_namespaces():
    picture = walls()
    assert picture.data["net"] == {
        "the machine": "4026532001",
        "container b": "4026532002",
        "c": "4026532002",
    }
    assert "Separate: mnt and pid." in picture.caption
    assert "Shared by all: user and time." in picture.caption
    # Two in one network are one box: 3 kinds of 3, less one, and 2 of 1.
    assert len(picture.figure.axes[0].patches) == 3 * 3 - 1 + 2


def test_memory_under_cap():
    picture = pictures.memory_under_cap(SAMPLES, 64 * MIB, killed=True)
    assert picture.data["limit"] == 64
    assert picture.data["samples"][-1] == pytest.approx((1.6, 64))
    assert "the kernel killed it" in picture.caption
    alive = pictures.memory_under_cap(SAMPLES, 64 * MIB)
    assert "it still runs" in alive.caption
    with pytest.raises(ValueError, match="no samples"):
        pictures.memory_under_cap([], 1)


def test_cpu_under_quota():
    picture = pictures.cpu_under_quota(CURVES, QUOTAS)
    assert picture.data["half"]["cores"] == [0.5] * 4
    assert picture.data["half"]["times"] == [0.5, 1.5, 2.5, 3.5]
    assert picture.data["free"]["mean"] == 1
    assert picture.data["free"]["quota"] is None
    assert "half used 0.5 of 0.5" in picture.caption
    [axes] = picture.figure.axes
    [quota, _] = axes.collections
    name = min(text.get_position()[0] for text in axes.texts)
    assert quota.get_segments()[0][1][0] < name  # not through the names
    with pytest.raises(ValueError, match="two samples"):
        pictures.cpu_under_quota({"a": [(0, 0)]}, {})

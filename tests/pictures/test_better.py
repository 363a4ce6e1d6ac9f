"""Pictures of better images: what they plot, and that it is readable."""

import pytest

from dockerlab import pictures
from dockerlab.builds import Build, Step
from dockerlab.traffic import Load

SIZES = {
    "classic": 25_400_000,
    ".dockerignore": 20_400_000,
    "two stages": 22_600_000,
    "no pip": 12_400_000,
}


def _build(**steps: float) -> Build:
    """A build that ran these steps, one after the other."""
    rows, now = [], 0.0
    for number, (name, took) in enumerate(steps.items(), 2):
        name = name.replace("_", " ")
        step = Step(number, name, "", name, (), False, now, now + took, "", "")
        rows.append(step)
        now += took
    return Build("", tuple(rows), now + 0.1, True, "", 0)


BUILDS = {
    "classic": [_build(COPY=0.1, RUN_pip_install=t) for t in (2.0, 2.4, 9.0)],
    "packages first": [_build(COPY=0.02) for _ in range(3)],
}


def _load(concurrency: int, per_second: float, p95: float) -> Load:
    return Load(concurrency, per_second, p95 / 2, p95, 100, 0)


LOADS = {
    "development": [
        _load(1, 80, 13.7),
        _load(16, 400, 90),
        _load(16, 430, 80),
    ],
    "gunicorn": [_load(1, 500, 2), _load(16, 1800, 15), _load(16, 90, 900)],
}


def test_waterfall_holds_each_change():
    drawn = pictures.size_waterfall(SIZES, {"classic": "uid 0"})
    changes = [row["change"] for row in drawn.data]
    assert changes == [0, -5_000_000, 2_200_000, -10_200_000]
    assert "no pip is 51% smaller than classic" in drawn.caption
    shown = [text.get_text() for text in drawn.figure.axes[0].texts]
    assert shown[0] == "25.4 MB · uid 0"
    assert "+2.20 MB" in shown[2]
    assert "uid 0" in drawn.alt
    assert "above the same base" in drawn.caption


def test_waterfall_of_whole_images_names_no_base():
    drawn = pictures.size_waterfall(SIZES, whole=True)
    label = drawn.figure.axes[0].get_xlabel()
    assert "base" not in f"{drawn.caption} {label}"


def test_race_compares_the_fastest():
    drawn = pictures.rebuild_race(BUILDS)
    assert drawn.data["seconds"]["classic"] == pytest.approx([2.2, 2.6, 9.2])
    assert drawn.data["factor"] == pytest.approx(2.2 / 0.12)
    assert list(drawn.data["steps"]["packages first"]) == ["COPY"]
    assert "18 times as long" in drawn.caption


def test_of_loads_the_best_counts():
    drawn = pictures.requests_and_latency(LOADS)
    assert drawn.data["gunicorn"][16].per_second == 1800
    assert drawn.caption == (
        "With 16 requests under way gunicorn answers 1,800 a second,"
        " development 430: 4.2 times as many."
    )
    assert "80 a second at 1, p95 13.7 ms" in drawn.alt


@pytest.mark.parametrize(
    "drawn",
    [
        pictures.size_waterfall(
            SIZES,
            dict.fromkeys(SIZES, "12345 files, 10 packages, uid 10001"),
        ),
        pictures.rebuild_race(BUILDS),
        pictures.requests_and_latency(LOADS),
    ],
    ids=lambda drawn: drawn.name,
)
def test_readable(drawn, readable):
    readable(drawn)

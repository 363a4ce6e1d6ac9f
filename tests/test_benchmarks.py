"""The form of what `make bench` writes; the figures are its own affair."""

import json
import sys

import jsonschema
import pytest

from benchmarks import __main__ as main
from benchmarks import classroom, report
from benchmarks.core import Result, Series, in_turn, ratio
from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.engine.find import Engine

SCHEMA = paths.PROJECT / "benchmarks" / "results.schema.json"


def _facts() -> dict:
    result = Result("images", [Series("ours", "MB", (3.0, 1.0, 2.0))])
    result.add("ours against theirs", 1.2, 1.1, reason="a compiler")
    result.add("enough", 1.0, 0.9, most=False, reason="not said when met")
    return {
        "machine": "x86_64, 2 cores",
        "engine": "Docker Engine 26.1 (box)",
        "results": [result.as_dict()],
    }


def test_results_fit_their_schema():
    facts = _facts()
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.validate(facts, schema)
    [result] = facts["results"]
    assert result["series"][0]["median"] == 2.0
    assert [t["met"] for t in result["targets"]] == [False, True]
    assert [t["reason"] for t in result["targets"]] == ["a compiler", ""]
    facts["results"][0]["benchmark"] = "another"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(facts, schema)


def test_a_room_that_was_cut_short_replaces_no_whole_one(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(main, "RESULTS", tmp_path / "results.json")

    def measured(value: float, whole: bool) -> float:
        rows = [Series("memory", "MB", (value,))]
        result = Result("classroom", rows, whole=whole).as_dict()
        facts = main._merged(_facts() | {"results": [result]})
        main.RESULTS.write_text(json.dumps(facts))
        [row] = facts["results"]
        return row["series"][0]["median"]

    assert measured(1.0, whole=False) == 1.0
    assert measured(2.0, whole=True) == 2.0
    assert measured(3.0, whole=False) == 2.0
    assert measured(4.0, whole=True) == 4.0


def test_a_room_says_who_failed_and_what_it_is_held_against(monkeypatch):
    alone = iter([30.0, 10.0, 20.0])

    def room(path, size: int) -> classroom._Room:
        learners = [classroom._Learner(path, 1.0) for _ in range(size)]
        if size == 5:
            learners[3].error = "code cell 7 failed."
        seconds = next(alone) if size == 1 else 20.0 * size
        return classroom._Room(learners, seconds, busy=25.0, disk=1.0)

    monkeypatch.setattr(classroom, "_room", room)
    monkeypatch.setattr(classroom, "CORES", 2)
    result = classroom.measure(3600)
    failed, memory, time = result.targets
    assert result.whole
    assert memory.met
    assert failed.value == 1
    assert failed.reason == "One of 5: code cell 7 failed."
    assert time.value == pytest.approx(2.0)  # 800 s against 20 s x 40 / 2
    times = [s for s in result.series if s.name.endswith(", time of one")]
    assert [len(series.values) for series in times] == [3, 5, 10, 20, 40]


def test_one_that_fails_keeps_the_figures_of_the_others(tmp_path, monkeypatch):
    def measure(name: str, seconds: float) -> Result:
        if name == "serving":
            raise LabError("A request was lost.")
        return Result(name, [Series("ours", "MB", (1.0,))])

    monkeypatch.setattr(main, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(main, "_measure", measure)
    monkeypatch.setattr(report, "write", lambda facts: None)
    monkeypatch.setattr(main, "find", lambda: Engine("own", "unix:///none"))
    monkeypatch.setattr(main, "prepare", lambda found: found)
    names = ["images", "serving", "footprint"]
    monkeypatch.setattr(sys, "argv", ["benchmarks", *names])
    with pytest.raises(SystemExit, match="Without new figures: serving"):
        main.main()
    facts = json.loads(main.RESULTS.read_text("utf-8"))
    kept = [row["benchmark"] for row in facts["results"]]
    assert kept == ["images", "footprint"]


def test_documents_have_a_place_for_the_figures(tmp_path, monkeypatch):
    for name in ("DOCUMENT", "README"):
        copy = tmp_path / name
        copy.write_text(getattr(report, name).read_text("utf-8"))
        monkeypatch.setattr(report, name, copy)
    report.write(_facts())
    assert "missed: a compiler" in report.DOCUMENT.read_text("utf-8")
    readme = report.README.read_text("utf-8")
    assert "| enough | 1 | at least 0.9 | met |" in readme
    missed = [row for row in readme.splitlines() if "ours against" in row]
    assert [row.endswith("| missed |") for row in missed] == [True]


def test_pairs_are_measured_in_turn():
    order: list[str] = []

    def way(name: str, value: float):
        def measure() -> float:
            order.append(name)
            return value

        return measure

    found = in_turn({"a": way("a", 4.0), "b": way("b", 2.0)}, 2, "s")
    assert order == ["a", "b", "a", "b"]
    assert ratio(found["a"], found["b"]) == 2.0

"""The learner's record: counted, kept, handed in, read by an instructor."""

import dataclasses
import json

import pytest

from dockerlab import pictures
from dockerlab.base.errors import LabError
from dockerlab.checks import core
from dockerlab.course import cells, progress, table

ONE, TWO = "flask_app/greeting", "flask_app/no-tests"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKERLAB_PROGRESS", str(tmp_path / "progress"))
    return tmp_path


def test_attempts_are_counted_and_a_pass_stays():
    assert progress.note(ONE, False, "runs") == 1
    assert progress.note(ONE, True) == 2
    assert progress.note(ONE, False, "runs") == 3
    record = progress.load()
    assert record.passed(ONE)
    assert not record.passed(TWO)
    assert record.exercises[ONE]["missed"] == {"runs": 2}


def test_a_damaged_record_is_begun_anew(folder):
    progress.note(ONE, True)
    (folder / "progress" / "record.json").write_text("{half")
    assert progress.load().exercises == {}
    assert progress.note(ONE, False) == 1
    assert (folder / "progress" / "record.damaged").read_text() == "{half"


def test_hints_say_more_after_some_attempts(monkeypatch):
    def look(id, answer):
        row = core.Criterion("greets", "it greets", answer, "Look here.")
        return core.Report(id, (row,))

    monkeypatch.setattr(core, "look", look)
    hints = [core.check(ONE, False).hint() for _ in range(4)]
    assert hints[0] == hints[1] == "Look here."
    assert hints[2] == hints[3]
    assert len(hints[2]) > len("Look here.") + 20
    assert "<" not in hints[2]
    assert core.check(ONE, True).hint() == ""


def test_a_record_is_handed_in_and_read(folder):
    progress.note(ONE, True)
    for name in ("ada", "Bob"):
        progress.export(folder / f"{name}.json", name)
    edited = json.loads((folder / "Bob.json").read_text())
    edited["record"]["exercises"][TWO] = {"attempts": 1, "passed": "today"}
    (folder / "cheat.json").write_text(json.dumps(edited))
    (folder / "other.json").write_text("[]")
    (folder / "latin.json").write_bytes(b"\xff\xfe{}")
    edited["record"]["exercises"] = {ONE: "all"}
    edited["seal"] = progress._seal(edited["record"])
    (folder / "odd.json").write_text(json.dumps(edited))

    records, refused = progress.read_class(folder)

    assert [one.learner for one in records] == ["ada", "Bob"]
    assert {error.what for error in refused} == {
        "cheat.json was changed after the export.",
        *(
            f"{name}.json is not a record of this course."
            for name in ("other", "latin", "odd")
        ),
    }
    share = progress.share(records[0], progress.course()["flask_app"])
    assert share == 1 / len(progress.course()["flask_app"])


def test_a_record_that_cannot_be_written_is_told(folder, monkeypatch):
    (folder / "file").touch()
    monkeypatch.setenv("DOCKERLAB_PROGRESS", str(folder / "file" / "below"))
    with pytest.raises(LabError, match="cannot be saved"):
        progress.note(ONE, True)


def test_names_in_a_class_are_told_apart_and_harmless(command, folder):
    handed = folder / "in"
    handed.mkdir()
    names = ["Ada", "Ada", "[/bold] $\\frac$ \x1b[2J", "李雷"]
    for number, name in enumerate(names):
        progress.export(handed / f"{number}.json", name)
    records, _ = progress.read_class(handed)
    assert [one.learner for one in records] == [
        "[/bold] $\\frac$ [2J",
        "Ada",
        "Ada (2)",
        "李雷",
    ]
    done = command("class", str(handed))
    assert done.returncode == 0, done.stderr
    assert "Ada (2)" in done.stdout
    for part in table.course().parts:
        assert part.title in done.stdout
    assert "[/bold]" in done.stdout
    assert (handed / "class.png").stat().st_size > 1000


def test_a_heat_map_that_cannot_be_drawn_is_told(command, folder):
    progress.export(folder / "ada.json", "Ada")
    for file in ("nowhere/class.png", "class.nonsense"):
        done = command("class", str(folder), "--figure", str(folder / file))
        assert done.returncode == 1
        assert "cannot be drawn" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "path",
    [b.path for b in table.course().notebooks if cells.exercises(b.path)],
    ids=lambda p: p.stem,
)
def test_lessons_end_with_how_far_you_are(path):
    rows = json.loads(path.read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in rows]
    lesson = path.stem[3:]
    # Notebooks in the form of the second edition call `finish`.
    ends = ("pictures.progress(", f'finish("{lesson}")')
    [place] = [
        n for n, s in enumerate(sources) if any(end in s for end in ends)
    ]
    image, caption = rows[place]["outputs"][-2:]
    assert "image/png" in image["data"]
    assert "exercise" in "".join(caption["data"]["text/html"])
    last = [
        n
        for n, s in enumerate(sources)
        if "## In practice" in s or "## At work" in s
    ]
    assert place < last[0]


def test_an_empty_folder_is_no_class(folder):
    with pytest.raises(LabError, match="no records"):
        progress.read_class(folder / "nowhere")


def test_the_commands(command, folder):
    progress.note(ONE, True)
    shown = json.loads(command("progress", "--json").stdout)
    assert shown["exercises"][ONE]["attempts"] == 1
    assert ONE in shown["course"]["flask_app"]
    handed = folder / "in"
    handed.mkdir()
    file = str(handed / "ada.json")
    assert command("progress", "--export", file, "--name", "Ada").stdout
    figure = folder / "class.png"
    done = command("class", str(handed), "--figure", str(figure))
    assert done.returncode == 0, done.stderr
    assert "Ada" in done.stdout
    assert figure.stat().st_size > 1000
    (handed / "bad.json").write_text("{}")
    done = command("class", str(handed))
    assert done.returncode == 1
    assert "bad.json" in done.stderr


def test_pictures_tell_passed_from_tried():
    progress.note(ONE, True)
    progress.note(TWO, False, "serves")
    picture = pictures.progress("flask_app")
    states = dict(picture.data["flask_app"])
    assert (states[ONE], states[TWO]) == ("passed", "tried")
    assert f"1 of {len(states)} exercises of" in picture.caption
    assert "flask_app" in picture.caption
    chart = pictures.class_map([progress.load()], progress.course())
    [shares] = chart.data.values()
    assert shares["flask_app"] == pytest.approx(1 / len(states))
    assert shares["first_container"] == 0


def test_a_record_of_the_first_edition_is_translated(folder):
    translated = table.course().exercises_of_first_edition
    old, new = next(iter(translated.items()))
    assert old[:2].isdigit()
    row = {"attempts": 2, "passed": "2026-11-26", "missed": {"runs": 1}}
    content = {"learner": "ada", "exercises": {old: row, "own": row}}
    file = folder / "progress" / "record.json"
    file.parent.mkdir()
    file.write_text(json.dumps(content))
    assert progress.load().exercises == {new: row, "own": row}
    assert progress.note(new, False, "runs") == 3
    stored = json.loads(file.read_text())["exercises"]
    assert list(stored) == [new, "own"]
    assert stored[new]["missed"] == {"runs": 2}
    assert stored[new]["passed"] == "2026-11-26"


def test_two_old_exercises_may_be_one_today(folder, monkeypatch):
    one, other = list(table.course().exercises_of_first_edition)[:2]
    merged = dict.fromkeys([one, other], ONE)
    course = dataclasses.replace(table.course())
    vars(course)["exercises_of_first_edition"] = merged
    monkeypatch.setattr(table, "course", lambda: course)
    rows = {
        one: {"attempts": 2, "passed": "b", "missed": {"x": 1}},
        other: {"attempts": 1, "passed": "a", "missed": {"x": 1, "y": 1}},
    }
    file = folder / "progress" / "record.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"learner": "ada", "exercises": rows}))
    assert progress.load().exercises == {
        ONE: {"attempts": 3, "passed": "a", "missed": {"x": 2, "y": 1}}
    }

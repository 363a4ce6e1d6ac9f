"""The capstone: its tree, its score card, and what flawed solutions score."""

import importlib.util
import pathlib
import re
import zipfile

import pytest

from dockerlab import paths
from dockerlab.checks import core, scorecard
from dockerlab.lab import Lab

HERE = pathlib.Path(__file__).parent
_spec = importlib.util.spec_from_file_location(
    "answers_12", HERE / "answers_12.py"
)
answers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(answers)
POINTS = {row.key: row.points for row in scorecard.PROPERTIES}


def test_the_card_has_at_least_twenty_properties_and_100_points():
    assert len(POINTS) == len(scorecard.PROPERTIES) >= 20
    assert sum(POINTS.values()) == 100
    assert all(row.hint.endswith((".", "?")) for row in scorecard.PROPERTIES)


def test_the_tree_is_as_bad_as_it_is_told_to_be(tmp_path):
    scorecard.unpack(tmp_path)
    held = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*")}
    assert {".env", "app.py", "nearby/nearby.c", "tests/test_app.py"} <= held
    assert not {"Dockerfile", ".dockerignore"} & held
    assert (tmp_path / "exports/2019.csv").stat().st_size > 20e6
    assert "==" not in (tmp_path / "requirements.txt").read_text()
    code = (tmp_path / "app.py").read_text()
    for sin in ("SIG_IGN", "debug=True", "HERE)", "0.0.0.0"):
        assert sin in code
    assert len(scorecard.token()) > 20
    committed = sum(p.stat().st_size for p in scorecard.SOURCE.rglob("*.*"))
    assert committed < 100_000


def test_the_index_of_tomorrow_can_be_installed_from(tmp_path):
    scorecard.tomorrow(tmp_path, ["flask", "markupsafe"])
    [wheel] = (tmp_path / "flask").glob("*.whl")
    assert wheel.name == "flask-99.0-py3-none-any.whl"
    page = (tmp_path / "flask" / "index.html").read_text()
    assert wheel.name in page
    again = tmp_path / "again"
    scorecard.tomorrow(again, ["flask"])
    assert (again / "flask" / wheel.name).read_bytes() == wheel.read_bytes()
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None


def test_each_stage_gets_the_index_of_tomorrow():
    text = "ARG A=1\nFROM a AS one\nRUN true\nfrom one\n# FROM here\n"
    changed = scorecard._in_tomorrow(text, "index")
    assert changed.count("COPY index /tomorrow") == 2
    assert changed.startswith("ARG A=1\nFROM a AS one\nCOPY")


def test_the_guide_tells_what_the_flawed_solutions_score():
    text = (paths.PROJECT / "docs" / "capstone.md").read_text("utf-8")
    rows = re.findall(r"^\| \*(.+?)\* \|.*\| (\d+) \|$", text, re.MULTILINE)
    told = {name: int(points) for name, points in rows}
    assert told == {
        name: points for name, (points, _, _) in answers.FLAWED.items()
    }
    assert len(told) == 5


@pytest.mark.parametrize("name", answers.FLAWED)
def test_what_is_missed_and_what_is_scored_agree(name):
    points, missed, _ = answers.FLAWED[name]
    assert points == 100 - sum(POINTS[key] for key in missed)


@pytest.fixture(scope="module")
def lab(needs_engine):
    """The lesson's workspace, for a folder and its score."""
    lab = Lab("capstone", images=["python:3.13-slim", "python:3.13"])
    yield lab
    lab.close()


@pytest.mark.lesson("capstone")
@pytest.mark.parametrize("name", answers.FLAWED)
def test_a_flawed_solution_scores_as_told(name, lab):
    _, missed, files = answers.FLAWED[name]
    folder = lab.folder("flawed")
    scorecard.unpack(folder)
    for file, text in files.items():
        (folder / file).write_text(text)
    report = core.check("capstone/full", folder)
    most = report.score[1]
    unmet = report.unmet()
    if most < 100:  # no cosign here
        missed = [key for key in missed if key != "signed"]
        unmet = [key for key in unmet if key != "signed"]
    assert unmet == missed
    assert most - report.score[0] == sum(POINTS[key] for key in missed)
    objects = lab.count()
    assert objects["containers"]["course"] == 0
    assert objects["volumes"]["course"] == 0

"""The score card as a whole: what flawed solutions score."""

import re

import pytest

from dockerlab import checks, images, paths
from dockerlab.checks import scorecard
from dockerlab.checks.scorecard import contents
from dockerlab.lab import Lab
from tests.answers import capstone as answers

POINTS = {row.key: row.points for row in scorecard.PROPERTIES}


def test_the_guide_lists_what_the_flawed_solutions_score():
    text = (paths.PROJECT / "docs" / "capstone.md").read_text("utf-8")
    rows = re.findall(r"^\| \*(.+?)\* \|.*\| (\d+) \|$", text, re.MULTILINE)
    listed = {name: int(points) for name, points in rows}
    assert listed == {
        name: points for name, (points, _, _) in answers.FLAWED.items()
    }
    assert len(listed) == 5


@pytest.mark.parametrize("name", answers.FLAWED)
def test_what_is_missed_and_what_is_scored_agree(name):
    points, missed, _ = answers.FLAWED[name]
    assert points == 100 - sum(POINTS[key] for key in missed)


def test_the_whole_published_image_is_compared():
    """Layers and settings count, and the labels of the course do not."""

    def of(layer="sha256:a", **settings):
        found = {"rootfs": {"diff_ids": [layer]}, "config": settings}
        return contents.content(images.from_configuration(found))

    assert of() != of("sha256:b")
    assert of(Cmd=["a"]) != of(Cmd=["b"])
    assert of(Labels={"version": "1"}) != of(Labels={"version": "2"})
    assert of(Labels={"dockerlab.lesson": "capstone"}) == of()


@pytest.fixture(scope="module")
def lab():
    """The notebook's workspace, for a folder and its score."""
    lab = Lab("capstone", images=["python:3.13-slim", "python:3.13"])
    yield lab
    lab.close()


@pytest.mark.lesson("capstone")
@pytest.mark.parametrize("name", answers.FLAWED)
def test_a_flawed_solution_scores_as_listed(name, lab):
    _, missed, files = answers.FLAWED[name]
    folder = lab.folder("flawed")
    scorecard.unpack(folder)
    for file, text in files.items():
        (folder / file).write_text(text)
    report = checks.check("capstone/full", folder)
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

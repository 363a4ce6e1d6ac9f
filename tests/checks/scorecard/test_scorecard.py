"""The score card as a whole: what known submissions score."""

import re

import pytest

from dockerlab import checks, images, paths
from dockerlab.checks import scorecard
from dockerlab.checks.report import Criterion, Report
from dockerlab.checks.scorecard import contents
from dockerlab.lab import Lab
from tests.learners.submissions import SUBMISSIONS

ROWS = {row.key: row for row in scorecard.PROPERTIES}
GATES = [row.key for row in scorecard.PROPERTIES if row.gate]
KINDS = ["bad", "common", "good", "excellent"]


def card(*missed: str) -> Report:
    """The report on a submission that lacks these properties."""
    rows = [
        Criterion(
            row.key,
            row.text,
            row.key not in missed,
            row.hint,
            row.points,
            row.gate,
        )
        for row in scorecard.PROPERTIES
    ]
    return Report("x", tuple(rows), pass_mark=scorecard.PASS_MARK)


def test_these_properties_are_gates():
    assert GATES == ["builds", "secret", "serves", "server", "user", "signed"]


@pytest.mark.parametrize("gate", GATES)
def test_each_gate_alone_prevents_a_pass(gate):
    report = card(gate)
    assert report.score[0] >= 95
    assert not report.passed
    assert report.hint() == ROWS[gate].hint
    for text in (repr(report), report._repr_html_()):
        assert "1 closed gate prevents a pass" in text
        assert ROWS[gate].text.partition("'")[0] in text


def test_seventy_five_points_are_enough_and_seventy_four_are_not():
    missed = ["pins", "context", "cached", "lint", "size", "baggage", "port"]
    report = card(*missed)
    assert report.score == (75, 100)
    assert report.passed
    assert "75 of 100 points; 75 % are enough" in repr(report)
    assert "hint" in repr(report)  # what the other points need
    report = card(*missed[:-1], "labels")
    assert report.score == (74, 100)
    assert not report.passed


def test_the_document_lists_what_known_submissions_score():
    """Published and signed, so with these points more."""
    text = (paths.PROJECT / "docs" / "judge.md").read_text("utf-8")
    rows = re.findall(
        r"^\| \*(.+?)\* \| (\w+) \| (\d+) \|.*\| ([\w, ]*) \|$",
        text,
        re.MULTILINE,
    )
    listed = [(row[0], row[1], int(row[2]), row[3]) for row in rows]
    signed = ROWS["signed"].points
    assert listed == [
        (name, each.kind, each.points + signed, _closed(each.missed))
        for name, each in SUBMISSIONS.items()
    ]
    assert len(listed) >= 20
    assert [row[2] for row in listed].count(100) >= 2


def _closed(missed: str) -> str:
    """The gates among missed properties, as the document lists them."""
    return ", ".join(key for key in missed.split() if key in GATES) or "none"


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_what_is_missed_and_what_is_scored_agree(name):
    each = SUBMISSIONS[name]
    missed = each.missed.split()
    unsigned = 100 - ROWS["signed"].points
    assert each.points == unsigned - sum(ROWS[key].points for key in missed)
    passes = card(*missed).passed
    assert passes == (each.kind in ("good", "excellent"))


def test_submissions_are_in_the_order_of_an_expert():
    """First those that a gate stops, then by points."""
    order = [
        (_closed(each.missed) == "none", each.points)
        for each in SUBMISSIONS.values()
    ]
    assert order == sorted(order)
    kinds = [KINDS.index(each.kind) for each in SUBMISSIONS.values()]
    assert kinds == sorted(kinds)
    assert set(kinds) == set(range(4))


def test_the_whole_published_image_is_compared():
    """Layers and settings count, and the labels of the course do not."""

    def of(layer="sha256:a", **settings):
        found = {"rootfs": {"diff_ids": [layer]}, "config": settings}
        image = images.from_configuration(found)
        digests = [each.digest for each in image.layers]
        return contents.content(digests, image.config)

    assert of() != of("sha256:b")
    assert of(Cmd=["a"]) != of(Cmd=["b"])
    assert of(Labels={"version": "1"}) != of(Labels={"version": "2"})
    assert of(Labels={"dockerlab.lesson": "capstone_ship"}) == of()


@pytest.fixture(scope="module")
def lab():
    """The notebook's workspace, for a folder and its score."""
    lab = Lab("capstone_ship", images=["python:3.13-slim", "python:3.13"])
    yield lab
    lab.close()


def _chosen() -> list[object]:
    """All of them; most of those of a kind only in a long run."""
    return [
        name if number % 3 == 0 else pytest.param(name, marks=pytest.mark.long)
        for number, name in enumerate(SUBMISSIONS)
    ]


@pytest.mark.lesson("capstone_ship")
@pytest.mark.parametrize("name", _chosen())
def test_a_submission_scores_as_listed(name, lab):
    each = SUBMISSIONS[name]
    folder = lab.folder("submission")
    scorecard.unpack(folder)
    for file, text in each.files.items():
        (folder / file).write_text(text)
    report = checks.check("capstone_ship/full", folder)
    # Without cosign, the card has no row for the signature.
    unmet = [key for key in report.unmet() if key != "signed"]
    assert unmet == each.missed.split()
    assert report.score[0] == each.points
    objects = lab.count()
    assert objects["containers"]["course"] == 0
    assert objects["volumes"]["course"] == 0

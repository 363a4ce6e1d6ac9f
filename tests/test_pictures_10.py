"""Pictures of services: what they plot, and that it is readable."""

import itertools

import pytest

from dockerlab import pictures
from dockerlab.traffic import Answer

ANSWERS = [
    *(Answer(n / 10, 0.01, 200, "old") for n in range(30)),
    Answer(3.0, 0.01, 502, "Bad Gateway"),
    *(Answer(n / 10, 0.01, 200, "new") for n in range(31, 60)),
    Answer(6.0, 5.0, 0, "timed out"),
]
EVENTS = {
    "a new container is started": 1.0,
    "it is healthy, and the proxy sends to both": 2.9,
    "the old one is asked to stop": 3.0,
    "the old one is gone, which is the end of this": 5.9,
}


def _traffic() -> pictures.Picture:
    return pictures.traffic(ANSWERS, lambda answer: answer.text, EVENTS)


def test_traffic_sorts_answers_by_who_gave_them():
    data = _traffic().data
    assert list(data["rows"]) == ["old", "new"]
    assert len(data["rows"]["old"]) == 30
    assert data["failed"] == [3.0, 6.0]
    assert data["events"] == EVENTS


def test_traffic_counts_every_request_in_its_caption():
    assert _traffic().caption == (
        "61 requests, 2 failed; answers: 30 from old and 29 from new."
    )


def test_traffic_can_be_all_failed_and_without_events():
    drawn = pictures.traffic(ANSWERS[-1:], lambda answer: answer.text)
    assert drawn.caption == "1 request, 1 failed; answers: none."


@pytest.mark.filterwarnings("error")
def test_nothing_is_cut_or_overlaps():
    for drawn in (_traffic(),):
        figure = drawn.figure
        figure.draw_without_rendering()
        boxes = [
            text.get_window_extent()
            for axes in figure.axes
            for text in axes.texts
            if text.get_text()
        ]
        for box in boxes:
            assert box.x0 >= 0 <= box.y0, drawn
            assert box.x1 <= figure.bbox.x1, drawn
            assert box.y1 <= figure.bbox.y1, drawn
        for one, other in itertools.combinations(boxes, 2):
            # Neighbouring lines may touch, letters may not.
            apart = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert apart < 3 or one.x1 <= other.x0 or other.x1 <= one.x0

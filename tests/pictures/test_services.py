"""Pictures of services: what they plot, and that it is readable."""

import types

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


CONFIG = {
    "name": "dockerlab-10",
    "services": {
        "proxy": {
            "image": "nginx:1.26",
            "networks": {"front": None},
            "depends_on": {"web": {"condition": "service_healthy"}},
        },
        "web": {
            "image": "localhost:5000/a/rather/long/name/of/an/image:1",
            "networks": {"front": None, "back": None},
            "depends_on": {"store": {"condition": "service_healthy"}},
        },
        "store": {"image": "redis:8", "networks": {"back": None}},
    },
}
VOLUME = {
    "Type": "volume",
    "Name": "dockerlab-10_visits",
    "Destination": "/data",
    "Source": "/var/lib/docker/volumes/x/_data",
}
FOLDER = {
    "Type": "bind",
    "Source": "/home/ada/a-folder-of-a-name-that-is-too-long-for-it",
    "Destination": "/etc/nginx/conf.d",
}
PORT = {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8010"}]}


def _container(service: str, number: int = 1, **attrs):
    return types.SimpleNamespace(
        name=f"many-{service}-{number}",
        labels={"com.docker.compose.service": service},
        attrs={
            "State": {"Status": "running"},
            "Mounts": [],
            "NetworkSettings": {"Ports": {}},
            **attrs,
        },
    )


HEALTHY = {"Status": "running", "Health": {"Status": "healthy"}}
CONTAINERS = [
    _container("proxy", Mounts=[FOLDER], NetworkSettings={"Ports": PORT}),
    _container("web", 1, State=HEALTHY),
    _container("web", 2, State=HEALTHY),
    _container("store", Mounts=[VOLUME], State=HEALTHY),
]
GROUPS = {
    "alone": [Answer(n, n / 1000, 200, "") for n in range(1, 101)],
    "beside a hog": [
        *(Answer(n, n / 100, 200, "") for n in range(1, 101)),
        Answer(101, 9, 0, "timed out"),
    ],
}
THINGS = {
    "a volume": [True, True, False],
    "a thing whose name is much too long to fit": [True, False, False],
    "files": [True, True, True],
}


def _map() -> pictures.Picture:
    return pictures.service_map(CONFIG, CONTAINERS)


def _kept() -> pictures.Picture:
    return pictures.kept(THINGS, ["up", "down", "down -v"])


def test_service_map_begins_with_who_waits_for_the_others():
    data = _map().data
    assert list(data) == ["proxy", "web", "store"]
    assert data["web"]["containers"] == [
        "many-web-1",
        "many-web-2",
    ]
    assert data["web"]["health"] == ["healthy"]
    assert data["proxy"]["waits_for"] == {"web": "service_healthy"}


def test_service_map_tells_ports_and_mounts_from_the_engine():
    drawn = _map()
    assert drawn.data["proxy"]["ports"] == ["127.0.0.1:8010 to 80"]
    assert drawn.data["store"]["mounts"] == {"/data": ("volume", "visits")}
    assert "machine: proxy. Only inside: web and store." in drawn.caption


def test_service_map_shows_a_service_without_containers():
    drawn = pictures.service_map(CONFIG, [])
    assert drawn.data["web"]["containers"] == []
    assert "machine: nothing." in drawn.caption


def test_latencies_leave_failed_requests_out():
    data = pictures.latencies(GROUPS).data
    assert data["alone"]["p50"] == pytest.approx(50.5)
    assert data["alone"]["p95"] == pytest.approx(95.05)
    assert data["beside a hog"]["p95"] == pytest.approx(950.5)
    assert data["beside a hog"]["failed"] == 1


def test_kept_names_what_always_stays():
    drawn = _kept()
    assert drawn.data["things"]["a volume"] == [True, True, False]
    assert drawn.caption == "There all the time: files."
    assert "a volume: there after up" in drawn.alt


def test_readable(readable):
    for drawn in (
        _traffic(),
        _map(),
        pictures.latencies(GROUPS),
        _kept(),
    ):
        readable(drawn)

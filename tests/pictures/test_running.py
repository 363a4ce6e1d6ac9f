"""Pictures of running containers: what they plot, and that it is readable."""

import types

import pytest

from dockerlab import pictures

JOURNEY = [
    ("no container", "create x", ["create"], "created"),
    ("created", "start x", ["start"], "running"),
    ("running", "pause x", ["pause"], "paused"),
    ("paused", "unpause x", ["unpause"], "running"),
    ("running", "stop x", ["kill", "kill", "die", "stop"], "exited"),
    ("exited", "start x", ["start"], "running"),
    ("running", "kill x", ["kill", "die"], "exited"),
    ("exited", "rm x", ["destroy"], "no container"),
]


def _event(action: str, seconds: float) -> dict:
    return {"Action": action, "timeNano": int(5e9 + seconds * 1e9)}


def _thing(**attrs):
    """A container or network whose `reload` finds nothing new."""
    return types.SimpleNamespace(reload=lambda: None, **attrs)


def _container():
    mounts = [
        {"Destination": "/data", "Type": "volume", "Name": "a-volume"},
        {"Destination": "/code", "Type": "bind", "Source": "/a/b/" + "c" * 90},
    ]
    host = {"Tmpfs": {"/memory": ""}}
    attrs = {"Mounts": mounts, "HostConfig": host}
    return _thing(name="running-x", attrs=attrs)


def _network(name: str, **members: str):
    rows = {
        str(n): {"Name": f"running-{who}", "IPv4Address": f"{ip}/16"}
        for n, (who, ip) in enumerate(members.items())
    }
    return _thing(name=name, attrs={"Containers": rows})


EVENTS = [
    _event("start", 0),
    _event("die", 0.1),
    _event("start", 0.3),
    _event("die", 0.4),
    _event("start", 0.9),
    _event("die", 1.0),
]
NETWORKS = [
    _network("front", web="172.18.0.2", api="172.18.0.3"),
    _network("back", api="172.19.100.100", store="172.19.0.3"),
]


def test_lifecycle_holds_what_was_given():
    drawn = pictures.lifecycle(JOURNEY)
    edges = drawn.data["edges"]
    assert set(edges["running", "exited"]) == {"stop", "kill"}
    assert edges["running", "exited"]["stop"].count("kill") == 2
    shown = [t.get_text() for axes in drawn.figure.axes for t in axes.texts]
    assert "kill, kill, die, stop" in shown
    assert "docker unpause" in shown


def test_a_state_that_was_not_visited_is_grey():
    drawn = pictures.lifecycle(JOURNEY[:2])
    assert drawn.data["states"] == ["no container", "created", "running"]
    assert "unpause" not in drawn.alt


def test_restarts_measure_the_waits():
    data = pictures.restarts(EVENTS).data
    assert data["waited"] == pytest.approx([0.2, 0.5])
    assert data["begun"] == pytest.approx([0, 0.3, 0.9])


def test_stops_name_who_was_killed():
    drawn = pictures.stops({"exec": (0.1, 0), "shell": (2.1, 137)})
    assert drawn.caption.endswith("grace period: shell.")


def test_mounts_end_with_the_writable_layer():
    drawn = pictures.mount_map(_container())
    kinds = [kind for _, kind, _ in drawn.data]
    assert kinds == ["bind", "volume", "tmpfs", "layer"]
    assert "/code and /data outlives" in drawn.caption


def test_long_addresses_are_shown_whole():
    names = ("api", "store", "web")
    long = dict.fromkeys(names, "192.168.112.222")
    drawn = pictures.network_map([_network("front", **long)])
    shown = [text.get_text() for text in drawn.figure.axes[0].texts]
    assert shown.count("192.168.112.222") == 3


def test_networks_name_who_joins_them():
    drawn = pictures.network_map(NETWORKS)
    assert drawn.data["back"]["running-store"] == "172.19.0.3"
    assert drawn.caption.startswith("api is on more than one")


def test_readable(readable):
    for drawn in (
        pictures.lifecycle(JOURNEY),
        pictures.restarts(EVENTS),
        pictures.stops({"exec": (0.1, 0), "no handler": (2.1, 137)}),
        pictures.mount_map(_container()),
        pictures.network_map(NETWORKS),
    ):
        readable(drawn)

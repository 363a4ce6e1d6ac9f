"""Pictures of running containers: what they plot, and that it is readable."""

import types

import pytest

from dockerlab import pictures
from dockerlab.pictures import running

LIFE = "create start pause unpause kill kill stop die start kill die destroy"
LIFE_EVENTS = LIFE.split()


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


def test_lifecycle_tells_stop_from_kill():
    drawn = pictures.lifecycle(LIFE_EVENTS)
    edges = drawn.data["edges"]
    assert set(edges["running", "exited"]) == {"docker stop", "docker kill"}
    assert edges["running", "exited"]["docker stop"].count("kill") == 2
    shown = [t.get_text() for axes in drawn.figure.axes for t in axes.texts]
    assert "kill, kill, stop, die" in shown
    assert "docker unpause" in shown


def test_a_state_that_was_not_visited_is_grey():
    drawn = pictures.lifecycle(["create", "start"])
    assert drawn.data["states"] == ["no container", "created", "running"]
    assert "unpause" not in drawn.alt


def test_a_signal_that_a_program_survives_changes_no_state():
    steps = running.life(["create", "start", "kill", "exec_die", "die"])
    # The signal and the end cannot be told apart when nothing lies between.
    assert [step[3] for step in steps] == ["created", "running", "exited"]
    assert running.life(["create", "start", "kill", "pause"])[-1][0] == (
        "running"
    )


def test_a_program_that_ends_is_not_stopped():
    assert running.life(["create", "start", "die"])[-1] == (
        "running",
        "program ends",
        ["die"],
        "exited",
    )


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
        pictures.lifecycle(LIFE_EVENTS),
        pictures.restarts(EVENTS),
        pictures.stops({"exec": (0.1, 0), "no handler": (2.1, 137)}),
        pictures.mount_map(_container()),
        pictures.network_map(NETWORKS),
    ):
        readable(drawn)

"""Exercises of `networks`: who reaches a container, and by which name."""

import functools

from docker.models.containers import Container

from dockerlab.checks import pages, sample_app
from dockerlab.checks.bench import LOOK, Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import stretch, wait_for

SITE = "networks-site"
# Requests a page and prints nothing: its address, and the seconds to wait. A
# proxy that the learner's Docker gives to containers is not asked.
REQUEST = """
import sys, urllib.request as u
opener = u.build_opener(u.ProxyHandler({}))
opener.open(sys.argv[1], timeout=float(sys.argv[2]))
"""


@exercise("networks/publish", wants="number")
def publish(bench: Bench, port: float) -> None:
    """nginx is published on the loopback address, at the reported port."""
    container = bench.require_running(SITE)
    published = bench.require_published(container) if container else []
    if not container or not published:
        return
    ends = [end for inner in published for end in container.ports[inner]]
    open_to = sorted({e["HostIp"] for e in ends if not pages.is_own(e)})
    bench.require(
        "loopback",
        "only your own machine reaches it",
        not open_to,
        f"It is published at {', '.join(open_to)}, which means all addresses"
        " of your machine. Which address is only reachable from your machine?",
    )
    found = [_server(container, inner) for inner in published]
    other = next((server for server in found if server), "")
    if not bench.require(
        "answers",
        "nginx answers at the published port",
        any(server.startswith("nginx") for server in found),
        f"{other} answers there. Which image contains nginx?"
        if other
        else f"Nothing answers there. It leads to {', '.join(published)} of"
        " the container. At which port does nginx listen?",
    ):
        return
    asked = container.attrs["HostConfig"].get("PortBindings") or {}
    numbers = [end["HostPort"] for ends in asked.values() for end in ends]
    fixed = sorted({n for n in numbers if n.isdigit() and n != "0"})
    bench.require(
        "chosen",
        "the engine chose the port of your machine",
        not fixed,
        f"You chose port {', '.join(fixed)}. Leave out the port between the"
        " address and the port of the container, but not the colons.",
    )
    bench.require(
        "reported",
        "the reported number is the port of your machine",
        port in [int(end["HostPort"]) for end in ends],
        f"You report {port:g}. `docker port {SITE}` shows the port of your"
        " machine to the right of the arrow, after the colon.",
    )


def _server(container: Container, port: str) -> str:
    """The name of the web server that answers at a published port, if any
    does; its page may be of any kind."""
    pages.fetch(container, port)  # just started, it may be slow
    response = pages.request(container, port, "/")
    unknown = "another program" if response.status else ""
    return response.headers.get("Server", unknown)


def _sees(bench: Bench, container: Container, host: str) -> bool:
    """Whether a page of `host`, port 8000, is seen from a container."""
    url, patience = f"http://{host}:8000/", f"{stretch(4):.0f}"
    command = ["python", "-c", REQUEST, url, patience]
    return bench.exec(container, command).ok


def _reaches(bench: Bench, container: Container, other: Container) -> bool:
    """Whether a container sees the other one's page, by its name."""
    one, two = (
        set(each.attrs["NetworkSettings"]["Networks"]) - {"bridge"}
        for each in (container, other)
    )
    # Without a network in common there is nothing to wait for.
    seconds = stretch(10) if one & two else 0
    return wait_for(lambda: _sees(bench, container, other.name), seconds)


@exercise("networks/apart", wants="container")
def apart(bench: Bench, name: str) -> None:
    """The proxy reaches the app, the app reaches the store, and the proxy
    does not reach the store."""
    names = (name, "networks-app", "networks-store")
    proxy, app, store = (bench.container(each) for each in names)
    run = all(c and c.status == "running" for c in (proxy, app, store))
    text = f"{', '.join(names)} run"
    hint = f"`three()` in the starter creates them. {LOOK}"
    bench.require("run", text, run, hint)
    if not (run and proxy and app and store):
        return
    for container in (proxy, app, store):  # just started, they may be slow
        wait_for(functools.partial(pages.listening, container), 60)
    if not bench.require(
        "app-store",
        f"the app reaches {store.name} by its name",
        _reaches(bench, app, store),
        "Names work on networks that you create, for containers on the same"
        f" network. {_networks_of(app, store)}",
    ):
        return
    if not bench.require(
        "proxy-app",
        f"the proxy reaches {app.name} by its name",
        _reaches(bench, proxy, app),
        f"{_networks_of(proxy, app)} A container may be on several networks:"
        " `docker network connect`.",
    ):
        return
    joined = store.attrs["NetworkSettings"]["Networks"].values()
    ways = {store.name: "name"}
    ways |= {n["IPAddress"]: "address" for n in joined if n["IPAddress"]}
    seen = {kind for way, kind in ways.items() if _sees(bench, proxy, way)}
    bench.require(
        "apart",
        "the proxy does not reach the store, by name or by address",
        not seen,
        f"It does, by its {' and its '.join(sorted(seen))}."
        f" {_networks_of(proxy, store)}",
    )


def _networks_of(*containers: Container) -> str:
    """A sentence on each container's networks."""
    return " ".join(
        f"{container.name} is on: "
        f"{', '.join(sorted(container.attrs['NetworkSettings']['Networks']))}."
        for container in containers
    )


@exercise("networks/port", wants="dockerfile")
def port(bench: Bench, dockerfile: str) -> None:
    """The app serves on port 8080 inside, and the image documents it."""
    tag = sample_app.served(bench, dockerfile, "8080/tcp")
    if tag:
        config = bench.client.images.get(tag).attrs["Config"]
        documented = sorted(config.get("ExposedPorts") or {})
        bench.require(
            "documents",
            "the image documents port 8080 and no other",
            documented == ["8080/tcp"],
            f"It documents {', '.join(documented) or 'no port'}. Which"
            " instruction documents a port for people who run the image?",
        )

"""The way of a request to a container."""

from typing import Any

import docker

from dockerlab.base import words
from dockerlab.base.errors import LabError
from dockerlab.pictures import frame


@frame.styled
def port_map(container: docker.models.containers.Container) -> frame.Picture:
    """The way of a request to a running container, from its inspect data.

    `data`: `name`, `address`, `command`, `image` and `ports`, a list of
    (host address, host port, container port with protocol).

    Raises:
        LabError: the container does not run.
    """
    container.reload()
    if container.status != "running":
        raise LabError(
            f"The container {container.name} is {container.status}.",
            "Only a running container has an address.",
            f"See `docker logs {container.name}`, then start it again.",
        )
    data = _reading(container.attrs)
    lines = max(1, len(data["ports"]))
    top = 1.5 + 0.25 * (lines - 1)
    low = top - 0.4 - 0.25 * lines
    axes = frame.canvas(top + 0.1)
    frame.box(axes, 0.1, low, 1.65, top - low, "your browser")
    frame.box(axes, 2.35, low, 1.9, top - low, "engine, on the host")
    frame.box(axes, 4.85, 0.1, 2.55, top - 0.1, data["name"])

    def row(line: int, browser: str, engine: str, inside: str) -> float:
        y = top - 0.45 - 0.25 * line
        for x, text, width in (
            (0.2, browser, 1.5),
            (2.45, engine, 1.75),
            (4.95, inside, 2.4),
        ):
            axes.text(
                x, y, frame.fitted(text, width), size=frame.SMALL, va="center"
            )
        return y

    for line, (host, port, inner) in enumerate(data["ports"]):
        number, _, protocol = inner.partition("/")
        shown = "localhost" if host in ("0.0.0.0", "::") else host
        scheme = "http" if protocol == "tcp" else protocol
        y = row(
            line,
            f"{scheme}://{shown}:{port}",
            f"publishes {host}:{port}",
            f"{data['address']}:{number}",
        )
        frame.arrow(axes, 1.8, 2.3, y)
        frame.arrow(axes, 4.3, 4.8, y)
    if not data["ports"]:
        row(0, "no address to ask", "publishes no port", data["address"])
    frame.box(axes, 4.95, 0.38, 2.35, 0.34, "", frame.BLUE)
    command = frame.fitted("process: " + data["command"], 2.2)
    axes.text(
        5.03, 0.55, command, size=frame.SMALL, va="center", color="white"
    )
    image = frame.fitted("from image " + data["image"], 2.3)
    axes.text(
        4.95, 0.24, image, size=frame.SMALL, va="center", color=frame.QUIET
    )
    return frame.Picture(
        axes.figure, _ports_message(data), _ports_alt(data), data
    )


def _reading(attrs: dict[str, Any]) -> dict[str, Any]:
    """What `port_map` shows, out of `docker inspect`."""
    settings = attrs["NetworkSettings"]
    addresses = [
        network["IPAddress"]
        for network in settings["Networks"].values()
        if network.get("IPAddress")
    ]
    # The same port is published for IPv4 and for IPv6: show it once.
    ports: dict[tuple[str, str], str] = {}
    for inner, published in sorted((settings["Ports"] or {}).items()):
        for one in published or []:
            ports.setdefault((one["HostPort"], inner), one["HostIp"])
    config = attrs["Config"]
    command = (config.get("Entrypoint") or []) + (config.get("Cmd") or [])
    return {
        "name": attrs["Name"].removeprefix("/"),
        "address": addresses[0] if addresses else "the host's address",
        "command": " ".join(" ".join(command).split()),
        "image": config["Image"],
        "ports": [
            (host, port, inner) for (port, inner), host in ports.items()
        ],
    }


def _ports_message(data: dict[str, Any]) -> str:
    if not data["ports"]:
        return (
            f"{data['name']} publishes no port: only its own networks reach "
            f"it, at {data['address']}."
        )
    ways = [
        f"port {port} of the host leads to port {inner.partition('/')[0]}"
        for _, port, inner in data["ports"]
    ]
    text = f"{words.listed(ways)} of {data['name']}, at {data['address']}."
    return text[0].upper() + text[1:]


def _ports_alt(data: dict[str, Any]) -> str:
    ways = [
        f"browser to {host}:{port} on the host, through the engine to "
        f"{data['address']} port {inner}"
        for host, port, inner in data["ports"]
    ]
    return (
        f"{'; '.join(ways) or 'No port is published'}. Container "
        f"{data['name']} runs `{data['command']}` from {data['image']}."
    )

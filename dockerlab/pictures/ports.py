"""The way of a request to a container."""

from typing import Any

from docker.models.containers import Container
from matplotlib.axes import Axes

from dockerlab.base import words
from dockerlab.base.errors import LabError
from dockerlab.pictures import frame


@frame.styled
def port_map(container: Container) -> frame.Picture:
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
    axes = _draw(data)
    return frame.Picture(
        axes.figure, _ports_message(data), _ports_alt(data), data
    )


def _draw(data: dict[str, Any]) -> Axes:
    """Three boxes, and a line through them for each published port."""
    lines = max(1, len(data["ports"]))
    top = 1.5 + 0.25 * (lines - 1)
    low = top - 0.4 - 0.25 * lines
    axes = frame.canvas(top + 0.1)
    frame.box(axes, 0.1, low, 1.65, top - low, "your browser")
    frame.box(axes, 2.35, low, 1.9, top - low, "engine, on the host")
    frame.box(axes, 4.85, 0.1, 2.55, top - 0.1, data["name"])
    y = top - 0.45
    if not data["ports"]:
        texts = "no address to request", "publishes no port", data["address"]
        _row(axes, y, texts)
    for host, port, inner in data["ports"]:
        number, _, protocol = inner.partition("/")
        shown = "localhost" if host in ("0.0.0.0", "::") else host
        scheme = "http" if protocol == "tcp" else protocol
        texts = (
            f"{scheme}://{shown}:{port}",
            f"publishes {host}:{port}",
            f"{data['address']}:{number}",
        )
        _row(axes, y, texts)
        frame.arrow(axes, 1.8, 2.3, y)
        frame.arrow(axes, 4.3, 4.8, y)
        y -= 0.25
    frame.box(axes, 4.95, 0.38, 2.35, 0.34, "", frame.BLUE)
    command = "process: " + data["command"]
    frame.write(axes, 5.03, 0.55, command, 2.2, "white")
    image = "from image " + data["image"]
    frame.write(axes, 4.95, 0.24, image, 2.3, frame.QUIET)
    return axes


def _row(axes: Axes, y: float, texts: tuple[str, str, str]) -> None:
    """What is written in the three boxes at one height."""
    for x, text, inches in zip(
        (0.2, 2.45, 4.95), texts, (1.5, 1.75, 2.4), strict=True
    ):
        frame.write(axes, x, y, text, inches)


def _reading(attrs: dict[str, Any]) -> dict[str, Any]:
    """What the picture shows, from the data of `docker inspect`."""
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

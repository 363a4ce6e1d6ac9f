"""Use the capstone's service as its visitors do."""

import json
from typing import Any

from docker.models.containers import Container
from docker.models.volumes import Volume

from dockerlab.checks import pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.scorecard.contents import PORT

LIST = "/items"  # the path of the list of all items
NAMES = {"umbrella", "left glove", "blue scarf"}


def start(
    bench: Bench, image: str, volume: Volume | None = None, **options: Any
) -> Container:
    """Run the service, with a volume for its data.

    Raises:
        NotStarted: the engine cannot start it.
    """
    volume = volume or bench.volume()
    mount = {volume.name: {"bind": "/data", "mode": "rw"}}
    ports = {PORT: ("127.0.0.1", None)}
    return bench.run(image, volumes=mount, ports=ports, **options)


def works(container: Container) -> bool:
    """Whether the service keeps items and finds them in spite of typos."""
    if pages.fetch(container, PORT, LIST, seconds=30) is None:
        return False
    for name in sorted(NAMES):
        body = json.dumps({"name": name}).encode()
        if pages.request(container, PORT, LIST, body).status != 201:
            return False
    found = pages.request(container, PORT, "/search?q=umbrela")
    try:
        return bool(json.loads(found.text)[:1] == ["umbrella"])
    except (ValueError, TypeError):
        return False


def items(container: Container) -> set[str]:
    """The names that the service has; none if it does not answer."""
    text = pages.fetch(container, PORT, LIST, seconds=30)
    try:
        return {item["name"] for item in json.loads(text or "")}
    except (ValueError, TypeError, KeyError):
        return set()

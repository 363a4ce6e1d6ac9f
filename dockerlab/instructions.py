"""What a Dockerfile instruction changes, and where.

    before = observe(client, "instruction-map:nothing", lab.labels)
    after = observe(client, "instruction-map:env", lab.labels)
    differences(before, after)["containers"]  # ['environment']

Each image is built with `FROM`, one instruction, and a last step that writes
what a probe prints to /seen. Its containers run the same probe, print /seen,
and wait for a signal. A line of the probe has the form `name: value`.
"""

import dataclasses
import signal
import time
from collections.abc import Mapping

import docker
from docker.models.containers import Container

from dockerlab import images
from dockerlab.base.errors import LabError

READY = "ready"  # the probe's last line
SEEN = "built "  # in front of what the build saw
PAUSE = 0.05  # seconds between two looks
SECONDS = 120  # for a program to start on a busy machine


@dataclasses.dataclass(frozen=True)
class Observed:
    """One image: what its build and a container of it see, by name.

    layers: how many it has.
    settings: those of the image, with the names of `images.Config`.
    """

    build: Mapping[str, object]
    layers: int
    settings: Mapping[str, object]
    container: Mapping[str, object]


def observe(
    client: docker.DockerClient, image: str, labels: Mapping[str, str]
) -> Observed:
    """Run a container of an image with the probe, and stop it.

    Raises:
        LabError: the probe did not get ready.
    """
    container = client.containers.run(
        image, detach=True, publish_all_ports=True, labels=dict(labels)
    )
    try:
        printed = _printed(container)
        running = _lines(printed, "") | _engines_view(container)
        container.stop(timeout=SECONDS)
        code = int(container.wait()["StatusCode"])
    finally:
        container.remove(force=True, v=True)
    return Observed(
        _lines(printed, SEEN),
        len(client.images.get(image).attrs["RootFS"]["Layers"]),
        dataclasses.asdict(images.settings(client, image)),
        running | {"signal": signal.Signals(code).name},
    )


def differences(before: Observed, after: Observed) -> dict[str, list[str]]:
    """The names of what differs, by place."""
    more = after.layers - before.layers
    return {
        "later steps": _changed(before.build, after.build),
        "layers": [f"{more:+}"] if more else [],
        "settings": _changed(before.settings, after.settings),
        "containers": _changed(before.container, after.container),
    }


def _changed(
    before: Mapping[str, object], after: Mapping[str, object]
) -> list[str]:
    return [name for name in before if before[name] != after.get(name)]


def _printed(container: Container) -> list[str]:
    """The lines of the probe, when it has printed all of them."""
    deadline = time.monotonic() + SECONDS
    while True:
        rows = container.logs().decode().splitlines()
        if rows[-1:] == [READY]:
            return rows[:-1]
        if time.monotonic() > deadline:
            raise LabError(
                "The probe did not get ready.",
                f"Its output ends with {rows[-1:]}.",
                "Run the cell again.",
            )
        time.sleep(PAUSE)


def _lines(printed: list[str], start: str) -> dict[str, object]:
    """The probe's lines with this start, or without any."""
    rows = [row for row in printed if row.startswith(SEEN) == bool(start)]
    pairs = (row.removeprefix(start).partition(":") for row in rows)
    return {name: value.strip() for name, _, value in pairs}


def _engines_view(container: Container) -> dict[str, object]:
    """What only the engine knows of a running container."""
    container.reload()
    attrs = container.attrs
    return {
        "ports": sorted(container.ports),
        "mounts": [mount["Destination"] for mount in attrs["Mounts"]],
        "labels": container.labels,
        "health": "Health" in attrs["State"],
    }

"""Remove what the course created on an engine, and nothing else.

Containers, networks, volumes and what a swarm holds must have both labels of
the course. Images must have the label of a notebook and a name that is the
notebook's too, because an image that is built from ours inherits the label.
"""

import contextlib
import functools
import time
from collections.abc import Callable, Iterable
from typing import Any

import docker
import docker.errors

from dockerlab.base import labels
from dockerlab.engine import listing
from dockerlab.workspace import names, objects, swarm

SECONDS = 60  # for what the engine has begun to do


def remove(
    client: docker.DockerClient,
    label: str,
    owns_image: Callable[[str], bool],
    leave_swarm: bool = True,
) -> list[str]:
    """Remove the objects with a notebook's label; return their names.

    Args:
        label: as `key=value`.
        owns_image: whether an image with the label is the notebook's by its
            name. Images without a name go too, unless a container needs them.
        leave_swarm: whether to leave a swarm that has the labels.
    """
    gone = []
    own = {"label": [label, labels.MADE]}
    managed = swarm.manages(client)
    if managed:
        # Another learner may leave the swarm at this moment.
        with contextlib.suppress(docker.errors.APIError):
            gone += _remove_services(client, own)
    gone += remove_containers(
        lambda: [
            container
            for container in _containers(client, own)
            if _is_mine(container.labels, label)
        ]
    )
    for network in client.networks.list(filters=own):
        gone.append(f"network {network.name}")
        _remove_network(network)
    for volume in client.volumes.list(filters=own):
        gone.append(f"volume {volume.name}")
        quietly(volume.remove)
    gone += remove_images(client, label, owns_image)
    if managed and leave_swarm:
        with contextlib.suppress(docker.errors.APIError):
            gone += ["swarm"] if swarm.leave(client, own["label"]) else []
    return gone


def remove_all(client: docker.DockerClient) -> list[str]:
    """Remove what any notebook created for any learner, of this edition and
    of the first one; return the names."""
    gone = []
    for label in sorted(labels_in_use(client)):
        gone += remove(client, label, functools.partial(_owned, label))
    return gone


def _owned(label: str, reference: str) -> bool:
    """Whether an image is some notebook's by its name."""
    key, _, value = label.partition("=")
    if labels.FIRST_EDITION.fullmatch(value):
        found = names.repository(reference)
        return bool(labels.FIRST_EDITION_IMAGES.fullmatch(found))
    books = (*names.of_all_notebooks(), names.of_notebook(value))
    return any(book.owns(reference, key) for book in books)


def labels_in_use(client: docker.DockerClient) -> set[str]:
    """The labels of notebooks that objects have, as `key=value`."""
    made = {"label": labels.MADE}
    found = [row["Labels"] for row in listing.images(client)]
    found += [
        row["Labels"] for row in client.api.containers(all=True, filters=made)
    ]
    found += [row["Labels"] for row in client.api.networks(filters=made)]
    volumes = client.api.volumes(filters=made)["Volumes"]
    found += [row["Labels"] for row in volumes or ()]
    found += swarm.labels_in_use(client, made)
    return set().union(*map(labels.lessons_of_any_edition, found))


def remove_holders(
    client: docker.DockerClient, held: Iterable[names.Name], label: str
) -> list[str]:
    """Remove what the course created and has one of these names, but another
    label: a notebook left it whose kernel has ended."""
    gone = []
    wanted = list(held)
    for thing in objects.listed(client):
        if thing.is_foreign or labels.has(thing.labels, label):
            continue
        if not any(thing.has_name(name) for name in wanted):
            continue
        if thing.kind == "image":
            # An image built from ours, with a longer name, is somebody's.
            short = thing.short_name
            if not any(name.is_repository(short) for name in wanted):
                continue
            quietly(client.images.remove, thing.name)
        elif thing.kind == "container":
            quietly(
                client.api.remove_container, thing.name, force=True, v=True
            )
        elif thing.kind == "network":
            quietly(client.api.remove_network, thing.name)
        else:
            quietly(client.api.remove_volume, thing.name)
        gone.append(f"{thing.kind} {thing.name}")
    return gone


def count(
    client: docker.DockerClient, label: str
) -> dict[str, dict[str, int]]:
    """How many objects have a notebook's label and how many have not.

    Shape: `{"containers": {"course": 1, "others": 0}, ...}`; images are
    counted by name.
    """
    api = client.api
    volumes = api.volumes()["Volumes"] or ()
    rows = {
        "containers": [
            _is_mine(row["Labels"], label) for row in api.containers(all=True)
        ],
        "images": [
            labels.has(row["Labels"], label)
            for row in listing.images(client)
            for tag in row["RepoTags"] or ()
        ],
        "networks": [labels.has(n["Labels"], label) for n in api.networks()],
        "volumes": [labels.has(v["Labels"], label) for v in volumes],
    }
    return {
        kind: {"course": sum(ours), "others": len(ours) - sum(ours)}
        for kind, ours in rows.items()
    }


# -- containers, images, networks ---------------------------------------


def _is_mine(found: labels.Labels | None, label: str) -> bool:
    """Whether a container has the label as its own.

    An image from an archive has the label of the first kernel, whichever
    kernel loaded it. Its containers have that one and their own kernel's.
    """
    is_first = label.partition("=")[0] == labels.LESSON
    inherited = is_first and labels.of_another_kernel(found)
    return labels.has(found, label) and not inherited


def _containers(
    client: docker.DockerClient, filters: dict[str, Any] | None = None
) -> list[Any]:
    """All containers, or those that match; some may go meanwhile."""
    found: list[Any] = client.containers.list(
        all=True, filters=filters, ignore_removed=True
    )
    return found


def remove_containers(find: Callable[[], list[Any]]) -> list[str]:
    """Remove the containers that `find` gives, until it gives none.

    The engine may be removing one already (`docker run --rm`): then it
    refuses, and the name is taken until the removal ends. A busy engine may
    also fail the first time. Return the names.
    """
    gone: dict[str, str] = {}
    deadline = time.monotonic() + SECONDS
    while (left := find()) and time.monotonic() < deadline:
        if any(container.id in gone for container in left):
            time.sleep(0.2)
        for container in left:
            gone[container.id] = f"container {container.name}"
            quietly(container.remove, force=True, v=True)
    return list(gone.values())


def remove_images(
    client: docker.DockerClient,
    label: str,
    owns: Callable[[str], bool],
    nameless: bool = True,
) -> list[str]:
    """Remove the names of images that have the label, where the names are
    owned, and `nameless` images; return the names."""
    gone = []
    for row in listing.images(client, label):
        found = [t for t in row["RepoTags"] or () if t != "<none>:<none>"]
        # An image that was pushed or pulled goes by its digest, too; without
        # this, it would stay when its last tag of another repository goes.
        found += [d for d in row["RepoDigests"] or () if owns(d)]
        for tag in found:
            if owns(tag):
                gone.append(f"image {tag}")
                quietly(client.images.remove, tag)
        if nameless and not found:
            gone.append(f"image {row['Id'][:19]}")
            quietly(client.images.remove, row["Id"])
    return gone


def _remove_services(
    client: docker.DockerClient, own: dict[str, Any]
) -> list[str]:
    """Remove the services that have the labels, the containers that run for
    them here, and then the secrets and configs that they used."""
    gone = []
    services = client.services.list(filters=own)
    for service in services:
        gone.append(f"service {service.name}")
        quietly(service.remove)
    # Networks, secrets and configs can go when no container uses them. The
    # service is gone, so nobody replaces the containers.
    tasks = [f"com.docker.swarm.service.id={s.id}" for s in services]
    remove_containers(
        lambda: [c for t in tasks for c in _containers(client, {"label": t})]
    )
    for kind, held in (("secret", client.secrets), ("config", client.configs)):
        for thing in held.list(filters=own):
            gone.append(f"{kind} {thing.name}")
            quietly(thing.remove)
    return gone


def _remove_network(network: Any) -> None:
    """Remove a network; a swarm lets go of one some time after its tasks."""
    deadline = time.monotonic()
    if network.attrs.get("Scope") == "swarm":
        deadline += SECONDS
    while True:
        try:
            network.remove()
        except docker.errors.NotFound:
            return
        except docker.errors.APIError:
            if time.monotonic() >= deadline:
                return
        else:
            return
        time.sleep(0.2)


def quietly(action: Callable[..., Any], *args: Any, **options: Any) -> None:
    """Remove something that may be gone already, or that somebody needs."""
    with contextlib.suppress(docker.errors.APIError):
        action(*args, **options)

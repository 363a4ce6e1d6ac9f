"""What is on an engine: names and labels of all objects that can clash."""

import dataclasses
from collections.abc import Iterator, Mapping

import docker

from dockerlab.base import labels
from dockerlab.engine import listing
from dockerlab.workspace.names import Name, in_registry, repository

# Tasks of a swarm have names of their service, and labels of their own.
_TASK = "com.docker.swarm.task.id"


@dataclasses.dataclass(frozen=True)
class Thing:
    """One name of an object on the engine.

    Attributes:
        kind: `container`, `image`, `network` or `volume`.
        name: for an image with its tag.
    """

    kind: str
    name: str
    labels: Mapping[str, str] = dataclasses.field(hash=False)

    @property
    def is_foreign(self) -> bool:
        """Whether the course did not create it."""
        lessons = labels.lessons_of_any_edition(self.labels)
        if self.kind != "image" and not labels.is_made(self.labels):
            return True
        return not lessons

    @property
    def short_name(self) -> str:
        """Its name; an image's repository."""
        return repository(self.name) if self.kind == "image" else self.name

    def has_name(self, name: Name) -> bool:
        """Whether it has the name, or one that is derived from the name."""
        elsewhere = self.kind == "image" and in_registry(self.name)
        return not elsewhere and name.covers(self.short_name)


def listed(client: docker.DockerClient) -> list[Thing]:
    """All containers, images, networks and volumes with a name."""
    return list(_listed(client))


def _listed(client: docker.DockerClient) -> Iterator[Thing]:
    api = client.api
    for row in api.containers(all=True):
        marks = row["Labels"] or {}
        for name in row["Names"] or ():
            if _TASK not in marks:
                yield Thing("container", name.removeprefix("/"), marks)
    for row in listing.images(client):
        for tag in row["RepoTags"] or ():
            yield Thing("image", tag, row["Labels"] or {})
    for row in api.networks():
        yield Thing("network", row["Name"], row["Labels"] or {})
    for row in api.volumes()["Volumes"] or ():
        yield Thing("volume", row["Name"], row["Labels"] or {})

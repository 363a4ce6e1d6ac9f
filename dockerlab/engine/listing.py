"""Lists of what an engine has, while others change it."""

import time
from typing import Any

import docker
import docker.errors

ATTEMPTS = 50
PAUSE = 0.1  # seconds


def images(
    client: docker.DockerClient, label: str = ""
) -> list[dict[str, Any]]:
    """The engine's rows of its images, with this label if one is given.

    An engine with the containerd image store refuses a list with 404 while
    somebody removes an image that belongs to it. The next attempt succeeds.
    `client.images.list()` would also request each image by itself.

    Raises:
        docker.errors.APIError: the engine refuses for another reason, or
            again and again.
    """
    filters = {"label": label} if label else None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            rows: list[dict[str, Any]] = client.api.images(filters=filters)
            return rows
        except docker.errors.NotFound:
            if attempt == ATTEMPTS:
                raise
            time.sleep(PAUSE)
    return []

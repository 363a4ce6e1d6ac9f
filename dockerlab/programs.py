"""Run a program of an image and read what it prints.

from dockerlab.programs import output_of

output_of("debian:trixie-slim", "echo hello")  # 'hello'
"""

import os
from collections.abc import Sequence
from typing import Any

import docker

from dockerlab.base import labels

ATTEMPTS = 2


def output_of(
    image: str, command: str | Sequence[str] | None = None, **options: Any
) -> str:
    """What a container of `image` prints to standard output, without space
    around it.

    The container has no network, so it starts faster, and is removed when it
    has ended. A busy engine can lose the output of a program that ends at
    once: if there is none, a second container is asked.

    Args:
        command: in place of the image's CMD.
        options: more options of the SDK's `containers.create`.
    """
    slug = os.environ.get("DOCKERLAB_LESSON", "")
    options = {"network_mode": "none", "labels": labels.of(slug), **options}
    client = docker.from_env()
    try:
        for _ in range(ATTEMPTS):
            container = client.containers.create(image, command, **options)
            try:
                container.start()
                container.wait()
                output = container.logs(stderr=False).decode().strip()
            finally:
                container.remove(v=True, force=True)
            if output:
                break
    finally:
        client.close()
    return output

"""The package index that containers use, told to uv.

pip finds an index in its own settings, and uv does not read these.
"""

from collections.abc import Mapping

import docker

BASE = "python:3.13-slim"
_ASK = "pip config --global get global.index-url || true"
_TABLE = '[[tool.uv.index]]\nurl = "{}"\ndefault = true\n'


def uv_index(client: docker.DockerClient, labels: Mapping[str, str]) -> str:
    """Return lines for `pyproject.toml` that name the index of containers.

    Empty where pip in a container of the base image has no index of its own,
    because then pip and uv both use the public one.

    Args:
        labels: of the container that is asked.
    """
    found = client.containers.run(
        BASE, ["sh", "-c", _ASK], labels=dict(labels), remove=True
    )
    address = found.decode().strip()
    return _TABLE.format(address) if address else ""

"""Environment variables of the programs that notebooks run.

`docker`, Compose, syft and others read variables that may be set in the
learner's profile. A notebook must show the same everywhere, so the lab
removes the ones that choose another builder, platform or project, and it
keeps requests to this machine away from proxies.
"""

from collections.abc import Mapping

PREFIXES = ("BUILDX_", "BUILDKIT_", "COMPOSE_")
NAMES = (
    "DOCKER_API_VERSION",
    "DOCKER_BUILDKIT",
    "DOCKER_CONTENT_TRUST",
    "DOCKER_DEFAULT_PLATFORM",
    "SOURCE_DATE_EPOCH",
)
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# The builder inside the engine that DOCKER_HOST or the context reaches. One
# of another kind does not see the engine's images, and loads nothing.
BUILDER = {"BUILDX_BUILDER": "default"}


def to_remove(environment: Mapping[str, str]) -> list[str]:
    """Return the variables that would change what a notebook shows."""
    return [
        name
        for name in environment
        if name in NAMES or name.startswith(PREFIXES)
    ]


def direct(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that keep loopback addresses off a proxy.

    Programs read different spellings, and Python only compares names: a
    network such as 127.0.0.0/8 has no effect there.
    """
    proxies = [
        name
        for name, value in environment.items()
        if name.lower() in PROXIES and value
    ]
    if not proxies:
        return {}
    written = [environment.get(name, "") for name in ("no_proxy", "NO_PROXY")]
    others = [
        part.strip() for text in written for part in text.split(",") if text
    ]
    value = ",".join(dict.fromkeys([*LOOPBACK, *filter(None, others)]))
    return {"no_proxy": value, "NO_PROXY": value}

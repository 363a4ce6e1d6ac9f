"""Parts of checks that look at what a registry of this machine has."""

from dockerlab import registries
from dockerlab.base.errors import LabError
from dockerlab.checks.bench import Bench
from dockerlab.registries import Manifest, Registry

INCOMPLETE = "The registry has the manifest, but a blob is missing."


def registry_of(bench: Bench, name: str, repository: str) -> Registry | None:
    """The registry in an image's name.

    Writes the criteria `registry`, whether the name is that of the
    repository, and `answers`, whether a registry responds there.
    """
    found = registries.on_this_machine(name)
    right = found is not None and found[1] == repository
    bench.require(
        "registry",
        f"the name is a registry of this machine and {repository}",
        right,
        f"The name is {name}. The part before the first slash names the"
        " registry. Without a registry, the name means Docker Hub.",
    )
    if not found or not right:
        return None
    registry = Registry(found[0])
    responds = status(registry) == 200
    hint = "Does its container run? `docker ps` shows it with its port."
    text = "that registry responds"
    return registry if bench.require("answers", text, responds, hint) else None


def status(registry: Registry) -> int | None:
    """The status of a registry's response, None if there is none."""
    try:
        return registry.ask("").status_code
    except LabError:
        return None


def is_whole(registry: Registry, repository: str, manifest: Manifest) -> bool:
    """Whether the registry delivers every blob that the manifest names."""
    parts = [*manifest.parts]
    for _, child in manifest.platforms:
        parts += child.parts
    return bool(parts) and all(
        registry.holds(repository, part.digest) for part in parts
    )

"""Kubernetes' manifests: which object finds which."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from dockerlab.base import words
from dockerlab.pictures import frame

Manifest = Mapping[str, Any]
GIVERS = ("ConfigMap", "Secret", "PersistentVolumeClaim")


@frame.styled
def manifest_map(manifests: Sequence[Manifest]) -> frame.Picture:
    """The way of a request to the pods, and what the pods get.

    Args:
        manifests: one Deployment, a Service, and others.

    `data`: `way` (titles from the outside to the pods, each with a line of
    text and whether it finds the next one), `replicas`, and `given` (kind
    and name of what the pods use, with whether it exists).
    """
    [deployment] = _of_kind(manifests, "Deployment")
    pod = deployment["spec"]["template"]
    way = [*_outside(manifests, pod)]
    data = {
        "way": way,
        "replicas": deployment["spec"].get("replicas", 1),
        "given": _given(manifests, pod),
    }
    axes = _draw(data, deployment["metadata"]["name"])
    broken = [title for title, _, finds in way if not finds]
    broken += [name for name, exists in data["given"].items() if not exists]
    caption = (
        f"These lead nowhere: {words.listed(broken)}."
        if broken
        else "Each object finds the next one by a name or a label: a request"
        f" reaches one of {data['replicas']} pods."
    )
    alt = "; ".join(
        f"{title}, {line}, {'leads on' if finds else 'leads nowhere'}"
        for title, line, finds in way
    )
    given = ", ".join(data["given"]) or "nothing"
    alt = f"{alt}; {data['replicas']} pods, which get: {given}."
    return frame.Picture(axes.figure, caption, alt, data)


def _of_kind(manifests: Sequence[Manifest], kind: str) -> list[Manifest]:
    return [row for row in manifests if row["kind"] == kind]


def _outside(
    manifests: Sequence[Manifest], pod: Manifest
) -> list[tuple[str, str, bool]]:
    """Each object before the pods: title, text, whether it leads on."""
    rows = []
    services = _of_kind(manifests, "Service")
    names = {one["metadata"]["name"] for one in services}
    for one in _of_kind(manifests, "Ingress"):
        host, backend = _backend(one["spec"])
        title = f"Ingress {one['metadata']['name']}"
        rows.append((title, host, backend in names))
    labels = pod["metadata"]["labels"]
    for one in services:
        spec = one["spec"]
        found = spec["selector"].items() <= labels.items()
        text = ", ".join(f"{k}={v}" for k, v in spec["selector"].items())
        title = f"Service {one['metadata']['name']}"
        rows.append((title, f"selects {text}", found))
    return rows


def _backend(spec: Manifest) -> tuple[str, str]:
    """The host and the Service of an Ingress, by its first rule."""
    if "rules" not in spec:
        return "any host", spec["defaultBackend"]["service"]["name"]
    rule = spec["rules"][0]
    service = rule["http"]["paths"][0]["backend"]["service"]
    return rule.get("host", "any host"), service["name"]


def _given(manifests: Sequence[Manifest], pod: Manifest) -> dict[str, bool]:
    """What the pods refer to, and whether a manifest has it."""
    here = {
        f"{row['kind']} {row['metadata']['name']}"
        for row in manifests
        if row["kind"] in GIVERS
    }
    wanted = []
    for container in pod["spec"]["containers"]:
        for row in container.get("envFrom") or []:
            if "configMapRef" in row:
                wanted.append(f"ConfigMap {row['configMapRef']['name']}")
            if "secretRef" in row:
                wanted.append(f"Secret {row['secretRef']['name']}")
    for volume in pod["spec"].get("volumes") or []:
        claim = volume.get("persistentVolumeClaim")
        if claim:
            wanted.append(f"PersistentVolumeClaim {claim['claimName']}")
    return {name: name in here for name in dict.fromkeys(wanted)}


def _draw(data: Mapping[str, Any], name: str) -> Axes:
    wide, tall, gap, low = 1.75, 0.75, 0.4, 1.0
    axes = frame.canvas(2.2)
    x = 0.1
    for title, line, finds in data["way"]:
        frame.box(axes, x, low + 0.2, wide, tall, title)
        frame.write(axes, x + 0.1, low + 0.42, line, wide - 0.2)
        colour = frame.BLUE if finds else frame.ORANGE
        if finds:
            frame.arrow(axes, x + wide, x + wide + gap, low + 0.57, colour)
        else:
            frame.write(axes, x + wide + 0.12, low + 0.57, "✗", None, colour)
        x += wide + gap
    room = frame.WIDTH - x - 0.1
    frame.box(axes, x, low, room, tall + 0.4, f"Deployment {name}")
    count = min(data["replicas"], 4)
    each = (room - 0.2) / count
    for number in range(count):
        place = (x + 0.1 + number * each, low + 0.15)
        frame.tile(axes, place, each, 0.5, frame.BLUE, alpha=0.25)
        middle = place[0] + each / 2
        frame.write(axes, middle, low + 0.4, "pod", ha="center")
    given = list(data["given"].items())
    part = (frame.WIDTH - 0.2) / max(len(given), 1)
    for number, (what, exists) in enumerate(given):
        left = 0.1 + number * part
        shown = what if exists else f"{what} (missing)"
        frame.box(axes, left, 0.15, part - 0.15, 0.4, shown)
    if given:
        frame.write(axes, x + 0.1, 0.78, "the pods get:", None, frame.QUIET)
    return axes

"""Exercises of `kubernetes`: manifests, judged by what a cluster would do."""

import base64
import binascii
import json
from typing import Any

import kubernetes_validate
import yaml

from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

VERSION = "1.37"  # of Kubernetes: the newest whose schemas are here


def _documents(text: str) -> tuple[list[dict[str, Any]], str]:
    """The manifests of a YAML text, and what is wrong with them."""
    try:
        found = [row for row in yaml.safe_load_all(text) if row is not None]
    except yaml.YAMLError as error:
        return [], f"YAML cannot read it: {error}"
    for manifest in found:
        try:
            kubernetes_validate.validate(manifest, VERSION, strict=True)
        except (
            kubernetes_validate.ValidationError,
            kubernetes_validate.SchemaNotFoundError,
            kubernetes_validate.InvalidSchemaError,
        ) as error:
            message = getattr(error, "message", "") or str(error)
            return found, f"The schema reports: {message:.200}"
        except (TypeError, KeyError, AttributeError):
            return found, "It lacks `apiVersion` or `kind`."
    return found, ""


def _valid(bench: Bench, text: str) -> list[dict[str, Any]]:
    """Write the criterion `valid`; the manifests, none unless it is met."""
    rows, fault = _documents(text)
    met = bench.require(
        "valid",
        f"every manifest is valid for Kubernetes {VERSION}",
        rows and not fault,
        fault or "There is no manifest.",
    )
    return rows if met else []


def _only(manifests: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """The one manifest of a kind; an empty one if there is none, or more."""
    found = [row for row in manifests if row["kind"] == kind]
    return found[0] if len(found) == 1 else {}


def _within(value: Any, *path: str) -> Any:
    """The value at a path, None where there is no such path."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _ports(container: dict[str, Any]) -> set[object]:
    """Numbers and names by which the container's port 8000 is known."""
    known: set[object] = {8000}
    for row in container.get("ports") or []:
        if row["containerPort"] == 8000:
            known.add(row.get("name", 8000))
    return known


@exercise("kubernetes/manifests", wants="text")
def manifests(bench: Bench, text: str) -> None:
    """A Deployment and a Service that would serve, and do no harm."""
    rows = _valid(bench, text)
    if not rows:
        return
    deployment, service = _only(rows, "Deployment"), _only(rows, "Service")
    if not bench.require(
        "both",
        "there is one Deployment and one Service",
        deployment and service,
        "A line of three dashes separates two manifests.",
    ):
        return
    pod = _within(deployment, "spec", "template")
    [container, *_] = _within(pod, "spec", "containers")
    _judge_labels(bench, deployment, service)
    _judge_ports(bench, service, container)
    bench.require(
        "limited",
        "its memory has a limit",
        _within(container, "resources", "limits", "memory"),
        "`requests` is what it asks for. Another key beside it sets the"
        " maximum.",
    )
    settings = {
        **(_within(pod, "spec", "securityContext") or {}),
        **(container.get("securityContext") or {}),
    }
    bench.require(
        "unprivileged",
        "it cannot run as root",
        settings.get("runAsNonRoot") is True
        and settings.get("runAsUser") != 0
        and not settings.get("privileged"),
        "`securityContext` of the pod or of the container can refuse root."
        " The user with number 0 is root.",
    )


def _judge_labels(
    bench: Bench, deployment: dict[str, Any], service: dict[str, Any]
) -> None:
    """Judge whether both manifests select the pods."""
    labels = (
        _within(deployment, "spec", "template", "metadata", "labels") or {}
    )
    chosen = _within(deployment, "spec", "selector", "matchLabels") or {}
    wanted = _within(service, "spec", "selector") or {}
    bench.require(
        "finds",
        "the Deployment and the Service select the pods",
        chosen
        and wanted
        and chosen.items() <= labels.items()
        and wanted.items() <= labels.items(),
        f"The pods have the labels {labels}. The Service selects {wanted}.",
    )


def _judge_ports(
    bench: Bench, service: dict[str, Any], container: dict[str, Any]
) -> None:
    """Judge whether requests and the probe reach the app's port."""
    known = _ports(container)
    targets = {
        row.get("targetPort", row["port"])
        for row in _within(service, "spec", "ports") or []
    }
    bench.require(
        "port",
        "the Service sends requests to the app's port",
        targets and targets <= known,
        "The app listens on port 8000 inside. `targetPort` is that port.",
    )
    probe = _within(container, "readinessProbe", "httpGet") or {}
    bench.require(
        "ready",
        "a replica gets requests when /healthz responds",
        probe.get("path") == "/healthz" and probe.get("port") in known,
        "`readinessProbe` tests whether a replica is ready; `livenessProbe`"
        " tests something else. Path and port are the app's.",
    )


TOKEN = "open sesame"
SETTINGS = {"NAME": "Ada", "LOG_LEVEL": "DEBUG"}


@exercise("kubernetes/config", wants="text")
def config(bench: Bench, text: str) -> None:
    """A Deployment that gets its settings from a ConfigMap and a Secret."""
    rows = _valid(bench, text)
    if not rows:
        return
    kinds = ("Deployment", "ConfigMap", "Secret")
    deployment, settings, secret = (_only(rows, kind) for kind in kinds)
    missing = [
        kind
        for kind, manifest in zip(kinds, (deployment, settings, secret))
        if not manifest
    ]
    if not bench.require(
        "parts",
        "there is one Deployment, one ConfigMap and one Secret",
        not missing,
        f"Not exactly one: {', '.join(missing)}. A line of three dashes"
        " separates two manifests.",
    ):
        return
    pod = _within(deployment, "spec", "template")
    [container, *_] = _within(pod, "spec", "containers")
    held = {
        ("ConfigMap", _within(settings, "metadata", "name")): _texts(settings),
        ("Secret", _within(secret, "metadata", "name")): _texts(secret),
    }
    found, lost = _environment(container, held)
    bench.require(
        "found",
        "every name and key that the container refers to exists",
        not lost,
        f"A cluster does not find {lost}, and the pod does not start. Compare"
        " the names letter by letter.",
    )
    plain = {name: found.get(name) for name in SETTINGS}
    wanted = {name: (text, "ConfigMap") for name, text in SETTINGS.items()}
    bench.require(
        "settings",
        "NAME is Ada and LOG_LEVEL is DEBUG, both from the ConfigMap",
        plain == wanted,
        f"The container gets {_shown(plain)}.",
    )
    bench.require(
        "token",
        "API_TOKEN is open sesame, from the Secret",
        found.get("API_TOKEN") == (TOKEN, "Secret"),
        f"The container gets {_shown({'API_TOKEN': found.get('API_TOKEN')})}."
        " `stringData` takes a text as it is; `data` wants it in Base64.",
    )
    others = [row for row in rows if row is not secret]
    bench.require(
        "hidden",
        "no other manifest contains the token",
        TOKEN not in json.dumps(others),
        "Everybody who may read Deployments and ConfigMaps can read it there.",
    )


def _texts(manifest: dict[str, Any]) -> dict[str, str]:
    """The entries of a ConfigMap or a Secret, decoded, by their keys."""
    found = {k: str(v) for k, v in (manifest.get("data") or {}).items()}
    if manifest.get("kind") == "Secret":
        for key, value in found.items():
            try:
                found[key] = base64.b64decode(value, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                found[key] = ""  # a cluster refuses it, or gives no text
    return {**found, **(manifest.get("stringData") or {})}


Held = dict[tuple[str, Any], dict[str, str]]
SOURCES = {
    "configMapRef": "ConfigMap",
    "secretRef": "Secret",
    "configMapKeyRef": "ConfigMap",
    "secretKeyRef": "Secret",
}


def _environment(
    container: dict[str, Any], held: Held
) -> tuple[dict[str, tuple[str, str]], str]:
    """A container's variables, each with its value and the kind of its
    source, and the first reference that leads nowhere."""
    found: dict[str, tuple[str, str]] = {}
    for row in container.get("envFrom") or []:
        for field in ("configMapRef", "secretRef"):
            name = _within(row, field, "name")
            if name is None:
                continue
            kind = SOURCES[field]
            if (kind, name) not in held:
                return found, f"the {kind} {name}"
            prefix = row.get("prefix", "")
            given = held[kind, name].items()
            found |= {f"{prefix}{k}": (v, kind) for k, v in given}
    for row in container.get("env") or []:
        found[row["name"]] = (str(row.get("value", "")), "")
        for field, source in (row.get("valueFrom") or {}).items():
            kind = SOURCES.get(field, "")
            entries = held.get((kind, source.get("name")), {})
            if source.get("key") not in entries:
                return found, (
                    f"the key {source.get('key')} in the {kind}"
                    f" {source.get('name')}"
                )
            found[row["name"]] = (entries[source["key"]], kind)
    return found, ""


def _shown(found: dict[str, tuple[str, str] | None]) -> str:
    """Variables as a sentence's part."""
    return ", ".join(
        f"{name}={value[0]!r} from {value[1] or 'the Deployment'}"
        if value
        else f"no {name}"
        for name, value in found.items()
    )

"""Exercises of lesson 11: a pipeline's gates, services, manifests."""

import base64
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import docker.errors
import kubernetes_validate
import yaml

from dockerlab import builds, lab
from dockerlab.checks.core import Bench, exercise, stretch, wait_for
from dockerlab.lab import LABEL

REGISTRY = "dockerlab-11-registry"
SCRIPT_SECONDS = 120
MANIFEST = (
    "application/vnd.oci.image.manifest.v1+json,"
    "application/vnd.docker.distribution.manifest.v2+json,"
    "application/vnd.oci.image.index.v1+json"
)

# -- pipelines ----------------------------------------------------------


@contextlib.contextmanager
def _app(broken: bool) -> Iterator[pathlib.Path]:
    """The sample app's files, with or without a fault that a test finds."""
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as folder:
        lab.copy_app(folder)
        if broken:
            page = pathlib.Path(folder, "templates", "index.html")
            page.write_text(page.read_text().replace("Hello,", "Good bye,"))
        yield pathlib.Path(folder)


def _build(
    bench: Bench, folder: pathlib.Path, dockerfile: str, stage: str = ""
) -> tuple[str, builds.Build]:
    """Build an answer up to a stage, or all of it; its tag and the build."""
    tag = f"dockerlab/11-{bench.token}:{len(bench.tags)}"
    bench.tags.append(tag)
    options = ["--label", f"{LABEL}={bench.lesson}"]
    options += ["--target", stage] if stage else []
    return tag, builds.build(folder, tag, dockerfile, options, timeout=120)


def _code(bench: Bench, image: str, *command: str) -> int | None:
    """The exit code of a container of the image."""
    container = bench.run(image, command=list(command) or None)
    return bench.wait(container, 60)


@exercise("11-test-stage", wants="dockerfile")
def test_stage(bench: Bench, dockerfile: str) -> None:
    """A stage runs the tests and tells; what ships has no pytest."""
    with _app(broken=False) as good:
        shipped, built = _build(bench, good, dockerfile)
        hint = f"The builder says: {built.error}"
        if not bench.require("builds", "the image builds", built.ok, hint):
            return
        tests, built = _build(bench, good, dockerfile, "test")
        hint = f"The builder says: {built.error}"
        text = "a stage named test builds"
        if not bench.require("stage", text, built.ok, hint):
            return
    bench.require(
        "passes",
        "run on the good app, its image ends with code 0",
        _code(bench, tests) == 0,
        "`docker logs` of a run tells. Does it hold pytest, the tests and"
        " the app, and is pytest its command?",
    )
    with _app(broken=True) as bad:
        tests, built = _build(bench, bad, dockerfile, "test")
    bench.require(
        "fails",
        "on an app with a fault it fails",
        not built.ok or _code(bench, tests) not in (0, None),
        "It ends with code 0 although a test fails. Which command's exit"
        " code is the container's?",
    )
    bench.require(
        "lean",
        "what ships, without --target, has no pytest",
        _code(bench, shipped, "python", "-c", "import pytest")
        not in (0, None),
        "Which stage does Docker build when nobody names one?",
    )


def _port(bench: Bench) -> int | None:
    """Where the lesson's registry listens; says on the card if it does not."""
    container = bench.container(REGISTRY)
    published = container and (container.ports or {}).get("5000/tcp")
    bench.require(
        "registry",
        "the lesson's registry runs",
        published,
        "Run the cell that starts it, in the section about the registry.",
    )
    return int(published[0]["HostPort"]) if published else None


def _ask(
    port: int, path: str, method: str = "GET"
) -> tuple[bytes, str] | None:
    """What the registry answers, and the digest that it names."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v2/{path}",
        headers={"Accept": MANIFEST},
        method=method,
    )
    with (
        contextlib.suppress(urllib.error.URLError),
        urllib.request.urlopen(request, timeout=10) as answer,
    ):
        return answer.read(), answer.headers.get("Docker-Content-Digest", "")
    return None


def _tags(port: int, repository: str) -> list[str]:
    answer = _ask(port, f"{repository}/tags/list")
    return (json.loads(answer[0])["tags"] or []) if answer else []


def _digest(port: int, repository: str, tag: str) -> str:
    """The digest that a tag points to, empty where there is no such tag."""
    answer = _ask(port, f"{repository}/manifests/{tag}", "HEAD")
    return answer[1] if answer else ""


def _shell(script: str, folder: pathlib.Path, **settings: str) -> int | None:
    """Run a learner's script as a pipeline would; None if it takes too
    long."""
    process = subprocess.Popen(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # can be ended with all that it started
    )
    try:
        return process.wait(SCRIPT_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None


GATED = """\
FROM python:3.13-slim AS app
WORKDIR /app
COPY greet.py .
CMD ["python", "greet.py"]
FROM app AS test
COPY test_greet.py .
CMD ["python", "-m", "unittest", "--quiet"]
FROM app
"""
GREET = "def greet():\n    return {!r}\n\n\nprint(greet())\n"
TEST_GREET = """\
import unittest

from greet import greet


class Greets(unittest.TestCase):
    def test_greets(self):
        self.assertEqual(greet(), "Hello")
"""


def _release(
    bench: Bench, script: str, repository: str, version: str, says: str
) -> int | None:
    """Let the script release a small app; its exit code."""
    image = f"localhost:{_registry(bench)}/{repository}"
    bench.tags += [f"{image}:{version}", f"dockerlab/11-{bench.token}-test"]
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as folder:
        path = pathlib.Path(folder)
        (path / "Dockerfile").write_text(GATED)
        (path / "greet.py").write_text(GREET.format(says))
        (path / "test_greet.py").write_text(TEST_GREET)
        return _shell(
            script,
            path,
            IMAGE=image,
            VERSION=version,
            TEST=f"dockerlab/11-{bench.token}-test",
        )


def _registry(bench: Bench) -> int:
    published = bench.container(REGISTRY).ports["5000/tcp"]
    return int(published[0]["HostPort"])


@exercise("11-gate", wants="text")
def gate(bench: Bench, script: str) -> None:
    """A script that pushes a good version and no broken one."""
    port = _port(bench)
    if not port:
        return
    repository = f"dockerlab/11-{bench.token}"
    code = _release(bench, script, repository, "1.0", "Hello")
    bench.require(
        "passes",
        "for a good version the script ends with code 0",
        code == 0,
        f"It ended with {code}. Try its lines one by one; a name of a"
        " variable may be mistyped."
        if code is not None
        else f"It had not ended after {SCRIPT_SECONDS} seconds.",
    )
    bench.require(
        "pushes",
        "the registry then has version 1.0",
        "1.0" in _tags(port, repository),
        "Nothing was pushed under $IMAGE:$VERSION.",
    )
    code = _release(bench, script, repository, "2.0", "Good bye")
    bench.require(
        "stops",
        "after a version with a failing test it has no version 2.0",
        "2.0" not in _tags(port, repository),
        "The broken version was pushed. Which line comes first? And whose"
        " exit code does a line with a pipe, or with ||, have?",
    )
    bench.require(
        "tells",
        "the script fails for it",
        code not in (0, None),
        "Nothing was pushed, but the script says that all is well. Then"
        " nobody looks.",
    )


# Built with another MACHINE it is another image, as on another machine.
PROMOTED = """\
FROM debian:trixie-slim
ARG MACHINE=another
RUN echo "$MACHINE" > /built
"""


@exercise("11-promote", wants="text")
def promote(bench: Bench, script: str) -> None:
    """A script that gives a pushed version a second tag."""
    port = _port(bench)
    if not port:
        return
    repository = f"dockerlab/11-{bench.token}"
    image = f"localhost:{port}/{repository}"
    with tempfile.TemporaryDirectory(prefix="dockerlab-check-") as folder:
        path = pathlib.Path(folder)
        (path / "Dockerfile").write_text(PROMOTED)
        options = ["--label", f"{LABEL}={bench.lesson}"]
        options += ["--build-arg", f"MACHINE={bench.token}"]
        builds.build(path, f"{image}:1.0", options=options, check=True)
        bench.tags += [f"{image}:1.0", f"{image}:stable"]
        bench.client.images.push(image, tag="1.0")
        before = _digest(port, repository, "1.0")
        # As on the machine of a later step, which did not build it.
        bench.client.images.remove(f"{image}:1.0", force=True)
        code = _shell(script, path, IMAGE=image)
    bench.require(
        "runs",
        "the script ends with code 0",
        code == 0,
        f"It ended with {code}. The image is in the registry, and not on this"
        " engine: what brings it here?",
    )
    promoted = _digest(port, repository, "stable")
    bench.require(
        "stable",
        "the registry has the tag stable",
        promoted,
        "A tag on this engine is not one in the registry.",
    )
    bench.require(
        "same",
        "stable is the very image that was tested as 1.0, by its digest",
        promoted == before,
        "It is another image. What was built again was never tested.",
    )
    bench.require(
        "kept",
        "1.0 is still what it was",
        _digest(port, repository, "1.0") == before,
        "Now 1.0 means something else. Versions stay; only names such as"
        " stable move.",
    )


# -- services -----------------------------------------------------------

BACK_SECONDS = 10  # within which a killed task must be replaced
START_SECONDS = 20
UPDATE_SECONDS = 40
LOOK = "`docker service ls` and `docker service ps NAME` tell what runs."


def _tasks(service) -> list[dict]:
    """The tasks that shall run."""
    return service.tasks(filters={"desired-state": "running"})


def _running(service) -> set[str]:
    """The containers of those tasks that run."""
    return {
        task["Status"]["ContainerStatus"]["ContainerID"]
        for task in _tasks(service)
        if task["Status"]["State"] == "running"
    }


def _service(bench: Bench, name: str, replicas: int):
    """A learner's service, once so many of its tasks run, else None."""
    try:
        service = bench.client.services.get(name)
    except docker.errors.NotFound:
        service = None
    text = f"a service named {name} exists"
    if not bench.require("exists", text, service, LOOK):
        return None
    mode = service.attrs["Spec"]["Mode"].get("Replicated") or {}
    wanted = mode.get("Replicas", 0)
    hint = f"It asks for {wanted}. {LOOK}"
    text = f"it has {replicas} or more replicas"
    if not bench.require("replicas", text, wanted >= replicas, hint):
        return None
    ready = wait_for(
        lambda: len(_running(service)) == wanted, stretch(START_SECONDS)
    )
    hint = f"Not all of its tasks run. {LOOK}"
    if not bench.require("runs", "all of them run", ready, hint):
        return None
    return service


@exercise("11-heal", wants="container")
def heal(bench: Bench, name: str) -> None:
    """A killed task of a service is replaced in time."""
    service = _service(bench, name, 2)
    if not service:
        return
    before = _running(service)
    victim = sorted(before)[0]
    bench.client.containers.get(victim).kill()

    def replaced() -> bool:
        now = _running(service)
        return victim not in now and len(now) == len(before)

    def given_up() -> bool:
        # A replacement that waits for its time is in the plan already.
        states = {"desired-state": ["running", "ready"]}
        return len(service.tasks(filters=states)) < len(before)

    wait_for(lambda: replaced() or (time.sleep(1) or given_up()), BACK_SECONDS)
    bench.require(
        "back",
        f"a killed task is replaced within {BACK_SECONDS} seconds",
        replaced(),
        "Which restart condition and which delay does your service have? See"
        " `docker service inspect --pretty`.",
    )


@exercise("11-safe", wants="container")
def safe(bench: Bench, name: str) -> None:
    """A bad update of a service is taken back, and one task always runs."""
    service = _service(bench, name, 2)
    if not service:
        return
    fewest = len(_running(service))
    command = ["docker", "service", "update", "--detach", "--quiet"]
    command += ["--entrypoint", "false", "--no-resolve-image", name]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    deadline, state = time.monotonic() + UPDATE_SECONDS, ""
    while state not in ("completed", "paused", "rollback_completed"):
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
        fewest = min(fewest, len(_running(service)))
        service.reload()
        state = (service.attrs.get("UpdateStatus") or {}).get("State", "")
    bench.require(
        "back",
        "a bad update is taken back without you",
        state == "rollback_completed",
        f"The update's state is {state or 'unknown'!r}. What shall happen"
        " after a failure?",
    )
    bench.require(
        "serves",
        "one of its tasks ran all the time",
        fewest >= 1,
        "For a while none ran. How many are replaced at a time, and how long"
        " is the pause in which a failure can show?",
    )


PASSWORD = "open sesame"


@exercise("11-hide", wants="container")
def hide(bench: Bench, name: str) -> None:
    """A task reads a password that the engine tells nobody."""
    service = _service(bench, name, 1)
    if not service:
        return
    container = bench.client.containers.get(next(iter(_running(service))))
    read = ["sh", "-c", "cat /run/secrets/*"]
    inside = container.exec_run(read).output.decode(errors="replace")
    told = json.dumps([service.attrs, container.attrs])
    for row in service.attrs["Spec"]["TaskTemplate"]["ContainerSpec"].get(
        "Configs", []
    ):
        config = bench.client.configs.get(row["ConfigID"])
        told += base64.b64decode(config.attrs["Spec"]["Data"]).decode()
    bench.require(
        "hidden",
        "what the engine tells of the service has no password",
        PASSWORD not in told,
        "`docker service inspect` or `docker config inspect` shows it to"
        " everybody who may ask.",
    )
    bench.require(
        "readable",
        "a file in /run/secrets has the password",
        PASSWORD in inside,
        "Which secret is given to the service, and does it hold the"
        " password? `docker exec` into the task, and look.",
    )


# -- manifests ----------------------------------------------------------

KUBERNETES = "1.32"


def _documents(text: str) -> tuple[list[dict], str]:
    """The manifests of a YAML text, and what is wrong with them."""
    try:
        found = [row for row in yaml.safe_load_all(text) if row is not None]
    except yaml.YAMLError as error:
        return [], f"YAML cannot read it: {error}"
    for manifest in found:
        try:
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
        except (
            kubernetes_validate.ValidationError,
            kubernetes_validate.SchemaNotFoundError,
            kubernetes_validate.InvalidSchemaError,
        ) as error:
            said = getattr(error, "message", "") or str(error)
            return found, f"The schema says: {said:.200}"
        except (TypeError, KeyError, AttributeError):
            return found, "It lacks `apiVersion` or `kind`."
    return found, ""


def _only(manifests: list[dict], kind: str) -> dict:
    """The one manifest of a kind, else an empty one."""
    found = [row for row in manifests if row["kind"] == kind]
    return found[0] if len(found) == 1 else {}


def _within(value: object, *path: str) -> object:
    """What stands at a path, None where there is no such path."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _ports(container: dict) -> set[object]:
    """Numbers and names by which the container's port 8000 is known."""
    known: set[object] = {8000}
    for row in container.get("ports") or []:
        if row["containerPort"] == 8000:
            known.add(row.get("name", 8000))
    return known


@exercise("11-manifests", wants="text")
def manifests(bench: Bench, text: str) -> None:
    """A Deployment and a Service that would serve, and do no harm."""
    rows, fault = _documents(text)
    kinds = _only(rows, "Deployment"), _only(rows, "Service")
    if not bench.require(
        "valid",
        f"every manifest is valid for Kubernetes {KUBERNETES}",
        rows and not fault,
        fault or "There is none.",
    ):
        return
    deployment, service = kinds
    if not bench.require(
        "both",
        "there is one Deployment and one Service",
        deployment and service,
        "Three dashes on a line of their own stand between two manifests.",
    ):
        return
    pod = _within(deployment, "spec", "template")
    labels = _within(pod, "metadata", "labels") or {}
    chosen = _within(deployment, "spec", "selector", "matchLabels") or {}
    wanted = _within(service, "spec", "selector") or {}
    bench.require(
        "finds",
        "the Deployment and the Service select the pods",
        chosen
        and wanted
        and chosen.items() <= labels.items()
        and wanted.items() <= labels.items(),
        f"The pods have the labels {labels}. The Service looks for {wanted}.",
    )
    [first, *_] = _within(pod, "spec", "containers")
    targets = {
        row.get("targetPort", row["port"])
        for row in _within(service, "spec", "ports") or []
    }
    bench.require(
        "port",
        "the Service sends visitors to the app's port",
        targets and targets <= _ports(first),
        "The app listens on port 8000 inside. `targetPort` is that one.",
    )
    ready = first.get("readinessProbe") or {}
    probed = _within(ready, "httpGet", "port")
    path = _within(ready, "httpGet", "path")
    bench.require(
        "ready",
        "a replica gets visitors when /healthz answers",
        path == "/healthz" and probed in _ports(first),
        "`readinessProbe` asks; liveness is another question. Path and port"
        " are the app's.",
    )
    bench.require(
        "limited",
        "its memory has a limit",
        _within(first, "resources", "limits", "memory"),
        "`requests` is what it asks for; what it may have at most is another"
        " word beside it.",
    )
    own = first.get("securityContext") or {}
    shared = _within(pod, "spec", "securityContext") or {}
    settings = {**shared, **own}
    bench.require(
        "unprivileged",
        "it cannot run as root",
        settings.get("runAsNonRoot") is True
        and settings.get("runAsUser") != 0
        and not settings.get("privileged"),
        "`securityContext` of the pod or of the container can say that root"
        " is refused. A user of number 0 is root.",
    )

"""Answers to the exercises of lesson 11: wrong ones, other right ones."""


def _text(id: str, text: str) -> str:
    return f'check("{id}", """{text}""")'


# -- 11a ----------------------------------------------------------------

# pytest is installed below the code, so that it comes from the cache.
_APP = """FROM python:3.13-slim AS packages
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
FROM packages AS app
"""
_REST = 'COPY . .\nCMD ["python", "app.py"]\n'
_TEST = """FROM packages AS test
RUN pip install --no-cache-dir pytest
COPY . .
"""
_PYTEST = 'CMD ["python", "-m", "pytest", "--quiet"]\n'


def _stage(text: str) -> str:
    return _text("11-test-stage", text.replace('"', '\\"'))


def _gate(*lines: str) -> str:
    return _text("11-gate", "\n".join(lines))


_BUILD = "docker build --quiet --tag $IMAGE:$VERSION ."
_STAGE = "docker build --quiet --target test --tag $TEST ."
_RUN = "docker run --rm $TEST"
_PUSH = "docker push --quiet $IMAGE:$VERSION"


def _promote(*lines: str) -> str:
    return _text("11-promote", "\n".join(lines))


# -- 11b ----------------------------------------------------------------


def _serve(id: str, *words: str, run: str = '"sleep", "3600"') -> str:
    name = f"dockerlab-{id}"
    options = "".join(f'"{word}", ' for word in words)
    return (
        f'serve("{name}", {options}"debian:trixie-slim", {run})\n'
        f'check("{id}", "{name}")'
    )


_CONFIG = """
name = "dockerlab-11-plain"
subprocess.run(["docker", "service", "rm", "dockerlab-11-hide"])
subprocess.run(["docker", "config", "rm", name], capture_output=True)
client.configs.create(name=name, data=b"open sesame", labels=lab.labels)
"""

_SHOP = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: shop
          image: registry.example.com/shop:1.0
          ports: [{name: http, containerPort: 8000}]
          readinessProbe: {httpGet: {path: /healthz, port: http}}
          resources: {limits: {memory: 256Mi}}
          securityContext: {runAsNonRoot: true}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {app: shop}
  ports: [{port: 80, targetPort: http}]
"""


def _shop(*changes: tuple[str, str]) -> str:
    text = _SHOP
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return _text("11-manifests", text)


WRONG = {
    "11-test-stage": [
        ("builds", _stage("FROM python:3.13-slim AS app\nRUN false\n")),
        ("stage", _stage(_APP + _REST)),
        ("passes", _stage(_APP + _REST + "FROM app AS test\n" + _PYTEST)),
        (
            "fails",
            _stage(
                _APP
                + _REST
                + _TEST
                + "CMD python -m pytest --quiet || true\nFROM app\n"
            ),
        ),
        ("lean", _stage(_APP + _REST + _TEST + _PYTEST)),
    ],
    "11-gate": [
        ("stops", _gate(_BUILD, _STAGE, _PUSH, _RUN)),
        ("stops", _gate(_BUILD, _STAGE, f"{_RUN} || true", _PUSH)),
        ("stops", _gate(_BUILD, _STAGE, f"{_RUN} 2>&1 | tail -n 1", _PUSH)),
        ("pushes", _gate(_BUILD, _STAGE, _RUN)),
        ("passes", _gate(_BUILD, _STAGE, "docker run --rm $TESTS", _PUSH)),
        ("tells", _gate(_BUILD, _STAGE, f"{_RUN} && {_PUSH} || echo red")),
        ("answer", 'check("11-gate", None)'),
    ],
    "11-promote": [
        ("runs", _promote("docker tag $IMAGE:1.0 $IMAGE:stable")),
        (
            "stable",
            _promote(
                "docker pull $IMAGE:1.0", "docker tag $IMAGE:1.0 $IMAGE:stable"
            ),
        ),
        (
            "same",
            _promote(
                "docker build --tag $IMAGE:stable .",
                "docker push $IMAGE:stable",
            ),
        ),
        (
            "kept",
            _promote(
                "docker pull $IMAGE:1.0",
                "docker tag $IMAGE:1.0 $IMAGE:stable",
                "docker push $IMAGE:stable",
                "docker build --tag $IMAGE:1.0 .",
                "docker push $IMAGE:1.0",
            ),
        ),
    ],
    "11-heal": [
        ("exists", 'check("11-heal", "dockerlab-11-nobody")'),
        ("replicas", _serve("11-heal", "--replicas", "1")),
        (
            "back",
            _serve("11-heal", "--replicas", "2", "--restart-delay", "90s"),
        ),
        (
            "back",
            _serve("11-heal", "--replicas=2", "--restart-condition=none"),
        ),
    ],
    "11-safe": [
        ("replicas", _serve("11-safe", "--update-failure-action=rollback")),
        ("back", _serve("11-safe", "--replicas=2")),
        (
            "serves",
            _serve(
                "11-safe",
                "--replicas=2",
                "--update-parallelism=0",
                "--update-failure-action=rollback",
            ),
        ),
        ("exists", 'check("11-safe", "dockerlab-11-nobody")'),
    ],
    "11-hide": [
        ("readable", _serve("11-hide")),
        (
            "hidden",
            _serve(
                "11-hide",
                "--secret",
                "dockerlab-11-word",
                "--label",
                "hint=open sesame",
            ),
        ),
        (
            "hidden",
            _serve(
                "11-hide", run='"sh", "-c", "echo open sesame; sleep 3600"'
            ),
        ),
        (
            "hidden",
            _CONFIG
            + _serve(
                "11-hide",
                "--config",
                "source=dockerlab-11-plain,target=/run/secrets/word",
            ),
        ),
    ],
    "11-manifests": [
        ("valid", _shop(("replicas: 2", "replica: 2"))),
        ("valid", _shop(("kind: Service", "kind: Serbice"))),
        ("both", _text("11-manifests", _SHOP.partition("---")[0])),
        ("finds", _shop(("selector: {app: shop}", "selector: {app: web}"))),
        ("port", _shop(("targetPort: http", "targetPort: 80"))),
        ("ready", _shop(("readinessProbe", "livenessProbe"))),
        ("limited", _shop(("limits", "requests"))),
        ("unprivileged", _shop(("runAsNonRoot: true", "runAsUser: 0"))),
    ],
}

ALSO_RIGHT = {
    "11-test-stage": _stage(
        _APP.replace("FROM packages AS app\n", "")
        + _TEST
        + "RUN python -m pytest --quiet\nCMD true\nFROM packages\n"
        + _REST
    ),
    "11-gate": _gate(
        "set -o pipefail",
        _STAGE,
        f"if {_RUN} 2>&1 | tail -n 3; then",
        f"  {_BUILD}",
        f"  {_PUSH}",
        "else",
        "  exit 1",
        "fi",
    ),
    "11-promote": _promote(
        "docker pull $IMAGE:1.0",
        "id=$(docker image inspect --format {{.Id}} $IMAGE:1.0)",
        "docker tag $id $IMAGE:stable && docker push $IMAGE:stable",
    ),
    "11-heal": _serve("11-heal", "--replicas=3", "--restart-delay=0s"),
    "11-safe": _serve(
        "11-safe",
        "--replicas=2",
        "--update-order=start-first",
        "--update-delay=5s",
        "--update-failure-action=rollback",
        "--rollback-order=start-first",
    ),
    "11-hide": _serve(
        "11-hide", "--secret", "source=dockerlab-11-word,target=password"
    ),
    "11-manifests": _shop(
        ("          securityContext: {runAsNonRoot: true}\n", ""),
        (
            "      containers:",
            "      securityContext: {runAsNonRoot: true, runAsUser: 1000}\n"
            "      containers:",
        ),
        ("targetPort: http", "targetPort: 8000"),
    ),
}

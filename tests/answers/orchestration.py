"""Wrong answers and second right ones: `orchestration`."""


def _text(id: str, text: str) -> str:
    return f'check("{id}", """{text}""")'


def _serve(id: str, *words: str, run: str = '"sleep", "3600"') -> str:
    name = id.replace("/", "-")
    options = "".join(f'"{word}", ' for word in words)
    return (
        f'serve("{name}", {options}"debian:trixie-slim", {run})\n'
        f'check("{id}", "{name}")'
    )


_CONFIG = """
name = "orchestration-plain"
subprocess.run(["docker", "service", "rm", "orchestration-hide"])
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
    return _text("orchestration/manifests", text)


WRONG = {
    "orchestration/heal": [
        ("exists", 'check("orchestration/heal", "orchestration-nobody")'),
        ("replicas", _serve("orchestration/heal", "--replicas", "1")),
        (
            "back",
            _serve(
                "orchestration/heal",
                "--replicas",
                "2",
                "--restart-delay",
                "90s",
            ),
        ),
        (
            "back",
            _serve(
                "orchestration/heal",
                "--replicas=2",
                "--restart-condition=none",
            ),
        ),
    ],
    "orchestration/safe": [
        (
            "replicas",
            _serve("orchestration/safe", "--update-failure-action=rollback"),
        ),
        ("back", _serve("orchestration/safe", "--replicas=2")),
        (
            "serves",
            _serve(
                "orchestration/safe",
                "--replicas=2",
                "--update-parallelism=0",
                "--update-failure-action=rollback",
            ),
        ),
        ("exists", 'check("orchestration/safe", "orchestration-nobody")'),
    ],
    "orchestration/hide": [
        ("readable", _serve("orchestration/hide")),
        (
            "hidden",
            _serve(
                "orchestration/hide",
                "--secret",
                "orchestration-word",
                "--label",
                "hint=open sesame",
            ),
        ),
        (
            "hidden",
            _serve(
                "orchestration/hide",
                run='"sh", "-c", "echo open sesame; sleep 3600"',
            ),
        ),
        (
            "hidden",
            _CONFIG
            + _serve(
                "orchestration/hide",
                "--config",
                "source=orchestration-plain,target=/run/secrets/word",
            ),
        ),
    ],
    "orchestration/manifests": [
        ("valid", _shop(("replicas: 2", "replica: 2"))),
        ("valid", _shop(("kind: Service", "kind: Serbice"))),
        ("both", _text("orchestration/manifests", _SHOP.partition("---")[0])),
        ("finds", _shop(("selector: {app: shop}", "selector: {app: web}"))),
        ("port", _shop(("targetPort: http", "targetPort: 80"))),
        ("ready", _shop(("readinessProbe", "livenessProbe"))),
        ("limited", _shop(("limits", "requests"))),
        ("unprivileged", _shop(("runAsNonRoot: true", "runAsUser: 0"))),
    ],
}

ALSO_RIGHT = {
    "orchestration/heal": _serve(
        "orchestration/heal", "--replicas=3", "--restart-delay=0s"
    ),
    "orchestration/safe": _serve(
        "orchestration/safe",
        "--replicas=2",
        "--update-order=start-first",
        "--update-delay=5s",
        "--update-failure-action=rollback",
        "--rollback-order=start-first",
    ),
    "orchestration/hide": _serve(
        "orchestration/hide",
        "--secret",
        "source=orchestration-word,target=password",
    ),
    "orchestration/manifests": _shop(
        ("          securityContext: {runAsNonRoot: true}\n", ""),
        (
            "      containers:",
            "      securityContext: {runAsNonRoot: true, runAsUser: 1000}\n"
            "      containers:",
        ),
        ("targetPort: http", "targetPort: 8000"),
    ),
}

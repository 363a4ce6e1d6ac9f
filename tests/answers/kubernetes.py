"""Wrong answers and second right ones: `kubernetes`."""


def _text(id: str, text: str) -> str:
    return f'check("{id}", """{text}""")'


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
_CONFIG = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {NAME: Ada, LOG_LEVEL: DEBUG}
---
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {API_TOKEN: open sesame}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: shop
          image: registry.example.com/shop:1.0
          envFrom:
            - configMapRef: {name: settings}
          env:
            - name: API_TOKEN
              valueFrom: {secretKeyRef: {name: token, key: API_TOKEN}}
"""


def _changed(id: str, text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return _text(id, text)


def _shop(*changes: tuple[str, str]) -> str:
    return _changed("kubernetes/manifests", _SHOP, *changes)


def _config(*changes: tuple[str, str]) -> str:
    return _changed("kubernetes/config", _CONFIG, *changes)


WRONG = {
    "kubernetes/manifests": [
        ("valid", _shop(("replicas: 2", "replica: 2"))),
        ("valid", _shop(("kind: Service", "kind: Serbice"))),
        ("both", _text("kubernetes/manifests", _SHOP.partition("---")[0])),
        ("finds", _shop(("selector: {app: shop}", "selector: {app: web}"))),
        ("port", _shop(("targetPort: http", "targetPort: 80"))),
        ("ready", _shop(("readinessProbe", "livenessProbe"))),
        ("limited", _shop(("limits", "requests"))),
        ("unprivileged", _shop(("runAsNonRoot: true", "runAsUser: 0"))),
    ],
    "kubernetes/config": [
        ("valid", _config(("stringData", "stringdata"))),
        ("parts", _text("kubernetes/config", _CONFIG.partition("---")[2])),
        (
            "found",
            _config(("configMapRef: {name: s", "configMapRef: {name: S")),
        ),
        ("found", _config(("key: API_TOKEN", "key: TOKEN"))),
        ("settings", _config(("LOG_LEVEL: DEBUG", "LOGLEVEL: DEBUG"))),
        (
            "settings",
            _config(
                (
                    "            - name: API_TOKEN",
                    "            - name: NAME\n"
                    "              value: Ada\n            - name: API_TOKEN",
                ),
            ),
        ),
        # In Base64 nobody would write a space.
        (
            "token",
            _config(
                (
                    "stringData: {API_TOKEN: open sesame}",
                    "data: {API_TOKEN: b3Blbg==}",
                )
            ),
        ),
        (
            "token",
            _config(
                (
                    "valueFrom: {secretKeyRef: {name: token, key: API_TOKEN}}",
                    "value: open sesame",
                ),
            ),
        ),
        ("hidden", _config(("NAME: Ada,", "NAME: Ada, OLD: open sesame,"))),
    ],
}

ALSO_RIGHT = {
    "kubernetes/manifests": _shop(
        ("          securityContext: {runAsNonRoot: true}\n", ""),
        (
            "      containers:",
            "      securityContext: {runAsNonRoot: true, runAsUser: 1000}\n"
            "      containers:",
        ),
        ("targetPort: http", "targetPort: 8000"),
    ),
    # Base64, the whole Secret, and each setting by itself.
    "kubernetes/config": _config(
        (
            "stringData: {API_TOKEN: open sesame}",
            "data: {API_TOKEN: b3BlbiBzZXNhbWU=}",
        ),
        (
            "            - configMapRef: {name: settings}",
            "            - secretRef: {name: token}",
        ),
        (
            "            - name: API_TOKEN\n"
            "              valueFrom: {secretKeyRef: {name: token, key:"
            " API_TOKEN}}",
            "            - name: NAME\n"
            "              valueFrom: {configMapKeyRef: {name: settings, key:"
            " NAME}}\n"
            "            - name: LOG_LEVEL\n"
            "              valueFrom: {configMapKeyRef: {name: settings, key:"
            " LOG_LEVEL}}",
        ),
    ),
}

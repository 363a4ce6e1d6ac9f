"""Wrong answers and second right ones: `networks`."""


def _site(options: str, port: str = "port") -> str:
    return f"""
lab.discard("networks-site")
lab.terminal("docker run -d --name networks-site {options} nginx:stable")
ends = client.containers.get("networks-site").ports.get("80/tcp") or []
port = int(ends[0]["HostPort"]) if ends else 0
check("networks/publish", {port})
"""


def _apart(*commands: str) -> str:
    return f"""
three()
for command in {commands!r}:
    lab.terminal("docker network " + command)
check("networks/apart", "networks-proxy")
"""


_TWO = (
    "create networks-outer",
    "create networks-inner",
    "connect networks-outer networks-proxy",
    "connect networks-outer networks-app",
    "connect networks-inner networks-app",
    "connect networks-inner networks-store",
)


def _dockerfile(text: str) -> str:
    return f'check("networks/port", """{text}""")'


_HEAD = """FROM python:3.13-slim
WORKDIR /app
COPY . /app
RUN pip install -r requirements.txt
"""

WRONG = {
    "networks/publish": [
        (
            "exists",
            'lab.discard("networks-site")\ncheck("networks/publish", 8091)',
        ),
        (
            "runs",
            _site("--entrypoint true").replace(
                "ends =",
                'client.containers.get("networks-site").wait()\nends =',
            ),
        ),
        ("published", _site("")),
        ("loopback", _site("-p 80")),
        ("loopback", _site("-p 0.0.0.0::80")),
        ("answers", _site("-p 127.0.0.1::8080")),
        (
            "answers",
            _site("-p 127.0.0.1::80").replace(
                "nginx:stable",
                "python:3.13-slim sh -c 'echo nginx > index.html;"
                " exec python -m http.server 80'",
            ),
        ),
        ("chosen", _site("-p 127.0.0.1:8093:80")),
        ("reported", _site("-p 127.0.0.1::80", "80")),
        ("answer", _site("-p 127.0.0.1::80", "str(port)")),
    ],
    "networks/apart": [
        ("run", 'three()\ncheck("networks/apart", "networks-nobody")'),
        ("app-store", _apart(*_TWO[:5], "disconnect bridge networks-store")),
        (
            "proxy-app",
            _apart(*_TWO[1:2], *_TWO[4:], "disconnect bridge networks-store"),
        ),
        ("apart", _apart(*_TWO)),  # all three are still on the default one
    ],
    "networks/port": [
        ("builds", _dockerfile("FROM python:3.13-slim\nRUN false")),
        (
            "serves",
            _dockerfile(
                _HEAD + '# PORT=8080\nEXPOSE 8080\nCMD ["python", "app.py"]'
            ),
        ),
        (
            "documents",
            _dockerfile(
                _HEAD + 'ENV PORT=8080\nEXPOSE 80\nCMD ["python", "app.py"]'
            ),
        ),
        (
            "serves",
            _dockerfile(
                "FROM python:3.13-slim\nWORKDIR /w\nEXPOSE 8080\n"
                "RUN echo Hello > index.html\n"
                "CMD exec python -m http.server 8080"
            ),
        ),
        ("answer", 'check("networks/port", 8080)'),
    ],
}

ALSO_RIGHT = {
    # A page of one's own, at another address that only this machine reaches.
    "networks/publish": """
lab.discard("networks-site")
site = client.containers.create(
    "nginx:stable", name="networks-site", labels=lab.labels,
    ports={"80/tcp": ("127.0.0.2", None)},
)
lab.terminal(
    "echo mine > index.html"
    " && docker cp index.html networks-site:/usr/share/nginx/html/"
)
site.start()
site.reload()
check("networks/publish", float(site.ports["80/tcp"][0]["HostPort"]))
""",
    # The learner leaves the default network with all three, by the SDK. The
    # containers have a proxy, as in many companies.
    "networks/apart": _apart(*_TWO)
    .replace(
        "three()",
        """three()
for name in ("proxy", "app"):
    lab.discard(f"networks-{name}")
    client.containers.run(
        "networks-page", name=f"networks-{name}", labels=lab.labels,
        detach=True, environment={"http_proxy": "http://127.0.0.1:9"},
    )""",
    )
    .replace(
        "check(",
        'for name in ("proxy", "app", "store"):\n'
        "    bridge = client.networks.get('bridge')\n"
        '    bridge.disconnect(f"networks-{name}")\n'
        "check(",
    ),
    "networks/port": _dockerfile(
        _HEAD + "EXPOSE 8080\nCMD PORT=8080 exec python app.py"
    ),
}

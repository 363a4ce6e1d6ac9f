"""Wrong answers and second right ones: `flask_app`."""

_RUN = """
lab.discard("{name}")
client.containers.run(
    "my-python-app", name="{name}", labels=lab.labels, detach=True, {more}
)
check("{id}", "{name}")
"""


def _greeting(more: str) -> str:
    name = "flask-greeting"
    return _RUN.format(id="flask_app/greeting", name=name, more=more)


def _keep(more: str) -> str:
    name = "flask-keep"
    make = 'client.volumes.create("flask-kept", labels=lab.labels)'
    return make + _RUN.format(id="flask_app/keep-visits", name=name, more=more)


def _dockerfile(id: str, text: str) -> str:
    return f'check("{id}", """{text}""")'


_HEAD = """FROM python:3.13-slim
WORKDIR /app
COPY . /app
RUN pip install -r requirements.txt
"""

WRONG = {
    "flask_app/greeting": [
        ("exists", 'check("flask_app/greeting", "flask-nobody")'),
        (
            "runs",
            _greeting(
                'environment={"NAME": "Grace"}, ports={"80/tcp": None},'
                ' command=["true"]'
            ).replace("check(", "time.sleep(1)\ncheck("),
        ),
        ("published", _greeting('environment={"NAME": "Grace"}')),
        (
            "answers",
            _greeting(
                'environment={"NAME": "Grace"}, ports={"8080/tcp": None}'
            ),
        ),
        (
            "greets",
            _greeting(
                'environment={"GREETING": "Grace"}, ports={"80/tcp": None}'
            ),
        ),
        (
            "counts",
            _greeting(
                'ports={"80/tcp": None}, command=["sh", "-c",'
                " \"mkdir /w; cd /w; echo '<h1>Hello, Grace!</h1>' >"
                ' index.html; exec python -m http.server 80"]'
            ),
        ),
        ("answer", 'check("flask_app/greeting", None)'),
    ],
    "flask_app/keep-visits": [
        ("exists", 'check("flask_app/keep-visits", "flask-nobody")'),
        ("survives", _keep('ports={"80/tcp": None}')),
        (
            "survives",
            _keep('ports={"80/tcp": None}, volumes=["/app/data"]'),
        ),
        (
            "published",
            _keep('volumes={"flask-kept": {"bind": "/app/data"}}'),
        ),
        (
            "survives",
            _keep(
                'ports={"80/tcp": None},'
                ' volumes={"flask-kept": {"bind": "/app/visits"}}'
            ),
        ),
    ],
    "flask_app/no-tests": [
        (
            "builds",
            _dockerfile(
                "flask_app/no-tests", _HEAD + "COPY --exclude ./nothing /"
            ),
        ),
        (
            "serves",
            _dockerfile(
                "flask_app/no-tests",
                "FROM python:3.13-slim\nWORKDIR /app\nCOPY app.py ./\n"
                'CMD ["python", "app.py"]',
            ),
        ),
        (
            "clean",
            _dockerfile(
                "flask_app/no-tests",
                _HEAD + 'RUN rm -rf /app/tests\nCMD ["python", "app.py"]',
            ),
        ),
        (
            "clean",
            _dockerfile(
                "flask_app/no-tests",
                _HEAD + 'RUN mv tests /tests\nCMD ["python", "app.py"]',
            ),
        ),
        (
            "clean",
            _dockerfile(
                "flask_app/no-tests",
                "FROM python:3.13-slim AS all\nCOPY . /all\n"
                "RUN rm /all/tests/test_app.py\n"
                "FROM python:3.13-slim\nWORKDIR /app\n"
                "COPY --from=all /all /app\n"
                "RUN pip install -r requirements.txt\n"
                'CMD ["python", "app.py"]',
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "flask_app/greeting": """
lab.discard("flask-greeting")
name = ["-p", "0:8000", "-e", "PORT=8000", "-e", "NAME=Grace"]
run = ["docker", "run", "-d", "--name", "flask-greeting", *name]
subprocess.run([*run, "my-python-app"], check=True, capture_output=True)
check("flask_app/greeting", "flask-greeting")
""",
    "flask_app/keep-visits": _keep(
        'ports={"80/tcp": None}, environment={"DATA_DIR": "/data"},'
        ' volumes={"flask-kept": {"bind": "/data"}}'
    ),
    "flask_app/no-tests": _dockerfile(
        "flask_app/no-tests",
        """FROM python:3.13-slim AS all
COPY . /all
RUN rm -r /all/tests
FROM python:3.13-slim
WORKDIR /app
COPY --from=all /all /app
RUN pip install -r requirements.txt
CMD [\\"python\\", \\"app.py\\"]""",
    ),
}

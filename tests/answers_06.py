"""Answers to the exercises of lesson 06: wrong ones, and other right ones."""

_RUN = """
lab.discard("{name}")
client.containers.run(
    "my-python-app", name="{name}", labels=lab.labels, detach=True, {more}
)
check("{id}", "{name}")
"""


def _greeting(more: str) -> str:
    name = "dockerlab-06-greeting"
    return _RUN.format(id="06-greeting", name=name, more=more)


def _keep(more: str) -> str:
    name = "dockerlab-06-keep"
    make = 'client.volumes.create("dockerlab-06-kept", labels=lab.labels)'
    return make + _RUN.format(id="06-keep-visits", name=name, more=more)


def _dockerfile(id: str, text: str) -> str:
    return f'check("{id}", """{text}""")'


_HEAD = """FROM python:3.13-slim
WORKDIR /app
COPY . /app
RUN pip install -r requirements.txt
"""

WRONG = {
    "06-greeting": [
        ("exists", 'check("06-greeting", "dockerlab-06-nobody")'),
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
        ("answer", 'check("06-greeting", None)'),
    ],
    "06-port": [
        ("builds", _dockerfile("06-port", "FROM python:3.13-slim\nRUN false")),
        (
            "serves",
            _dockerfile(
                "06-port",
                _HEAD + '# PORT=8080\nEXPOSE 8080\nCMD ["python", "app.py"]',
            ),
        ),
        (
            "documents",
            _dockerfile(
                "06-port",
                _HEAD + 'ENV PORT=8080\nEXPOSE 80\nCMD ["python", "app.py"]',
            ),
        ),
        (
            "serves",
            _dockerfile(
                "06-port",
                "FROM python:3.13-slim\nWORKDIR /w\nEXPOSE 8080\n"
                "RUN echo Hello > index.html\n"
                "CMD exec python -m http.server 8080",
            ),
        ),
        ("answer", 'check("06-port", 8080)'),
    ],
    "06-keep-visits": [
        ("exists", 'check("06-keep-visits", "dockerlab-06-nobody")'),
        ("survives", _keep('ports={"80/tcp": None}')),
        (
            "survives",
            _keep('ports={"80/tcp": None}, volumes=["/app/data"]'),
        ),
        (
            "published",
            _keep('volumes={"dockerlab-06-kept": {"bind": "/app/data"}}'),
        ),
        (
            "survives",
            _keep(
                'ports={"80/tcp": None},'
                ' volumes={"dockerlab-06-kept": {"bind": "/app/visits"}}'
            ),
        ),
    ],
    "06-no-tests": [
        (
            "builds",
            _dockerfile("06-no-tests", _HEAD + "COPY --exclude ./nothing /"),
        ),
        (
            "serves",
            _dockerfile(
                "06-no-tests",
                "FROM python:3.13-slim\nWORKDIR /app\nCOPY app.py ./\n"
                'CMD ["python", "app.py"]',
            ),
        ),
        (
            "clean",
            _dockerfile(
                "06-no-tests",
                _HEAD + 'RUN rm -rf /app/tests\nCMD ["python", "app.py"]',
            ),
        ),
        (
            "clean",
            _dockerfile(
                "06-no-tests",
                _HEAD + 'RUN mv tests /tests\nCMD ["python", "app.py"]',
            ),
        ),
        (
            "clean",
            _dockerfile(
                "06-no-tests",
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
    "06-greeting": """
lab.discard("dockerlab-06-greeting")
name = ["-p", "0:8000", "-e", "PORT=8000", "-e", "NAME=Grace"]
run = ["docker", "run", "-d", "--name", "dockerlab-06-greeting", *name]
subprocess.run([*run, "my-python-app"], check=True, capture_output=True)
check("06-greeting", "dockerlab-06-greeting")
""",
    "06-port": _dockerfile(
        "06-port", _HEAD + "EXPOSE 8080\nCMD PORT=8080 exec python app.py"
    ),
    "06-keep-visits": _keep(
        'ports={"80/tcp": None}, environment={"DATA_DIR": "/data"},'
        ' volumes={"dockerlab-06-kept": {"bind": "/data"}}'
    ),
    "06-no-tests": _dockerfile(
        "06-no-tests",
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

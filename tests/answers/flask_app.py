"""Wrong answers and second right ones: `flask_app`."""

from tests.answering import answer

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


_HEAD = """FROM python:3.13-slim
WORKDIR /app
COPY . /app
RUN pip install -r requirements.txt
"""

_SPEAKS = "FROM debian:trixie-slim\n"
_FIXED = """FROM python:3.13-slim
WORKDIR /app
COPY . /app
RUN pip install {packages}
CMD ["python", "app.py"]
"""

WRONG = {
    "flask_app/speaks": [
        (
            "says",
            answer(
                "flask_app/speaks",
                _SPEAKS + "LABEL says='I was built here'\n"
                'CMD ["echo", "I was here"]',
            ),
        ),
        (
            "ends",
            answer(
                "flask_app/speaks",
                _SPEAKS + "CMD echo 'I was built here'; exec sleep 600",
            ),
        ),
        (
            "ends",
            answer(
                "flask_app/speaks", _SPEAKS + 'CMD ["echo I was built here"]'
            ),
        ),
        (
            "builds",
            answer(
                "flask_app/speaks",
                "FORM debian:trixie-slim\nCMD echo I was built here",
            ),
        ),
    ],
    "flask_app/fix-build": [
        (
            "builds",
            answer(
                "flask_app/fix-build",
                _FIXED.format(packages="flask guincorn redis"),
            ),
        ),
        (
            "serves",
            answer(
                "flask_app/fix-build", _FIXED.format(packages="flask gunicorn")
            ),
        ),
        (
            "serves",
            answer(
                "flask_app/fix-build",
                _FIXED.replace('"python", "app.py"', '"flask", "run"').format(
                    packages="flask gunicorn redis"
                ),
            ),
        ),
        # Dockerfiles as learners write them.
        (
            "serves",
            answer(
                "flask_app/fix-build",
                "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n"
                "RUN pip install -r requirements.txt\n"
                "RUN python3 app.py &\nEXPOSE 80",
            ),
        ),
        (
            "builds",
            answer(
                "flask_app/fix-build",
                "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n"
                "RUN python3-pip install -r requirements.txt\n"
                'CMD ["python", "app.py"]',
            ),
        ),
        (
            "builds",
            answer(
                "flask_app/fix-build",
                "FROM python:3.13-slim\nWORKDIR /app\n"
                "COPY requirement.txt .\n"
                "RUN pip install -r requirement.txt\nCOPY . .\n"
                'CMD ["python", "app.py"]',
            ),
        ),
        (
            "builds",
            answer(
                "flask_app/fix-build",
                "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n"
                "RUN pip install -r requirements.txt\n"
                'CMD["python","app.py"]',
            ),
        ),
    ],
    "flask_app/greeting": [
        ("exists", 'check("flask_app/greeting", "flask-nobody")'),
        (
            "runs",
            _greeting(
                'environment={"NAME": "Grace"}, ports={"80/tcp": None},'
                ' command=["true"]'
            ).replace(
                "check(",
                'client.containers.get("flask-greeting").wait()\ncheck(',
            ),
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
    "flask_app/no-tests": [
        (
            "builds",
            answer("flask_app/no-tests", _HEAD + "COPY --exclude ./nothing /"),
        ),
        (
            "serves",
            answer(
                "flask_app/no-tests",
                "FROM python:3.13-slim\nWORKDIR /app\nCOPY app.py ./\n"
                'CMD ["python", "app.py"]',
            ),
        ),
        (
            "clean",
            answer(
                "flask_app/no-tests",
                _HEAD + 'RUN rm -rf /app/tests\nCMD ["python", "app.py"]',
            ),
        ),
        (
            "clean",
            answer(
                "flask_app/no-tests",
                _HEAD + 'RUN mv tests /tests\nCMD ["python", "app.py"]',
            ),
        ),
        (
            "clean",
            answer(
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
    "flask_app/speaks": answer(
        "flask_app/speaks",
        "FROM python:3.13-slim\n"
        "RUN echo \"print('I was built here')\" > /say.py\n"
        'ENTRYPOINT ["python", "/say.py"]',
    ),
    "flask_app/fix-build": answer(
        "flask_app/fix-build",
        "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n"
        "RUN pip install -r requirements.txt\n"
        "EXPOSE 80\nCMD flask --app app run --host 0.0.0.0 --port 80",
    ),
    "flask_app/greeting": """
lab.discard("flask-greeting")
name = ["-p", "0:8000", "-e", "PORT=8000", "-e", "NAME=Grace"]
run = ["docker", "run", "-d", "--name", "flask-greeting", *name]
import subprocess
subprocess.run([*run, "my-python-app"], check=True, capture_output=True)
check("flask_app/greeting", "flask-greeting")
""",
    "flask_app/no-tests": answer(
        "flask_app/no-tests",
        """FROM python:3.13-slim AS all
COPY . /all
RUN rm -r /all/tests
FROM python:3.13-slim
WORKDIR /app
COPY --from=all /all /app
RUN pip install -r requirements.txt
CMD ["python", "app.py"]""",
    ),
}

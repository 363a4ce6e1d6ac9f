"""Known submissions to the capstone: whole solutions, from bad to excellent.

They are in the order in which an expert would put them: first those that a
gate stops, then by points. `python -m dockerlab judge` scores them all and
writes the table into docs/judge.md.
"""

import dataclasses
from collections.abc import Mapping

from dockerlab import paths
from dockerlab.checks.scorecard import tree

PINS = """./nearby
blinker==1.9.0
click==8.5.1
flask==3.1.3
gunicorn==27.0.1
itsdangerous==2.2.0
jinja2==3.1.6
markupsafe==3.0.4
werkzeug==3.1.9
"""
IGNORED = "*\n!app.py\n!nearby\n!requirements.txt\n"
# The same stages as in the lesson's solution, so that their cache serves.
BUILD = """FROM python:3.13 AS build
WORKDIR /build
RUN python -m venv /venv
COPY requirements.txt .
COPY nearby nearby
RUN /venv/bin/pip install --no-cache-dir -r requirements.txt

"""
LABELS = """LABEL org.opencontainers.image.title="lost-and-found" \\
      org.opencontainers.image.version="1.0" \\
      org.opencontainers.image.source="https://example.com/lost-and-found"
"""
HEALTH = """HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; \\
    r.urlopen('http://127.0.0.1:8000/items', timeout=2)"]
"""
GUNICORN = (
    'CMD ["gunicorn", "--bind=0.0.0.0:8000", "--workers=2",'
    ' "--access-logfile=-", "--worker-tmp-dir=/dev/shm",'
    ' "--no-control-socket", "app:app"]\n'
)
SLIM = (
    BUILD
    + "FROM python:3.13-slim\n"
    + LABELS
    + """RUN useradd --uid 10001 --no-create-home app \\
    && install --directory --owner=app /data
COPY --from=build /venv /venv
WORKDIR /app
COPY app.py .
ENV PATH="/venv/bin:$PATH" DATA_DIR=/data
USER 10001
EXPOSE 8000
"""
    + HEALTH
    + GUNICORN
)
GOOD = {
    "requirements.txt": PINS,
    ".dockerignore": IGNORED,
    "Dockerfile": SLIM,
}


@dataclasses.dataclass(frozen=True)
class Submission:
    """A whole solution, before it is published and signed.

    Attributes:
        kind: `bad`, `common`, `good` or `excellent`.
        points: of 96, because nothing is signed.
        missed: keys of other properties that it lacks, with spaces between.
        files: what it writes into the service's folder.
    """

    kind: str
    points: int
    missed: str
    files: Mapping[str, str]


# Of the base only Python and its libraries, without a shell.
SHELL_LESS = (
    BUILD
    + """FROM python:3.13-slim AS files
RUN mkdir -p /new/usr /new/tmp && cp -a /lib* /etc /new \\
    && cp -a /usr/lib* /usr/local /new/usr \\
    && install --directory --owner=10001 /new/data

FROM scratch
"""
    + LABELS
    + """COPY --from=files /new /
COPY --from=build /venv /venv
WORKDIR /app
COPY app.py .
ENV PATH="/venv/bin:/usr/local/bin" DATA_DIR=/data
USER 10001
EXPOSE 8000
"""
    + HEALTH
    + GUNICORN
)
UV = SLIM.replace(
    BUILD,
    """FROM python:3.13 AS build
RUN pip install --no-cache-dir uv==0.13.9 && uv venv /venv
WORKDIR /build
COPY requirements.txt .
COPY nearby nearby
RUN uv pip install --python /venv/bin/python \\
        --link-mode=copy --compile-bytecode -r requirements.txt

""",
)
TUTORIAL = """FROM python:3.13
WORKDIR /app
COPY nearby nearby
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN useradd app && chown -R app /app
USER app
EXPOSE 8000
CMD ["gunicorn", "-b", "0.0.0.0:8000", "app:app"]
"""
LOOSE = "./nearby\nflask\ngunicorn\n"
# Does not wait for its pins, and copies the code first.
COPIED = """FROM python:3.13
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -r requirements.txt \\
    && useradd app && chown -R app /app
USER app
EXPOSE 8000
"""
PASSED_ON = SLIM.replace(LABELS, "").replace("EXPOSE 8000\n" + HEALTH, "")
SCRIPT = """#!/bin/sh
gunicorn --bind=0.0.0.0:8000 --worker-tmp-dir=/dev/shm \\
    --no-control-socket app:app
echo "gunicorn ended"
"""
# The same pages without a framework.
PLAIN = '''"""Lost and found: report items, list them, search them by name."""

import json
import os
import pathlib
import urllib.parse

import nearby

ITEMS = pathlib.Path(os.environ.get("DATA_DIR", ".")) / "items.jsonl"


def read_items():
    if not ITEMS.exists():
        return []
    return [json.loads(line) for line in ITEMS.read_text().splitlines()]


def report(data):
    try:
        item = {"name": json.loads(data)["name"]}
    except (ValueError, KeyError, TypeError):
        return "400 Bad Request", {"error": "an item needs a name"}
    with ITEMS.open("a") as file:
        file.write(json.dumps(item) + "\\n")
    return "201 Created", item


def search(query):
    wanted = urllib.parse.parse_qs(query).get("q", [""])[0].lower()
    names = sorted({item["name"] for item in read_items()})
    names.sort(key=lambda name: nearby.distance(wanted, name.lower()))
    return "200 OK", names[:5]


def app(environ, start_response):
    asked = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    if asked == ("POST", "/items"):
        size = int(environ.get("CONTENT_LENGTH") or 0)
        status, value = report(environ["wsgi.input"].read(size))
    elif asked == ("GET", "/items"):
        status, value = "200 OK", read_items()
    elif asked == ("GET", "/search"):
        status, value = search(environ["QUERY_STRING"])
    else:
        status, value = "404 Not Found", {"error": "no such page"}
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(value).encode()]
'''
# The fix of the search that its comment asks for.
FIXED = (
    (paths.PROJECT / "capstone" / "app.py")
    .read_text("utf-8")
    .replace(
        """    if wanted.startswith("["):
        wanted = " ".join(json.loads(wanted))
""",
        """    if wanted.startswith("["):
        try:
            wanted = " ".join(json.loads(wanted))
        except (ValueError, TypeError):
            pass  # somebody looks for a bracket
""",
    )
)


def _with(**files: str) -> dict[str, str]:
    """The files of a good submission, some of them changed."""
    names = {"docker": "Dockerfile", "pins": "requirements.txt"}
    names |= {"ignored": ".dockerignore", "app": "app.py"}
    return GOOD | {names[key]: text for key, text in files.items()}


SUBMISSIONS = {
    "works on my machine": Submission(
        "bad",
        29,
        "context cached pins lint size baggage compiler secret advisories"
        " labels port healthy honest user readonly stops replace",
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
            "RUN pip install -r requirements.txt\n"
            "CMD gunicorn --bind=0.0.0.0:8000 --access-logfile=- app:app\n",
        },
    ),
    "only for itself": Submission(
        "bad",
        44,
        "serves server debugger logs healthy honest user readonly"
        " capabilities limits stops restart replace",
        _with(
            docker=SLIM.replace("--bind=0.0.0.0:8000", "--bind=127.0.0.1:8000")
        ),
    ),
    "only claims": Submission(
        "bad",
        78,
        "pins honest user capabilities",
        {
            **GOOD,
            "requirements.txt": f"# flask==3.1.3 gunicorn==27.0.1\n{LOOSE}",
            "Dockerfile": SLIM.replace(
                HEALTH, 'HEALTHCHECK CMD ["true"]\n'
            ).replace("USER 10001\n", '# USER 10001\nLABEL user="10001"\n'),
        },
    ),
    "development server": Submission(
        "bad",
        84,
        "server debugger stops",
        {
            **GOOD,
            "Dockerfile": SLIM.replace(
                GUNICORN,
                'CMD ["python", "-c", "import signal; from app import app;'
                " signal.signal(signal.SIGTERM, signal.SIG_IGN);"
                " app.run('0.0.0.0', 8000, debug=True,"
                ' use_reloader=False)"]\n',
            ),
        },
    ),
    "deleted again": Submission(
        "bad",
        87,
        "baggage secret",
        {
            **GOOD,
            ".dockerignore": "exports\n",
            "Dockerfile": SLIM.replace(
                "COPY app.py .\n",
                "COPY . .\nRUN rm -r .env tests\n",
            ),
        },
    ),
    "token in a variable": Submission(
        "bad",
        91,
        "secret",
        _with(
            docker=SLIM.replace(
                "USER 10001\n",
                f"ENV PRINTER={tree.token().decode()}\nUSER 10001\n",
            )
        ),
    ),
    "all but a user": Submission(
        "bad",
        91,
        "user",
        _with(
            docker=SLIM.replace("USER 10001\n", "").replace(" --owner=app", "")
        ),
    ),
    "as in a tutorial": Submission(
        "common",
        55,
        "pins size compiler advisories labels logs healthy honest readonly"
        " replace",
        {"Dockerfile": TUTORIAL, ".dockerignore": ".env\nexports\ntests\n"},
    ),
    "code copied first": Submission(
        "common",
        61,
        "cached pins size compiler advisories labels readonly replace",
        {
            "Dockerfile": COPIED + HEALTH + GUNICORN,
            ".dockerignore": ".env\nexports\ntests\n",
        },
    ),
    "two stages and no more": Submission(
        "common",
        65,
        "pins lint advisories labels port logs healthy honest stops",
        {
            "Dockerfile": PASSED_ON.replace(GUNICORN, "")
            + "CMD gunicorn -b :8000 --worker-tmp-dir=/dev/shm"
            " --no-control-socket app:app\n",
        },
    ),
    "started by a script": Submission(
        "common",
        67,
        "pins advisories labels port logs healthy honest stops",
        {
            ".dockerignore": f"{IGNORED}!start.sh\n",
            "start.sh": SCRIPT,
            "Dockerfile": PASSED_ON.replace(
                "COPY app.py .\n", "COPY --chmod=755 app.py start.sh ./\n"
            ).replace(GUNICORN, 'CMD ["./start.sh"]\n'),
        },
    ),
    "loose ends": Submission(
        "good",
        85,
        "pins labels logs",
        {
            "requirements.txt": LOOSE,
            ".dockerignore": IGNORED,
            "Dockerfile": SLIM.replace(LABELS, "").replace(
                ' "--access-logfile=-",', ""
            ),
        },
    ),
    "data beside the code": Submission(
        "good",
        87,
        "readonly replace",
        {
            **GOOD,
            "Dockerfile": SLIM.replace(" DATA_DIR=/data", "").replace(
                "COPY app.py .\n",
                "RUN chown app .\nCOPY app.py .\n",
            ),
        },
    ),
    "no health check": Submission(
        "good",
        88,
        "healthy honest",
        _with(docker=SLIM.replace(HEALTH, "")),
    ),
    "with the compiler": Submission(
        "good",
        88,
        "size compiler",
        _with(
            docker=SLIM.replace(
                "FROM python:3.13-slim\n", "FROM python:3.13\n"
            )
        ),
    ),
    "the shell form": Submission(
        "good",
        90,
        "lint stops",
        _with(
            docker=SLIM.replace(
                GUNICORN,
                "CMD gunicorn --bind=:8000 --access-logfile=-"
                " --worker-tmp-dir=/dev/shm --no-control-socket app:app\n",
            )
        ),
    ),
    "uv without versions": Submission(
        "good",
        90,
        "pins",
        _with(docker=UV, pins="./nearby\nflask\ngunicorn\n"),
    ),
    "an old pin": Submission(
        "good",
        91,
        "advisories",
        _with(pins=PINS.replace("jinja2==3.1.6", "jinja2==3.1.4")),
    ),
    "a health check that asks nothing": Submission(
        "good",
        92,
        "honest",
        _with(
            docker=SLIM.replace(
                HEALTH, 'HEALTHCHECK CMD ["python", "-c", "import app"]\n'
            )
        ),
    ),
    "with uv": Submission("excellent", 96, "", {**GOOD, "Dockerfile": UV}),
    "no shell": Submission(
        "excellent", 96, "", {**GOOD, "Dockerfile": SHELL_LESS}
    ),
    "without a framework": Submission(
        "excellent",
        96,
        "",
        _with(app=PLAIN, pins="./nearby\ngunicorn==27.0.1\n"),
    ),
    "the search repaired": Submission("excellent", 96, "", _with(app=FIXED)),
    "a rule ignored, with a reason": Submission(
        "excellent",
        96,
        "",
        _with(
            docker=SLIM.replace(
                "RUN python -m venv /venv\n",
                "# One command in another folder is no reason for WORKDIR.\n"
                "# hadolint ignore=DL3003\n"
                "RUN cd / && python -m venv venv\n",
            )
        ),
    ),
}

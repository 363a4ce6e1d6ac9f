"""Answers to the exercises of `capstone`: wrong ones, and other right ones.

`FLAWED` holds five solutions of the capstone that look finished, each with
the points that it scores and the properties that it misses; docs/capstone.md
tells teachers about them, and `test_capstone.py` compares.
"""

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
# name -> points, properties that are missed, files of the folder
FLAWED = {
    "works on my machine": (
        30,
        [
            "context",
            "cached",
            "pins",
            "lint",
            "size",
            "baggage",
            "compiler",
            "secret",
            "labels",
            "port",
            "signed",
            "healthy",
            "honest",
            "user",
            "readonly",
            "stops",
            "replace",
        ],
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
            "RUN pip install -r requirements.txt\n"
            "CMD gunicorn --bind=0.0.0.0:8000 --access-logfile=- app:app\n",
        },
    ),
    "deleted again": (
        86,
        ["baggage", "secret", "signed"],
        {
            **GOOD,
            ".dockerignore": "exports\n",
            "Dockerfile": SLIM.replace(
                "COPY app.py .\n",
                "COPY . .\nRUN rm -r .env tests\n",
            ),
        },
    ),
    "only claims": (
        78,
        ["pins", "signed", "honest", "user", "capabilities"],
        {
            **GOOD,
            "requirements.txt": "# flask==3.1.3 gunicorn==27.0.1\n"
            "./nearby\nflask\ngunicorn\n",
            "Dockerfile": SLIM.replace(
                HEALTH, 'HEALTHCHECK CMD ["true"]\n'
            ).replace("USER 10001\n", '# USER 10001\nLABEL user="10001"\n'),
        },
    ),
    "development server": (
        84,
        ["signed", "server", "debugger", "stops"],
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
    "data beside the code": (
        87,
        ["signed", "readonly", "replace"],
        {
            **GOOD,
            "Dockerfile": SLIM.replace(" DATA_DIR=/data", "").replace(
                "COPY app.py .\n",
                "RUN chown app .\nCOPY app.py .\n",
            ),
        },
    ),
}


def write(files: dict[str, str]) -> str:
    """Code that writes files into the lesson's folder."""
    return "".join(
        f"(folder / {name!r}).write_text({text!r})\n"
        for name, text in files.items()
    )


def _check(id: str, dockerfile: str) -> str:
    return f"check({id!r}, {dockerfile!r})"


_RUN = 'CMD ["gunicorn", "--bind=0.0.0.0:8000", "app:app"]\n'
_SMALL = (
    BUILD + "FROM python:3.13-slim\nCOPY --from=build /venv /venv\n"
    'ENV PATH="/venv/bin:$PATH"\nWORKDIR /app\nCOPY app.py .\n'
)
_FULL = "FROM capstone-naive\n"  # the lesson builds it
_QUIET = (
    'CMD ["gunicorn", "--bind=0.0.0.0:8000", "--no-control-socket",'
    ' "app:app"]\n'
)
_DATA = "RUN install --directory --owner=10001 /data\nENV DATA_DIR=/data\n"
_FACTS = '{{"writes": {!r}, "user": {!r}, "exit_code": {!r}}}'


def _survey(writes: str, user: str, exit_code: object) -> str:
    facts = _FACTS.format(writes, user, exit_code)
    return f'check("capstone/survey", {facts})'


WRONG = {
    "capstone/survey": [
        ("answer", 'check("capstone/survey", "/app/items.jsonl")'),
        ("answer", 'check("capstone/survey", {})'),
        ("writes", _survey("items.jsonl", "root", 137)),
        ("user", _survey("/app/items.jsonl", "app", 137)),
        ("exit_code", _survey("/app/items.jsonl", "root", 143)),
    ],
    "capstone/builds": [
        ("answer", 'check("capstone/builds", "Dockerfile")'),
        (
            "builds",
            _check("capstone/builds", "FORM python:3.13-slim\nRUN true\n"),
        ),
        (
            "serves",
            _check("capstone/builds", _SMALL + 'CMD ["python", "app.py"]\n'),
        ),
        ("size", _check("capstone/builds", _FULL + _RUN)),
        (
            "compiler",
            _check(
                "capstone/builds",
                _SMALL + "RUN printf '#!/bin/sh\\nexit 0\\n' > /usr/bin/gcc"
                " && chmod 755 /usr/bin/gcc\n" + _RUN,
            ),
        ),
        (
            "serves",
            _check("capstone/builds", _SMALL + 'CMD ["no-such-server"]\n'),
        ),
    ],
    "capstone/rights": [
        (
            "user",
            _check(
                "capstone/rights",
                _FULL + _DATA + '# USER 10001\nLABEL user="app"\n' + _QUIET,
            ),
        ),
        (
            "readonly",
            _check(
                "capstone/rights",
                _FULL + "RUN chown 10001 .\nUSER 10001\n" + _QUIET,
            ),
        ),
        (
            "serves",
            _check(
                "capstone/rights", _FULL + "ENV DATA_DIR=/data\nUSER 10001\n"
            ),
        ),
        (
            "readonly",
            _check(
                "capstone/rights",
                _FULL
                + _DATA
                + "RUN chown 10001 .\nUSER 10001\n"
                + "CMD touch started && exec gunicorn --bind=0.0.0.0:8000"
                " --no-control-socket app:app\n",
            ),
        ),
    ],
    "capstone/full": [
        ("answer", 'check("capstone/full", None)'),
        ("answer", 'check("capstone/full", folder / "no-such-folder")'),
        ("answer", 'check("capstone/full", "")'),
        ("builds", 'check("capstone/full", "capstone-no-such-image")'),
        (
            "builds",
            write({"Dockerfile": "FROM python:3.13-slim\nRUNN true\n"})
            + 'check("capstone/full", folder)',
        ),
        (
            "builds",
            write({".dockerignore": ""})
            + 'os.truncate("exports/2019.csv", 60_000_000)\n'
            'try:\n    check("capstone/full", folder)\n'
            'finally:\n    os.truncate("exports/2019.csv", 0)',
        ),
    ],
}

ALSO_RIGHT = {
    "capstone/survey": (
        'facts = dict(exit_code=137, user="root")\n'
        'check("capstone/survey", facts | {"writes": "/app/items.jsonl"})'
    ),
    # Wheels, compiled in one stage, installed in the other.
    "capstone/builds": _check(
        "capstone/builds",
        "FROM python:3.13 AS wheels\nWORKDIR /w\nCOPY nearby nearby\n"
        "RUN pip wheel --no-deps --wheel-dir=/wheels ./nearby\n"
        "FROM python:3.13-slim\nWORKDIR /srv\n"
        "RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels"
        " pip install --no-cache-dir flask gunicorn /wheels/*.whl\n"
        "COPY app.py .\nENTRYPOINT exec gunicorn -b :8000 app:app\n",
    ),
    "capstone/rights": _check(
        "capstone/rights",
        _FULL + "RUN useradd --create-home desk && mkdir /data"
        " && chown desk /data\nUSER desk\n"
        "CMD DATA_DIR=/data HOME=/tmp exec gunicorn -b :8000 app:app\n",
    ),
    # One stage on wheels, no virtual environment, another server's options.
    "capstone/full": write(
        {
            "constraints.txt": PINS.removeprefix("./nearby\n"),
            "requirements.txt": "flask\ngunicorn\n",
            ".dockerignore": "exports\ntests\n.env\n*.md\n.git*\nDockerfile\n",
            "Dockerfile": "FROM python:3.13 AS wheels\nWORKDIR /w\n"
            "COPY nearby nearby\n"
            "RUN pip wheel --no-cache-dir --no-deps --wheel-dir=/w"
            " ./nearby\n"
            "FROM python:3.13-slim\n"
            + LABELS
            + "RUN useradd --system desk && mkdir /data && chown desk /data\n"
            "VOLUME /data\nWORKDIR /srv\n"
            "COPY requirements.txt constraints.txt ./\n"
            "RUN --mount=type=bind,from=wheels,source=/w,target=/w"
            " pip install --no-cache-dir -c constraints.txt"
            " -r requirements.txt /w/*.whl\n"
            "COPY . .\nUSER desk\nEXPOSE 8000\nENV DATA_DIR=/data\n"
            'HEALTHCHECK CMD ["python", "-c", "import urllib.request as r;'
            " r.urlopen('http://localhost:8000/search?q=a')\"]\n"
            'ENTRYPOINT ["gunicorn", "--bind=:8000", "--workers=2",'
            ' "--access-logfile=-", "--worker-tmp-dir=/dev/shm",'
            ' "--no-control-socket"]\nCMD ["app:app"]\n',
        }
    )
    + 'check("capstone/full", publish())',
}

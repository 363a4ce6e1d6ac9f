"""Answers to the exercises of `capstone_ship`, and known submissions.

`SUBMISSIONS` are whole solutions of the capstone, from bad to excellent, as
an expert would sort them. docs/capstone.md tells teachers about them, and
`test_scorecard.py` compares.
"""

import dataclasses
from collections.abc import Mapping

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
        missed: keys of the other properties that it lacks, with spaces between.
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
RUN index=$(pip config --global get global.index-url \\
        || echo https://pypi.org/simple) \\
    && UV_DEFAULT_INDEX="$index" uv pip install --python /venv/bin/python \\
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
    "as in a tutorial": Submission(
        "common",
        55,
        "pins size compiler advisories labels logs healthy honest readonly"
        " replace",
        {"Dockerfile": TUTORIAL, ".dockerignore": ".env\nexports\ntests\n"},
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
    "with uv": Submission("excellent", 96, "", {**GOOD, "Dockerfile": UV}),
    "no shell": Submission(
        "excellent", 96, "", {**GOOD, "Dockerfile": SHELL_LESS}
    ),
}


def write(files: dict[str, str]) -> str:
    """Code that writes files into the lesson's folder."""
    return "".join(
        f"(folder / {name!r}).write_text({text!r})\n"
        for name, text in files.items()
    )


def _rights(dockerfile: str) -> str:
    return f'check("capstone_ship/rights", {dockerfile!r})'


_BASE = "FROM capstone-app\n"  # the notebook builds it
_DATA = "RUN install --directory --owner=10001 /data\nENV DATA_DIR=/data\n"
_HAND_IN = (
    "!sh ../release.sh\n"
    'answer = {"folder": folder, "key": keys / "cosign.pub",\n'
    '          "image": "localhost:5022/capstone-app:1.0"}\n'
)

WRONG = {
    "capstone_ship/rights": [
        ("answer", 'check("capstone_ship/rights", "Dockerfile")'),
        (
            "user",
            _rights(_BASE + _DATA + '# USER 10001\nLABEL user="app"\n'),
        ),
        (
            "readonly",
            _rights(_BASE + "RUN chown 10001 .\nUSER 10001\n"),
        ),
        ("serves", _rights(_BASE + "ENV DATA_DIR=/data\nUSER 10001\n")),
    ],
    "capstone_ship/full": [
        ("answer", 'check("capstone_ship/full", None)'),
        ("answer", 'check("capstone_ship/full", folder / "no-such-folder")'),
        ("builds", 'check("capstone_ship/full", "capstone-no-such-image")'),
        (
            "builds",
            write({"Dockerfile": "FROM python:3.13-slim\nRUNN true\n"})
            + 'check("capstone_ship/full", folder)',
        ),
        (
            "builds",
            write({".dockerignore": ""})
            + 'os.truncate("exports/2019.csv", 60_000_000)\n'
            'try:\n    check("capstone_ship/full", folder)\n'
            'finally:\n    os.truncate("exports/2019.csv", 0)',
        ),
        # All but the signature: another image was signed.
        (
            "signed",
            write(GOOD)
            + _HAND_IN
            + write({"Dockerfile": SLIM + "STOPSIGNAL SIGINT\n"})
            + 'check("capstone_ship/full", answer)',
        ),
    ],
}

# One stage on wheels, another server's options, pins left open: enough.
_WHEELS = (
    "FROM python:3.13 AS wheels\nWORKDIR /w\nCOPY nearby nearby\n"
    "RUN pip wheel --no-cache-dir --no-deps --wheel-dir=/w ./nearby\n"
    "FROM python:3.13-slim\n"
    "RUN useradd --system desk && mkdir /data && chown desk /data\n"
    "VOLUME /data\nWORKDIR /srv\nCOPY requirements.txt ./\n"
    "RUN --mount=type=bind,from=wheels,source=/w,target=/w"
    " pip install --no-cache-dir -r requirements.txt /w/*.whl\n"
    "COPY . .\nUSER desk\nEXPOSE 8000\nENV DATA_DIR=/data\n"
    'HEALTHCHECK CMD ["python", "-c", "import urllib.request as r;'
    " r.urlopen('http://localhost:8000/search?q=a')\"]\n"
    'ENTRYPOINT ["gunicorn", "--bind=:8000", "--workers=2",'
    ' "--worker-tmp-dir=/dev/shm", "--no-control-socket"]\n'
    'CMD ["app:app"]\n'
)
ALSO_RIGHT = {
    "capstone_ship/rights": _rights(
        _BASE + "RUN useradd --create-home desk && mkdir /data"
        " && chown desk /data\nUSER desk\n"
        "CMD DATA_DIR=/data HOME=/tmp exec gunicorn -b :8000 app:app\n",
    ),
    "capstone_ship/full": write(
        {
            "requirements.txt": "flask\ngunicorn\n",
            ".dockerignore": "exports\ntests\n.env\n*.md\n.git*\nDockerfile\n",
            "Dockerfile": _WHEELS,
        }
    )
    + _HAND_IN
    + 'check("capstone_ship/full", answer)',
}

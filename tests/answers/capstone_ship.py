"""Answers to the exercises of `capstone_ship`."""

from tests.learners.submissions import GOOD, SLIM


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

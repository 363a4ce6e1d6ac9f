"""Wrong answers and second right ones: `production_server`."""

_APP = """
FROM python:3.13-slim
COPY requirements.txt .
RUN pip install -r requirements.txt
"""
_OWNED = _APP + "RUN install -d -o 10001 /data\n"
_REST = "COPY . /app\nWORKDIR /app\nENV PORT=8000 DATA_DIR=/data\n"
_DEVELOPMENT = 'CMD ["python", "app.py"]\n'
_GUNICORN = """CMD ["gunicorn", "app:create_app()"]\n"""
_HEALTH = (
    'HEALTHCHECK CMD python -c "from urllib.request import urlopen;'
    " urlopen('http://127.0.0.1:8000/healthz')\"\n"
)


def _check(name: str, text: str) -> str:
    return f"check({f'production_server/{name}'!r}, {text!r})"


def _run(options: str, rest: str = "production-app") -> str:
    return f"""
lab.discard("production-small")
!docker run -d --name production-small -p 127.0.0.1::8000 {options} {rest}
check("production_server/workers", "production-small")
"""


WRONG = {
    "production_server/user": [
        ("number", _check("user", _OWNED + _REST + _DEVELOPMENT)),
        (
            "counts",
            _check("user", _APP + _REST + "USER nobody\n" + _DEVELOPMENT),
        ),
        (
            "number",
            _check(
                "user",
                _OWNED.replace("-o 10001", "-o nobody")
                + _REST
                + "USER nobody\n"
                + _DEVELOPMENT,
            ),
        ),
        (
            "fixed",
            _check(
                "user",
                _OWNED
                + _REST.replace("COPY .", "COPY --chown=10001 .")
                + "USER 10001\n"
                + _DEVELOPMENT,
            ),
        ),
        ("serves", _check("user", _OWNED + "USER 10001\n" + _DEVELOPMENT)),
    ],
    "production_server/serve": [
        ("server", _check("serve", _APP + _REST + _HEALTH + _DEVELOPMENT)),
        ("asks", _check("serve", _APP + _REST + _GUNICORN)),
        (
            "unwell",
            _check(
                "serve",
                _APP + _REST + 'HEALTHCHECK CMD ["true"]\n' + _GUNICORN,
            ),
        ),
        (
            "healthy",
            _check(
                "serve",
                _APP
                + _REST
                + "HEALTHCHECK CMD curl --fail localhost:8000/healthz\n"
                + _GUNICORN,
            ),
        ),
        (
            "stops",
            _check(
                "serve",
                _APP
                + _REST
                + _HEALTH
                + "CMD gunicorn 'app:create_app()'; echo stopped\n",
            ),
        ),
        # Process 1 ends at once, and takes the server with it.
        (
            "finishes",
            _check(
                "serve",
                _APP
                + _REST
                + _HEALTH
                + "CMD trap 'exit 0' TERM; gunicorn 'app:create_app()' &"
                " wait\n",
            ),
        ),
    ],
    "production_server/workers": [
        ("exists", 'check("production_server/workers", "production-none")'),
        ("limit", _run("-e WEB_CONCURRENCY=2")),
        ("memory", _run("--memory 128m -e WEB_CONCURRENCY=8")),
        (
            "parallel",
            _run("--memory 128m -e WEB_CONCURRENCY=1 -e WEB_THREADS=1"),
        ),
    ],
}

ALSO_RIGHT = {
    "production_server/user": _check(
        "user",
        _APP
        + "COPY . /app\nWORKDIR /app\nENV DATA_DIR=/data\n"
        + "RUN mkdir /data && chown 10001:10001 /data\n"
        + "USER 10001:10001\n"
        + _GUNICORN,
    ),
    "production_server/serve": _check(
        "serve",
        _OWNED
        + _REST
        + _HEALTH
        + "USER 10001\n"
        + "CMD exec gunicorn 'app:create_app()'\n",
    ),
    "production_server/workers": _run(
        "--memory 128m",
        "production-app gunicorn --workers 1 --threads 6 'app:create_app()'",
    ),
}

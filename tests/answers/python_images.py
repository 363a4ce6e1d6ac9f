"""Wrong answers and second right ones: `python_images`."""

_APP = """
FROM python:3.13-slim
COPY requirements.txt .
RUN pip install -r requirements.txt
"""
_OWNED = _APP + "RUN install --directory --owner=10001 /data\n"
_REST = "COPY . /app\nWORKDIR /app\nENV PORT=8000 DATA_DIR=/data\n"
_DEVELOPMENT = 'CMD ["python", "app.py"]\n'
_GUNICORN = """CMD ["gunicorn", "app:create_app()"]\n"""
_HEALTH = (
    'HEALTHCHECK CMD python -c "from urllib.request import urlopen;'
    " urlopen('http://127.0.0.1:8000/healthz')\"\n"
)
_HASH = """
import hashlib
made = wheels.make(index, "greeting", "1.0", 'TEXT = "first"\\n')
digest = hashlib.sha256(made.read_bytes()).hexdigest()
"""


def _check(id: str, text: str) -> str:
    return f"check({id!r}, {text!r})"


WRONG = {
    "python_images/pin": [
        ("pinned", _check("python_images/pin", "greeting\n")),
        ("pinned", _check("python_images/pin", "greeting>=1.0\n")),
        ("hashed", _check("python_images/pin", "greeting==1.0\n")),
        ("installs", _check("python_images/pin", "greeting==1.1\n")),
        (
            "installs",
            _check(
                "python_images/pin",
                f"greeting==1.0 --hash=sha256:{'0' * 64}\n",
            ),
        ),
    ],
    "python_images/user": [
        (
            "number",
            _check("python_images/user", _OWNED + _REST + _DEVELOPMENT),
        ),
        (
            "counts",
            _check(
                "python_images/user",
                _APP + _REST + "USER nobody\n" + _DEVELOPMENT,
            ),
        ),
        (
            "number",
            _check(
                "python_images/user",
                _OWNED.replace("=10001", "=nobody")
                + _REST
                + "USER nobody\n"
                + _DEVELOPMENT,
            ),
        ),
        (
            "fixed",
            _check(
                "python_images/user",
                _OWNED
                + _REST.replace("COPY .", "COPY --chown=10001 .")
                + "USER 10001\n"
                + _DEVELOPMENT,
            ),
        ),
        (
            "serves",
            _check(
                "python_images/user", _OWNED + "USER 10001\n" + _DEVELOPMENT
            ),
        ),
    ],
    "python_images/serve": [
        (
            "server",
            _check(
                "python_images/serve", _APP + _REST + _HEALTH + _DEVELOPMENT
            ),
        ),
        ("asks", _check("python_images/serve", _APP + _REST + _GUNICORN)),
        (
            "unwell",
            _check(
                "python_images/serve",
                _APP + _REST + 'HEALTHCHECK CMD ["true"]\n' + _GUNICORN,
            ),
        ),
        (
            "healthy",
            _check(
                "python_images/serve",
                _APP
                + _REST
                + "HEALTHCHECK CMD curl --fail localhost:8000/healthz\n"
                + _GUNICORN,
            ),
        ),
        (
            "server",
            _check(
                "python_images/serve",
                _APP
                + _REST
                + _HEALTH
                + "CMD gunicorn 'app:create_app()'; echo stopped\n",
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "python_images/pin": _HASH
    + 'check("python_images/pin", "--require-hashes\\ngreeting==1.0 \\\\\\n'
    '    --hash=sha256:" + digest)',
    "python_images/user": _check(
        "python_images/user",
        _APP
        + "COPY . /app\nWORKDIR /app\nENV DATA_DIR=/data\n"
        + "RUN mkdir /data && chown 10001:10001 /data\n"
        + "USER 10001:10001\n"
        + _GUNICORN,
    ),
    "python_images/serve": _check(
        "python_images/serve",
        _OWNED
        + _REST
        + _HEALTH
        + "USER 10001\n"
        + "CMD exec gunicorn 'app:create_app()'\n",
    ),
}

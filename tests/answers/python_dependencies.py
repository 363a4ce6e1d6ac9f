"""Wrong answers and second right ones: `python_dependencies`."""


def _check(name: str, text: str) -> str:
    return f"check({f'python_dependencies/{name}'!r}, {text!r})"


_HASH = """
import hashlib
made = wheels.make(index, "greeting", "1.0", 'TEXT = "first"\\n')
digest = hashlib.sha256(made.read_bytes()).hexdigest()
"""
_SLIM = "FROM python:3.13-slim\n"
_UV = _SLIM + "RUN pip install uv==0.13.9\nWORKDIR /app\n"
_SYNC = "RUN uv sync --locked --no-install-project\n"
_VENV = 'CMD ["/app/.venv/bin/python", "app.py"]\n'
_PYTHON = 'CMD ["python", "app.py"]\n'
_FETCH = _SLIM + "WORKDIR /srv\nCOPY fetch.py list.txt ./\n"
_RUN_FETCH = " python fetch.py list.txt\n"
_CACHE = " --mount=type=cache,target="

WRONG = {
    "python_dependencies/pin": [
        ("pinned", _check("pin", "greeting\n")),
        ("pinned", _check("pin", "greeting>=1.0\n")),
        ("hashed", _check("pin", "greeting==1.0\n")),
        ("installs", _check("pin", "greeting==1.1\n")),
        (
            "installs",
            _check("pin", f"greeting==1.0 --hash=sha256:{'0' * 64}\n"),
        ),
    ],
    "python_dependencies/lockfile": [
        # The code is copied before the packages.
        ("edit", _check("lockfile", _UV + "COPY . .\n" + _SYNC + _VENV)),
        # Only the list of names, so uv chooses the newest versions.
        (
            "locked",
            _check(
                "lockfile",
                _UV
                + "COPY pyproject.toml .\nRUN uv sync\nCOPY app.py .\n"
                + _VENV,
            ),
        ),
        # Python of the image and not of the environment.
        (
            "runs",
            _check(
                "lockfile",
                _UV
                + "COPY pyproject.toml uv.lock ./\n"
                + _SYNC
                + "COPY app.py .\n"
                + _PYTHON,
            ),
        ),
        # The right version, written by hand.
        (
            "follows",
            _check(
                "lockfile",
                _SLIM
                + "WORKDIR /app\nRUN pip install jinja2==3.1.4\n"
                + "COPY app.py .\n"
                + _PYTHON,
            ),
        ),
        # Nothing is installed before the container starts.
        (
            "runs",
            _check(
                "lockfile",
                _UV + 'COPY . .\nCMD ["uv", "run", "--locked", "app.py"]\n',
            ),
        ),
        ("builds", _check("lockfile", _UV + _SYNC + "COPY . .\n" + _VENV)),
    ],
    "python_dependencies/cache-mount": [
        (
            "reused",
            _check(
                "cache-mount",
                _FETCH
                + "RUN --mount=type=tmpfs,target=/root/.cache/fetch"
                + _RUN_FETCH,
            ),
        ),
        (
            "reused",
            _check(
                "cache-mount",
                _FETCH + f"RUN{_CACHE}/root/.cache/pip" + _RUN_FETCH,
            ),
        ),
        # It reuses, and then keeps the downloads in a layer as well.
        (
            "once",
            _check(
                "cache-mount",
                _FETCH
                + f"RUN{_CACHE}/root/.cache/fetch"
                + _RUN_FETCH.rstrip()
                + " && cp -r /root/.cache/fetch /kept\n",
            ),
        ),
        (
            "packages",
            _check(
                "cache-mount",
                _FETCH
                + f"RUN{_CACHE}/srv/packages{_CACHE}/root/.cache/fetch"
                + _RUN_FETCH,
            ),
        ),
        ("packages", _check("cache-mount", _FETCH)),
    ],
}

ALSO_RIGHT = {
    "python_dependencies/pin": _HASH
    + 'check("python_dependencies/pin", "--require-hashes\\n'
    'greeting==1.0 \\\\\\n    --hash=sha256:" + digest)',
    # pip, with the list shown to one step, and another stage that runs.
    "python_dependencies/lockfile": _check(
        "lockfile",
        "FROM python:3.13-slim AS packages\n"
        "RUN python -m venv --without-pip /venv\n"
        "RUN --mount=type=bind,source=requirements.txt,target=/r.txt"
        " pip --python /venv/bin/python install --require-hashes -r /r.txt\n"
        "FROM python:3.13-slim\n"
        "COPY --from=packages /venv /venv\n"
        "COPY . /srv\nUSER 10001\n"
        'ENTRYPOINT ["/venv/bin/python", "/srv/app.py"]\n',
    ),
    "python_dependencies/cache-mount": _check(
        "cache-mount",
        """
FROM python:3.13-slim AS fetch
WORKDIR /work
RUN --mount=type=bind,target=/context \\
    --mount=type=cache,id=deps-fetch,sharing=locked,\\
target=/root/.cache/fetch \\
    python /context/fetch.py /context/list.txt
FROM debian:trixie-slim
COPY --from=fetch /srv/packages /srv/packages
""",
    ),
}

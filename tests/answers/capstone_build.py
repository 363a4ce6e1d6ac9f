"""Answers to the exercises of `capstone_build`."""

from tests.learners.submissions import BUILD

_RUN = 'CMD ["gunicorn", "--bind=0.0.0.0:8000", "app:app"]\n'
_SMALL = (
    BUILD + "FROM python:3.13-slim\nCOPY --from=build /venv /venv\n"
    'ENV PATH="/venv/bin:$PATH"\nWORKDIR /app\nCOPY app.py .\n'
)
_FACTS = '{{"writes": {!r}, "user": {!r}, "exit_code": {!r}}}'


def _survey(writes: str, user: str, exit_code: object) -> str:
    facts = _FACTS.format(writes, user, exit_code)
    return f'check("capstone_build/survey", {facts})'


def _builds(dockerfile: str) -> str:
    return f'check("capstone_build/builds", {dockerfile!r})'


WRONG = {
    "capstone_build/survey": [
        ("answer", 'check("capstone_build/survey", "/app/items.jsonl")'),
        ("answer", 'check("capstone_build/survey", {})'),
        ("writes", _survey("items.jsonl", "root", 137)),
        ("writes", 'check("capstone_build/survey", {"writes": []})'),
        ("user", _survey("/app/items.jsonl", "app", 137)),
        ("exit_code", _survey("/app/items.jsonl", "root", 143)),
    ],
    "capstone_build/builds": [
        ("answer", 'check("capstone_build/builds", "Dockerfile")'),
        ("builds", _builds("FORM python:3.13-slim\nRUN true\n")),
        ("serves", _builds(_SMALL + 'CMD ["python", "app.py"]\n')),
        ("size", _builds("FROM capstone-naive\n" + _RUN)),
        (
            "compiler",
            _builds(
                _SMALL + "RUN printf '#!/bin/sh\\nexit 0\\n' > /usr/bin/gcc"
                " && chmod 755 /usr/bin/gcc\n" + _RUN
            ),
        ),
        ("serves", _builds(_SMALL + 'CMD ["no-such-server"]\n')),
    ],
}

ALSO_RIGHT = {
    "capstone_build/survey": (
        # The user as a command prints it, and a path object.
        'facts = dict(exit_code=137, user="root\\n")\n'
        "import pathlib\n"
        "facts |= {'writes': pathlib.Path('/app/items.jsonl')}\n"
        'check("capstone_build/survey", facts)'
    ),
    # Wheels, compiled in one stage, installed in the other.
    "capstone_build/builds": _builds(
        "FROM python:3.13 AS wheels\nWORKDIR /w\nCOPY nearby nearby\n"
        "RUN pip wheel --no-deps --wheel-dir=/wheels ./nearby\n"
        "FROM python:3.13-slim\nWORKDIR /srv\n"
        "RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels"
        " pip install --no-cache-dir flask gunicorn /wheels/*.whl\n"
        "COPY app.py .\nENTRYPOINT exec gunicorn -b :8000 app:app\n",
    ),
}

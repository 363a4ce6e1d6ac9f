"""Wrong answers and second right ones: `ci_pipeline`."""


def _text(id: str, text: str) -> str:
    return f'check("{id}", """{text}""")'


_APP = """FROM python:3.13-slim AS packages
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
FROM packages AS app
"""


_REST = 'COPY . .\nCMD ["python", "app.py"]\n'


_TEST = """FROM packages AS test
RUN pip install --no-cache-dir pytest
COPY . .
"""


_PYTEST = 'CMD ["python", "-m", "pytest", "--quiet"]\n'


def _stage(text: str) -> str:
    return _text("ci_pipeline/test-stage", text.replace('"', '\\"'))


def _gate(*lines: str) -> str:
    return _text("ci_pipeline/gate", "\n".join(lines))


_BUILD = "docker build --quiet --tag $IMAGE:$VERSION ."


_STAGE = "docker build --quiet --target test --tag $TEST ."


_RUN = "docker run --rm $TEST"


_PUSH = "docker push --quiet $IMAGE:$VERSION"


def _promote(*lines: str) -> str:
    return _text("ci_pipeline/promote", "\n".join(lines))


WRONG = {
    "ci_pipeline/test-stage": [
        ("builds", _stage("FROM python:3.13-slim AS app\nRUN false\n")),
        ("stage", _stage(_APP + _REST)),
        ("passes", _stage(_APP + _REST + "FROM app AS test\n" + _PYTEST)),
        (
            "fails",
            _stage(
                _APP
                + _REST
                + _TEST
                + "CMD python -m pytest --quiet || true\nFROM app\n"
            ),
        ),
        ("lean", _stage(_APP + _REST + _TEST + _PYTEST)),
    ],
    "ci_pipeline/gate": [
        ("stops", _gate(_BUILD, _STAGE, _PUSH, _RUN)),
        ("stops", _gate(_BUILD, _STAGE, f"{_RUN} || true", _PUSH)),
        ("stops", _gate(_BUILD, _STAGE, f"{_RUN} 2>&1 | tail -n 1", _PUSH)),
        ("pushes", _gate(_BUILD, _STAGE, _RUN)),
        ("passes", _gate(_BUILD, _STAGE, "docker run --rm $TESTS", _PUSH)),
        ("tells", _gate(_BUILD, _STAGE, f"{_RUN} && {_PUSH} || echo red")),
        ("answer", 'check("ci_pipeline/gate", None)'),
    ],
    "ci_pipeline/promote": [
        ("runs", _promote("docker tag $IMAGE:1.0 $IMAGE:stable")),
        (
            "stable",
            _promote(
                "docker pull $IMAGE:1.0", "docker tag $IMAGE:1.0 $IMAGE:stable"
            ),
        ),
        (
            "same",
            _promote(
                "docker build --tag $IMAGE:stable .",
                "docker push $IMAGE:stable",
            ),
        ),
        (
            "kept",
            _promote(
                "docker pull $IMAGE:1.0",
                "docker tag $IMAGE:1.0 $IMAGE:stable",
                "docker push $IMAGE:stable",
                "docker build --tag $IMAGE:1.0 .",
                "docker push $IMAGE:1.0",
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "ci_pipeline/test-stage": _stage(
        _APP.replace("FROM packages AS app\n", "")
        + _TEST
        + "RUN python -m pytest --quiet\nCMD true\nFROM packages\n"
        + _REST
    ),
    "ci_pipeline/gate": _gate(
        "set -o pipefail",
        _STAGE,
        f"if {_RUN} 2>&1 | tail -n 3; then",
        f"  {_BUILD}",
        f"  {_PUSH}",
        "else",
        "  exit 1",
        "fi",
    ),
    "ci_pipeline/promote": _promote(
        "docker pull $IMAGE:1.0",
        "docker tag $IMAGE:1.0 $IMAGE:stable",
        "docker push $IMAGE:stable",
    ),
}

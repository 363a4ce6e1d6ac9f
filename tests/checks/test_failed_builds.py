"""Whose fault a failed build is, and what its hint says."""

import pytest

from dockerlab import builds
from dockerlab.base.errors import LabError
from dockerlab.checks import failed_builds

CACHE_KEY = (
    "failed to compute cache key: failed to calculate checksum of ref a::b: "
)
SOURCE = "failed to resolve source metadata for docker.io/library/"


def _build(error: str, log: str = "") -> builds.Build:
    step = builds.Step(
        1, "RUN x", "", "d", (), False, 0.0, 1.0, error if log else "", log
    )
    return builds.Build("", (step,), 1.0, False, error, 0)


@pytest.mark.parametrize(
    ("error", "log", "says"),
    [
        (f"ubuntu: {SOURCE}ubuntu:latest: not found", "", "ubuntu:latest"),
        (f"python: {SOURCE}python:3.14: not found", "", "python:3.13-slim"),
        (f"x: {SOURCE}python:3.14: no such host", "", "did not deliver"),
        (
            "x: failed to resolve source metadata for registry.example/uv:1:"
            " no such host",
            "",
            "does not have the image registry.example/uv:1",
        ),
        (
            "failed to resolve source metadata for"
            " docker.io/docker/dockerfile:1-labs: not found",
            "",
            "Leave out the line",
        ),
        (f"x: {SOURCE}python:3.14: toomanyrequests", "", "limit of pulls"),
        ("exit code: 2", "Could not resolve host: example.org", "no network"),
        (
            "exit code: 1",
            "Could not find a version that satisfies the requirement"
            " jinja2==3.1.5 (from versions: 3.1.4, 3.1.6)",
            "3.1.4, 3.1.6",
        ),
        (
            "exit code: 1",
            "satisfies the requirement waitress (from versions: none)",
            "index has no waitress",
        ),
        ("write /x: no space left on device", "", "The engine"),
    ],
)
def test_a_fault_of_the_lab_is_not_counted(error, log, says):
    with pytest.raises(LabError) as raised:
        failed_builds.refuse_lab_faults(_build(error, log), boxed=True)
    assert says in str(raised.value)
    assert "not your mistake" in str(raised.value)


@pytest.mark.parametrize(
    ("log", "says"),
    [
        ("/bin/sh: 1: adduser: not found", "The image has useradd"),
        (
            "satisfies the requirement requirements.txt (from versions: none)",
            "Do you mean -r requirements.txt?",
        ),
        ("Because flaks was not found in the package registry", "mean flask?"),
    ],
)
def test_the_log_of_the_failed_step_is_read(log, says):
    build = _build("exit code: 1", log)
    failed_builds.refuse_lab_faults(build, boxed=True)
    assert says in failed_builds.hint(build, "", None)


@pytest.mark.parametrize(
    "error",
    [
        # A name that is almost one of the course's.
        f"pyton: {SOURCE}pyton:3.13-slim: not found",
        f"python: {SOURCE}python:3.13-slim@sha256:0000: not found",
        'process "/bin/sh -c echo no space left on device" did not complete',
        "unknown instruction: FORM",
    ],
)
def test_a_fault_of_the_answer_is(error):
    failed_builds.refuse_lab_faults(_build(error), boxed=True)
    typo = "satisfies the requirement flaks (from versions: none)"
    failed_builds.refuse_lab_faults(_build(error, typo), boxed=True)


def test_another_engine_has_a_network():
    build = _build(f"ubuntu: {SOURCE}ubunto:latest: not found")
    failed_builds.refuse_lab_faults(build, boxed=False)


@pytest.mark.parametrize(
    ("error", "dockerfile", "says"),
    [
        (
            f'{CACHE_KEY}"/requirement.txt": not found',
            "COPY requirement.txt .",
            "It has: requirements.txt, app.py",
        ),
        (
            f'{CACHE_KEY}"/venv": not found',
            "WORKDIR = /venv\nCOPY --from=build /venv /venv",
            "WORKDIR takes no `=`",
        ),
        (
            f'{CACHE_KEY}"/hello": not found',
            "COPY hello.c .\nCOPY --from=build /hello /hello",
            "after `--from` has no /hello",
        ),
        (
            f'{CACHE_KEY}"/venv": not found',
            "COPY --from=build /venv /venv",
            "after `--from` has no /venv",
        ),
        (
            'unknown instruction: CMD["flask","run"]',
            "",
            "Write a space after CMD",
        ),
        ("exit code: 127", "", "the command was not found"),
        (f"x: {SOURCE}pyton:3: not found", "", "Is the image called python?"),
        (
            f"x: {SOURCE}builder:latest: not found",
            "FROM python AS build\nFROM python\nCOPY --from=builder / /",
            "Is the stage called build?",
        ),
        (
            'failed to parse stage name "python:-slim": invalid reference',
            "ARG V\nFROM python:${V}-slim",
            "A variable in FROM is empty",
        ),
        (
            "invalid containerPort: #",
            "FROM python\nEXPOSE 80 # the port",
            "`#` begins a comment only at",
        ),
    ],
)
def test_a_hint_names_the_cause(tmp_path, error, dockerfile, says):
    for name in ("app.py", "requirements.txt", "notes.txt", ".dockerignore"):
        (tmp_path / name).write_text("notes.txt\n")
    hint = failed_builds.hint(_build(error), dockerfile, tmp_path)
    assert hint.startswith(f"The builder reports: {error}")
    assert says in hint
    assert "notes.txt" not in hint


def _stopped_in(name: str) -> builds.Build:
    step = builds.Step(0, name, "", "d", (), False, 0.0, None, "", "")
    return builds.Build("", (step,), 120.0, False, "", 0)


@pytest.mark.parametrize(
    "name",
    [
        "[internal] load metadata for docker.io/library/python:3.13",
        "FROM docker.io/library/python:3.13@sha256:0a1b",
    ],
)
def test_a_slow_pull_is_not_counted(name):
    with pytest.raises(LabError, match="not your mistake") as raised:
        failed_builds.refuse_slow_pull(_stopped_in(name))
    assert "did not come in time" in str(raised.value)


def test_a_step_that_does_not_end_is_the_answers():
    failed_builds.refuse_slow_pull(_stopped_in("RUN sleep infinity"))


@pytest.mark.parametrize("option", ["-i", "--index-url", "--default-index"])
def test_another_index_than_the_labs_is_the_answers_choice(option):
    name = f"RUN pip install {option} https://packages.example/ greeting"
    log = "satisfies the requirement greeting (from versions: none)"
    step = builds.Step(
        1, name, "", "d", (), False, 0.0, 1.0, "exit code: 1", log
    )
    build = builds.Build("", (step,), 1.0, False, "exit code: 1", 0)
    failed_builds.refuse_lab_faults(build, boxed=True)


def test_a_package_of_the_exercises_own_index_is_the_answers_choice():
    log = "satisfies the requirement greeting (from versions: none)"
    build = _build("exit code: 1", log)
    failed_builds.refuse_lab_faults(build, boxed=True, own_index=True)
    with pytest.raises(LabError, match="no greeting"):
        failed_builds.refuse_lab_faults(build, boxed=True)


@pytest.mark.parametrize(
    ("package", "asks"), [("gunicron", "Do you mean gunicorn?"), ("zzzz", "")]
)
def test_a_package_is_only_suggested_where_one_is_close(package, asks):
    log = f"satisfies the requirement {package} (from versions: none)"
    hint = failed_builds.hint(_build("exit code: 1", log), "", None)
    assert ("Do you mean" in hint) == bool(asks)
    assert asks in hint

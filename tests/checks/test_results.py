"""How builds and programs ended, and whose fault that is."""

import types

import docker.errors
import pytest
import requests

from dockerlab import builds
from dockerlab.checks.results import (
    Built,
    Ending,
    NotStarted,
    last_words,
    refusals,
    start,
)


def test_a_program_that_ended_well_needs_no_explanation():
    ending = Ending(0, " 3\n", "a warning\n", 5)
    assert ending.ok
    assert ending.text == "3"
    assert ending.printed == " 3\na warning\n"
    assert ending.why == ""


@pytest.mark.parametrize(
    ("ending", "why"),
    [
        (Ending(None, "", "", 5), "It was still running after 5 seconds."),
        (Ending(2, "", ""), "It ended with exit code 2."),
        (
            Ending(2, "out\n", "first\nlast\n"),
            "It ended with exit code 2. Its last line is: last",
        ),
        (
            Ending(
                127,
                "",
                'exec: "/x": no such file',
                started=False,
            ),
            'It did not start. The engine reports: exec: "/x": no such file.',
        ),
        (
            Ending(2, "out\n"),
            "It ended with exit code 2. Its last line is: out",
        ),
    ],
)
def test_another_ending_is_explained(ending, why):
    assert not ending.ok
    assert ending.text is None
    assert ending.why == why


def test_a_build_that_was_stopped_has_no_image():
    built = Built("x:1", None, "It was stopped.")
    assert built.stopped
    assert not built.ok


def _error(status: int, reason: str) -> docker.errors.APIError:
    response = requests.Response()
    response.status_code = status
    return docker.errors.APIError("failed", response, reason)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "anything"),
        (404, "anything"),
        (500, "unable to find user nosuch: no matching entries"),
        (500, 'runc create failed: exec: "x": permission denied'),
    ],
)
def test_a_refusal_is_the_answers_fault(status, reason):
    with pytest.raises(NotStarted, match=r"anything|user|exec"), refusals():
        raise _error(status, reason)


@pytest.mark.parametrize(
    "reason",
    ["no space left on device", "unable to apply cgroup configuration"],
)
def test_other_errors_are_the_engines(reason):
    with pytest.raises(docker.errors.APIError), refusals():
        raise _error(500, reason)


TAKEN = "failed to listen on 127.0.0.1:25275: bind: address already in use"


@pytest.mark.parametrize(
    ("reasons", "starts"),
    [([], 1), ([TAKEN], 2), ([TAKEN, TAKEN], 2), (["no space left"], 1)],
)
def test_a_taken_random_port_is_followed_by_another_one(reasons, starts):
    left, seen = list(reasons), []

    def once() -> None:
        seen.append("start")
        if left:
            raise _error(500, left.pop(0))

    container = types.SimpleNamespace(start=once)
    if len(reasons) < starts:
        start(container)
    else:
        with pytest.raises(docker.errors.APIError):
            start(container)
    assert len(seen) == starts


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("Looking\nERROR: not found\n[notice] new pip\n", "ERROR: not found"),
        ("one\n  two\n\n", "two"),
    ],
)
def test_last_words_of_a_failed_step(log, expected):
    step = {"number": 1, "name": "RUN x", "stage": "", "digest": "d"}
    step |= {"inputs": (), "cached": False, "start": 0.0, "end": 1.0}
    failed = builds.Step(**step, error="exit code: 1", log=log)
    fine = builds.Step(**step, error="", log="ERROR: of another step")
    build = builds.Build("", (failed, fine), 1.0, False, "exit code: 1", 0)
    assert last_words(build) == f". The step printed: {expected}"


def test_a_failed_step_that_printed_nothing_has_no_last_words():
    assert last_words(builds.Build("", (), 1.0, False, "no FROM", 0)) == ""


def test_a_command_in_one_string_is_explained():
    with (
        pytest.raises(NotStarted, match=r'each word is a string.*"run"'),
        refusals(),
    ):
        raise _error(
            400,
            "OCI runtime create failed: unable to start container process:"
            ' exec: "flask run": executable file not found in $PATH',
        )

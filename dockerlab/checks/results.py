"""How builds and programs of an answer ended."""

import contextlib
import dataclasses
import re
from collections.abc import Iterator

import docker.errors
from docker.models.containers import Container

from dockerlab import builds

# The engine reports these with a status of 500, as if they were its fault.
# They come from the image: its user, its program, its working directory.
ANSWER_FAULTS = (
    "unable to find user",
    "unable to find group",
    "uids and gids must be in range",
    ': exec: "',
    "chdir to cwd",
)


# What the engine writes before the reason of its runtime.
RUNTIME = re.compile(
    ".*unable to start container process: (?:error during container init: )?",
    re.DOTALL,
)


# A program's name with a space in it, which no program has.
SEVERAL_WORDS = re.compile(r'exec: "[^"]* [^"]*": executable file not found')


class NotStarted(Exception):
    """The engine works, and cannot start what the answer asks for."""


@dataclasses.dataclass(frozen=True)
class Built:
    """One build of an answer.

    `build` is None if the build took too long and was stopped. `hint`
    explains a build that did not succeed.
    """

    tag: str
    build: builds.Build | None
    hint: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is an image."""
        return self.build is not None and self.build.ok

    @property
    def stopped(self) -> bool:
        """Whether the build took too long."""
        return self.build is None


def last_words(build: builds.Build) -> str:
    """A sentence on what the failed step of a build printed, else nothing.

    A program may print advice after its error: the last line that begins with
    ERROR says more.
    """
    logs = [step.log for step in build.steps if step.error]
    rows = [row.strip() for log in logs for row in log.splitlines()]
    rows = [row for row in rows if row]
    errors = [row for row in rows if row.startswith("ERROR")]
    found = (errors or rows)[-1:]
    return f". The step printed: {found[0]:.200}" if found else ""


@dataclasses.dataclass(frozen=True)
class Ending:
    """How a program ended.

    `code` is None if the program was still running after `seconds`.
    `errors` is what it wrote to standard error; empty where both streams
    are in `output`. If it was not `started`, they are the engine's reason.
    """

    code: int | None
    output: str
    errors: str = ""
    seconds: float = 0
    started: bool = True

    @property
    def ok(self) -> bool:
        """Whether it ended in time and without an error."""
        return self.code == 0

    @property
    def printed(self) -> str:
        """What it wrote to both streams, standard output first."""
        return self.output + self.errors

    @property
    def text(self) -> str | None:
        """Its standard output without space around; None unless `ok`."""
        return self.output.strip() if self.ok else None

    @property
    def why(self) -> str:
        """A sentence on a program that did not end well, else nothing."""
        if self.code is None:
            return f"It was still running after {self.seconds:g} seconds."
        if self.code == 0:
            return ""
        if not self.started:
            return f"It did not start. The engine reports: {self.errors}."
        rows = (self.errors or self.output).strip().splitlines()
        last = f" Its last line is: {rows[-1].strip():.200}" if rows else ""
        return f"It ended with exit code {self.code}.{last}"


def explained(reason: str) -> str:
    """What the engine reports, without its own layers, and what it means."""
    reason = RUNTIME.sub("", reason)[:300]
    if SEVERAL_WORDS.search(reason):
        reason += (
            ". Between brackets each word is a string of its own:"
            ' ["flask", "run"]'
        )
    return reason


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Turn the engine's refusal of an answer into NotStarted.

    Other errors of the engine stay what they are.
    """
    try:
        yield
    except docker.errors.APIError as error:
        reason = str(error.explanation or error)
        if error.is_client_error() or any(f in reason for f in ANSWER_FAULTS):
            raise NotStarted(explained(reason)) from None
        raise


def start(container: Container) -> None:
    """Start a container, once more where its random port was taken.

    The engine chooses a port, and only then sees that a program of the
    machine has it. The next time it chooses another one.

    Raises:
        NotStarted: the engine cannot start the image's program.
    """
    with refusals():
        try:
            container.start()
        except docker.errors.APIError as error:
            if "address already in use" not in str(error):
                raise
            container.start()

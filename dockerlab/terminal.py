"""A dialogue with a program on a terminal, as a person would type it.

Commands such as `docker run -it` need a terminal, and a notebook's cell has
none. `lab.terminal` runs the dialogue on a pseudo-terminal.
"""

import dataclasses
import re
import signal
import time
from collections.abc import Callable, Iterator

import pexpect

from dockerlab.base.errors import LabError

SECONDS = 120
QUIET = 0.3  # seconds without output after a prompt: the program waits
ROWS, COLUMNS = 40, 100
KEYS = {"^C": "\x03", "^D": "\x04", "^P^Q": "\x10\x11"}
# The prompt of a shell or of Python, at the end of what was printed.
_PROMPT = re.compile(r"(?:[#$>]|\.\.\.) \Z")
# Escape sequences: colours, titles, modes of the keyboard.
_CODES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*(?:\x07|\x1b\\)|\x1b[=>]"
)


@dataclasses.dataclass(frozen=True)
class Seen:
    """A step that waits until the program has printed this text."""

    text: str


Step = str | Seen | Callable[[], object]


@dataclasses.dataclass(frozen=True)
class Transcript:
    """What a terminal showed.

    Attributes:
        text: the command after a `$`, what was typed and what was printed.
        exit_code: of the command.
    """

    text: str
    exit_code: int

    def __repr__(self) -> str:
        return self.text


def dialogue(
    command: str, *steps: Step, seconds: float = SECONDS
) -> Transcript:
    """Run a command on a pseudo-terminal and hold a dialogue with it.

    Args:
        command: for a shell.
        steps: in order. A text is a line that is typed when the program shows
            a prompt; `"^C"`, `"^D"` and `"^P^Q"` are keys. `Seen(text)` waits
            until the program has printed a text. A function is called, for
            example to request a page while the log is shown.
        seconds: how long to wait for each step, and for the end.

    Raises:
        LabError: the program did not do in time what a step waits for. It is
            ended.
    """
    program = _Program(command, seconds)
    try:
        for step in steps:
            program.take(step)
        return program.end()
    finally:
        program.child.close(force=True)


def _heed_keys() -> None:
    """Let Ctrl+C end the program. Where tests run in the background, their
    children inherit that it is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class _Program:
    """A program on a terminal, and what it has printed."""

    def __init__(self, command: str, seconds: float) -> None:
        self.command, self.seconds = command, seconds
        self.ended = False
        self._raw = ""
        self._seen = 0  # how much of the text belongs to earlier steps
        self.child = pexpect.spawn(
            "/bin/bash",
            ["-c", command],
            encoding="utf-8",
            codec_errors="replace",
            preexec_fn=_heed_keys,
            dimensions=(ROWS, COLUMNS),
        )

    @property
    def printed(self) -> str:
        """What the terminal shows, without colours and other codes."""
        text = _CODES.sub("", self._raw).replace("\r\n", "\n")
        # Shells return to the line's beginning after a code.
        return text.replace("\n\r", "\n")

    def take(self, step: Step) -> None:
        """Do one step of the dialogue."""
        if isinstance(step, Seen):
            self._wait_for(step.text)
        elif not isinstance(step, str):
            step()
        elif step == "^C":
            self.child.send(KEYS[step])
        else:
            self._wait_for_prompt()
            self.child.send(KEYS.get(step) or f"{step}\n")

    def end(self) -> Transcript:
        """Wait until the program has ended.

        Raises:
            LabError: it does not end.
        """
        for _ in self._until_late("its end"):
            pass
        self.child.wait()
        self.child.close()
        code = self.child.exitstatus
        if code is None:
            code = 128 + (self.child.signalstatus or 0)
        return Transcript(f"$ {self.command}\n{self.printed}".rstrip(), code)

    def _wait_for(self, text: str) -> None:
        for _ in self._until_late(repr(text)):
            place = self.printed.find(text, self._seen)
            if place >= 0:
                self._seen = place + len(text)
                return
        raise self._too_late(repr(text))

    def _wait_for_prompt(self) -> None:
        for _ in self._until_late("a prompt"):
            new = self.printed[self._seen :]
            # More output after it: what looked like a prompt was none.
            if _PROMPT.search(new) and not self._read(QUIET):
                self._seen = len(self.printed)
                return
        raise self._too_late("a prompt")

    def _until_late(self, what: str) -> Iterator[None]:
        """Yield each time there may be new output, until the program ends.

        Raises:
            LabError: the time is over.
        """
        end = time.monotonic() + self.seconds
        yield
        while not self.ended:
            if time.monotonic() > end:
                raise self._too_late(what)
            self._read(1)
            yield

    def _read(self, seconds: float) -> bool:
        """Read what is there within some seconds; whether there was any."""
        try:
            self._raw += self.child.read_nonblocking(4096, timeout=seconds)
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            self.ended = True
            return False
        return True

    def _too_late(self, what: str) -> LabError:
        state = "ended" if self.ended else f"ran for {self.seconds:.0f} s"
        return LabError(
            f"`{self.command}` {state}, and the dialogue waited for {what}.",
            f"The terminal shows: {self.printed[-500:].strip() or 'nothing'}",
            "Type the command in a terminal to see what is different.",
        )

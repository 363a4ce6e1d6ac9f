"""Cells that an engine cannot run say so, and do not end in an error.

Where a cell fails that needs something its engine does not have, it prints
one sentence about that instead of a traceback. So does a later cell that
uses what such a cell should have made. On an engine without gaps, such as
the one that the notebooks are written for, nothing of this happens.
"""

import signal
import subprocess
from collections.abc import Sequence
from types import TracebackType

from IPython.core.getipython import get_ipython

from dockerlab.base import words
from dockerlab.engine.gaps import Gap

# The first words of what a cell that is passed over prints.
MARK = "Your engine cannot run this cell"
# Exit codes of a shell that SIGINT ended, which `commands.guide` explains.
INTERRUPTED = (-signal.SIGINT, 128 + signal.SIGINT)


class PassingOver:
    """What the kernel of this process does with such cells."""

    def __init__(self) -> None:
        self._gaps: Sequence[Gap] = ()
        self._met = False  # whether this notebook met a gap already
        self._last: BaseException | None = None

    def start(self, gaps: Sequence[Gap]) -> None:
        """Explain these gaps, in a notebook that begins now."""
        self._gaps, self._met, self._last = gaps, False, None
        shell = get_ipython()
        if not gaps or shell is None:
            return
        shell.set_custom_exc((Exception,), self._handle)
        # A notebook that runs again in one kernel registers once.
        if self._after not in shell.events.callbacks["post_run_cell"]:
            shell.events.register("post_run_cell", self._after)

    def explains(self, error: BaseException) -> bool:
        """Whether a cell that ended with this error said why."""
        return error is self._last

    def explanation(self, code: str, error: Exception) -> str:
        """Why a cell with this code failed; empty where no gap explains it."""
        if getattr(error, "returncode", 0) in INTERRUPTED:
            return ""
        for gap in self._gaps:
            if gap.needed_by.search(code):
                self._met = True
                return _text(f"the engine {gap.text}", error)
        if self._met:
            return _text("it uses what an earlier cell could not make", error)
        return ""

    def _handle(
        self,
        shell,
        kind: type[Exception],
        error: Exception,
        traceback: TracebackType,
        tb_offset: int | None = None,
    ) -> None:
        # The cell that opens the workspace runs already when this begins.
        code = shell.history_manager.input_hist_raw[-1]
        text = self.explanation(code, error)
        if not text:
            shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
            return
        self._last = error
        print(text)

    def _after(self, result) -> None:
        if result.error_in_exec is self._last:
            result.error_in_exec = None


def _text(why: str, error: Exception) -> str:
    failed = words.shortened(f"{type(error).__name__}: {error}", 160)
    if isinstance(error, subprocess.CalledProcessError):
        failed = f"exit code {error.returncode}"  # the cell shows the command
    return f"{MARK}: {why}.\nRead on. (What failed: {failed})"


KERNEL = PassingOver()

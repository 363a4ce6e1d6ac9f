"""The one kind of error that a learner is meant to see."""


class LabError(Exception):
    """A problem that the person at the keyboard can solve.

    Args:
        what: what is wrong, one sentence.
        why: the reason, where it is known.
        fix: what to type or do next.
    """

    def __init__(self, what: str, why: str = "", fix: str = "") -> None:
        self.what, self.why, self.fix = what, why, fix
        super().__init__("\n".join(part for part in (what, why, fix) if part))

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in a notebook (called by IPython)."""
        return str(self).splitlines()

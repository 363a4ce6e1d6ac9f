"""What the doctor finds: one check, one sentence, one thing to type."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Check:
    """One finding. If a `required` one is not ok, notebooks cannot run."""

    name: str
    ok: bool
    detail: str
    fix: str = ""
    required: bool = True

    def as_dict(self) -> dict[str, object]:
        """Return it for JSON; `fix` is empty if there is nothing to do."""
        row = dataclasses.asdict(self)
        return {**row, "fix": "" if self.ok else self.fix}


def note(name: str, ok: bool, detail: str, fix: str = "") -> Check:
    """Return a finding without which notebooks still run."""
    return Check(name, ok, detail, fix, required=False)

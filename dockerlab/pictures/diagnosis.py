"""What the engine shows of containers that do not work."""

from collections.abc import Mapping, Sequence
from typing import Any

from docker.models.containers import Container

from dockerlab import symptoms as shown
from dockerlab.base import words
from dockerlab.pictures import frame
from dockerlab.pictures.frame import Row

# The columns: title, left edge and width in inches.
COLUMNS = (
    ("state", 1.0, 0.85),
    ("exit code", 1.9, 0.75),
    ("last line of the log", 2.7, 2.3),
    ("recorded by the engine", 5.05, 2.35),
)


@frame.styled
def symptoms(containers: Sequence[Container]) -> frame.Picture:
    """State, exit code, end of the log and the engine's notes of containers.

    What tells that something is wrong is orange.

    `data`: rows of `name`, `state`, `code`, `log` and `noted`, all texts.
    """
    data = [_row(container) for container in containers]
    step = 0.3
    axes = frame.canvas(0.45 + step * len(data))
    top = step * len(data) + 0.2
    for title, x, width in COLUMNS:
        frame.write(axes, x, top, title, width, frame.QUIET)
    for number, row in enumerate(data):
        y = step * (len(data) - number) - 0.15
        frame.write(axes, 0.05, y, row["name"], 0.9, weight="bold")
        cells = (row["state"], row["code"], row["log"], row["noted"])
        wrong = _wrong(row)
        for (_, x, width), text, orange in zip(
            COLUMNS, cells, wrong, strict=True
        ):
            colour = frame.ORANGE if orange else "#F2F2F2"
            frame.tile(axes, (x - 0.05, y - 0.14), width, 0.28, colour)
            ink = "white" if orange else frame.INK
            frame.write(axes, x, y, text or "(none)", width - 0.12, ink)
    silent = [row["name"] for row in data if not any(_wrong(row))]
    caption = "Orange is what shows a fault. " + (
        f"{words.listed(silent)} "
        + ("looks" if len(silent) == 1 else "look")
        + " healthy from outside: the settings must tell."
        if silent
        else "Every container shows its fault."
    )
    alt = "; ".join(
        f"{row['name']}: {row['state']}, exit code {row['code'] or 'none'},"
        f" log: {row['log'] or 'empty'}, engine: {row['noted'] or 'nothing'}"
        for row in data
    )
    return frame.Picture(axes.figure, caption, f"Symptoms. {alt}.", data)


def _row(container: Container) -> Row:
    container.reload()
    state: Mapping[str, Any] = container.attrs["State"]
    log = [row for row in shown.log(container) if row.strip()]
    running = state["Status"] == "running"
    notes = [
        _short(state.get("Error") or ""),
        "OOMKilled" if state.get("OOMKilled") else "",
        state.get("Health", {}).get("Status", ""),
    ]
    return {
        "name": container.name.rpartition("-")[2],
        "state": state["Status"],
        "code": "" if running else str(state["ExitCode"]),
        "log": log[-1] if log else "",
        "noted": ", ".join(filter(None, notes)),
    }


def _short(error: str) -> str:
    """The end of the engine's message, which has the cause."""
    return error.rpartition("exec: ")[2]


def _wrong(row: Row) -> tuple[bool, bool, bool, bool]:
    """Which of a row's four fields show that something is wrong."""
    failed = row["code"] not in ("", "0")
    return (
        row["state"] != "running",
        failed,
        failed and bool(row["log"]) and not row["noted"],
        row["noted"] not in ("", "healthy"),
    )

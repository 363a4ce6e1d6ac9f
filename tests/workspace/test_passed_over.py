"""Cells that an engine cannot run say so; other errors stay errors."""

import nbclient
import nbformat
import pytest

from dockerlab import paths
from dockerlab.workspace.passed_over import MARK

START = """\
import re
from dockerlab.engine.gaps import Gap
from dockerlab.workspace import passed_over
gap = Gap(lambda *_: True, re.compile("top"), "has no control groups")
passed_over.KERNEL.start({gaps})
"""
TOP = "top = 1 // 0"
UNKNOWN = "print(unknown)"
# One kernel runs all of them, in this order.
CELLS = {
    "start": START.format(gaps="[gap]"),
    "other": UNKNOWN,
    "first": TOP,
    "later": UNKNOWN,
    "shell": "%%bash\nfalse # docker top",
    "interrupted": "%%bash\nkill -INT $$ # docker top",
    "right": "print(6 * 7)",
    "again": START.format(gaps="[gap]"),
    "other again": UNKNOWN,
    "same cell": START.format(gaps="[gap]") + TOP,
    "no gaps": START.format(gaps="[]"),
    "error": TOP,
}


@pytest.fixture(scope="module")
def ran() -> dict[str, tuple[str, str]]:
    """Each cell's status, and what it prints; first an error's name."""
    statuses = []

    def note(cell, cell_index, execute_reply):
        statuses.append(execute_reply["content"]["status"])

    cells = [nbformat.v4.new_code_cell(code) for code in CELLS.values()]
    client = nbclient.NotebookClient(
        nbformat.v4.new_notebook(cells=cells),
        allow_errors=True,
        on_cell_executed=note,
        resources={"metadata": {"path": str(paths.NOTEBOOKS)}},
    )
    client.execute()
    texts = [
        "".join(o.get("ename") or o.get("text", "") for o in cell.outputs)
        for cell in cells
    ]
    return dict(zip(CELLS, zip(statuses, texts, strict=True), strict=True))


@pytest.fixture
def printed(ran) -> dict[str, str]:
    """What each cell prints."""
    return {name: text for name, (_, text) in ran.items()}


def test_a_cell_says_what_its_engine_does_not_have(printed):
    assert printed["first"] == (
        f"{MARK}: the engine has no control groups.\n"
        "Read on. (What failed: ZeroDivisionError: integer division or modulo"
        " by zero)\n"
    )
    assert "it uses what an earlier cell could not make" in printed["later"]
    assert "(What failed: exit code 1)" in printed["shell"]


def test_such_a_cell_does_not_fail(ran):
    failed = {name for name, (status, _) in ran.items() if status == "error"}
    assert failed == {"other", "interrupted", "other again", "error"}


def test_another_error_stays_one(printed):
    assert printed["other"].startswith("NameError")
    assert "is not known in this kernel" in printed["other"]  # as usual
    assert printed["interrupted"].startswith("CalledProcessError")
    assert printed["right"] == "42\n"


def test_the_next_notebook_in_a_kernel_begins_anew(printed):
    assert printed["other again"].startswith("NameError")


def test_the_cell_that_opens_the_workspace_says_it_too(printed):
    assert printed["same cell"].startswith(MARK)


def test_an_engine_without_gaps_hides_no_error(printed):
    assert printed["error"].startswith("ZeroDivisionError")

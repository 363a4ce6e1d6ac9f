"""Cells that an engine cannot run say so; other errors stay errors."""

import nbclient
import nbformat

from dockerlab import paths
from dockerlab.workspace import passed_over

START = """\
import re
from dockerlab.engine.gaps import Gap
from dockerlab.workspace import passed_over
gap = Gap(lambda *_: True, re.compile("top"), "has no control groups")
passed_over.KERNEL.start({gaps})
"""


def run(gaps: str, *sources: str) -> list[str]:
    """What each cell prints, after `START`; an error's name if it fails."""
    code = [START.format(gaps=gaps), *sources]
    cells = [nbformat.v4.new_code_cell(source) for source in code]
    client = nbclient.NotebookClient(
        nbformat.v4.new_notebook(cells=cells),
        allow_errors=True,
        resources={"metadata": {"path": str(paths.NOTEBOOKS)}},
    )
    client.execute()
    return [
        "".join(o.get("ename") or o.get("text", "") for o in cell.outputs)
        for cell in cells[1:]
    ]


TOP = "top = 1 // 0"
SHELL = "%%bash\nfalse # docker top"
LATER = "print(unknown)"


def test_a_cell_says_what_its_engine_does_not_have():
    first, later, shell = run("[gap]", TOP, LATER, SHELL)
    assert first == (
        f"{passed_over.MARK}: the engine has no control groups.\n"
        "Read on. (What failed: ZeroDivisionError: integer division or modulo"
        " by zero)\n"
    )
    assert "it uses what an earlier cell could not make" in later
    assert "(What failed: exit code 1)" in shell


def test_another_error_stays_one():
    other, first, after = run("[gap]", LATER, TOP, "print(6 * 7)")
    assert other.startswith("NameError")
    assert "is not known in this kernel" in other  # the usual advice
    assert first.startswith(passed_over.MARK)
    assert after == "42\n"


def test_an_interruption_is_no_gap():
    [printed] = run("[gap]", "%%bash\nkill -INT $$  # docker top")
    assert printed.startswith("CalledProcessError")


def test_an_engine_without_gaps_hides_no_error():
    assert run("[]", TOP)[0].startswith("ZeroDivisionError")


def test_the_next_notebook_in_a_kernel_begins_anew():
    again = START.format(gaps="[gap]")
    _, _, later = run("[gap]", TOP, again, LATER)
    assert later.startswith("NameError")

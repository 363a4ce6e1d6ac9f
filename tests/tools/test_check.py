"""`make check`: its parts, its lines, its exit code."""

import sys

import pytest

from dockerlab.base.errors import LabError
from tools import check


@pytest.fixture
def parts(monkeypatch):
    """Replace the parts by these functions, and name some as arguments."""

    def replace(named: str = "", **functions):
        monkeypatch.setattr(check, "PARTS", functions)
        monkeypatch.setattr(sys, "argv", ["check", *named.split()])

    return replace


def test_all_parts_pass(parts, capsys):
    parts(one=lambda: [], two=lambda: [])
    check.main()
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.split()[0] for line in lines[:2]) == ["one", "two"]
    assert all(line.endswith(" s  passed") for line in lines[:2])
    assert lines[2].startswith("No faults, ")


def test_a_fault_is_printed_and_fails(parts, capsys):
    parts(one=lambda: ["It is wrong.", "That too."], two=lambda: [])
    with pytest.raises(SystemExit, match="Faults in: one"):
        check.main()
    printed = capsys.readouterr().out
    assert "2 faults" in printed
    assert "one: It is wrong." in printed
    assert "one: That too." in printed


def test_an_error_of_the_course_is_a_fault(parts, capsys):
    def broken():
        raise LabError("It is broken.", "Why.", "Fix it.")

    parts(one=broken)
    with pytest.raises(SystemExit):
        check.main()
    assert "one: It is broken. Why. Fix it." in capsys.readouterr().out


def test_some_parts_are_chosen(parts, capsys):
    parts("two", one=lambda: ["wrong"], two=lambda: [])
    check.main()
    assert "one" not in capsys.readouterr().out
    parts("three", one=lambda: [], two=lambda: [])
    with pytest.raises(SystemExit) as raised:
        check.main()
    assert raised.value.code == 2
    assert "the parts: one, two" in capsys.readouterr().err


def test_a_command_that_fails_is_a_fault():
    code = "import sys; print('words'); sys.exit(1)"
    assert check.command("timeit", "-n", "1", code)() != []
    assert check.command("timeit", "-n", "1", "pass")() == []

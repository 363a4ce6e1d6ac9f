"""Cells get a free port where theirs is taken."""

import re

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.testing.globalipapp import start_ipython

from dockerlab.course import table
from dockerlab.workspace import taken_ports
from dockerlab.workspace.taken_ports import Exchange


@pytest.fixture
def run(monkeypatch):
    """Run a cell in a kernel; the value of its name `x`."""
    shell = start_ipython() or InteractiveShell.instance()
    monkeypatch.setattr(taken_ports, "get_ipython", lambda: shell)

    def run(cell):
        shell.run_cell(cell).raise_error()
        return shell.user_ns["x"]

    return run


def test_a_taken_port_is_exchanged_and_nothing_else(run):
    exchange = Exchange()
    exchange.start({8080: 8081, 8090: 8092})
    cell = "x = 'web 127.0.0.1:8080:80, 8090, 18080, 80801'"
    assert run(cell) == "web 127.0.0.1:8081:80, 8092, 18080, 80801"
    exchange.stop()
    assert run("x = 8080") == 8080


def test_commands_of_a_shell_are_changed_too(run):
    exchange = Exchange()
    exchange.start({8080: 8081})
    assert run("%%bash --out x\necho port 8080") == "port 8081\n"
    exchange.stop()


def test_the_cell_that_opens_the_workspace_keeps_its_ports(run):
    """Run again, it must ask for the same port as the first time."""
    exchange = Exchange()
    exchange.start({8080: 8081})
    assert run("Lab = list\nx = Lab([8080])") == [8080]
    exchange.stop()


def test_a_second_start_replaces_the_first(run):
    exchange = Exchange()
    exchange.start({8080: 8081})
    exchange.start({8081: 8082})
    assert run("x = 8080, 8081") == (8080, 8082)
    exchange.start({})
    assert run("x = 8080, 8081") == (8080, 8081)


def test_without_a_kernel_nothing_happens(monkeypatch):
    monkeypatch.setattr(taken_ports, "get_ipython", lambda: None)
    exchange = Exchange()
    exchange.start({8080: 8081})
    exchange.stop()


@pytest.mark.parametrize(
    "book", table.course().notebooks, ids=lambda book: book.slug
)
def test_no_port_of_a_notebook_is_one_inside_its_containers(book):
    """The exchange would change both, and nothing would listen there."""
    cells = nbformat.read(book.path, as_version=4).cells
    code = "\n".join(c.source for c in cells if c.cell_type == "code")
    declared = re.search(r"\bports=\[([\d, ]*)\]", code)
    for port in declared[1].split(", ") if declared else ():
        # After an address, as in 127.0.0.1:8080, it is the host's.
        inside = rf"(?<!\.\d)(?<=\d):{port}\b|[Pp]ort: {port}\b"
        assert not re.findall(inside, code)

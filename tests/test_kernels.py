"""Kernels: their ports, where several start at once, and their modules."""

import pathlib
import random
import subprocess
import sys

import pytest

from dockerlab import paths
from dockerlab.base import bootstrap, ports
from dockerlab.commands import jupyter
from dockerlab.course.running import KernelPorts

HOLD = """
import sys
from dockerlab.base import machine, ports
mark = ports.mark(f"port-{sys.argv[1]}")
print("held" if mark else "taken", flush=True)
sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="marks are Linux's"
)


def test_a_port_that_another_process_has_chosen(monkeypatch):
    here = random.sample(KernelPorts.PORTS, 20)
    one, two = [port for port in here if ports.is_free(port)][:2]
    ports = KernelPorts()
    monkeypatch.setattr(ports, "PORTS", [one, two])
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(one)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=paths.PROJECT,
    ) as other:
        assert other.stdout.readline() == "held\n"
        assert ports.find_available_port("127.0.0.1") == two
        other.stdin.close()
        other.wait(10)
    assert ports.find_available_port("127.0.0.1") == one
    ports.return_port(two)
    assert ports.find_available_port("127.0.0.1") == two


def test_the_first_kernel_finds_its_modules_compiled(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path))
    jupyter.compile_modules(print)
    first_cell = "import ipykernel.kernelapp, dockerlab.lab, dockerlab.checks"
    listed = subprocess.run(
        [sys.executable, "-vc", first_cell],
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    assert "/dockerlab/lab.cpython" in listed
    assert "# created" not in listed


def test_who_reads_notebooks_loads_no_grammar_of_addresses():
    """It takes a second, at each start of JupyterLab and of pytest."""
    if pathlib.Path(sys.prefix) != bootstrap.VENV:
        pytest.skip("an environment that the course did not make")
    code = "import sys, nbformat; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    ).stdout.split()
    assert "jsonschema" in loaded
    assert "lark" not in loaded

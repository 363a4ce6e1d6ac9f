"""Ports of kernels that start at the same time."""

import random
import subprocess
import sys

import pytest

from dockerlab import paths
from dockerlab.base import ports
from dockerlab.course.kernel_ports import KernelPorts

HOLD = """
import sys
from dockerlab.base import ports
mark = ports.mark(f"port-{sys.argv[1]}")
print("held" if mark else "taken", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="marks exist on Linux")
def test_a_port_that_another_process_has_chosen(monkeypatch):
    some = random.sample(KernelPorts.PORTS, 20)
    one, two = [port for port in some if ports.is_free(port)][:2]
    kernels = KernelPorts()
    monkeypatch.setattr(kernels, "PORTS", [one, two])
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(one)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=paths.PROJECT,
    ) as other:
        assert other.stdout.readline() == "held\n"
        assert kernels.find_available_port("127.0.0.1") == two
        other.stdin.close()
        other.wait(60)
    assert kernels.find_available_port("127.0.0.1") == one
    kernels.return_port(two)
    assert kernels.find_available_port("127.0.0.1") == two

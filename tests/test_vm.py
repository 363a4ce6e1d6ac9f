"""The virtual machine: what it is made of, and the notebook without it."""

import platform

import pytest

from dockerlab import vm
from dockerlab.base.errors import LabError


def members(data: bytes) -> dict[str, tuple[int, bytes]]:
    """Name -> mode and content of a cpio archive of the format newc."""
    found, place = {}, 0
    while True:
        assert data[place : place + 6] == b"070701"
        fields = [
            int(data[at : at + 8], 16)
            for at in range(place + 6, place + 110, 8)
        ]
        mode, size, length = fields[1], fields[6], fields[11]
        name = data[place + 110 : place + 110 + length - 1].decode()
        if name == "TRAILER!!!":
            return found
        begin = place + (110 + length + 3) // 4 * 4
        found[name] = (mode, data[begin : begin + size])
        place = begin + (size + 3) // 4 * 4


def test_the_guests_files():
    found = members(vm.archive(b"12345"))
    assert found["bin/busybox"] == (0o100755, b"12345")
    assert b"READY" in found["init"][1]
    assert found["dev/console"][0] == 0o020600  # a character device
    assert list(found) == [*dict.fromkeys(found)]
    assert list(found).index("dev") < list(found).index("dev/console")


def test_recorded_figures_if_it_is_not_prepared(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    assert not vm.prepared()
    boots = vm.boot_times(3)
    assert boots.recorded
    assert "recorded" in boots.label
    assert "Recorded figures, measured on 20" in str(boots)
    assert "qemu-system" in boots.command
    assert len(boots.seconds) >= 5
    assert len(boots.container) >= 5
    assert platform.node() not in boots.machine


def test_other_machines_are_explained(monkeypatch):
    monkeypatch.setattr(vm.platform, "machine", lambda: "riscv64")
    assert not vm.prepared()
    with pytest.raises(LabError, match="shows recorded figures"):
        vm.prepare()


def test_a_silent_guest_is_stopped(monkeypatch):
    silent = ["sleep", "60"]
    monkeypatch.setattr(vm, "_command", lambda kind, how: silent)
    assert vm._boot(vm.KINDS["x86_64"], "kvm", 0.2) is None
    monkeypatch.setattr(vm, "_command", lambda kind, how: ["true"])
    assert vm._boot(vm.KINDS["x86_64"], "kvm", 5) is None


@pytest.mark.skipif(not vm.prepared(), reason="make vm was not done")
def test_boots():
    boots = vm.boot_times(1)
    assert not boots.recorded
    assert 0 < boots.uptime < boots.seconds[0] + 2
    assert boots.kernel[0].isdigit()

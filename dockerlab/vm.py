"""A small virtual machine, to compare with a container (`namespaces_and_vms`).

It is made of Debian's signed packages. The cloud kernel and busybox are
downloaded and unpacked into the lab's folder, but not installed; only QEMU
is. The guest's one program prints READY, the kernel's version and uptime, and
switches the machine off.

    python -m dockerlab vm        prepares it (`make vm`)
    vm.boot_times(3)              boots it, or returns recorded figures
"""

import dataclasses
import datetime
import json
import os
import pathlib
import platform
import re
import select
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.base.errors import LabError

Tell = Callable[[str], None]
KVM_SECONDS = 10  # a guest with hardware support needs a tenth of this
TCG_SECONDS = 90  # for a guest that is emulated by software
RECORDED_ONLY = "Nothing to do: the notebook shows recorded figures."
RECORDED = pathlib.Path(__file__).with_name("vm_recorded.json")

INIT = """#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
read up rest < /proc/uptime
echo READY $(/bin/busybox uname -r) $up
/bin/busybox poweroff -f
"""


@dataclasses.dataclass(frozen=True)
class _Kind:
    """What differs between processor architectures.

    package, program: Debian's package with QEMU, and QEMU's command.
    kernels: packages that depend on the newest kernel: Debian's, Ubuntu's.
    console: the guest's serial console.
    machine, emulated: options of QEMU, always and for emulation only.
    """

    package: str
    program: str
    kernels: tuple[str, ...]
    console: str
    machine: tuple[str, ...]
    emulated: tuple[str, ...]


KINDS = {
    "x86_64": _Kind(
        "qemu-system-x86",
        "qemu-system-x86_64",
        ("linux-image-cloud-amd64", "linux-image-virtual"),
        "ttyS0",
        (),
        (),
    ),
    "aarch64": _Kind(
        "qemu-system-arm",
        "qemu-system-aarch64",
        ("linux-image-cloud-arm64", "linux-image-virtual"),
        "ttyAMA0",
        ("-machine", "virt"),
        ("-cpu", "max"),
    ),
}


@dataclasses.dataclass(frozen=True)
class Boots:
    """Boots of the virtual machine.

    seconds: from the start of QEMU to the guest's first line, for each boot.
    acceleration: `kvm` (hardware support) or `tcg` (software emulation).
    kernel, uptime: version and seconds, as the last guest printed them.
    when, machine, command: the date, the machine and the command.
    recorded: whether they were measured when the course was written.
    container: seconds that containers took at the same time; only for
        recorded boots.
    """

    seconds: tuple[float, ...]
    acceleration: str
    kernel: str
    uptime: float
    when: str
    machine: str
    command: str
    recorded: bool = False
    container: tuple[float, ...] = ()

    @property
    def label(self) -> str:
        """A short name for a row of figures."""
        how = "KVM" if self.acceleration == "kvm" else "emulated"
        return f"VM ({how}, recorded)" if self.recorded else f"VM ({how})"

    def __str__(self) -> str:
        how = "by software emulation (TCG)"
        if self.acceleration == "kvm":
            how = "with hardware support (KVM)"
        origin = "Booted here, just now"
        if self.recorded:
            origin = f"Recorded figures, measured on {self.when}"
            origin += f" on {self.machine}"
        return f"{origin}, {how}: {self.command}"


def _folder() -> pathlib.Path:
    return paths.home() / "vm"


def _kind() -> _Kind:
    name = platform.machine().lower()
    name = {"amd64": "x86_64", "arm64": "aarch64"}.get(name, name)
    if platform.system() != "Linux" or name not in KINDS:
        raise LabError(
            "The virtual machine of `namespaces_and_vms` cannot be made here"
            f" ({platform.system()}, {platform.machine()}).",
            "It is made of Debian's packages for amd64 and arm64.",
            RECORDED_ONLY,
        )
    return KINDS[name]


def prepared() -> bool:
    """Whether a virtual machine can be booted here."""
    try:
        program = _kind().program
    except LabError:
        return False
    files = [_folder() / name for name in ("vmlinuz", "initrd", "how")]
    return all(f.exists() for f in files) and bool(shutil.which(program))


def prepare(tell: Tell = lambda line: None) -> str:
    """Make the virtual machine, and find out how it boots here.

    Returns:
        `kvm` or `tcg`.

    Raises:
        LabError: the system has no Debian packages, they cannot be
            downloaded, or the virtual machine does not boot.
    """
    kind = _kind()
    if not machine.is_debian():
        raise LabError(
            "The virtual machine of `namespaces_and_vms` cannot be made here.",
            "It is made of Debian's packages, and there is no apt-get.",
            RECORDED_ONLY,
        )
    folder = _folder()
    with machine.lock(paths.home() / "vm.lock", tell):
        folder.mkdir(parents=True, exist_ok=True)
        # Deleted first: an unfinished machine must not count as prepared.
        (folder / "how").unlink(missing_ok=True)
        machine.packages([kind.package], tell)
        if not (folder / "vmlinuz").exists():
            _fetch_kernel(kind, folder, tell)
        if not (folder / "initrd").exists():
            _make_initrd(folder, tell)
        how = _find_acceleration(kind, tell)
        (folder / "how").write_text(how)
    return how


def boot_times(count: int = 3, tell: Tell = lambda line: None) -> Boots:
    """Boot the virtual machine `count` times.

    Returns:
        The boots; recorded ones if the virtual machine is not prepared.

    Raises:
        LabError: it was prepared, but does not boot any more.
    """
    if not prepared():
        return recorded()
    kind, how = _kind(), (_folder() / "how").read_text()
    boots = []
    for number in range(count):
        booted = _boot(kind, how, KVM_SECONDS * 2)
        if booted is None and how == "kvm":
            how = "tcg"
        booted = booted or _boot(kind, how, TCG_SECONDS)
        if booted is None:
            raise LabError(
                f"The virtual machine printed nothing for {TCG_SECONDS} s.",
                "This machine is very busy, or QEMU has changed.",
                "Type `make vm` in a terminal, then run this cell again.",
            )
        boots.append(booted)
        tell(f"boot {number + 1} of {count}")
    _, kernel, uptime = boots[-1]
    return Boots(
        tuple(seconds for seconds, *_ in boots),
        how,
        kernel=kernel,
        uptime=uptime,
        when=datetime.date.today().isoformat(),
        machine=_machine(),
        command=" ".join(_command(kind, how, shown=True)),
    )


def recorded() -> Boots:
    """Boots that were measured when the course was written."""
    facts = json.loads(RECORDED.read_text("utf-8"))
    facts["seconds"] = tuple(facts["seconds"])
    facts["container"] = tuple(facts["container"])
    return Boots(**facts, recorded=True)


def _machine() -> str:
    """A short description of this machine, without its name."""
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    cores = os.cpu_count()
    return f"{system}, {platform.machine()}, {cores} processors"


def _fetch_kernel(kind: _Kind, folder: pathlib.Path, tell: Tell) -> None:
    image = _kernel_package(kind, tell)
    with tempfile.TemporaryDirectory(dir=folder) as unpacked:
        _unpack(image, unpacked, tell)
        [kernel] = pathlib.Path(unpacked, "boot").glob("vmlinuz*")
        kernel.rename(folder / "vmlinuz")


def _kernel_package(kind: _Kind, tell: Tell) -> str:
    """The package with the newest kernel.

    The packages of `kind.kernels` only depend on it.
    """
    for update in (False, True):
        if update:  # the lists of packages are missing, or too old
            apt = machine.as_root(["apt-get", "--quiet", "update"])
            machine.run(apt, "The lists of packages cannot be read.", tell)
        for name in kind.kernels:
            shown = subprocess.run(
                ["apt-cache", "show", "--no-all-versions", name],
                capture_output=True,
                text=True,
            ).stdout
            depends = r"^Depends:.*?(linux-image-[\w.+-]+)"
            if found := re.search(depends, shown, re.MULTILINE):
                return found[1]
    raise LabError(
        "This machine's package sources have no kernel for small guests.",
        f"Looked for: {', '.join(kind.kernels)}.",
        RECORDED_ONLY,
    )


def _unpack(package: str, folder: str, tell: Tell) -> None:
    """Download a package, verified by apt, and unpack it into a folder."""
    tell(f"downloading {package}")
    with tempfile.TemporaryDirectory() as download:
        # apt downloads as a user of its own, who must be able to enter.
        os.chmod(download, 0o755)
        machine.run(
            ["env", "-C", download, "apt-get", "--quiet", "download", package],
            f"Debian's package {package} cannot be downloaded.",
            tell,
        )
        [deb] = pathlib.Path(download).glob("*.deb")
        machine.run(
            ["dpkg-deb", "--extract", str(deb), folder],
            f"{package} cannot be unpacked.",
            tell,
        )


def _make_initrd(folder: pathlib.Path, tell: Tell) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as unpacked:
        _unpack("busybox-static", unpacked, tell)
        places = [pathlib.Path(unpacked, d) for d in ("bin", "usr/bin")]
        [busybox] = [p / "busybox" for p in places if (p / "busybox").exists()]
        partial = folder / "initrd.partial"
        partial.write_bytes(archive(busybox.read_bytes()))
        partial.rename(folder / "initrd")


def archive(busybox: bytes) -> bytes:
    """The guest's first file system: a cpio archive of the format `newc`
    ('initramfs buffer format' in the kernel's documentation)."""
    folder, file, device = 0o040755, 0o100755, 0o020600
    return b"".join(
        [
            _member("dev", folder),
            # Without a console the first program could not print anything.
            _member("dev/console", device, major=5, minor=1),
            _member("proc", folder),
            _member("bin", folder),
            _member("bin/busybox", file, busybox),
            _member("init", file, INIT.encode()),
            _member("TRAILER!!!", 0),
        ]
    )


def _member(
    name: str, mode: int, data: bytes = b"", major: int = 0, minor: int = 0
) -> bytes:
    raw = name.encode() + b"\0"
    fields = (0, mode, 0, 0, 1, 0, len(data), 0, 0, major, minor, len(raw), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + raw
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def _find_acceleration(kind: _Kind, tell: Tell) -> str:
    """Find out by booting: `kvm` or `tcg`.

    On some machines KVM's device opens, but a guest hangs in it. So only a
    boot with a time limit shows whether KVM works.
    """
    if os.access("/dev/kvm", os.R_OK | os.W_OK):
        tell("trying hardware support (KVM)")
        if _boot(kind, "kvm", KVM_SECONDS):
            return "kvm"
        tell(f"no guest within {KVM_SECONDS} s: software emulation instead")
    else:
        tell("no hardware support (KVM) here: software emulation instead")
    if _boot(kind, "tcg", TCG_SECONDS):
        return "tcg"
    raise LabError(
        "The virtual machine does not boot here.",
        f"It printed nothing within {TCG_SECONDS} s of software emulation.",
        RECORDED_ONLY,
    )


def _command(kind: _Kind, how: str, shown: bool = False) -> list[str]:
    """QEMU's command line.

    Args:
        shown: for reading, so without the lab's folder.
    """
    folder = pathlib.Path() if shown else _folder()
    words = [kind.program, *kind.machine, "-accel", how]
    words += ["-cpu", "host"] if how == "kvm" else kind.emulated
    words += ["-m", "256", "-nodefaults"]
    words += ["-display", "none", "-serial", "stdio"]
    words += ["-no-reboot", "-kernel", str(folder / "vmlinuz")]
    words += ["-initrd", str(folder / "initrd"), "-append"]
    append = f"console={kind.console} quiet panic=-1"
    return [*words, f'"{append}"' if shown else append]


def _boot(
    kind: _Kind, how: str, limit: float
) -> tuple[float, str, float] | None:
    """Boot once: seconds to READY, the guest's kernel, its uptime (seconds).

    None if it does not print READY within `limit` seconds.
    """
    begun = time.monotonic()
    process = subprocess.Popen(
        _command(kind, how),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout
    output = b""
    try:
        while (left := begun + limit - time.monotonic()) > 0:
            if not select.select([process.stdout], [], [], left)[0]:
                return None
            chunk = os.read(process.stdout.fileno(), 4096)
            output += chunk
            if found := re.search(rb"READY (\S+) ([\d.]+)\r?\n", output):
                seconds = time.monotonic() - begun
                return seconds, found[1].decode(), float(found[2])
            if not chunk:
                return None
        return None
    finally:
        process.kill()
        process.communicate()


def describe(boots: Boots) -> str:
    """Two lines for a terminal: how it was measured, and the median."""
    middle = statistics.median(boots.seconds)
    return f"{boots}\nmedian of {len(boots.seconds)} boots: {middle:.2f} s"

"""The machine that everything runs on: rights, packages, disk, locks."""

import contextlib
import fcntl
import functools
import os
import pathlib
import platform
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from dockerlab.base.errors import LabError

Report = Callable[[str], None]  # takes a line about the progress of some work
TRY_AGAIN = "What is already downloaded is kept: run the same command again."
NEEDS_ROOT = "Only root may mount file systems and start a Docker Engine."
APT_SECONDS = 120  # to wait for another program that installs packages
LOOK_SECONDS = 2  # between two looks at what it holds
LISTS = "/apt/lists/lock"  # in apt's message that another program holds it
_apt = threading.Lock()


def silent(line: str) -> None:
    """Report nothing."""


@functools.cache
def elevation() -> tuple[str, ...]:
    """Return the words to put before a command so that it runs as root.

    Raises:
        LabError: the user is not root and cannot use sudo.
    """
    if os.geteuid() == 0:
        return ()
    if not shutil.which("sudo"):
        raise LabError(
            "The lab's own engine needs root rights, and there is no sudo"
            " here.",
            NEEDS_ROOT,
            "Log in as root, install sudo, or install Docker yourself and"
            " set DOCKERLAB_ENGINE=own.",
        )
    quiet = subprocess.run(["sudo", "-n", "true"], capture_output=True)
    if quiet.returncode == 0:
        return ("sudo", "-n")
    # Ask for the password once, before progress fills the terminal.
    if not os.isatty(0) or subprocess.run(["sudo", "-v"]).returncode != 0:
        raise LabError(
            "The lab's own engine needs root rights, and sudo refused.",
            NEEDS_ROOT,
            "Run `sudo -v` in a terminal, then the same command again. Or"
            " install Docker yourself and set DOCKERLAB_ENGINE=own.",
        )
    return ("sudo",)


def as_root(
    command: Sequence[str], env: dict[str, str] | None = None
) -> list[str]:
    """Return the command line that runs `command` as root, with `env` set.

    sudo clears the environment, so the variables become arguments.
    """
    variables = [f"{key}={value}" for key, value in (env or {}).items()]
    return [*elevation(), "env", *variables, *command]


def owner() -> str:
    """Return the user's `uid:gid`."""
    return f"{os.getuid()}:{os.getgid()}"


class _Output:
    """Reports the lines that a command prints, and keeps the last ones."""

    KEPT = 200  # lines

    def __init__(self, report: Report) -> None:
        self.report = report
        self.last: list[str] = []

    def read(self, stream: Iterable[bytes]) -> None:
        """Report each line of the stream until it ends."""
        for raw in stream:
            line = raw.decode(errors="replace").strip()
            if line:
                self.last.append(line)
                del self.last[: -self.KEPT]
                self.report(line)

    def reason(self) -> str:
        """Return the lines that best explain a failure."""
        errors = [row for row in self.last if row.startswith(("E:", "ERROR"))]
        return "\n".join(errors[-3:] or self.last[-3:])


def run(
    command: Sequence[str],
    what: str,
    report: Report = silent,
    fix: str = TRY_AGAIN,
    sink: Callable[[bytes], object] | None = None,
) -> None:
    """Run a command and report each line that it prints.

    Args:
        what: the first sentence of the error if the command fails.
        fix: the error's advice.
        sink: takes the standard output in chunks. Without a sink, standard
            output is reported like standard error.

    Raises:
        LabError: the command failed; its last lines are the reason.
    """
    output = _Output(report)
    errors = subprocess.PIPE if sink else subprocess.STDOUT
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
    ) as process:
        assert process.stdout
        try:
            if sink:
                reader = threading.Thread(
                    target=output.read, args=[process.stderr]
                )
                reader.start()
                while chunk := process.stdout.read(1 << 20):
                    sink(chunk)
                reader.join()
            else:
                output.read(process.stdout)
            code = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if code:
        raise LabError(what, output.reason(), fix)


@functools.cache
def is_debian() -> bool:
    """Whether Debian's packages can be installed on this machine."""
    return platform.system() == "Linux" and bool(shutil.which("apt-get"))


def require_debian() -> None:
    """Raise LabError where the box cannot be built."""
    if not is_debian():
        raise LabError(
            f"The lab's own engine cannot run on this system"
            f" ({platform.system()}).",
            "It is made from Debian's packages and needs Debian or Ubuntu.",
            "Install Docker Desktop or another Docker Engine, start it, and"
            " run the same command again.",
        )
    elevation()


def require_disk(folder: pathlib.Path, gigabytes: float = 4) -> None:
    """Raise LabError where less than `gigabytes` (10^9 bytes) are free."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free / 1e9
    if free < gigabytes:
        raise LabError(
            f"Only {free:.1f} GB of disk are free for {folder};"
            f" the lab needs {gigabytes:.0f} GB.",
            fix="Free some space, or set DOCKERLAB_HOME to a folder on"
            " another disk.",
        )


def packages(names: Sequence[str], report: Report = silent) -> None:
    """Install those of Debian's packages that this machine does not have.

    Raises:
        LabError: the packages cannot be downloaded or installed.
    """
    with _apt:
        query = ["dpkg-query", "--show", "--showformat=${Status}\n"]
        state = subprocess.run(
            [*query, *names], capture_output=True, text=True
        )
        if state.stdout.count("install ok installed") == len(names):
            return
        apt = as_root(
            ["apt-get", "-o", f"DPkg::Lock::Timeout={APT_SECONDS}", "--quiet"],
            {"DEBIAN_FRONTEND": "noninteractive"},
        )
        failed = f"Debian's packages {', '.join(names)} cannot be installed."
        install = [*apt, "install", "--yes", "--no-install-recommends"]
        _update([*apt, "update"], failed, report)
        run([*install, *names], failed, report)


def _update(command: list[str], failed: str, report: Report) -> None:
    """Fetch the lists of packages, after another program that does so.

    apt's own option to wait does not count for the lists.
    """
    deadline = time.monotonic() + APT_SECONDS
    while True:
        try:
            run(command, failed, report)
            return
        except LabError as error:
            if LISTS not in str(error) or time.monotonic() > deadline:
                raise
        report("another program fetches the lists of packages; waiting")
        time.sleep(LOOK_SECONDS)


@contextlib.contextmanager
def lock(path: pathlib.Path, report: Report = silent) -> Iterator[None]:
    """Hold the lock file `path`, after any other process that holds it.

    The kernel releases a lock when its holder ends, so none is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("another command of the lab is preparing this; waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def remove_tree(folder: pathlib.Path) -> None:
    """Remove a folder of the lab, also one that belongs to root."""
    if folder.exists():
        command = ["rm", "-rf", "--one-file-system", str(folder)]
        if os.stat(folder).st_uid != os.getuid():
            command = as_root(command)
        run(command, f"{folder} cannot be removed.", fix="")

"""The machine below the box: rights, packages, disk, locks."""

import contextlib
import fcntl
import functools
import os
import pathlib
import platform
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence

from dockerlab.base.errors import LabError

AGAIN = "What is already downloaded is kept: run the same command again."
_apt = threading.Lock()


@functools.cache
def elevation() -> tuple[str, ...]:
    """What to put before a command so that it runs as root.

    Raises:
        LabError: neither root nor sudo.
    """
    if os.geteuid() == 0:
        return ()
    if not shutil.which("sudo"):
        raise LabError(
            "The lab's private engine needs root rights, and there is no"
            " sudo here.",
            "Only root may mount file systems and start a Docker Engine.",
            "Log in as root, install sudo, or install Docker yourself and"
            " set DOCKERLAB_ENGINE=own.",
        )
    quiet = subprocess.run(["sudo", "-n", "true"], capture_output=True)
    if quiet.returncode == 0:
        return ("sudo", "-n")
    # Ask once, while the terminal is still quiet.
    if not os.isatty(0) or subprocess.run(["sudo", "-v"]).returncode != 0:
        raise LabError(
            "The lab's private engine needs root rights, and sudo refused.",
            "Only root may mount file systems and start a Docker Engine.",
            "Run `sudo -v` in a terminal, then the same command again; or"
            " install Docker yourself and set DOCKERLAB_ENGINE=own.",
        )
    return ("sudo",)


def as_root(
    command: Sequence[str], env: dict[str, str] | None = None
) -> list[str]:
    """The command line that runs `command` as root, with `env` set.

    sudo drops the environment, so the variables travel as arguments.
    """
    variables = [f"{key}={value}" for key, value in (env or {}).items()]
    return [*elevation(), "env", *variables, *command]


def owner() -> str:
    """`uid:gid` of the learner."""
    return f"{os.getuid()}:{os.getgid()}"


def run(
    command: Sequence[str],
    what: str,
    tell: Callable[[str], None] = lambda line: None,
    fix: str = AGAIN,
    sink: Callable[[bytes], None] | None = None,
) -> None:
    """Run a command; each line it says goes to `tell`, its output to `sink`.

    Args:
        what: what is wrong if it fails, one sentence.
        sink: takes the standard output in chunks; without it standard output
            counts as talk.

    Raises:
        LabError: it failed; its last lines are the reason.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if sink else subprocess.STDOUT,
    )
    last: list[str] = []

    def listen(stream) -> None:
        for raw in stream:
            line = raw.decode(errors="replace").strip()
            if line:
                last.append(line)
                del last[:-200]
                tell(line)

    try:
        if sink:
            talk = threading.Thread(target=listen, args=[process.stderr])
            talk.start()
            while chunk := process.stdout.read(1 << 20):
                sink(chunk)
            talk.join()
        else:
            listen(process.stdout)
        code = process.wait()
    except BaseException:
        process.terminate()
        raise
    finally:
        process.wait()
        process.stdout.close()
        if process.stderr:
            process.stderr.close()
    if code:
        wrong = [line for line in last if line.startswith(("E:", "ERROR"))]
        raise LabError(what, "\n".join(wrong[-3:] or last[-3:]), fix)


@functools.cache
def is_debian() -> bool:
    """Whether Debian's packages can be installed here."""
    return platform.system() == "Linux" and bool(shutil.which("apt-get"))


def require_debian() -> None:
    """Raise LabError where the box cannot be built."""
    if not is_debian():
        raise LabError(
            f"The lab's private engine cannot run on this system"
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


def packages(
    names: Sequence[str], tell: Callable[[str], None] = lambda line: None
) -> None:
    """Install those of Debian's packages that are missing on this machine.

    Raises:
        LabError: the package sources do not answer, or refuse.
    """
    with _apt:
        query = ["dpkg-query", "--show", "--showformat=${Status}\n"]
        state = subprocess.run(
            [*query, *names], capture_output=True, text=True
        )
        if state.stdout.count("install ok installed") == len(names):
            return
        apt = as_root(
            ["apt-get", "-o", "DPkg::Lock::Timeout=120", "--quiet"],
            {"DEBIAN_FRONTEND": "noninteractive"},
        )
        failed = f"Debian's packages {', '.join(names)} cannot be installed."
        run([*apt, "update"], failed, tell)
        run(
            [*apt, "install", "--yes", "--no-install-recommends", *names],
            failed,
            tell,
        )


@contextlib.contextmanager
def lock(
    path: pathlib.Path, tell: Callable[[str], None] = lambda line: None
) -> Iterator[None]:
    """Hold the lock file `path`; another process's hold is waited for.

    The kernel releases it when its holder dies, so it is never stale.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("another command of the lab is preparing this; waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def remove_tree(folder: pathlib.Path) -> None:
    """Remove a folder of the lab that may belong to root."""
    if folder.exists():
        command = ["rm", "-rf", "--one-file-system", str(folder)]
        if os.stat(folder).st_uid != os.getuid():
            command = as_root(command)
        run(command, f"{folder} cannot be removed.", fix="")

"""The box: a private Docker Engine in namespaces of its own.

All of a box's processes live in one PID namespace, and its mounts, links and
firewall rules in a mount and a network namespace, so they end together when
the box's first process ends, however it ends. A running box is found by the
mark in that process's command line: there is no file that could be stale.
"""

import contextlib
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

import docker
import psutil
import requests

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.base.errors import LabError
from dockerlab.base.machine import Report
from dockerlab.engine import roots, standins

REGISTRY_PORT = 5999  # in the box's own network: never taken by others
DEFAULT_SUITE = "trixie"


def chosen_suite() -> str:
    """The Debian suite of the box: `DOCKERLAB_SUITE`, or the usual one."""
    return os.environ.get("DOCKERLAB_SUITE") or DEFAULT_SUITE


# Top-level folders that are the system's own and must be the box's inside.
SYSTEM = set(
    [
        "bin",
        "boot",
        "dev",
        "etc",
        "lib",
        "lib32",
        "lib64",
        "libx32",
        "lost+found",
        "proc",
        "run",
        "sbin",
        "sys",
        "usr",
        "var",
    ]
)


class Box:
    """The box of one Debian suite under one `DOCKERLAB_HOME`.

    Without a suite it is the chosen one. Making a Box does nothing yet;
    `prepare`, `start` and `stop` do.
    """

    def __init__(self, suite: str = "") -> None:
        suite = suite or chosen_suite()
        if suite not in roots.SUITES:
            raise LabError(
                f"There is no box of suite {suite!r}.",
                fix=f"Choose one of: {', '.join(roots.SUITES)}.",
            )
        self.suite = suite
        self.folder = paths.home() / "box" / suite
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()
        self.id = f"dockerlab-{digest[:8]}"
        # A socket's path may have 107 characters, the learner's folder more.
        self.runtime = pathlib.Path("/run") / self.id
        self.socket = self.runtime / "docker.sock"
        self.root = self.folder / "root"
        self.supplies = paths.home() / "supplies"
        self.link = f"dl-{digest[:8]}"
        # A /30 of the range that is reserved for tests of network devices
        # (RFC 2544), which no real network uses.
        number = int(digest[:8], 16) % (2 * 256 * 64)
        self.network = f"198.{18 + number // (256 * 64)}.{number // 64 % 256}"
        self.first = number % 64 * 4 + 1

    @property
    def url(self) -> str:
        """What DOCKER_HOST is set to."""
        return f"unix://{self.socket}"

    def environment(self) -> dict[str, str]:
        """The variables by which programs on the host use the box."""
        tools = self.folder / "bin"
        return {
            "DOCKER_HOST": self.url,
            "DOCKER_CONFIG": str(self.folder / "config"),
            "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}",
        }

    # -- state ----------------------------------------------------------

    def init(self) -> psutil.Process | None:
        """The box's first process, or None when it is not running."""
        found = {}
        # Asked one by one: the `info` that process_iter would fill belongs
        # to all threads, and another one's wishes would stand in it.
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                command = process.cmdline()
                if command[:1] + command[-1:] == ["sh", f"--box={self.id}"]:
                    found[process.pid] = process.ppid(), process
        # Its subshells look the same, and may have smaller numbers: a
        # machine that has counted to its last one begins anew.
        for parent, process in found.values():
            if parent not in found:
                return process
        return None

    def running(self) -> bool:
        """Whether the box runs and its engine answers."""
        return self.init() is not None and self.answers()

    def answers(self, timeout: float = 5) -> bool:
        """Whether the engine answers on the box's socket."""
        # With a version given, the client asks nothing before the ping.
        client = docker.DockerClient(self.url, version="1.41", timeout=timeout)
        try:
            return client.ping()
        except (docker.errors.DockerException, requests.RequestException):
            return False
        finally:
            client.close()

    def prepared(self) -> bool:
        """Whether the box's Debian root is there, with what it needs."""
        return roots.is_box_root(self.suite, self.root)

    # -- change ---------------------------------------------------------

    def prepare(self, report: Report) -> None:
        """Make the box's root and the host's way to its tools."""
        with machine.lock(self.folder / "root.lock", report):
            if not self.prepared():
                self.stop()  # an older course's box may run from it
                machine.remove_tree(self.root)
            roots.make_box_root(self.suite, self.root, report)

    def _link_tools(self) -> None:
        """The box's command-line tools, for the host.

        They are Go programs that need little of the C library. A suite
        without a builder (bookworm) takes all of them from the usual box,
        where there is one: an old engine, and a command line of today.
        """
        root = self.root
        usual = Box(DEFAULT_SUITE)
        if self.suite in roots.NO_TOOLS and usual.prepared():
            root = usual.root
        tools, config = self.folder / "bin", self.folder / "config"
        plugins = config / "cli-plugins"
        for folder in (tools, plugins):
            folder.mkdir(parents=True, exist_ok=True)
        programs = [root / "usr/bin" / p for p in ("docker", "cosign")]
        places = (
            "usr/libexec/docker/cli-plugins",
            "usr/lib/docker/cli-plugins",
        )
        extras = [f for p in places for f in (root / p).glob("docker-*")]
        pairs = [(tools, p) for p in programs] + [(plugins, p) for p in extras]
        for folder, program in pairs:
            link = folder / program.name
            if program.exists() and not link.is_symlink():
                link.symlink_to(program)

    def start(self, report: Report = lambda line: None) -> None:
        """Start the box and wait until its engine answers.

        Raises:
            LabError: it does not answer within 60 s; its log's end is the
                reason.
        """
        with machine.lock(self.folder / "start.lock", report):
            if self.running():
                return
            self.stop()
            self._link_tools()
            self._launch()
            deadline = time.monotonic() + 60
            while not self.answers(timeout=2):
                if time.monotonic() > deadline or self.init() is None:
                    reason = self._log_tail()
                    self.stop()
                    raise LabError(
                        "The lab's private engine does not start.",
                        reason,
                        f"The whole log is in {self.folder / 'log'}."
                        " Run `make doctor`; then `make clean ALL=1` and"
                        " `make start` begin anew.",
                    )
                time.sleep(0.1)
            uid = machine.owner()
            rights = f"chown {uid} {self.socket} && chmod 600 {self.socket}"
            machine.run(machine.as_root(["sh", "-c", rights]), "")

    def _launch(self) -> None:
        log = self.folder / "log"
        for name in ("registry", "wheels", "index"):
            (self.supplies / name).mkdir(parents=True, exist_ok=True)
        log.mkdir(parents=True, exist_ok=True)
        make = machine.as_root(
            [
                "sh",
                "-c",
                'mkdir -p "$DATA" && rm -rf "$RUN" && install -d -m 700'
                ' -o "$UID_" -g "$GID_" "$RUN"',
            ],
            {
                "DATA": str(self.folder / "data"),
                "RUN": str(self.runtime),
                "UID_": str(os.getuid()),
                "GID_": str(os.getgid()),
            },
        )
        machine.run(make, "The box's folders cannot be made.", fix="")
        env = {
            "BOX_ID": self.id,
            "BOX_ROOT": str(self.root),
            "BOX_DATA": str(self.folder / "data"),
            "BOX_RUN": str(self.runtime),
            "BOX_LOG": str(log),
            "BOX_SUPPLIES": str(self.supplies),
            "BOX_SHARED": "\n".join(self._shared()),
            "BOX_LINK": self.link,
            "BOX_HOST_END": f"{self.network}.{self.first}",
            "BOX_END": f"{self.network}.{self.first + 1}",
            # Until the socket is given to the learner, it is their group's.
            "BOX_GROUP": str(os.getgid()),
            "BOX_CGROUP": f"/{self.id}",
            "BOX_REGISTRY_PORT": str(REGISTRY_PORT),
            "BOX_INDEX_PORT": str(standins.INDEX_PORT),
        }
        alone = [
            "setsid",
            "--fork",
            "unshare",
            "--mount",
            "--uts",
            "--ipc",
            "--propagation",
            "slave",
        ]
        enter = ["sh", str(standins.SCRIPTS / "enter.sh")]
        # Nothing of the caller is inherited but an empty input and a log:
        # the box outlives the terminal and Jupyter.
        with (log / "box.log").open("wb") as output:
            subprocess.run(
                machine.as_root([*alone, *enter], env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
            )
        deadline = time.monotonic() + 10
        while self.init() is None and time.monotonic() < deadline:
            time.sleep(0.05)

    def _shared(self) -> list[str]:
        """Folders that engine and host see at the same path."""
        top = [
            f"/{entry.name}"
            for entry in os.scandir("/")
            if entry.is_dir(follow_symlinks=False) and entry.name not in SYSTEM
        ]
        others = [str(paths.PROJECT), os.path.realpath("/var/tmp")]
        inside = [f for f in others if f"/{f.split('/')[1]}" not in top]
        return sorted(top) + inside

    def stop(self, seconds: float = 20) -> None:
        """Stop the box if it runs, and leave nothing behind.

        Args:
            seconds: for its programs to end by themselves.
        """
        init = self.init()
        if init is not None:
            self._signal(init, signal.SIGTERM)
            with contextlib.suppress(psutil.NoSuchProcess):
                try:
                    init.wait(seconds)
                except psutil.TimeoutExpired:
                    # Ending PID 1 ends every process of its namespace.
                    self._signal(init, signal.SIGKILL)
                    init.wait(20)
        if self.runtime.exists():
            machine.run(machine.as_root(["rm", "-rf", str(self.runtime)]), "")
        self._remove_cgroups()
        # The kernel takes the network namespace down in the background.
        deadline = time.monotonic() + 10
        link = pathlib.Path("/sys/class/net") / self.link
        while link.exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    @staticmethod
    def _signal(process: psutil.Process, number: int) -> None:
        command = ["kill", f"-{int(number)}", str(process.pid)]
        subprocess.run(machine.as_root(command), capture_output=True)

    def _remove_cgroups(self) -> None:
        """Remove the box's control groups: empty ones alone can go."""
        found = [
            str(place)
            for pattern in (self.id, f"*/{self.id}")
            for place in pathlib.Path("/sys/fs/cgroup").glob(pattern)
        ]
        if found:
            command = ["find", *found, "-depth", "-type", "d", "-delete"]
            subprocess.run(machine.as_root(command), capture_output=True)

    def remove(self) -> None:
        """Stop the box and remove all that it keeps."""
        # Nobody needs what its engine would still write.
        self.stop(seconds=2)
        machine.remove_tree(self.folder)

    def _log_tail(self, lines: int = 5) -> str:
        kept = []
        for name in ("box.log", "dockerd.log"):
            with contextlib.suppress(OSError):
                text = (self.folder / "log" / name).read_text("utf-8")
                kept += text.splitlines()[-lines:]
        return "\n".join(kept)

    def inside(self, command: list[str]) -> list[str]:
        """A command as root in the box's network namespace."""
        net = f"--net=/proc/{self.init().pid}/ns/net"
        return machine.as_root(["nsenter", net, *command])


def boxes() -> list[Box]:
    """The boxes that were ever made under this `DOCKERLAB_HOME`."""
    folder = paths.home() / "box"
    return [Box(suite) for suite in roots.SUITES if (folder / suite).exists()]


def disk_used(folder: pathlib.Path) -> int:
    """Bytes under a folder, as root sees them."""
    if not folder.exists() or not shutil.which("du"):
        return 0
    command = machine.as_root(["du", "-s", "--block-size=1", str(folder)])
    answer = subprocess.run(command, capture_output=True, text=True)
    return int(answer.stdout.split()[0]) if answer.stdout else 0

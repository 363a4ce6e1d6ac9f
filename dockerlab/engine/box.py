"""The box: a private Docker Engine in namespaces of its own.

All processes of a box are in one PID namespace, and its mounts, links and
firewall rules are in a mount and a network namespace. They end together when
the box's first process ends, however it ends. A running box is found by a
mark in that process's command line, so no file can be out of date.
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
from dockerlab.engine import kinds, recipes, roots

REGISTRY_PORT = 5999  # in the box's own network, where nothing else uses it
NOT_ROOT = 1000  # user id of the learner where root tests a rootless engine
START_SECONDS = 60  # that the engine may take to answer
# Top-level folders that belong to the system. The box has its own.
SYSTEM = frozenset(
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
    """The box of one kind in one `DOCKERLAB_HOME`.

    Creating the object changes nothing; `prepare`, `start` and `stop` do.

    Args:
        suite: the name of a kind of box; without a name, the chosen one.

    Raises:
        LabError: there is no such kind.
    """

    def __init__(self, suite: str = "") -> None:
        self.kind = kinds.kind(suite)
        self.suite = self.kind.name
        self.folder = paths.home() / "box" / self.suite
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()
        self.id = f"dockerlab-{digest[:8]}"
        # A socket's path may have 107 characters; the folder may have more.
        self.runtime = pathlib.Path("/run") / self.id
        self.socket = self.runtime / "docker.sock"
        shared = self.kind.root or self.suite
        self.root = paths.home() / "box" / shared / "root"
        self.supplies = paths.home() / "supplies"
        self.link = f"dl-{digest[:8]}"
        # A /30 of the range that is reserved for tests of network devices
        # (RFC 2544), which no real network uses.
        number = int(digest[:8], 16) % (2 * 256 * 64)
        self.network = f"198.{18 + number // (256 * 64)}.{number // 64 % 256}"
        self.first = number % 64 * 4 + 1

    @property
    def url(self) -> str:
        """The value of DOCKER_HOST for this box."""
        return f"unix://{self.socket}"

    @property
    def user(self) -> int:
        """The user id whose engine it is: a rootless one is never root's."""
        return os.getuid() or (NOT_ROOT if self.kind.rootless else 0)

    @property
    def with_tools(self) -> "Box":
        """The box whose command-line tools it uses.

        A kind without a builder uses those of the default box: an old
        engine with today's command line.
        """
        return self if self.kind.tools else Box(kinds.default())

    def environment(self) -> dict[str, str]:
        """Return the variables that let programs on the host use the box."""
        tools = self.folder / "bin"
        return {
            "DOCKER_HOST": self.url,
            "DOCKER_CONFIG": str(self.folder / "config"),
            "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}",
        }

    # -- state ----------------------------------------------------------

    def init(self) -> psutil.Process | None:
        """Return the box's first process, or None if the box is not running.

        Its subshells have the same command line. The first process is the
        one whose parent has another; its number may be the greater one,
        because process numbers start again after the last.
        """
        found = {}
        # Each process is asked by itself: threads share the objects that
        # process_iter yields, and with them the `info` that it would fill.
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                command = process.cmdline()
                if command[:1] + command[-1:] == ["sh", f"--box={self.id}"]:
                    found[process.pid] = process.ppid(), process
        for parent, process in found.values():
            if parent not in found:
                return process
        return None

    def running(self) -> bool:
        """Whether the box runs and its engine answers."""
        return self.init() is not None and self.answers()

    def answers(self, timeout: float = 5) -> bool:
        """Whether the engine answers on the box's socket."""
        # If a version is given, the client sends nothing before the ping.
        client = docker.DockerClient(self.url, version="1.41", timeout=timeout)
        try:
            return bool(client.ping())
        except (docker.errors.DockerException, requests.RequestException):
            return False
        finally:
            client.close()

    def prepared(self) -> bool:
        """Whether the box's Debian root exists, with today's packages."""
        return roots.is_box_root(self.kind, self.root)

    # -- change ---------------------------------------------------------

    def prepare(self, report: Report) -> None:
        """Make the box's root unless it exists."""
        with machine.lock(self.root.with_name("root.lock"), report):
            if not self.prepared():
                # One with other packages; a box may be running from it.
                for box in boxes():
                    if box.root == self.root:
                        box.stop()
                machine.remove_tree(self.root)
            roots.make_box_root(self.kind, self.root, report)

    def start(self, report: Report = machine.silent) -> None:
        """Start the box and wait until its engine answers.

        Raises:
            LabError: it does not answer in time; the reason is the end of
                its log.
        """
        with machine.lock(self.folder / "start.lock", report):
            if self.running():
                return
            self.stop()
            self._link_tools()
            self._make_folders()
            self._launch()
            deadline = time.monotonic() + START_SECONDS
            while not self.answers(timeout=2):
                if time.monotonic() > deadline or self.init() is None:
                    reason = self._log_tail()
                    self.stop()
                    raise LabError(
                        "The lab's own engine does not start.",
                        reason,
                        f"The whole log is in {self.folder / 'log'}. Run"
                        " `make doctor`. To build the engine again, run"
                        " `make clean ALL=1` and `make start`.",
                    )
                time.sleep(0.1)
            rights = f"chown {self.user} {self.socket} &&"
            rights += f" chmod 600 {self.socket}"
            machine.run(machine.as_root(["sh", "-c", rights]), "")

    def _link_tools(self) -> None:
        """Link the box's command-line tools to where the host finds them.

        They are Go programs that need little of the C library.
        """
        root = self.with_tools.root
        tools = self.folder / "bin"
        plugins = self.folder / "config" / "cli-plugins"
        pairs = [(tools, root / "usr/bin" / p) for p in ("docker", "cosign")]
        for place in ("usr/libexec", "usr/lib"):
            found = (root / place / "docker/cli-plugins").glob("docker-*")
            pairs += [(plugins, program) for program in found]
        for folder, program in pairs:
            folder.mkdir(parents=True, exist_ok=True)
            link = folder / program.name
            if program.exists() and not link.is_symlink():
                link.symlink_to(program)

    def _make_folders(self) -> None:
        """Create the folders that the box needs on the host."""
        for name in ("registry", "wheels", "index"):
            (self.supplies / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "log").mkdir(parents=True, exist_ok=True)
        script = (
            'mkdir -p "$DATA" && rm -rf "$RUN" &&'
            ' install -d -m 700 -o "$OWNER" -g "$GROUP" "$RUN"'
        )
        settings = {
            "DATA": str(self.folder / "data"),
            "RUN": str(self.runtime),
            "OWNER": str(os.getuid()),
            "GROUP": str(os.getgid()),
        }
        make = machine.as_root(["sh", "-c", script], settings)
        machine.run(make, "The box's folders cannot be created.", fix="")

    def _settings(self) -> dict[str, str]:
        """Return the variables that enter.sh and init.sh read."""
        return {
            "BOX_ID": self.id,
            "BOX_ROOT": str(self.root),
            "BOX_DATA": str(self.folder / "data"),
            "BOX_RUN": str(self.runtime),
            "BOX_LOG": str(self.folder / "log"),
            "BOX_SUPPLIES": str(self.supplies),
            "BOX_SHARED": "\n".join(self._shared()),
            "BOX_LINK": self.link,
            "BOX_HOST_END": f"{self.network}.{self.first}",
            "BOX_END": f"{self.network}.{self.first + 1}",
            # The socket's group until the socket is given to the user.
            "BOX_GROUP": str(os.getgid()),
            "BOX_CGROUP": f"/{self.id}",
            "BOX_REGISTRY_PORT": str(REGISTRY_PORT),
            "BOX_INDEX_PORT": str(recipes.INDEX_PORT),
            "BOX_ENGINE_OPTIONS": self.kind.options,
            "BOX_ROOTLESS": "yes" if self.kind.rootless else "",
            "BOX_USER": str(self.user),
        }

    def _launch(self) -> None:
        """Start the box's first process and wait until it exists."""
        alone = ["setsid", "--fork", "unshare", "--mount", "--uts", "--ipc"]
        alone += ["--propagation", "slave"]
        enter = ["sh", str(recipes.SCRIPTS / "enter.sh")]
        # The box outlives the terminal and Jupyter, so it inherits nothing
        # from the caller but an empty input and a log.
        with (self.folder / "log" / "box.log").open("wb") as output:
            subprocess.run(
                machine.as_root([*alone, *enter], self._settings()),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
            )
        deadline = time.monotonic() + 10
        while self.init() is None and time.monotonic() < deadline:
            time.sleep(0.05)

    def _shared(self) -> list[str]:
        """Return the folders that engine and host see at the same path."""
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
            seconds: how long its programs may take to end by themselves.
        """
        init = self.init()
        if init is not None:
            self._signal(init, signal.SIGTERM)
            with contextlib.suppress(psutil.NoSuchProcess):
                try:
                    init.wait(seconds)
                except psutil.TimeoutExpired:
                    # When process 1 ends, so does its whole namespace.
                    self._signal(init, signal.SIGKILL)
                    init.wait(20)
        if self.runtime.exists():
            machine.run(machine.as_root(["rm", "-rf", str(self.runtime)]), "")
        self._remove_cgroups()
        # The kernel removes the network namespace in the background.
        deadline = time.monotonic() + 10
        link = pathlib.Path("/sys/class/net") / self.link
        while link.exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    @staticmethod
    def _signal(process: psutil.Process, number: int) -> None:
        command = ["kill", f"-{int(number)}", str(process.pid)]
        subprocess.run(machine.as_root(command), capture_output=True)

    def _remove_cgroups(self) -> None:
        """Remove the box's control groups; only empty ones can be removed."""
        found = [
            str(place)
            for pattern in (self.id, f"*/{self.id}")
            for place in pathlib.Path("/sys/fs/cgroup").glob(pattern)
        ]
        if found:
            command = ["find", *found, "-depth", "-type", "d", "-delete"]
            subprocess.run(machine.as_root(command), capture_output=True)

    def remove(self) -> None:
        """Stop the box and remove everything that it keeps."""
        # What its engine would still write is removed anyway.
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
        """Return a command as root in the running box's network namespace.

        Raises:
            LabError: the box is not running.
        """
        init = self.init()
        if init is None:
            raise LabError(
                "The lab's own engine is not running.", fix="Type: make start"
            )
        net = f"--net=/proc/{init.pid}/ns/net"
        return machine.as_root(["nsenter", net, *command])


def boxes() -> list[Box]:
    """Return the boxes that were ever made in this `DOCKERLAB_HOME`."""
    folder = paths.home() / "box"
    return [Box(name) for name in kinds.KINDS if (folder / name).exists()]


def disk_used(folder: pathlib.Path) -> int:
    """Return the bytes under a folder, including what only root can read."""
    if not folder.exists() or not shutil.which("du"):
        return 0
    command = machine.as_root(["du", "-s", "--block-size=1", str(folder)])
    answer = subprocess.run(command, capture_output=True, text=True)
    return int(answer.stdout.split()[0]) if answer.stdout else 0

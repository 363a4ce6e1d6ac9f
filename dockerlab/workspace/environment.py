"""What a notebook changes in the environment of its kernel.

Programs that a cell starts find the engine, the labels and the wrapper around
`docker` by environment variables. Each method below is one step.
"""

import os
import pathlib
import sys
import sysconfig

from dockerlab.engine.find import Engine
from dockerlab.workspace import wrapper
from dockerlab.workspace.seats import Seat

# What decides where the command line and the SDK find an engine.
ADDRESS = (
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_TLS_VERIFY",
    "DOCKER_CERT_PATH",
)
# The socket of a seat, and the engine's own address behind it.
BEHIND = "DOCKERLAB_BEHIND"
BUILDERS = "BUILDX_CONFIG"


class Environment:
    """The changes of this process's environment; they can be undone."""

    def __init__(self) -> None:
        # For each variable: its value before, and the one it got here.
        self._changed: dict[str, tuple[str | None, str | None]] = {}

    def undo(self) -> None:
        """Give each variable its value of before.

        A variable that somebody else changed in the meantime stays as it is.
        """
        for name, (before, given) in self._changed.items():
            if os.environ.get(name) == given:
                _set(name, before)
        self._changed = {}

    def leave_inherited_seat(self) -> None:
        """Use the engine by its own address where a kernel at a seat started
        this process.

        The engine's DOCKER_HOST is all that is known of that address.
        """
        socket, _, address = os.environ.get(BEHIND, "").partition(" ")
        if socket and socket == os.environ.get("DOCKER_HOST"):
            _set("DOCKER_HOST", address or None)
            _set(BUILDERS, None)
            _set(BEHIND, None)

    def use_engine(self, engine: Engine) -> None:
        """Let `docker` and the SDK find the engine."""
        before = dict(os.environ)
        engine.use()
        for name in before.keys() | os.environ.keys():
            value = os.environ.get(name)
            if value != before.get(name):
                self._note(name, before.get(name), value)

    def use_seat(self, seat: Seat) -> None:
        """Let them find the seat's socket instead, where it has one."""
        if not seat.url:
            return
        address = os.environ.get("DOCKER_HOST", "")
        for name in ADDRESS:
            self._change(name, None)
        self._change("DOCKER_HOST", seat.url)
        self._change(BEHIND, f"{seat.url} {address}")
        # buildx keeps its builders by name, in files.
        self._change(BUILDERS, str(seat.builders))

    def use_wrapper(self, slug: str, scratch: pathlib.Path) -> None:
        """Put the `docker` that adds the labels first on PATH, and the
        programs of the course's Python, such as `syft`, last.

        Raises:
            LabError: there is no `docker` command.
        """
        self._change("DOCKERLAB_DOCKER", wrapper.docker_command())
        self._change("DOCKERLAB_LESSON", slug)
        self._change("DOCKERLAB_SCRATCH", str(scratch))
        self._change("DOCKERLAB_PYTHON", sys.executable)
        programs = sysconfig.get_path("scripts")
        folders = [str(wrapper.FOLDER), *wrapper.path_without()]
        if programs not in folders:
            folders.append(programs)
        self._change("PATH", os.pathsep.join(folders))

    def be_quiet(self) -> None:
        """No advertisements and no redrawing in what a notebook stores."""
        self._change("DOCKER_CLI_HINTS", "false")
        self._change("BUILDKIT_PROGRESS", "plain")
        self._change("COMPOSE_PROGRESS", "plain")
        self._change("SYFT_CHECK_FOR_APP_UPDATE", "false")

    def _change(self, name: str, value: str | None) -> None:
        self._note(name, os.environ.get(name), value)
        _set(name, value)

    def _note(self, name: str, before: str | None, value: str | None) -> None:
        """Note a change; of several ones the first value is the old one."""
        first, _ = self._changed.get(name, (before, None))
        self._changed[name] = first, value


KERNEL = Environment()  # a process has one environment


def _set(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value

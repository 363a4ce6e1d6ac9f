"""JupyterLab, for this machine alone, open on the first notebook."""

import json
import os
import pathlib
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from typing import Any

from dockerlab import paths
from dockerlab.base import ports, processes, web
from dockerlab.base.errors import LabError
from dockerlab.base.machine import Report
from dockerlab.commands import hosted
from dockerlab.course import table
from dockerlab.engine.find import Engine
from dockerlab.workspace import wrapper

NAME = "jupyter"
TERMINAL = "terminal"  # in the label of what is created in a terminal
# Seconds for its start: 2 on an idle machine, 27 with an eighth of one.
PATIENCE = 180
ANNOUNCEMENTS = "@jupyterlab/apputils-extension:announcements"


def _first() -> pathlib.Path:
    """Return the first notebook's path in the project's folder."""
    return table.course().notebooks[0].path.relative_to(paths.PROJECT)


def address(port: int, token: str) -> str:
    """Return the address of the first notebook, for the browser."""
    server = hosted.origin(port, os.environ) or f"http://127.0.0.1:{port}"
    return f"{server}/lab/tree/{_first()}?token={token}"


def running() -> dict[str, Any] | None:
    """Return port and token of the course's JupyterLab if it runs."""
    found = processes.find(NAME)
    return found[1] if found else None


def require_port(port: int) -> None:
    """Raise LabError unless `port` is free, or our JupyterLab has it."""
    ours = running()
    if ours and ours["port"] == port:
        return
    if ours:
        raise LabError(
            f"The course's JupyterLab is already running, on port"
            f" {ours['port']}.",
            fix=f"Open {address(ours['port'], ours['token'])}, or type"
            " `make stop` first.",
        )
    try:
        ports.check(port)
    except OSError as error:
        raise LabError(
            f"Port {port} cannot be used: {error.strerror}.",
            "Another program may be using it.",
            f"Choose another one: make start PORT={port + 1}",
        ) from None


def _disable_news() -> None:
    """Switch off the question about news, which need the network."""
    folder = pathlib.Path(sys.prefix) / "etc" / "jupyter" / "labconfig"
    folder.mkdir(parents=True, exist_ok=True)
    off = {"disabledExtensions": {ANNOUNCEMENTS: True}}
    (folder / "page_config.json").write_text(json.dumps(off))


def serve(engine: Engine, port: int) -> str:
    """Start JupyterLab unless it is running; return its address.

    Raises:
        LabError: it does not answer in time.
    """
    ours = running()
    if ours and _answers(ours["port"], ours["token"]):
        return address(ours["port"], ours["token"])
    _disable_news()
    token = secrets.token_hex(24)
    arguments = [
        "-m",
        "jupyterlab",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={paths.PROJECT}",
        f"--LabApp.default_url=/lab/tree/{_first()}",
        # A login shell would put other folders first on PATH.
        f"--ServerApp.terminado_settings=shell_command={[_shell()]}",
        *hosted.options(port, os.environ),
    ]
    if os.geteuid() == 0:
        arguments.append("--allow-root")
    # The token is in the environment: every user can read arguments.
    environment = {
        **terminal_environment(engine),
        "JUPYTER_TOKEN": token,
        # The tabs of the user's own JupyterLab are not the course's.
        "JUPYTERLAB_WORKSPACES_DIR": str(paths.home() / "workspaces"),
    }
    process = processes.launch(
        NAME, arguments, environment, port=port, token=token
    )
    deadline = time.monotonic() + PATIENCE
    while not _answers(port, token):
        if time.monotonic() > deadline or not process.is_running():
            processes.end(NAME)
            log = processes.log_file(NAME)
            raise LabError(
                "JupyterLab does not start.",
                log.read_text("utf-8", errors="replace")[-500:],
                f"The whole log is in {log}.",
            )
        time.sleep(0.1)
    return address(port, token)


def _shell() -> str:
    """Return the shell of JupyterLab's terminals."""
    return os.environ.get("SHELL") or "/bin/bash"


def terminal_environment(engine: Engine) -> dict[str, str]:
    """Return the variables with which a terminal uses the same engine, the
    same `docker` and the same Python as the notebooks."""
    found = engine.environment()
    folders = (wrapper.FOLDER, pathlib.Path(sys.prefix) / "bin")
    rest = found.get("PATH") or os.environ.get("PATH", os.defpath)
    found["PATH"] = os.pathsep.join([*map(str, folders), rest])
    found["DOCKERLAB_LESSON"] = TERMINAL
    return found


def compile_modules(report: Report) -> None:
    """Compile what the first kernel imports, so that the first cell does not
    wait for it."""
    modules = "ipykernel.kernelapp, dockerlab.lab, dockerlab.checks"
    code = f"import {modules}, dockerlab.pictures"
    subprocess.run(["nice", sys.executable, "-c", code], cwd=paths.PROJECT)


def _answers(port: int, token: str) -> bool:
    url = f"http://127.0.0.1:{port}/api/status"
    request = urllib.request.Request(
        url, headers={"Authorization": f"token {token}"}
    )
    try:
        with web.open_local(request, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def show(url: str) -> None:
    """Open the address in a browser if there is a display."""
    display = any(os.environ.get(k) for k in ("DISPLAY", "WAYLAND_DISPLAY"))
    if sys.platform == "darwin" or display:
        webbrowser.open(url)

"""JupyterLab: its port, its token, and who can reach it."""

import os
import pathlib
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import psutil
import pytest

from dockerlab import paths
from dockerlab.base import processes
from dockerlab.checks.waiting import wait_for
from dockerlab.commands import jupyter
from dockerlab.engine.find import Engine
from dockerlab.workspace import wrapper


def test_a_taken_port_for_jupyter(refused, command, bare_home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command("start", "--port", str(port), **bare_home)
    refused(done, f"Port {port}", "make start PORT=")


@pytest.mark.engine  # takes half a minute
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


@pytest.fixture(scope="module")
def lab_server(tmp_path_factory):
    """A JupyterLab as `make start` starts it: its process, port, token, and
    the folder of its files."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKERLAB_HOME", str(home))
        url = jupyter.serve(Engine("own", ""), port)
        process, _ = processes.find(jupyter.NAME)
    yield process, port, url.partition("token=")[2], home
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKERLAB_HOME", str(home))
        processes.end(jupyter.NAME)


def _status(url: str, **headers: str) -> int:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.counted("checks of safety: what must be refused, is")
def test_jupyter_listens_on_loopback_alone(
    lab_server, addresses_of_this_machine
):
    process, port, _, _ = lab_server
    family = [process, *process.children(recursive=True)]
    listening = [
        c.laddr
        for member in family
        for c in member.net_connections()
        if c.status == psutil.CONN_LISTEN
    ]
    assert port in {address.port for address in listening}
    assert {address.ip for address in listening} <= {"127.0.0.1", "::1"}
    for address in addresses_of_this_machine:
        with pytest.raises(OSError):
            socket.create_connection((address, port), timeout=3).close()


@pytest.mark.counted("checks of safety: what must be refused, is")
@pytest.mark.parametrize(
    "place",
    [
        "api/contents",
        "api/kernels",
        "api/terminals",
        "api/sessions",
        "files/README.md",
        "lab",
    ],
)
def test_jupyter_wants_its_token(lab_server, place):
    _, port, token, _ = lab_server
    url = f"http://127.0.0.1:{port}/{place}"
    wrong = "0" * len(token)
    for headers in ({}, {"Authorization": f"token {wrong}"}):
        # A page for people sends them to ask for the token.
        assert _status(url, **headers) == 403 or _led_to_login(url, headers)
    assert _status(url, Authorization=f"token {token}") == 200


def _led_to_login(url: str, headers: dict[str, str]) -> bool:
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return "/login" in answer.url


@pytest.mark.counted("checks of safety: what must be refused, is")
def test_jupyter_answers_no_page_from_elsewhere(lab_server):
    """A name of somebody's site that points to this machine."""
    _, port, token, _ = lab_server
    url = f"http://127.0.0.1:{port}/api/contents"
    keys = {"Authorization": f"token {token}"}
    assert _status(url, Host="evil.example", **keys) == 403


@pytest.mark.counted("checks of safety: what must be refused, is")
def test_nobody_else_can_read_the_token(lab_server):
    process, _, token, home = lab_server
    assert len(token) >= 32
    assert not any(token in word for word in process.cmdline())
    for path in home.iterdir():
        if token in path.read_text(errors="replace"):
            assert path.stat().st_mode & 0o077 == 0, path


def test_terminals_use_the_notebooks_docker_and_python(lab_server):
    process, port, token, _ = lab_server
    url = f"http://127.0.0.1:{port}/api/terminals"
    keys = {"Authorization": f"token {token}"}
    request = urllib.request.Request(url, b"", headers=keys)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
    name = pathlib.Path(jupyter._shell()).name

    def shells() -> list[psutil.Process]:
        # Not what a shell starts itself, to read its settings.
        return [c for c in process.children() if c.name() == name]

    # A moment before, it is still a copy of the server.
    assert wait_for(shells, 60)
    [shell] = shells()
    assert "-l" not in shell.cmdline()
    environment = shell.environ()
    folders = environment["PATH"].split(os.pathsep)
    assert folders[:2] == [str(wrapper.FOLDER), f"{sys.prefix}/bin"]
    assert environment["DOCKERLAB_LESSON"] == jupyter.TERMINAL
    assert "DOCKERLAB_DOCKER" not in environment

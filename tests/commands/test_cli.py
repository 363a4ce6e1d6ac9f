"""Bad input: each gets one clear message, a next step, and no traceback."""

import contextlib
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import threading

import pytest

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.engine import supplies


def _says(done: subprocess.CompletedProcess, *words: str) -> None:
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert "Traceback" not in said
    for word in words:
        assert word in said, said


@pytest.fixture
def bare_home(tmp_path):
    """A home of the lab in which nothing is prepared, and nothing runs."""
    return {"DOCKERLAB_ENGINE": "box", "DOCKERLAB_HOME": str(tmp_path / "lab")}


def test_docker_host_that_leads_nowhere(command, bare_home):
    nowhere = {"DOCKERLAB_ENGINE": "", "DOCKER_HOST": "unix:///nowhere.sock"}
    settings = bare_home | nowhere
    for words in (["engine", "up"], ["start", "--port", "8999"]):
        _says(
            command(*words, **settings), "unix:///nowhere.sock", "DOCKER_HOST"
        )


@pytest.mark.parametrize("host", ["nonsense", "tcp://127.0.0.1:1", "ssh://"])
def test_docker_host_of_other_kinds(command, host):
    done = command("engine", "up", DOCKERLAB_ENGINE="", DOCKER_HOST=host)
    _says(done, "No Docker Engine answers")


@contextlib.contextmanager
def _engine_that_says(**about):
    """Something that answers like an engine that is of another kind."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(about).encode())

        def log_message(self, *words):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_engine_that_is_too_old(command):
    with _engine_that_says(Version="19.03", ApiVersion="1.40") as url:
        done = command("engine", "up", DOCKERLAB_ENGINE="", DOCKER_HOST=url)
    _says(done, "too old", "1.41")


def test_podman_is_called_so_and_builds_without_buildkit(command):
    parts = [{"Name": "Podman Engine"}, {"Name": "Conmon"}]
    about = {"Version": "5.4.2", "ApiVersion": "1.41", "Components": parts}
    with _engine_that_says(**about) as url:
        settings = {"DOCKERLAB_ENGINE": "own", "DOCKER_HOST": url}
        status = command("engine", "status", **settings)
        variables = command("engine", "env", **settings)
    assert "Podman 5.4.2" in status.stdout
    assert "DOCKER_BUILDKIT=0" in variables.stdout


def test_a_taken_port_for_jupyter(command, bare_home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command("start", "--port", str(port), **bare_home)
    _says(done, f"Port {port}", "make start PORT=")


def test_a_wrong_choice_of_engine(command):
    _says(command("engine", "up", DOCKERLAB_ENGINE="podman"), "own or box")


@pytest.mark.parametrize("folder", ["/tmp/a:b", "/tmp/a,b"])
def test_a_folder_that_mounts_cannot_take(command, folder):
    for words in (["engine", "status"], ["start", "--port", "8999"], ["stop"]):
        done = command(*words, DOCKERLAB_ENGINE="box", DOCKERLAB_HOME=folder)
        _says(done, "DOCKERLAB_HOME", "Choose another folder")


def test_doctor_before_anything_is_prepared(command, bare_home):
    done = command("doctor", "--json", **bare_home)
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert not report["ok"]
    [row] = [r for r in report["checks"] if r["name"] == "engine"]
    assert row["fix"] == "make start"


def test_doctor_is_well(command):
    done = command("doctor", "--json")
    report = json.loads(done.stdout)
    assert report["ok"], report
    assert done.returncode == 0
    assert {"name", "ok", "detail", "fix"} <= set(report["checks"][0])
    assert not any(row["fix"] for row in report["checks"] if row["ok"])


needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("unshare"), reason="needs root"
)


@needs_root
def test_too_little_disk(tmp_path, bare_home):
    small = "mount -t tmpfs -o size=900m tmpfs"
    script = f"{small} {tmp_path} && {_python('engine', 'up')}"
    _says(_shell(script, **bare_home), "disk are free", "DOCKERLAB_HOME")


@pytest.mark.engine  # takes a minute
@needs_root
def test_no_network_at_the_first_preparation(tmp_path, bare_home):
    start = f"ip link set lo up && {_python('start', '--port', '8999')}"
    done = _shell(start, "--net", **bare_home)
    _says(done, "Check the network")
    assert not list(tmp_path.glob("lab/box/*/root"))
    # JupyterLab, which had started meanwhile, was ended.
    assert "stopping" in (tmp_path / "lab" / "jupyter.log").read_text()
    assert not (tmp_path / "lab" / "jupyter.json").exists()


def test_a_corrupted_download(tmp_path, monkeypatch):
    """An index whose files are not what was pinned."""

    class Index(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.path.strip("/").split("/")[-1]
            page = f"<a href='/{name}-{PINNED[name]}-py3-none-any.whl'>x</a>"
            body = page if self.path.endswith("/") else "not a wheel"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *words):
            pass

    pins = re.findall(r"^(\S+)==(\S+)", supplies.PINNED[0].read_text(), re.M)
    PINNED = dict(pins) | {f"{n}-{v}-py3-none-any.whl": v for n, v in pins}
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/simple/"
        monkeypatch.setenv("PIP_INDEX_URL", url)
        with pytest.raises(LabError, match="HASHES") as refused:
            supplies.wheels(print)
        server.shutdown()
    assert "run the same command again" in refused.value.fix
    assert not (tmp_path / "supplies/wheels.stamp").exists()


def _python(*words: str) -> str:
    return f"{paths.PROJECT}/.venv/bin/python -m dockerlab {' '.join(words)}"


def _shell(script: str, *more: str, **settings: str):
    """Run a script as root in namespaces of its own."""
    return subprocess.run(
        ["unshare", "--mount", *more, "sh", "-c", script],
        env={**os.environ, **settings},
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
        timeout=170,
    )

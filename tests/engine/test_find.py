"""Which engine is used: the one that is named, the user's own, or the box."""

import contextlib
import hashlib
import http.server
import json
import pathlib
import socketserver
import tempfile
import threading
from unittest import mock

import pytest

from dockerlab.commands import engines
from dockerlab.engine.find import Engine


def test_docker_host_that_leads_nowhere(refused, command, bare_home):
    nowhere = {"DOCKERLAB_ENGINE": "", "DOCKER_HOST": "unix:///nowhere.sock"}
    settings = bare_home | nowhere
    for words in (["engine", "up"], ["start", "--port", "8999"]):
        refused(
            command(*words, **settings), "unix:///nowhere.sock", "DOCKER_HOST"
        )


@pytest.mark.parametrize("host", ["nonsense", "tcp://127.0.0.1:1", "ssh://"])
def test_docker_host_of_other_kinds(refused, command, host):
    done = command("engine", "up", DOCKERLAB_ENGINE="", DOCKER_HOST=host)
    refused(done, "No Docker Engine answers")


class UnixServer(socketserver.UnixStreamServer):
    """A server at a socket, as Docker's."""

    def get_request(self):
        request, _ = super().get_request()
        return request, ("a socket", 0)


@contextlib.contextmanager
def _engine_that_answers(socket=None, **about):
    """Something that answers like an engine of another kind, at a port or at
    a socket."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(about).encode())

        def log_message(self, *words):
            pass

    kind = UnixServer if socket else http.server.HTTPServer
    with kind(str(socket) if socket else ("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        if socket:
            yield f"unix://{socket}"
        else:
            yield f"tcp://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_engine_that_is_too_old(refused, command):
    with _engine_that_answers(Version="19.03", ApiVersion="1.40") as url:
        done = command("engine", "up", DOCKERLAB_ENGINE="", DOCKER_HOST=url)
    refused(done, "too old", "1.41")


def test_podman_is_called_so_and_builds_without_buildkit(command):
    parts = [{"Name": "Podman Engine"}, {"Name": "Conmon"}]
    about = {"Version": "5.4.2", "ApiVersion": "1.41", "Components": parts}
    with _engine_that_answers(**about) as url:
        settings = {"DOCKERLAB_ENGINE": "own", "DOCKER_HOST": url}
        status = command("engine", "status", **settings)
        variables = command("engine", "env", **settings)
    assert "Podman 5.4.2" in status.stdout
    assert "DOCKER_BUILDKIT=0" in variables.stdout


def test_the_build_cache_of_ones_own_engine_stays(command):
    with _engine_that_answers(Version="29.1", ApiVersion="1.52") as url:
        settings = {"DOCKERLAB_ENGINE": "own", "DOCKER_HOST": url}
        done = command("engine", "trim", **settings)
    assert "left alone" in done.stdout, done.stderr


def test_emptying_the_build_cache_may_take_long(monkeypatch, capsys):
    engine = mock.create_autospec(Engine, instance=True, box=True)
    builds = engine.client.return_value.api
    builds.prune_builds.return_value = {"SpaceReclaimed": 3_900_000_000}
    monkeypatch.setattr(engines, "find", lambda suite: engine)
    engines.trim.main([], standalone_mode=False)
    engine.client.assert_called_once_with(timeout=None)
    assert "3900 MB freed" in capsys.readouterr().out


def test_a_client_may_wait_as_long_as_the_engine_needs(monkeypatch):
    with _engine_that_answers(Version="29.1", ApiVersion="1.52") as url:
        monkeypatch.setenv("DOCKER_HOST", url)
        client = Engine("own", url).client(timeout=None)
    assert client.api.timeout is None


def test_a_wrong_choice_of_engine(refused, command):
    refused(command("engine", "up", DOCKERLAB_ENGINE="podman"), "own or box")


@pytest.mark.parametrize("by", ["DOCKER_CONTEXT", "the settings"])
def test_an_engine_that_only_a_context_names(command, by):
    """Colima, OrbStack, Docker Desktop: nothing is at the usual place, and
    programs such as syft read no contexts."""
    # A socket's path must be short.
    with tempfile.TemporaryDirectory() as name:
        config = pathlib.Path(name)
        socket = config / "engine.sock"
        meta = config / "contexts/meta" / hashlib.sha256(b"mine").hexdigest()
        meta.mkdir(parents=True)
        endpoint = {"Host": f"unix://{socket}", "SkipTLSVerify": False}
        about = {
            "Name": "mine",
            "Metadata": {},
            "Endpoints": {"docker": endpoint},
        }
        (meta / "meta.json").write_text(json.dumps(about))
        settings = {"DOCKERLAB_ENGINE": "own", "DOCKER_CONFIG": name}
        current = {"currentContext": "mine"}
        if by == "DOCKER_CONTEXT":
            settings[by], current = "mine", {}
        (config / "config.json").write_text(json.dumps(current))
        with _engine_that_answers(
            socket, Version="29.1", ApiVersion="1.52"
        ) as url:
            status = command("engine", "status", **settings)
            variables = command("engine", "env", **settings)
    assert "Docker Engine 29.1" in status.stdout, status.stderr
    assert f"address: {url}" in status.stdout
    assert f"export DOCKER_HOST={url}" in variables.stdout


def test_settings_of_a_profile_are_taken_back(command):
    with _engine_that_answers(Version="29.1", ApiVersion="1.52") as url:
        done = command(
            "engine",
            "env",
            DOCKERLAB_ENGINE="own",
            DOCKER_HOST=url,
            DOCKER_DEFAULT_PLATFORM="linux/s390x",
            COMPOSE_FILE="mine.yml",
        )
    printed = done.stdout.splitlines()
    assert "unset DOCKER_DEFAULT_PLATFORM" in printed
    assert "unset COMPOSE_FILE" in printed
    assert "export BUILDX_BUILDER=default" in printed


def test_a_context_that_is_damaged(refused, command, tmp_path):
    meta = tmp_path / "contexts/meta" / hashlib.sha256(b"mine").hexdigest()
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text('{"Name": "mine", "Endpoints": {}}')
    (tmp_path / "config.json").write_text("{}")
    settings = {"DOCKER_CONTEXT": "mine", "DOCKER_CONFIG": str(tmp_path)}
    done = command("engine", "status", DOCKERLAB_ENGINE="own", **settings)
    refused(done, "No Docker Engine answers", "Start your engine")

"""Which engine is used: the one that is named, the user's own, or the box."""

import contextlib
import http.server
import json
import threading

import pytest


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


def test_an_engine_that_is_too_old(refused, command):
    with _engine_that_says(Version="19.03", ApiVersion="1.40") as url:
        done = command("engine", "up", DOCKERLAB_ENGINE="", DOCKER_HOST=url)
    refused(done, "too old", "1.41")


def test_podman_is_called_so_and_builds_without_buildkit(command):
    parts = [{"Name": "Podman Engine"}, {"Name": "Conmon"}]
    about = {"Version": "5.4.2", "ApiVersion": "1.41", "Components": parts}
    with _engine_that_says(**about) as url:
        settings = {"DOCKERLAB_ENGINE": "own", "DOCKER_HOST": url}
        status = command("engine", "status", **settings)
        variables = command("engine", "env", **settings)
    assert "Podman 5.4.2" in status.stdout
    assert "DOCKER_BUILDKIT=0" in variables.stdout


def test_a_wrong_choice_of_engine(refused, command):
    refused(command("engine", "up", DOCKERLAB_ENGINE="podman"), "own or box")

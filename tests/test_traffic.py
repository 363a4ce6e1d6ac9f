"""Load and steady traffic: what they count, and when they stop."""

import http.server
import itertools
import threading
import time
import types

import docker.errors
import pytest

from dockerlab import traffic
from dockerlab.base.errors import LabError

# What ab 2.3 prints, shortened, and the file that it writes beside.
PRINTED = """\
Server Software:        gunicorn
Concurrency Level:      4
Complete requests:      300
Failed requests:        2
Non-2xx responses:      5
Requests per second:    583.12 [#/sec] (mean)

Percentage served,Time in ms
0,1.1
50,4.030
95,23.379
"""
NO_NAME = (
    b"apr_sockaddr_info_get() for web:"
    b" Temporary failure in name resolution (670003)"
)


class _Page(http.server.BaseHTTPRequestHandler):
    """Answers /ok at once, /slow late, anything else with 503."""

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(0.3)
        self.send_response(503 if self.path == "/bad" else 200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def url():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_reads_what_ab_prints():
    load = traffic.read_ab(PRINTED, 4)
    assert load == traffic.Load(4, 583.12, 4.03, 23.379, 300, 7)


def test_missing_answers_are_explained():
    with pytest.raises(LabError) as error:
        traffic.read_ab("\napr_socket_connect(): Connection refused\n", 1)
    assert "Connection refused" in error.value.why


@pytest.mark.parametrize("late", [1, 2, 3])
def test_a_late_name_server_gets_another_request(late):
    answers = iter([NO_NAME] * late + [PRINTED.encode()])

    def run(*_: object, **__: object) -> bytes:
        answer = next(answers)
        if answer == NO_NAME:
            raise docker.errors.ContainerError("", 1, "ab", "httpd", answer)
        return answer

    client = types.SimpleNamespace(containers=types.SimpleNamespace(run=run))
    if late < traffic.NAME_ATTEMPTS:
        assert traffic.load(client, "http://web/", 4).per_second == 583.12
    else:
        with pytest.raises(LabError) as caught:
            traffic.load(client, "http://web/", 4)
        assert "name resolution" in str(caught.value)


def test_no_load_is_unbounded():
    [*_, script] = traffic.ab("http://x/", 1, 10**9)
    assert f"-n {traffic.MOST} " in script
    assert f"-t {traffic.LONGEST} " in script


def test_load_of_a_service_in_a_container(lab_client):
    labels = {"dockerlab.lesson": "test", "dockerlab.by": "lab"}
    page = lab_client.containers.run(
        "python:3.13-slim",
        ["python", "-u", "-m", "http.server", "8000"],
        name="testchecks-loaded",
        labels=labels,
        detach=True,
    )
    try:
        while b"Serving" not in page.logs():
            time.sleep(0.1)
        page.reload()
        address = page.attrs["NetworkSettings"]["IPAddress"]
        at = f"http://{address}:8000"
        load = traffic.load(lab_client, f"{at}/", 2, 20, labels=labels)
        assert (load.complete, load.failed) == (20, 0)
        assert 0 < load.p50 <= load.p95
        load = traffic.load(lab_client, f"{at}/none", 1, 5, labels=labels)
        assert load.failed == 5
    finally:
        page.remove(force=True)


def test_steady_traffic_keeps_every_answer_in_order(url):
    with traffic.Steady(f"{url}/ok", per_second=100) as steady:
        steady.reach(30, seconds=60)
    assert len(steady.answers) >= 30
    assert steady.failed == []
    assert {answer.text for answer in steady.answers} == {"hello"}
    moments = [answer.at for answer in steady.answers]
    assert moments == sorted(moments)


def test_steady_traffic_is_no_faster_than_asked(url):
    with traffic.Steady(f"{url}/ok", per_second=20) as steady:
        time.sleep(0.5)
        elapsed = steady.elapsed
    assert 0 < len(steady.answers) <= 20 * (elapsed + 0.5)


def test_slow_answers_do_not_hold_up_the_others(url):
    with traffic.Steady(f"{url}/slow", per_second=40, workers=16) as steady:
        steady.reach(20, seconds=60)
    # Had each waited for the one before, none would begin earlier.
    assert any(
        after.at < before.at + before.seconds
        for before, after in itertools.pairwise(steady.answers)
    )


@pytest.mark.parametrize(
    ("path", "status"), [("/bad", 503), ("/slow", 0)], ids=["503", "late"]
)
def test_late_and_bad_answers_have_failed(url, path, status):
    with traffic.Steady(
        url + path, per_second=50, timeout=0.1, workers=2
    ) as steady:
        steady.reach(4, seconds=60)
    assert len(steady.failed) == len(steady.answers) >= 4
    # On a busy machine a 503 may come late as well.
    assert {answer.status for answer in steady.answers} <= {status, 0}


def test_a_closed_port_fails_with_the_reason():
    # Port 9, discard: nothing listens there on a machine of today.
    with traffic.Steady("http://127.0.0.1:9/", per_second=50) as steady:
        steady.reach(3, seconds=60)
    assert steady.failed == steady.answers
    assert "refused" in steady.answers[0].text


def test_a_failing_body_ends_the_traffic(url):
    steady = traffic.Steady(f"{url}/ok")
    with pytest.raises(ZeroDivisionError), steady:
        _ = 1 / 0
    count = len(steady.answers)
    time.sleep(0.2)
    assert len(steady.answers) == count


def test_commands_run_in_order_while_requests_go_on(url, tmp_path, capsys):
    file = tmp_path / "steps"
    steady, events = traffic.during(
        f"{url}/ok",
        {"first": f"echo 1 > {file}", "second": f"echo 2 >> {file}"},
    )
    assert file.read_text() == "1\n2\n"
    assert list(events) == ["first", "second", "done"]
    assert list(events.values()) == sorted(events.values())
    assert steady.answers[0].at < events["first"]
    assert steady.answers[-1].at > events["done"]
    assert not steady.failed
    assert capsys.readouterr().out.startswith("$ echo 1 > ")


def test_a_failed_command_ends_the_traffic_with_its_last_words(url):
    with pytest.raises(LabError, match="exit code 3") as caught:
        traffic.during(f"{url}/ok", {"fail": "echo no such thing >&2; exit 3"})
    assert caught.value.why == "no such thing"

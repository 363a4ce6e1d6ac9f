"""The board as the instructor runs it: its container, its page, its end."""

import concurrent.futures
import json
import pathlib
import re
import socket
import statistics
import time
import urllib.error
import urllib.request

import docker.errors
import pytest

from dockerlab.base import processes
from dockerlab.base.errors import LabError
from dockerlab.commands import board
from dockerlab.engine.find import find
from tests.browsing import chromium

LEARNERS = 40
# Seconds that the simulated class works; minutes in a long run.
SHORT, LONG = 10, 180


@pytest.fixture(scope="module")
def names():
    """Names of the tests' own, so that no real board is touched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(board, "IMAGE", "board-testapp")
        patch.setattr(board, "CONTAINER", "board-testweb")
        patch.setattr(board, "VOLUME", "board-testdata")
        patch.setattr(board, "RELAY", "relay-of-tests")
        yield


@pytest.fixture(scope="module")
def running(needs_engine, names):
    """A running board: its address and its room."""
    engine = find()
    known = board.Room("blue-whale-1234", "the-instructors-key")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in engine.environment().items():
            patch.setenv(name, value)
        board.build()
        board.run(engine, known, board.LOOPBACK, port)
        yield f"http://127.0.0.1:{port}", known
        client = engine.client()
        board._remove_container(client)
        client.volumes.get(board.VOLUME).remove()
        client.images.remove(board.IMAGE)
        client.close()


def _post(url: str, content: dict, **headers: str) -> tuple[int, dict]:
    headers["Content-Type"] = "application/json"
    data = json.dumps(content).encode()
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        return error.code, {}


def _join(url: str, room: str, nickname: str) -> dict[str, str]:
    content = {"room": room, "nickname": nickname}
    status, answer = _post(f"{url}/api/join", content)
    assert status == 200
    return {"Authorization": f"Bearer {answer['key']}"}


def test_the_container_has_few_rights(running, lab_client):
    container = lab_client.containers.get(board.CONTAINER)
    host = container.attrs["HostConfig"]
    assert container.attrs["Config"]["User"] == "10001:10001"
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    [bound] = container.ports["8000/tcp"]
    assert bound["HostIp"] == "127.0.0.1"


def test_the_page_follows_the_room(running, lab_client):
    url, known = running
    eve = _join(url, known.code, "<img src=x>")
    for _ in range(3):
        event = {"exercise": "flask_app/greeting", "passed": False}
        event["missed"] = "greets"
        assert _post(f"{url}/api/events", event, **eve)[0] == 204
    with chromium() as browser:
        page = browser.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("requestfailed", lambda one: problems.append(one.url))
        assert page.goto(url).status == 403
        page.goto(f"{url}/?key={known.key}")
        assert "key=" not in page.url
        stuck = page.locator("#stuck li", has_text="<img src=x>")
        stuck.wait_for(timeout=60_000)
        assert "flask_app/greeting: greets" in stuck.text_content()
        assert page.locator("#missed li").first.text_content() == (
            "flask_app/greeting: greets (1 learner)"
        )
        passed = {"exercise": "flask_app/greeting", "passed": True}
        _post(f"{url}/api/events", passed, **eve)
        # Without a reload.
        page.get_by_text(re.compile("^1 of ")).wait_for(timeout=60_000)
        page.get_by_text("Nobody.").wait_for(timeout=60_000)
        assert problems == []
    log = lab_client.containers.get(board.CONTAINER).logs()
    assert b"POST /api/join 200" in log
    assert known.key.encode() not in log


def test_forty_learners(running, request, record_property):
    """No request fails and none is lost, while the page is watched."""
    url, known = running
    seconds = LONG if request.config.option.long else SHORT
    end = time.monotonic() + seconds

    def learn(number: int) -> tuple[int, list[float]]:
        headers = _join(url, known.code, f"Learner {number}")
        times: list[float] = []
        while time.monotonic() < end:
            event = {
                "exercise": f"flask_app/e{len(times) % 4}",
                "passed": len(times) % 3 == 0,
                "missed": "" if len(times) % 3 == 0 else "greets",
            }
            begun = time.monotonic()
            status, _ = _post(f"{url}/api/events", event, **headers)
            times.append(time.monotonic() - begun)
            assert status == 204
            time.sleep(2)
        return number, times

    with concurrent.futures.ThreadPoolExecutor(LEARNERS) as pool:
        results = list(pool.map(learn, range(LEARNERS)))
    counts = [len(times) for _, times in results]
    assert min(counts) > 0
    every = [one for _, times in results for one in times]
    record_property("counted", {"events of a simulated class": len(every)})
    request.node.user_properties.append(
        ("seconds of an event, median", round(statistics.median(every), 3))
    )
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    opener.open(f"{url}/?key={known.key}", timeout=60).close()
    with opener.open(f"{url}/room.json", timeout=60) as answer:
        room = json.loads(answer.read())
    there = {row["nickname"] for row in room["learners"]}
    assert {f"Learner {n}" for n in range(LEARNERS)} <= there


def test_a_restart_keeps_the_data(running, lab_client):
    url, known = running
    ada = _join(url, known.code, "Kept")
    lab_client.containers.get(board.CONTAINER).restart()
    # The box publishes the port again, at another number.
    port = int(url.rpartition(":")[2])
    board.run(find(), known, board.LOOPBACK, port)
    passed = {"exercise": "flask_app/greeting", "passed": True}
    assert _post(f"{url}/api/events", passed, **ada)[0] == 204


def test_a_taken_port_and_a_foreign_address():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LabError, match="make board ADDRESS"):
            board.check(board.LOOPBACK, port)
    with pytest.raises(LabError, match=r"cannot use 198\.51\.100\.7"):
        board.check("198.51.100.7", 8800)


def test_a_container_of_somebody_else_stays(lab_client, names, monkeypatch):
    monkeypatch.setattr(board, "CONTAINER", "board-foreign")
    other = lab_client.containers.create(
        "debian:trixie-slim", name="board-foreign"
    )
    try:
        with pytest.raises(LabError, match="docker rename board-foreign"):
            board._remove_container(lab_client)
        other.reload()
    finally:
        other.remove()


def test_the_room_stays_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(board, "_file", lambda: tmp_path / "room.json")
    first = board.room()
    assert board.room() == first
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d{4}", first.code)
    assert board.room("mine").code == "mine"
    assert board.room().key == first.key
    assert (tmp_path / "room.json").stat().st_mode & 0o777 == 0o600
    (tmp_path / "room.json").write_text("{half")
    assert board.room().key != first.key


def test_course_of_the_board():
    rows = json.loads(board.course_json())
    assert {"slug", "title", "exercises"} == set(rows[0])
    assert any(row["exercises"] for row in rows)


def test_the_relay_listens_where_it_was_told(names, tmp_path, monkeypatch):
    """And passes bytes on to the loopback port."""
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as target:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        words = ["-m", "dockerlab.commands.relay", "127.0.0.1", str(port)]
        words.append(str(target.getsockname()[1]))
        process = processes.launch(board.RELAY, words, {})
        try:
            client = _connected(port)
            inside, _ = target.accept()
            client.sendall(b"to the board")
            assert inside.recv(100) == b"to the board"
            inside.sendall(b"back")
            assert client.recv(100) == b"back"
            listening = [c.laddr.ip for c in process.net_connections()]
            assert set(listening) == {"127.0.0.1"}
            inside.close()
            assert client.recv(100) == b""
            client.close()
        finally:
            processes.end(board.RELAY)


def _connected(port: int) -> socket.socket:
    end = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_clear_removes_all(needs_engine, names, tmp_path, monkeypatch):
    """`make board-clear` also works when there is nothing."""
    monkeypatch.setattr(board, "_file", lambda: tmp_path / "room.json")
    monkeypatch.setattr(board, "VOLUME", "board-none")
    monkeypatch.setattr(board, "CONTAINER", "board-none")
    monkeypatch.setattr(board, "IMAGE", "board-none")
    board.room()
    board.clear(find())
    assert not pathlib.Path(tmp_path / "room.json").exists()
    client = find().client()
    for get in (client.volumes.get, client.containers.get):
        with pytest.raises(docker.errors.NotFound):
            get("board-none")
    client.close()

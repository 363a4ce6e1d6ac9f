"""Two learners at once on one engine: neither meets what the other made."""

import concurrent.futures
import contextlib
import hashlib
import io
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time

import docker
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import table
from dockerlab.engine.find import find
from dockerlab.lab import LABEL, Lab
from dockerlab.workspace import seats

SWAP = seats.Swap(
    [
        seats.Name(
            "dockerlab",
            "dl-seat01",
            ("/06-", "%2F06-", ".lesson"),
            ("-06",),
        ),
        seats.Name("my-python", "dl-made01", ("-app",)),
    ],
    keep=[
        r"/tmp/dockerlab-0-ab/[^\s\"]*",
        r"localhost:\d+/[\w/-]*",
        r"/v2/[\w./-]*",
    ],
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"Name":"/flask-web"}', '{"Name":"/dl-seat01-06-web"}'),
        ("FROM flask-base:1", "FROM dl-seat01/06-base:1"),
        ("/images/dockerlab%2F06-x/json", "/images/dl-seat01%2F06-x/json"),
        ('"dockerlab.lesson":"flask_app"', '"dl-seat01.lesson":"flask_app"'),
        ("name=dockerlab-06", "name=dl-seat01-06"),
        ("library/my-python-app:1", "library/dl-made01-app:1"),
        # What is another's, looks like another's.
        ("dl-seat01-06-web", "flask-web"),
    ],
)
def test_exchanges_names(text, expected):
    assert SWAP(text.encode()) == expected.encode()


@pytest.mark.parametrize(
    "text",
    [
        "better-web",
        "better-x",
        "/run/dockerlab-06ab12cd/docker.sock",
        "dockerlab.by=lab",
        "dl-seat02-06-web",
        "my-python-other",
        # Paths are the same for the kernel and the engine, ...
        '"/tmp/dockerlab-0-ab/lesson-06/my-python-app:/app"',
        # ... and so is a registry with a port of its own.
        "localhost:5001/flask-x",
        "GET /v2/flask-x/tags/list HTTP/1.1",
    ],
)
def test_leaves_the_rest(text):
    assert SWAP(text.encode()) == text.encode()


WORDS = st.sampled_from(
    [
        "dockerlab", "dl-seat01", "my-python", "dl-made01", "-06", "-06-",
        "/06-", "%2F06-", ".lesson", "-app", "web", "d", "my", " ", '"', "0",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(WORDS), st.lists(st.integers(1, 40)))
def test_cutting_a_stream_changes_nothing(words, lengths):
    data = "".join(words).encode()
    whole = SWAP(data)
    assert len(whole) == len(data)
    assert SWAP(whole) == data
    out, kept, rest = b"", b"", data
    for length in [*lengths, len(data)]:
        part, rest = kept + rest[:length], rest[length:]
        end = len(part) - SWAP.unsure(part)
        out, kept = out + SWAP(part)[:end], part[end:]
    assert out + SWAP(kept) == whole


def test_a_name_whose_rest_comes_late():
    """A busy machine stops between two writes of one message."""
    halves = (
        b"POST /containers/create?name=flask-web HTTP/1.1\r\n\r\n"
        b'{"Labels":{"dockerlab.les',
        b'son":"flask_app"}}',
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.socket(socket.AF_UNIX) as far,
    ):
        far.bind(f"{folder}/far")
        far.listen()
        proxy = seats.Proxy(
            pathlib.Path(folder, "near"), f"{folder}/far", SWAP, SWAP
        )
        proxy.start()
        with socket.socket(socket.AF_UNIX) as near:
            near.connect(str(proxy.path))
            for half in halves:
                near.sendall(half)
                time.sleep(0.5)
            near.shutdown(socket.SHUT_WR)
            engine, _ = far.accept()
            with engine, engine.makefile("rb") as sent:
                assert sent.read() == SWAP(b"".join(halves))


@pytest.fixture
def two(needs_engine, monkeypatch, tmp_path):
    """Two labs of one lesson; the second one sits behind a socket."""
    one = Lab("testpair", builds=["my-python-app"])
    monkeypatch.setenv("DOCKERLAB_LEARNER", f"Ada of {tmp_path}")
    two = Lab("testpair", builds=["my-python-app"])
    monkeypatch.delenv("DOCKERLAB_LEARNER")
    assert two.seat.url
    yield one, two
    two.close()
    one.close()
    seats.leave()


INHERITED = ("DOCKER_HOST", "BUILDX_CONFIG", "DOCKERLAB_BEHIND")


@pytest.mark.parametrize("host", ["unix:///run/engine.sock", None])
def test_who_is_started_at_a_seat_leaves_it(host, monkeypatch):
    """It would get the plain names, and be cleared as the other learner."""
    monkeypatch.setattr(seats, "_before", None)
    monkeypatch.setenv("DOCKER_HOST", "unix:///seat.sock")
    monkeypatch.setenv("BUILDX_CONFIG", "/seat.buildx")
    monkeypatch.setenv("DOCKERLAB_BEHIND", f"unix:///seat.sock {host or ''}")
    seats.leave()
    assert [os.environ.get(name) for name in INHERITED] == [host, None, None]


@contextlib.contextmanager
def _at(lab: Lab):
    """Commands go to this lab's seat."""
    before = os.environ["DOCKER_HOST"]
    os.environ["DOCKER_HOST"] = lab.engine.url
    try:
        yield
    finally:
        os.environ["DOCKER_HOST"] = before


def _sh(script: str, **more) -> str:
    done = subprocess.run(
        ["bash", "-ec", script], capture_output=True, text=True, **more
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


MAKE = """
docker run --detach --name testpair-web debian:trixie-slim sleep 600
docker volume create testpair-data
docker network create testpair-net
printf 'FROM debian:trixie-slim\nRUN echo I am WHO > /who\n' |
    sed s/WHO/$1/ |
    docker build --quiet --tag my-python-app --tag testpair-x -
"""


def test_the_same_names_twice(two):
    for number, lab in enumerate(two):
        with _at(lab):
            _sh(MAKE.replace("$1", str(number)))
    for number, lab in enumerate(two):
        with _at(lab):
            names = _sh(
                "docker ps --filter name=dockerlab-96 --format {{.Names}}"
            )
            assert names == "testpair-web\n"
            for image in ("my-python-app", "testpair-x"):
                said = _sh(f"docker run --rm {image} cat /who")
                assert said == f"I am {number}\n"
        rows = lab.count()
        assert [row["course"] for row in rows.values()] == [1, 2, 1, 1]
        labels = lab.client.containers.get("testpair-web").labels
        assert labels[LABEL] == "96"
    one, other = two
    one.reset()
    assert not any(row["course"] for row in one.count().values())
    assert [row["course"] for row in other.count().values()] == [1, 2, 1, 1]


TAG = """
printf 'FROM debian:trixie-slim\nRUN echo one > /who\n' > Dockerfile
docker build --quiet --tag testpair-y .
docker tag testpair-y localhost:5096/testpair-y
echo RUN true >> Dockerfile
docker build --quiet --iidfile nameless .
"""


def test_images_whose_names_are_not_exchanged(two, tmp_path):
    """A name for a registry, or none, does not tell whose an image is."""
    one, other = two
    with _at(one):
        _sh(TAG, cwd=tmp_path)
    names = [
        "localhost:5096/testpair-y:latest",
        (tmp_path / "nameless").read_text(),
    ]
    other.reset()
    for name in names:
        assert one.client.images.get(name)
    one.reset()
    for name in names:
        with pytest.raises(docker.errors.ImageNotFound):
            one.client.images.get(name)


def test_a_container_of_an_image_that_bears_anothers_label(two, tmp_path):
    """As one that was loaded from an archive; labels are inherited."""
    one, other = two
    with _at(one):
        _sh(TAG, cwd=tmp_path)
    run = "docker run --detach --name testpair-y"
    with _at(other):
        _sh(f"{run} localhost:5096/testpair-y sleep 600")
    assert one.count()["containers"]["course"] == 0
    assert other.count()["containers"]["course"] == 1
    one.reset()
    assert other.count()["containers"]["course"] == 1
    other.reset()
    assert other.count()["containers"]["course"] == 0


def test_a_stream_that_ends_on_one_side(two):
    """Standard input ends while standard output goes on."""
    for lab in two:
        with _at(lab):
            run = "docker run --rm --interactive debian:trixie-slim"
            assert _sh(f"{run} sort", input="b\na\n") == "a\nb\n"


def test_files_go_in_and_out(two, tmp_path):
    """A tar member's name stands beside its checksum."""
    (tmp_path / "my-python-app").mkdir()
    (tmp_path / "my-python-app" / "testpair-x").write_text("here")
    _, lab = two
    with _at(lab):
        _sh(
            "docker create --name testpair-cp debian:trixie-slim true\n"
            "docker cp my-python-app testpair-cp:/srv/\n"
            "docker cp testpair-cp:/srv/my-python-app back\n"
            "docker rm testpair-cp",
            cwd=tmp_path,
        )
    assert (tmp_path / "back" / "testpair-x").read_text() == "here"


def test_digests_stay_true(two):
    """What was saved has the digest that the engine says."""
    _, lab = two
    with _at(lab):
        _sh(MAKE.replace("$1", "x"))
    image = lab.client.images.get("my-python-app")
    saved = io.BytesIO(b"".join(image.save(named="my-python-app:latest")))
    with tarfile.open(fileobj=saved) as archive:
        [manifest] = json.load(archive.extractfile("manifest.json"))
        config = archive.extractfile(manifest["Config"]).read()
    assert manifest["RepoTags"] == ["my-python-app:latest"]
    assert image.id == f"sha256:{hashlib.sha256(config).hexdigest()}"
    saved.seek(0)
    lab.client.images.load(saved)
    assert lab.client.images.get("my-python-app").id == image.id


def test_the_engine_is_still_what_it_was(two):
    """A kernel at a seat knows which engine it uses."""
    plain, behind = (lab.engine for lab in two)
    assert behind.url != plain.url
    found = find()
    assert (found.kind, found.url) == (behind.kind, behind.url)
    assert found.environment().get("DOCKER_HOST", found.url) == behind.url


def test_another_docker_host_than_the_seats(two, monkeypatch):
    """Who names another engine at a seat is told about that one."""
    # Undone here: the seat itself changes these variables when it is left.
    with monkeypatch.context() as patch:
        patch.setenv("DOCKERLAB_ENGINE", "")
        patch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
        with pytest.raises(LabError, match=r"tcp://127\.0\.0\.1:1"):
            find()


def test_a_socket_is_its_owners(two):
    _, lab = two
    path = lab.engine.url.removeprefix("unix://")
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert os.stat(os.path.dirname(path)).st_mode & 0o777 == 0o700


@pytest.fixture
def on_box(needs_engine):
    """The stored outputs were made there."""
    if find().kind != "box":
        pytest.skip("for the lab's own engine")


def _plain() -> dict[str, str]:
    names = (*seats.ADDRESS, "DOCKERLAB_BEHIND", "BUILDX_CONFIG")
    ours = ("PYTEST_", "COV_")
    return {
        key: value
        for key, value in os.environ.items()
        if key not in names and not key.startswith(ours)
    }


TAKE = """
import sys
from dockerlab.engine.find import find
from dockerlab.workspace import seats
print(seats.take(find(), "95").number, flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def _taker(code: str = TAKE):
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=_plain(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=paths.PROJECT,
    )
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def test_a_killed_kernels_seat_is_free_again():
    with _taker() as (first, zero), _taker() as (_, one):
        assert one > zero
        first.send_signal(signal.SIGKILL)
        first.wait()
        with _taker() as (_, again):
            assert again == zero


def test_many_use_a_thing_together_or_one_alone():
    one, other = seats.Turn("test"), seats.Turn("test")
    assert one.take(alone=False, seconds=0)
    assert other.take(alone=False, seconds=0)
    assert one.others()
    assert other.others()
    assert not one.take(alone=True, seconds=0)
    # Who waits to be alone uses it no more.
    assert not other.others()
    assert other.take(alone=True, seconds=0)
    assert not one.take(alone=False, seconds=0)
    other.give_back()
    assert one.take(alone=False, seconds=0)
    one.give_back()


def test_two_who_want_all_do_not_hinder_each_other():
    turns = [seats.Turn("test"), seats.Turn("test")]
    for turn in turns:
        assert turn.take(alone=False, seconds=0)

    def once(turn) -> bool:
        had = turn.take(alone=True, seconds=10)
        turn.give_back()
        return had

    with concurrent.futures.ThreadPoolExecutor() as pool:
        assert list(pool.map(once, turns)) == [True, True]


ALONE = """
import sys
from dockerlab.workspace import seats
print(int(seats.turn("test").take(alone=True, seconds=0)), flush=True)
sys.stdin.read()
"""


def test_a_killed_kernels_turn_is_over():
    mine = seats.Turn("test")
    with _taker(ALONE) as (first, had):
        assert had
        assert not mine.take(alone=False, seconds=0)
        first.kill()
        assert mine.take(alone=False, seconds=10)
    mine.give_back()


LEAVE = """
import sys
from dockerlab.lab import Lab
lab = Lab("testseat")
lab.client.containers.create("debian:trixie-slim", labels=lab.labels)
print(lab.seat.number, flush=True)
sys.stdin.read()
"""


@pytest.mark.usefixtures("on_box")
def test_what_a_killed_kernel_left_at_its_seat_goes():
    with _taker(), _taker(LEAVE) as (_, one):
        label = f"{seats.alias(one)}.lesson=95"
        lab = Lab("testseat")
        assert lab.seat.number > one > 0
        left = lab.client.containers.list
        # Its process lives.
        assert len(left(all=True, filters={"label": label})) == 1
    lab = Lab("testseat")
    assert left(all=True, filters={"label": label}) == []
    lab.close()


def test_through_a_command_where_there_is_no_socket(two, tmp_path):
    """An engine behind ssh, say: `docker` itself makes the connection."""
    one, _ = two
    docker_cli = os.environ["DOCKERLAB_DOCKER"]
    host = {**os.environ, "DOCKER_HOST": one.engine.url}
    command = [docker_cli, "system", "dial-stdio"]
    path = tmp_path / "x.sock"
    seats.Proxy(path, command, SWAP, SWAP, host).start()
    client = docker.DockerClient(f"unix://{path}")
    try:
        assert client.info()["ID"] == one.client.info()["ID"]
    finally:
        client.close()


# -- whole lessons, twice at once ---------------------------------------


def _nbval(path, log) -> subprocess.Popen:
    """Run a lesson and compare its outputs, as `make test` does."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "pytest", "--quiet", "--nbval"),
            *("-p", "no:cacheprovider", "--numprocesses=0", str(path)),
        ],
        env={**_plain(), "DOCKERLAB_TOGETHER": "1"},
        cwd=paths.PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )


def _twice(path, folder) -> None:
    logs = [folder / f"{number}.log" for number in (1, 2)]
    with contextlib.ExitStack() as files:
        open_logs = [files.enter_context(log.open("w")) for log in logs]
        runs = [_nbval(path, log) for log in open_logs]
        codes = [run.wait(1500) for run in runs]
    said = "\n".join(log.read_text("utf-8") for log in logs)
    assert codes == [0, 0], said
    for log in logs:
        compared = re.search(r"(\d+) of those compared", log.read_text())
        assert int(compared[1]) > 0


@pytest.mark.usefixtures("on_box")
def test_two_learners_run_lesson_00_at_once(tmp_path, record_property):
    [path] = paths.NOTEBOOKS.glob("*_start_here.ipynb")
    _twice(path, tmp_path)
    record_property("counted", {"lessons of two learners at once": 1})


@pytest.mark.usefixtures("on_box")
@pytest.mark.long
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.lesson(path.stem[3:]))
        for path in [b.path for b in table.course().notebooks]
    ],
    ids=lambda path: path.stem,
)
def test_two_learners_run_each_lesson_at_once(path, tmp_path, record_property):
    _twice(path, tmp_path)
    record_property("counted", {"lessons of two learners at once": 1})

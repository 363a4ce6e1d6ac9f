"""Several learners at once on one engine: nobody meets what another made."""

import contextlib
import hashlib
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tarfile

import docker
import docker.errors
import pytest

from dockerlab import paths
from dockerlab.base import labels
from dockerlab.base.errors import LabError
from dockerlab.course import table
from dockerlab.engine.find import find
from dockerlab.lab import Lab
from dockerlab.workspace import environment, objects
from dockerlab.workspace.names import Name

BASE = "debian:trixie-slim"


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
    environment.KERNEL.undo()


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
                "docker ps --filter name=testpair- --format {{.Names}}"
            )
            assert names == "testpair-web\n"
            for image in ("my-python-app", "testpair-x"):
                printed = _sh(f"docker run --rm {image} cat /who")
                assert printed == f"I am {number}\n"
        rows = lab.count()
        assert [row["course"] for row in rows.values()] == [1, 2, 1, 1]
        labels = lab.client.containers.get("testpair-web").labels
        assert labels["dockerlab.lesson"] == "testpair"
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
        # Its index in today's image store, its configuration in the classic.
        wanted = image.id.removeprefix("sha256:")
        [name] = [
            name
            for name in archive.getnames()
            if pathlib.PurePath(name).stem == wanted
        ]
        named = archive.extractfile(name).read()
    assert manifest["RepoTags"] == ["my-python-app:latest"]
    assert wanted == hashlib.sha256(named).hexdigest()
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
    names = (*environment.ADDRESS, "DOCKERLAB_BEHIND", "BUILDX_CONFIG")
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
print(seats.take(find(), "testseat").number, flush=True)
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


@pytest.mark.engine
def test_a_killed_kernels_seat_is_free_again():
    with _taker() as (first, zero), _taker() as (_, one):
        assert one > zero
        first.send_signal(signal.SIGKILL)
        first.wait()
        with _taker() as (_, again):
            assert again == zero


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
        label = labels.pair("testseat", labels.key_of_seat(one))
        lab = Lab("testseat")
        assert lab.seat.number > one > 0
        left = lab.client.containers.list
        # Its process lives.
        assert len(left(all=True, filters={"label": label})) == 1
    lab = Lab("testseat")
    assert left(all=True, filters={"label": label}) == []
    lab.close()


# -- names that somebody else has ---------------------------------------


@pytest.fixture
def plain(needs_engine):
    """A client that sees the engine's own names."""
    client = find().client()
    yield client
    client.close()


def _make(client: docker.DockerClient, kind: str, name: str):
    """Somebody's object; a function that removes it."""
    if kind == "container":
        return client.containers.create(BASE, name=name).remove
    if kind == "image":
        client.images.get(BASE).tag(name)
        return lambda: client.images.remove(name)
    held = client.networks if kind == "network" else client.volumes
    return held.create(name).remove


def _there(client: docker.DockerClient, name: str) -> set[tuple[str, str]]:
    return {
        (thing.kind, thing.short_name)
        for thing in objects.listed(client)
        if thing.short_name.startswith(name)
    }


@pytest.mark.parametrize("kind", ["container", "image", "network", "volume"])
def test_a_name_that_somebody_else_has(kind, plain, tmp_path, capsys):
    """It stays theirs; the notebook gets an alias and works."""
    (tmp_path / "Dockerfile").write_text(f"FROM {BASE}\n")
    remove = _make(plain, kind, "testown-web")
    theirs = _there(plain, "testown-web")
    try:
        lab = Lab("testown")
        printed = "Somebody else's testown- is on this engine"
        assert printed in capsys.readouterr().out
        _sh(
            f"docker run --detach --name testown-web {BASE} sleep 600\n"
            "docker volume create testown-web\n"
            "docker network create testown-web\n"
            "docker build --quiet --tag testown-web .",
            cwd=tmp_path,
        )
        assert lab.client.containers.get("testown-web").status == "running"
        everything = {"container", "image", "network", "volume"}
        mine = {(each, "testo01-web") for each in everything}
        assert _there(plain, "testo01-web") == mine
        assert _there(lab.client, "testown-web") == {
            (each, "testown-web") for each in everything
        }
        lab.close()
        assert not _there(plain, "testo01-web")
        assert _there(plain, "testown-web") == theirs
    finally:
        remove()
    again = Lab("testown")
    assert not again.seat.url
    assert "Somebody" not in capsys.readouterr().out
    again.close()


def test_only_the_taken_name_gets_an_alias(plain):
    remove = _make(plain, "image", "my-python-app")
    try:
        lab = Lab("testown", builds=["my-python-app"])
        assert lab.seat.on_engine == {
            Name("my-python-app"): Name("01-python-app"),
            Name("testown-", is_head=True): Name("testown-", is_head=True),
        }
        assert lab.seat.displaced == (Name("my-python-app"),)
        assert lab.seat.label_key == labels.LESSON
        with pytest.raises(docker.errors.ImageNotFound):
            lab.client.images.get("my-python-app")
        lab.close()
        assert plain.images.get("my-python-app")
    finally:
        remove()


def test_a_name_with_a_taken_alias_gets_the_next_one(plain):
    removes = [
        _make(plain, "volume", name)
        for name in ("testown-a", "testo01-b", "testo02-c-d")
    ]
    try:
        lab = Lab("testown")
        assert [name.text for name in lab.seat.on_engine.values()] == [
            "testo03-"
        ]
        lab.close()
    finally:
        for remove in removes:
            remove()


def test_a_name_that_can_have_no_alias(plain):
    """One letter has no room for a number."""
    remove = _make(plain, "image", "x")
    try:
        with pytest.raises(LabError, match="and so are all its aliases"):
            Lab("testown", builds=["x"])
    finally:
        remove()


def test_a_named_learner_leaves_the_plain_names_to_others(two):
    one, other = two
    with _at(other):
        _sh("docker volume create testpair-v")
    [taken] = [
        name.text for name in other.seat.on_engine.values() if name.is_head
    ]
    assert re.fullmatch(r"x[0-9a-z]{7}-", taken)
    assert not _there(one.client, "testpair-v")
    assert _there(one.client, taken) == {("volume", f"{taken}v")}


LEFT = """
import sys
from dockerlab.lab import Lab
lab = Lab("testleft", builds=["my-python-app"])
lab.client.images.get("debian:trixie-slim").tag("nothing-of-ours")
lab.client.images.build(
    fileobj=__import__("io").BytesIO(b"FROM debian:trixie-slim"),
    rm=True, tag="my-python-app",
    labels={"dockerlab.lesson": "testleft"})
lab.client.volumes.create("my-python-app", labels=lab.labels)
lab.client.images.remove("nothing-of-ours")
print(lab.seat.number, flush=True)
sys.stdin.read()
"""


def test_what_another_notebook_left_goes_where_its_name_is_needed(plain):
    """Its mark shows that nobody uses the name any more."""
    found = {("image", "my-python-app"), ("volume", "my-python-app")}
    with _taker(LEFT):
        assert _there(plain, "my-python-app") == found
        # As long as its process lives, another notebook gets an alias.
        lab = Lab("testown", builds=["my-python-app"])
        assert Name("01-python-app") in lab.seat.on_engine.values()
        lab.close()
        assert _there(plain, "my-python-app") == found
    lab = Lab("testown", builds=["my-python-app"])
    assert not lab.seat.url
    assert not _there(plain, "my-python-app")
    lab.close()


# -- whole notebooks, twice at once -------------------------------------


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
    printed = "\n".join(log.read_text("utf-8") for log in logs)
    assert codes == [0, 0], printed
    for log in logs:
        compared = re.search(r"(\d+) of those compared", log.read_text())
        assert int(compared[1]) > 0


@pytest.mark.usefixtures("on_box")
def test_two_learners_run_the_first_notebook_at_once(
    tmp_path, record_property
):
    [path] = paths.NOTEBOOKS.glob("*_first_container.ipynb")
    _twice(path, tmp_path)
    record_property("counted", {"lessons of two learners at once": 1})


@pytest.mark.usefixtures("on_box")
@pytest.mark.long
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(book.path, marks=pytest.mark.lesson(book.slug))
        for book in table.course().notebooks
    ],
    ids=lambda path: path.stem[3:],
)
def test_two_learners_run_each_lesson_at_once(path, tmp_path, record_property):
    _twice(path, tmp_path)
    record_property("counted", {"lessons of two learners at once": 1})

"""A lesson's workspace, and the `docker` that adds its label."""

import os
import pathlib
import socket
import subprocess
import time

import docker.errors
import pytest

from dockerlab import paths, seats
from dockerlab.errors import LabError
from dockerlab.lab import WRAPPER, Lab, names_in_use


@pytest.fixture
def lab():
    lab = Lab("98")
    yield lab
    lab.close()


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        ("build -t x .", 1),
        ("image build .", 1),
        ("buildx build --load .", 1),
        ("run -d image run build", 2),
        ("--context other container run image", 2),
        ("create image", 2),
        ("volume create name", 2),
        ("network create name", 2),
        ("service create image", 2),
        ("secret create name -", 2),
        ("config create name -", 2),
        ("service update name", 0),
        ("ps --all", 0),
        ("exec web run", 0),
        ("image inspect build", 0),
        ("container ls", 0),
        ("buildx create", 0),
        ("compose run web", 0),
        ("", 0),
    ],
)
def test_wrapper_labels_what_is_made(words, labels):
    done = subprocess.run(
        [WRAPPER / "docker", *words.split(), "a b"],
        env={"DOCKERLAB_DOCKER": "echo", "DOCKERLAB_LESSON": "06", **_path()},
        capture_output=True,
        text=True,
    )
    assert done.stdout.count("--label dockerlab.") == labels
    plain = done.stdout.replace(" --label dockerlab.lesson=06", "")
    plain = plain.replace(" --label dockerlab.by=lab", "")
    assert plain.split() == [*words.split(), "a", "b"]


def _path() -> dict[str, str]:
    return {"PATH": os.environ["PATH"]}


def test_builds_leave_their_temporary_files_in_the_lessons_folder(lab):
    env = {"DOCKERLAB_DOCKER": "printenv", "DOCKERLAB_LESSON": "06"}
    for folder, expected in ((lab.scratch, lab.scratch), ("/none", "")):
        done = subprocess.run(
            [WRAPPER / "docker", "TMPDIR"],
            env={**env, **_path(), "DOCKERLAB_SCRATCH": str(folder)},
            capture_output=True,
            text=True,
        )
        assert done.stdout.strip() == str(expected)
    assert os.environ["DOCKERLAB_SCRATCH"] == str(lab.scratch)


def test_starts_clean_and_leaves_nothing(lab):
    command = f"docker run -d --name {lab.name('x')} debian:trixie-slim true"
    subprocess.run(command.split(), check=True, capture_output=True)
    subprocess.run(["docker", "volume", "create", lab.name("v")], check=True)
    assert lab.count()["containers"]["course"] == 1
    assert lab.count()["volumes"]["course"] == 1
    again = Lab("98")
    assert not any(row["course"] for row in again.count().values())
    again.close()


def test_starts_again_where_it_stands(lab, monkeypatch):
    """A lesson run twice in one kernel stands in a folder that goes."""
    monkeypatch.chdir(lab.folder("work"))
    Lab("98").close()
    assert pathlib.Path.cwd() == paths.NOTEBOOKS


def test_keeps_what_somebody_else_made(lab):
    name = lab.name("foreign")
    foreign = lab.client.containers.create("debian:trixie-slim", name=name)
    try:
        lab.reset()
        lab.discard(name)
        foreign.reload()
        with pytest.raises(LabError, match="docker rename"):
            Lab("98", containers=[name])
    finally:
        foreign.remove()


def test_a_container_that_does_not_go_at_once(lab, monkeypatch):
    """An engine with much to do may fail, or be at it already."""
    api, refused = lab.client.api, []
    remove = api.remove_container

    def busy(name, **options):
        if not refused:
            refused.append(name)
            raise docker.errors.APIError("removal is already in progress")
        remove(name, **options)

    lab.client.containers.create("debian:trixie-slim", labels=lab.labels)
    monkeypatch.setattr(api, "remove_container", busy)
    lab.reset()
    assert refused
    assert lab.count()["containers"]["course"] == 0


def test_takes_the_next_port_and_says_so(lab, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert lab.port(port) > port
    assert f"Port {port} is taken" in capsys.readouterr().out


def test_app_folder_is_a_beginners(lab):
    names = {path.name for path in lab.app_folder().iterdir()}
    assert {"app.py", "Dockerfile", "tests"} <= names
    assert not names & {".dockerignore", "data", "Dockerfile.classic"}


@pytest.fixture
def swarm_lab():
    """The workspace of the lesson that makes a swarm, on an engine that is
    in none."""
    lab = Lab("11", swarm=True)
    _reset_until_left(lab)
    yield lab
    if _swarm(lab) != "inactive":
        lab.client.swarm.leave(force=True)
    lab.close()


def _swarm(lab) -> str:
    return lab.client.info()["Swarm"]["LocalNodeState"]


def _reset_until_left(lab) -> None:
    """Reset; other tests' containers that use names come and go."""
    deadline = time.monotonic() + 60
    lab.reset()
    while _swarm(lab) != "inactive":
        if time.monotonic() > deadline:
            assert names_in_use(lab.client)
            pytest.skip("somebody's containers here use names of networks")
        time.sleep(0.5)
        lab.reset()


def _fill(name: str) -> None:
    """A service with a secret, a config and a network."""
    for words in (
        f"network create --driver overlay {name}",
        f"secret create {name} {__file__}",
        f"config create {name} {__file__}",
        f"service create --quiet --name {name} --network {name}"
        f" --secret {name} --config {name} debian:trixie-slim sleep 60",
    ):
        subprocess.run(
            ["docker", *words.split()], check=True, capture_output=True
        )


@pytest.mark.lesson("11")
def test_a_swarm_of_the_course_is_left_with_all_in_it(swarm_lab):
    lab = swarm_lab
    where = {"advertise_addr": "127.0.0.1", "listen_addr": "127.0.0.1:2377"}
    lab.client.swarm.init(labels=lab.labels, **where)
    _fill(lab.name("x"))
    _reset_until_left(lab)
    assert not lab.client.networks.list(names=[lab.name("x")])
    running = lab.client.containers.list(all=True, ignore_removed=True)
    assert not [c for c in running if c.name.startswith(lab.name("x"))]


@pytest.mark.lesson("11")
def test_a_swarm_of_somebody_else_stays(swarm_lab):
    lab = swarm_lab
    where = {"advertise_addr": "127.0.0.1", "listen_addr": "127.0.0.1:2377"}
    lab.client.swarm.init(**where)
    lab.client.secrets.create(name="somebodys", data=b"x")
    _fill(lab.name("x"))
    lab.reset()
    assert _swarm(lab) == "active"
    assert not lab.client.services.list()
    assert [s.name for s in lab.client.secrets.list()] == ["somebodys"]
    assert not lab.client.configs.list()
    deadline = time.monotonic() + 10  # the list is a little late
    while lab.client.networks.list(names=[lab.name("x")]):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    lab.client.services.create("debian:trixie-slim", "true", name="somebodys")
    with pytest.raises(LabError, match="would stop somebodys"):
        Lab("11", swarm=True)


@pytest.mark.lesson("11")
@pytest.mark.parametrize("of_the_course", [True, False])
def test_a_node_that_a_killed_lesson_emptied(swarm_lab, of_the_course):
    """It is filled again; somebody else's stays as it is."""
    client = swarm_lab.client
    where = {"advertise_addr": "127.0.0.1", "listen_addr": "127.0.0.1:2377"}
    labels = swarm_lab.labels if of_the_course else {}
    client.swarm.init(labels=labels, **where)
    # Keeps the course from leaving its own swarm at once.
    client.secrets.create(name="somebodys", data=b"x")
    [node] = client.nodes.list()
    node.update({**node.attrs["Spec"], "Availability": "drain"})
    Lab("11", swarm=True).close()
    node.reload()
    filled = node.attrs["Spec"]["Availability"] == "active"
    assert filled == of_the_course


@pytest.mark.lesson("11")
def test_a_swarm_that_is_just_being_made_refuses_nobody(
    swarm_lab, monkeypatch
):
    states = iter(["pending", "inactive"])
    monkeypatch.setattr(
        swarm_lab.client,
        "info",
        lambda: {"Swarm": {"LocalNodeState": next(states)}},
    )
    swarm_lab._refuse_cluster()


@pytest.mark.lesson("11")
def test_a_swarm_that_others_use_is_not_left(swarm_lab):
    lab = swarm_lab
    where = {"advertise_addr": "127.0.0.1", "listen_addr": "127.0.0.1:2377"}
    lab.client.swarm.init(labels=lab.labels, **where)
    lab.client.secrets.create(name="somebodys", data=b"x")
    lab.reset()
    assert _swarm(lab) == "active"


@pytest.mark.lesson("11")
def test_a_swarm_is_not_left_while_another_learner_is_in_the_lesson(swarm_lab):
    """Who may not have a service yet."""
    client = swarm_lab.client
    where = {"advertise_addr": "127.0.0.1", "listen_addr": "127.0.0.1:2377"}
    client.swarm.init(labels=swarm_lab.labels, **where)
    other = seats.Turn(f"node of {client.info()['ID']}")
    assert other.take(alone=False, seconds=5)
    swarm_lab.reset()
    assert _swarm(swarm_lab) == "active"
    other.give_back()
    _reset_until_left(swarm_lab)


@pytest.mark.lesson("11")
def test_a_swarm_is_not_left_while_others_use_names(swarm_lab):
    """Leaving it would take their containers' names away."""
    client = swarm_lab.client
    where = {"advertise_addr": "127.0.0.1", "listen_addr": "127.0.0.1:2377"}
    client.swarm.init(labels=swarm_lab.labels, **where)
    network = client.networks.create("somebodys-net")
    somebody = client.containers.run(
        "debian:trixie-slim",
        "sleep 60",
        name="somebody",
        network=network.name,
        detach=True,
    )
    try:
        swarm_lab.reset()
        assert _swarm(swarm_lab) == "active"
        found = somebody.exec_run(["getent", "hosts", "somebody"])
        assert found.exit_code == 0
    finally:
        somebody.remove(force=True)
        network.remove()
    _reset_until_left(swarm_lab)

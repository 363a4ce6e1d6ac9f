"""The box: it starts, survives faults, leaves nothing, and is its owner's."""

import os
import pathlib
import socket
import stat
import subprocess
import sys
import types

import docker
import psutil
import pytest

from dockerlab.base import machine
from dockerlab.course.kernel_ports import KernelPorts
from dockerlab.engine import box as box_module
from dockerlab.engine import recipes
from dockerlab.engine.box import Box
from dockerlab.engine.find import find
from dockerlab.lab import Lab

SAFETY = pytest.mark.counted("checks of safety: what must be refused, is")


def _left_of(box: Box) -> list[str]:
    """What of a box is still on the machine."""
    left = [
        f"process {process.pid}"
        for process in psutil.process_iter(["cmdline"])
        if any(box.id in word for word in process.info["cmdline"] or [])
    ]
    mounts = pathlib.Path("/proc/self/mounts").read_text("utf-8")
    left += ["mount"] if str(box.folder) in mounts else []
    left += ["link"] if box.link in os.listdir("/sys/class/net") else []
    left += ["socket"] if box.runtime.exists() else []
    groups = pathlib.Path("/sys/fs/cgroup").glob(f"*/{box.id}")
    return left + [f"group {group}" for group in groups]


@pytest.fixture
def box(spare_home):
    box = Box()
    box.start()
    return box


@pytest.fixture
def client(box):
    client = docker.DockerClient(box.url)
    yield client
    client.close()


def test_its_first_process_may_have_the_greater_number(monkeypatch):
    """Its subshells look like it, and may have smaller numbers."""
    box = Box()
    command = ["sh", "init.sh", f"--box={box.id}"]
    shells = [
        types.SimpleNamespace(
            pid=pid, cmdline=lambda: command, ppid=lambda parent=parent: parent
        )
        for pid, parent in ((315, 32761), (32761, 32721))
    ]
    monkeypatch.setattr(psutil, "process_iter", lambda: iter(shells))
    assert box.init() is shells[1]


def test_it_is_found_while_another_thread_lists_processes(
    monkeypatch, tmp_path
):
    """psutil's processes are shared by all threads, what they hold too."""
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    box = Box()
    ask = psutil.process_iter

    def disturbed(*wanted):
        found = list(ask(*wanted))
        list(ask(["name"]))  # what another thread would do at this moment
        return found

    monkeypatch.setattr(psutil, "process_iter", disturbed)
    with subprocess.Popen(
        ["sh", "-c", "read line", "sh", f"--box={box.id}"],
        stdin=subprocess.PIPE,
    ) as first:
        assert box.init().pid == first.pid
        first.stdin.close()


def test_stop_leaves_nothing(box, client):
    client.images.pull("debian:trixie-slim")
    client.containers.run(
        "debian:trixie-slim",
        "sleep 600",
        detach=True,
        ports={"80": None},
        stop_signal="KILL",  # PID 1 would ignore the usual one for 10 s
    )
    assert _left_of(box)
    box.stop()
    assert _left_of(box) == []


def test_starts_again_after_a_killed_engine(box, client):
    client.images.pull("debian:trixie-slim")
    inside = box.init().children(recursive=True)
    [dockerd] = [p for p in inside if p.name() == "dockerd"]
    subprocess.run(machine.as_root(["kill", "-KILL", str(dockerd.pid)]))
    psutil.wait_procs([dockerd], timeout=60)
    box.start()
    assert client.images.get("debian:trixie-slim")
    client.containers.run("debian:trixie-slim", "true", remove=True)


def test_killing_its_first_process_ends_all(box):
    subprocess.run(machine.as_root(["kill", "-KILL", str(box.init().pid)]))
    box.stop()
    assert _left_of(box) == []


# Runs in the box, with a false `runc` and this program as the engine. `runc`
# is found as the real engine finds it.
READS = """
import os, pathlib, subprocess, time
engine = pathlib.Path("/proc", pathlib.Path("/run/docker.pid").read_text())
environ = dict(
    line.split("=", 1)
    for line in (engine / "environ").read_text().split("\\0")[:-1]
)
folder = pathlib.Path("/run/docker/containerd/dockerlab-test")
folder.mkdir(parents=True)
try:
    pipe, pid = folder / "init-stdout", folder / "pid"
    os.mkfifo(pipe)
    pid.write_text(str(os.getpid()))
    bind = ["mount", "--bind"]
    subprocess.run([*bind, pid, "/run/docker.pid"], check=True)
    subprocess.run([*bind, "/bin/true", "/usr/sbin/runc"], check=True)
    container = subprocess.Popen(["runc", "start", folder.name], env=environ)
    time.sleep(0.5)
    assert container.poll() is None, "started while nobody reads"
    end = os.open(pipe, os.O_RDWR)
    time.sleep(0.5)
    assert container.poll() is None, "started before the pipe was open"
    os.set_blocking(end, False)
    assert container.wait(60) == 0
finally:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
"""


def test_a_container_starts_when_the_engine_reads_its_output(box):
    """Otherwise a busy machine loses the output of one that ends at once."""
    space = ["nsenter", "--mount", "--pid", f"--target={box.init().pid}"]
    alone = ["unshare", "--mount", "python3", "-c", READS]
    subprocess.run(machine.as_root([*space, *alone]), check=True)


def test_ports_are_published_on_loopback_alone(box, client):
    client.images.pull("python:3.13-slim")
    container = client.containers.run(
        "python:3.13-slim",
        "python -m http.server 80",
        detach=True,
        ports={"80/tcp": None},
    )
    container.reload()
    port = int(container.ports["80/tcp"][0]["HostPort"])
    listening = {
        c.laddr.ip
        for c in psutil.net_connections("tcp")
        if c.laddr.port == port and c.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}
    # A program of the host that asks for any port gets another one.
    first = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")
    lowest = int(first.read_text().split()[0])
    assert port < lowest or lowest <= 20000
    # Nor does another box: the link shows which ports this one has.
    show = ["ip", "link", "show", box.link]
    shown = subprocess.run(show, capture_output=True, text=True).stdout
    share = int(shown.partition("alias dockerlab-ports-")[2].split()[0])
    low = lowest - 12000 + 500 * share
    assert low <= port < low + 500 or lowest <= 20000
    # Nor does a kernel.
    assert port not in KernelPorts.PORTS or lowest < 32000
    container.remove(force=True)


def test_a_taken_port_gives_the_engines_own_message(box, client):
    client.images.pull("debian:trixie-slim")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(docker.errors.APIError, match="already in use"):
            client.containers.run(
                "debian:trixie-slim", "true", ports={"80": port}
            )


def test_socket_is_its_owners(box):
    mode = os.stat(box.socket)
    assert (mode.st_uid, mode.st_mode & 0o777) == (os.getuid(), 0o600)
    assert os.stat(box.runtime).st_mode & 0o777 == 0o700


def test_clean_keeps_what_the_course_did_not_make(box, client, command):
    for name in ("debian:trixie-slim", "python:3.13-slim"):
        client.images.pull(name)
    base = client.images.get("debian:trixie-slim")
    base.tag("flask-mine")
    base.tag("my-python-app")
    ours = {"dockerlab.lesson": "flask_app", "dockerlab.by": "lab"}
    near = {"dockerlab.lesson": "flask_app"}  # as inherited from an image
    run = client.containers.run
    run(base, "true", name="flask-web", detach=True)
    run(base, "true", name="inherited", labels=near, detach=True)
    run(base, "true", name="course", labels=ours, detach=True)
    client.volumes.create("flask-data")
    client.volumes.create("course", labels=ours)
    client.networks.create("flask-net")
    client.networks.create("course", labels=ours)

    done = command("clean", DOCKERLAB_ENGINE="box")

    assert done.returncode == 0, done.stderr
    names = {c.name for c in client.containers.list(all=True)}
    assert names == {"flask-web", "inherited"}
    assert {v.name for v in client.volumes.list()} == {"flask-data"}
    networks = {n.name for n in client.networks.list()}
    assert networks == {"bridge", "host", "none", "flask-net"}
    tags = {tag for image in client.images.list() for tag in image.tags}
    assert {"flask-mine:latest", "my-python-app:latest"} <= tags
    for container in client.containers.list(all=True):
        container.remove()


def test_clean_of_all_takes_the_box_and_no_file_of_others(
    box, client, command, spare_home
):
    client.containers.run("debian:trixie-slim", "sleep 600", detach=True)
    (spare_home / "mine.txt").touch()
    behind_a_link = (spare_home / "supplies" / "debian-root").resolve()

    done = command("clean", "--all", DOCKERLAB_ENGINE="box")

    assert done.returncode == 0, done.stderr
    assert _left_of(box) == []
    assert os.listdir(spare_home) == ["mine.txt"]
    assert (behind_a_link / "etc" / "debian_version").exists()


def test_the_box_is_no_part_of_the_terminal(box):
    """What a closed terminal sends goes to its session."""
    assert os.getsid(box.init().pid) != os.getsid(0)


@pytest.fixture
def used_box(needs_engine):
    """The box that the course uses here."""
    found = find()
    if found.kind != "box":
        pytest.skip("tests of the box run where the box is the engine")
    return found.box


@SAFETY
def test_the_engine_is_its_owners(used_box):
    """No address: a socket that nobody else may open, in a closed folder."""
    for path, mode in ((used_box.socket, 0o600), (used_box.runtime, 0o700)):
        found = path.stat()
        assert found.st_uid == os.getuid()
        assert stat.S_IMODE(found.st_mode) == mode


@SAFETY
def test_another_user_cannot_open_the_socket(used_box):
    if os.getuid() != 0:
        pytest.skip("needs root, to become another user")
    ask = (
        "import os, socket, sys; os.setgid(65534); os.setuid(65534);"
        "socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask, str(used_box.socket)],
        capture_output=True,
        text=True,
    )
    assert "PermissionError" in done.stderr


def _listening(used_box) -> set[tuple[str, int]]:
    """Where programs listen in the box's network: address and port."""
    done = subprocess.run(
        used_box.inside(["cat", "/proc/net/tcp", "/proc/net/tcp6"]),
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    found = set()
    for row in rows:
        if len(row) > 3 and row[3] == "0A":
            raw, port = row[1].split(":")
            family = socket.AF_INET if len(raw) == 8 else socket.AF_INET6
            packed = b"".join(
                bytes.fromhex(raw[i : i + 8])[::-1]
                for i in range(0, len(raw), 8)
            )
            found.add((socket.inet_ntop(family, packed), int(port, 16)))
    return found


@SAFETY
def test_registry_and_index_listen_inside_alone(used_box):
    """The registry on the box's loopback, the index on its bridge, and no
    engine on any port."""
    listening = _listening(used_box)
    assert ("127.0.0.1", box_module.REGISTRY_PORT) in listening
    assert ("172.17.0.1", recipes.INDEX_PORT) in listening
    others = {ip for ip, _ in listening} - {"127.0.0.1", "172.17.0.1"}
    swarm = {port for ip, port in listening if ip in others}
    # A lesson on Swarm makes its engine listen, in the box's network.
    assert swarm <= {2377, 7946}


@SAFETY
def test_they_do_not_listen_on_this_machine(
    used_box, addresses_of_this_machine
):
    ports = {box_module.REGISTRY_PORT, recipes.INDEX_PORT, 2375, 2376}
    end = f"{used_box.network}.{used_box.first + 1}"
    for address in ("127.0.0.1", end, *addresses_of_this_machine):
        for port in ports:
            if address == "127.0.0.1" and _is_mine(port):
                continue  # published by a container of somebody's
            with pytest.raises(OSError):
                socket.create_connection((address, port), timeout=2).close()


def _is_mine(port: int) -> bool:
    return any(
        c.laddr.port == port and c.status == psutil.CONN_LISTEN
        for c in psutil.net_connections("tcp")
    )


@SAFETY
def test_another_machine_finds_no_way_in(used_box):
    """Its packets might come; an answer finds no way back."""
    done = subprocess.run(
        used_box.inside(["ip", "-4", "route", "show", "default"]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""
    routed = subprocess.run(
        used_box.inside(["ip", "-4", "route", "get", "192.0.2.77"]),
        capture_output=True,
        text=True,
    )
    assert routed.returncode != 0


@SAFETY
def test_published_ports_listen_on_loopback(used_box):
    """Whatever address was asked for."""
    lab = Lab("testsecurity")
    container = lab.client.containers.run(
        "python:3.13-slim",
        ["python", "-m", "http.server", "80"],
        labels=lab.labels,
        ports={"80/tcp": ("0.0.0.0", None)},
        detach=True,
    )
    try:
        container.reload()
        port = int(container.ports["80/tcp"][0]["HostPort"])
        found = {
            c.laddr.ip
            for c in psutil.net_connections("tcp")
            if c.laddr.port == port and c.status == psutil.CONN_LISTEN
        }
        assert found == {"127.0.0.1"}
    finally:
        lab.close()

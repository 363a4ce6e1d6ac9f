"""Faults of the engine while a notebook runs; afterwards it is green.

The engine is a box of the test's own.
"""

import pathlib
import shutil
import subprocess

import docker
import psutil
import pytest

from dockerlab.base import machine
from dockerlab.course import table
from dockerlab.course.running import Run
from dockerlab.engine.box import Box

ADVICE = ("Restart Kernel and Run All", "Run All Above Selected Cell")
LESSON = table.course().notebooks[0].path


@pytest.fixture
def elsewhere(spare_home):
    """Settings of a kernel that uses the test's own box; the box."""
    box = Box()
    box.start()
    settings = {
        "DOCKERLAB_HOME": str(spare_home),
        "DOCKERLAB_ENGINE": "box",
        "DOCKER_HOST": box.url,
    }
    yield settings, box
    box.stop()


def _inside(box: Box, name: str) -> list[psutil.Process]:
    return [
        process
        for process in box.init().children(recursive=True)
        if name in " ".join(process.cmdline())
    ]


def _kill(box: Box, name: str) -> None:
    found = _inside(box, name)
    assert found
    for process in found:
        subprocess.run(machine.as_root(["kill", "-KILL", str(process.pid)]))
    psutil.wait_procs(found, timeout=60)


def _remove_images(box: Box) -> None:
    client = docker.DockerClient(box.url)
    for name in ("python:3.13-slim", "debian:trixie-slim"):
        client.images.remove(name, force=True)
    client.close()


FAULTS = {
    "dockerd killed": lambda box: _kill(box, "dockerd --host"),
    "engine stopped": lambda box: box.stop(),
    "base images deleted": _remove_images,
    "registry killed": lambda box: _kill(box, "docker-registry serve"),
    "package index killed": lambda box: _kill(box, "pypiserver run"),
}
FOR_EACH_RUN = ("dockerd killed", "first_container")
OTHERS = [
    *(
        (fault, "first_container")
        for fault in FAULTS
        if fault != FOR_EACH_RUN[0]
    ),
    # Notebooks that use more of the engine than others: volumes and networks,
    # a Compose project, a swarm.
    *(
        ("dockerd killed", slug)
        for slug in (
            "keep_data",
            "zero_downtime",
            "swarm_operations",
        )
    ),
    ("engine stopped", "swarm_operations"),
]


@pytest.mark.parametrize(
    ("fault", "slug"),
    [
        FOR_EACH_RUN,
        *(pytest.param(*pair, marks=pytest.mark.long) for pair in OTHERS),
    ],
)
def test_fault_while_a_notebook_runs(fault, slug, elsewhere, record_property):
    settings, box = elsewhere
    lesson = table.course().notebook(slug).path
    with Run(lesson, **settings) as run:
        half = len(run.cells) // 2
        for number in range(half):
            run.cell(number)
        FAULTS[fault](box)
        for number in range(half, len(run.cells)):
            if run.fails(number):
                shown = "".join(
                    output.get("text", "")
                    for output in run.cells[number].outputs
                )
                assert any(words in shown for words in ADVICE), shown
                break
    with Run(lesson, **settings) as run:
        run.all()
    record_property("counted", {"faults of the engine": 1})


@pytest.mark.long
def test_disk_of_the_engine_full(elsewhere, tmp_path, record_property):
    """Its data is on a small file system, which a build fills up."""
    settings, box = elsewhere
    box.stop()
    data = box.folder / "data"
    machine.remove_tree(data)
    data.mkdir()
    with SmallDisk(tmp_path / "disk", data, megabytes=900):
        with Run(LESSON, **settings) as run:
            run.cell(0)
            run.cell(1)
            filler = data / "filler"
            # Writes until nothing more fits.
            fill = ["dd", "if=/dev/zero", f"of={filler}", "bs=64k"]
            subprocess.run(fill, capture_output=True)
            failed = next(
                (n for n in range(2, len(run.cells)) if run.fails(n)), None
            )
            assert failed is not None
            shown = "".join(
                output.get("text", "") for output in run.cells[failed].outputs
            )
            assert "is full" in shown, shown
            filler.unlink()
        with Run(LESSON, **settings) as run:
            run.all()
        box.stop()
    record_property("counted", {"faults of the engine": 1})


class SmallDisk:
    """A file that is mounted as a file system, and unmounted at the end."""

    def __init__(
        self, file: pathlib.Path, folder: pathlib.Path, megabytes: int
    ) -> None:
        self.file, self.folder, self.size = file, folder, megabytes

    def __enter__(self) -> None:
        commands = [
            ["truncate", f"--size={self.size}M", str(self.file)],
            ["mkfs.ext4", "-q", "-m", "0", str(self.file)],
            ["mount", "-o", "loop", str(self.file), str(self.folder)],
        ]
        for command in commands:
            done = subprocess.run(
                machine.as_root(command), capture_output=True
            )
            if done.returncode:
                pytest.skip(f"{command[0]}: {done.stderr.decode().strip()}")

    def __exit__(self, *exception: object) -> None:
        umount = ["umount", "--lazy", str(self.folder)]
        subprocess.run(machine.as_root(umount), check=True)


@pytest.mark.long
@pytest.mark.parametrize("shift", ["-3d", "+400d"])
def test_clock_changed(elsewhere, shift, record_property):
    """The kernel's clock is wrong; no notebook depends on it."""
    if not shutil.which("faketime"):
        machine.packages(["faketime"])
    settings, _ = elsewhere
    library = next(pathlib.Path("/usr/lib").rglob("libfaketime.so.1"))
    wrong = {"LD_PRELOAD": str(library), "FAKETIME": shift}
    with Run(LESSON, **settings, **wrong) as run:
        run.all()
    record_property("counted", {"faults of the engine": 1})


def test_names_taken_by_somebody_else(elsewhere, record_property):
    """Whatever the name is of: the notebook runs and touches nothing."""
    settings, box = elsewhere
    lesson = table.course().notebook("pid_one").path
    client = docker.DockerClient(box.url)
    client.images.pull("debian:trixie-slim")
    taken = {
        "container": lambda: client.containers.create(
            "debian:trixie-slim", name="pid-web"
        ),
        "volume": lambda: client.volumes.create("pid-data"),
        "network": lambda: client.networks.create("pid-back"),
    }
    for make in taken.values():
        theirs = make()
        with Run(lesson, **settings) as run:
            run.cell(0)
            run.cell(1)
        theirs.reload()
        theirs.remove()
    client.close()
    record_property("counted", {"names taken by others": len(taken)})

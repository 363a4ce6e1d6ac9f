"""What a check builds and runs: limited, explained, and removed."""

import contextlib
import pathlib
import signal
import threading
import time

import psutil
import pytest

from dockerlab import builds, checks
from dockerlab.base.errors import LabError
from dockerlab.checks import bench as bench_module
from dockerlab.checks import core, waiting
from dockerlab.checks.bench import Bench
from dockerlab.engine.box import Box
from dockerlab.engine.find import find
from dockerlab.lab import Lab

# The workspace of `lab_client` sets up the `docker` command.
pytestmark = [
    pytest.mark.engine,
    pytest.mark.usefixtures("lab_client"),
]

PYTHON = "FROM python:3.13-slim\nRUN python3 -c "
# Two hundred processes that would sleep for eleven days.
BOMB = (
    f'{PYTHON}"import os, time; [time.sleep(987654) for _ in range(200)'
    ' if os.fork() == 0]; time.sleep(987654)"'
)


def test_a_syntax_error_is_shown_in_the_builders_words(examined, left):
    text = "FROM python:3.13-slim\nRUNN true\n"
    report = examined("dockerfile", text, Bench.build)
    assert report.unmet() == ["builds"]
    assert "RUNN" in report.hint()
    assert left() == []


def _sleepers() -> int:
    return sum(
        "987654" in " ".join(process.info["cmdline"] or [])
        for process in psutil.process_iter(["cmdline"])
    )


def test_a_bomb_in_run_is_over_when_the_check_is(examined, left, monkeypatch):
    if find().kind != "box":
        pytest.skip("the engine's processes are seen on its machine alone")
    monkeypatch.setattr(bench_module, "BUILD_SECONDS", 8)
    most = 0
    over = threading.Event()

    def watch():
        nonlocal most
        while not over.wait(0.2):
            most = max(most, _sleepers())

    watcher = threading.Thread(target=watch)
    watcher.start()
    begun = time.monotonic()
    try:
        # New each time: a step that ran before would come from the cache.
        text = f"{BOMB} # {time.time_ns()}\n"
        report = examined("dockerfile", text, Bench.build)
    finally:
        over.set()
        watcher.join()
    took = time.monotonic() - begun
    assert report.unmet() == ["builds"]
    assert "took more than 8 seconds" in report.hint()
    assert took < 200
    assert most > 100, "it never went off"
    deadline = time.monotonic() + 60
    while _sleepers() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _sleepers() == 0
    assert left() == []


def test_a_large_context_is_refused_before_it_is_sent(
    examined, tmp_path, monkeypatch
):
    def look(bench, folder):
        monkeypatch.setattr(bench, "try_build", pytest.fail)
        assert bench.build(None, folder) is None

    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    with (tmp_path / "video.mp4").open("wb") as file:
        file.truncate(1 << 30)  # 1 GB that takes no space
    report = examined("folder", tmp_path, look)
    assert report.unmet() == ["context"]
    assert "video.mp4" in report.hint()


def test_waits_for_what_never_ends_are_bounded(examined, left):
    def look(bench, _):
        container = bench.run("python:3.13-slim", command=["sleep", "600"])
        assert bench.wait(container, 1) is None
        assert bench.exec(container, ["sleep", "600"], 1).code is None
        assert bench.exec(container, ["echo", "hello"]).output == "hello\n"
        assert bench.volume().name.startswith("testchecks")
        assert bench.network().name.startswith("testchecks")

    begun = time.monotonic()
    assert examined("number", 1, look).passed
    assert time.monotonic() - begun < 300
    assert left() == []


def test_a_program_that_never_ends_is_ended_and_explained(examined):
    def look(bench, _):
        begun = time.monotonic()
        command = ["sh", "-c", "echo begun; sleep 600"]
        ending = bench.output("debian:trixie-slim", *command, seconds=2)
        assert time.monotonic() - begun < 100
        assert ending.code is None
        assert ending.text is None
        assert ending.output == "begun\n"
        assert ending.why == "It was still running after 2 seconds."
        bench.containers[-1].reload()
        assert bench.containers[-1].status == "exited"

    assert examined("number", 1, look).passed


def test_a_program_that_fails_is_explained_with_its_last_line(examined):
    def look(bench, _):
        script = "echo out; echo first >&2; echo last >&2; exit 3"
        ending = bench.output("debian:trixie-slim", "sh", "-c", script)
        assert ending.code == 3
        assert ending.output == "out\n"
        assert ending.why.startswith("It ended with exit code 3.")
        assert ending.why.endswith("last")

    assert examined("number", 1, look).passed


@pytest.mark.lesson("flask_app")
def test_a_check_says_why_a_container_did_not_end(examined, monkeypatch):
    """A container that takes too long gives a card with a clear hint."""
    monkeypatch.setattr(waiting, "SLOWEST", 1)  # it never ends
    text = 'FROM debian:trixie-slim\nCMD ["sleep", "600"]\n'
    report = checks.check("flask_app/speaks", text)
    assert report.unmet() == ["ends", "says"]
    assert "still running after 20 seconds" in report.hint()


PIPE = """\
FROM debian:trixie-slim
ARG SOURCE=/etc/passwd
# {salt}
RUN if [ $SOURCE = /missing ]; then sleep 600; fi; wc -l < $SOURCE > /lines
"""


@pytest.mark.lesson("instruction_map")
def test_a_build_that_is_stopped_is_no_build_that_fails(monkeypatch):
    """A later build of a check takes too long; the exercise wants it to
    fail."""
    monkeypatch.setattr(bench_module, "BUILD_SECONDS", 10)
    report = checks.check("instruction_map/pipe", PIPE)
    assert report.unmet() == ["fails"]
    assert "took more than 10 seconds" in report.hint()


def _at_its_notebook(id: str, text: str):
    return pytest.param(id, text, marks=pytest.mark.lesson(core.slug_of(id)))


FULL = builds.parse_rawjson(
    ["ERROR: failed to solve: write /x: no space left on device"]
)


def test_a_full_disk_is_not_the_learners_fault(
    examined, attempts, monkeypatch
):
    monkeypatch.setattr(builds, "build", lambda *_, **__: FULL)
    with pytest.raises(LabError, match="not counted"):
        examined("dockerfile", "FROM scratch\nLABEL a=b\n", Bench.build)
    assert attempts() == 0


@pytest.mark.parametrize(
    ("id", "text"),
    [
        _at_its_notebook(
            "dockerfile_build/version",
            "FROM debian:trixie-slim\nARG VERSION=dev\n"
            "ENV VERSION=$VERSION\nCMD echo $VERSION\n",
        ),
        _at_its_notebook(
            "instruction_map/pipe",
            "FROM debian:trixie-slim\nARG SOURCE=/etc/passwd\n"
            "RUN wc -l < $SOURCE > /lines\n",
        ),
        _at_its_notebook(
            "base_images/own-base",
            "FROM python:3.13-slim\nENV PYTHONUNBUFFERED=1\n"
            "ONBUILD COPY app.py .\n",
        ),
        _at_its_notebook(
            "build_cache/order",
            "FROM python:3.13-slim\nCOPY . .\n"
            "RUN python install.py requirements.txt\n",
        ),
    ],
)
def test_a_disk_that_is_full_at_a_later_build_is_nobodys_fault(
    id, text, monkeypatch
):
    """The first build of the check works, the second one does not."""
    real, calls = builds.build, []

    def build(*words, **options):
        calls.append(words)
        return real(*words, **options) if len(calls) == 1 else FULL

    monkeypatch.setattr(builds, "build", build)
    with pytest.raises(LabError, match="not counted"):
        checks.check(id, text)
    assert len(calls) == 2


def test_words_of_a_run_are_no_proof_of_a_full_disk(examined, monkeypatch):
    said = 'process "/bin/sh -c echo no space left on device" did not complete'
    built = builds.parse_rawjson([f"ERROR: failed to solve: {said}"])
    monkeypatch.setattr(builds, "build", lambda *_, **__: built)
    report = examined("dockerfile", "FROM scratch\nLABEL a=b\n", Bench.build)
    assert report.unmet() == ["builds"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ('CMD ["no-such"]', "no-such"),
        ('CMD ["/etc/passwd"]', "permission denied"),
        ('USER nosuch\nCMD ["true"]', "unable to find user"),
        ('USER 5:nosuch\nCMD ["true"]', "unable to find group"),
        ('USER 99999999999\nCMD ["true"]', "must be in range"),
    ],
)
def test_an_image_that_cannot_start_is_the_answers_fault(
    lines, reason, examined, attempts, left
):
    """The engine reports some of these with the status of its own faults."""

    def look(bench, text):
        bench.run(bench.build(text))

    text = f"FROM debian:trixie-slim\n{lines}\n"
    report = examined("dockerfile", text, look)
    assert report.unmet() == ["engine"]
    assert reason in report.hint()
    assert attempts() == 1
    assert left() == []


def test_an_interrupted_check_leaves_nothing(examined, attempts, left):
    def look(bench, _):
        network = bench.network().name
        command = ["sleep", "600"]
        bench.run("python:3.13-slim", command=command, network=network)
        bench.volume()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examined("number", 1, look)
    assert attempts() == 0
    assert left() == []


@pytest.fixture
def spare_lab(spare_box):
    """A lesson's workspace on a box that a test may break."""
    lab = Lab("testchecks", images=["python:3.13-slim"])
    yield lab
    lab.client.close()


def _kill_the_engine() -> None:
    """End the spare box's engine as if it had crashed."""
    init = Box().init()
    for process in init.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.name() == "dockerd":
                process.send_signal(signal.SIGKILL)


def test_an_engine_that_dies_is_not_the_learners_fault(
    spare_lab, examined, attempts
):
    def build(bench, text):
        threading.Timer(1.5, _kill_the_engine).start()
        bench.build(text)

    slow = "FROM python:3.13-slim\nRUN sleep 20\n"
    with pytest.raises(LabError, match="not your mistake"):
        examined("dockerfile", slow, build)
    assert attempts() == 0


def test_bombs_and_hogs_of_builds_end_within_the_boxs_limits(
    spare_lab, examined
):
    box = Box()
    found = list(pathlib.Path("/sys/fs/cgroup").glob(f"**/{box.id}/buildkit"))
    limits = {
        file.name: int(file.read_text())
        for group in found
        for file in [*group.glob("pids.max"), *group.glob("memory.*m*")]
        if file.name in ("pids.max", "memory.limit_in_bytes", "memory.max")
    }
    assert len(limits) == 2, found
    assert limits.pop("pids.max") == 1024
    assert limits.popitem()[1] <= psutil.virtual_memory().total / 2
    # Tightened, so that small ones meet the limit.
    for group in found:
        with contextlib.suppress(OSError):
            (group / "pids.max").write_text("100")
    text = (
        f'{PYTHON}"import os; [os.fork() or'
        " __import__('time').sleep(5) for _ in range(200)]\"\n"
    )
    report = examined("dockerfile", text, Bench.build)
    assert report.unmet() == ["builds"]

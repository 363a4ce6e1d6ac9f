"""The core of the checks: answers of any kind, limits, faults of the engine.

Whatever an answer is or does, the check ends in time, says a sentence,
leaves nothing behind, and blames nobody for what the engine did.
"""

import contextlib
import dataclasses
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import docker
import psutil
import pytest

from dockerlab.base.errors import LabError
from dockerlab.checks import core
from dockerlab.course import progress
from dockerlab.engine.box import Box
from dockerlab.engine.find import find
from dockerlab.lab import LABEL, Lab

HERE = "testchecks/answer"
PYTHON = "FROM python:3.13-slim\nRUN python3 -c "
# Two hundred processes that would sleep for eleven days.
BOMB = (
    f'{PYTHON}"import os, time; [time.sleep(987654) for _ in range(200)'
    ' if os.fork() == 0]; time.sleep(987654)"'
)


@pytest.fixture
def exercise(monkeypatch):
    """Register an exercise that lives for one test."""

    def register(wants, examine):
        known = {**core.exercises(), HERE: core.Exercise(HERE, wants, examine)}
        monkeypatch.setattr(core, "exercises", lambda *_: known)

    return register


@pytest.fixture
def records(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKERLAB_PROGRESS", str(tmp_path / "progress"))
    return lambda: progress.load().attempts(HERE)


def _left(client) -> list[str]:
    """What checks of lesson 99 left on the engine."""
    mine = {"label": f"{LABEL}=99"}
    return [
        *(c.name for c in client.containers.list(all=True, filters=mine)),
        *(v.name for v in client.volumes.list(filters=mine)),
        *(t for i in client.images.list(filters=mine) for t in i.tags),
    ]


@pytest.mark.parametrize(
    ("wants", "answer", "says"),
    [
        ("dockerfile", None, "None"),
        ("dockerfile", "", "empty"),
        ("dockerfile", " \n\t", "empty"),
        ("dockerfile", b"FROM scratch\n", "decode"),
        ("dockerfile", pathlib.Path("Dockerfile"), "read_text"),
        ("dockerfile", "app/Dockerfile", "read_text"),
        ("dockerfile", ["FROM scratch"], "not the text"),
        ("dockerfile", 5, "not the text"),
        ("container", "two words", "not the name"),
        ("container", "", "empty"),
        ("container", "../../etc", "not the name"),
        ("container", {"name": "x"}, "not the name"),
        ("image", "-v", "not the name"),
        ("image", "a?b=c", "not the name"),
        ("folder", "/no/such/folder", "no folder"),
        ("folder", "x\0y", "no folder"),
        ("folder", "", "empty"),
        ("folder", 3, "not the path"),
        ("number", True, "not a number"),
        ("number", "3", "not a number"),
        ("text", None, "None"),
        ("text", b"word", "decode"),
        ("mapping", {}, "not a dictionary"),
        ("mapping", [("a", 1)], "not a dictionary"),
        ("app", None, "None"),
        ("app", {"image": "x"}, "not a folder"),
        ("app", 12, "not a folder"),
    ],
)
def test_an_answer_of_another_kind_is_refused_with_a_sentence(
    wants, answer, says, exercise, records
):
    exercise(wants, lambda bench, answer: pytest.fail("was looked at"))
    report = core.check(HERE, answer)
    assert report.unmet() == ["answer"]
    assert says in report.hint()
    assert report.hint().endswith(".")
    assert records() == 1


def test_an_object_of_the_sdk_is_told_from_its_name(
    exercise, records, lab_client
):
    exercise("image", lambda bench, answer: pytest.fail("was looked at"))
    image = lab_client.images.get("python:3.13-slim")
    assert ".tags[0]" in core.check(HERE, image).hint()


def test_a_syntax_error_is_told_in_the_builders_words(
    exercise, records, lab_client
):
    exercise("dockerfile", lambda bench, text: bench.build(text))
    report = core.check(HERE, "FROM python:3.13-slim\nRUNN true\n")
    assert report.unmet() == ["builds"]
    assert "RUNN" in report.hint()
    assert _left(lab_client) == []


def _sleepers() -> int:
    return sum(
        "987654" in " ".join(process.info["cmdline"] or [])
        for process in psutil.process_iter(["cmdline"])
    )


def test_a_bomb_in_run_is_over_when_the_check_is(
    exercise, records, lab_client, monkeypatch
):
    if find().kind != "box":
        pytest.skip("the engine's processes are seen on its machine alone")
    monkeypatch.setattr(core, "BUILD_SECONDS", 15)
    exercise("dockerfile", lambda bench, text: bench.build(text))
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
        report = core.check(HERE, f"{BOMB} # {time.time_ns()}\n")
    finally:
        over.set()
        watcher.join()
    took = time.monotonic() - begun
    assert report.unmet() == ["builds"]
    assert "stopped after 15 seconds" in report.hint()
    assert took < 45
    assert most > 100, "it never went off"
    deadline = time.monotonic() + 10
    while _sleepers() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _sleepers() == 0
    assert _left(lab_client) == []


def test_a_large_context_is_refused_before_it_is_sent(
    exercise, records, tmp_path, monkeypatch
):
    def examine(bench, folder):
        monkeypatch.setattr(bench, "try_build", pytest.fail)
        assert bench.build(None, folder) is None

    exercise("folder", examine)
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    with (tmp_path / "video.mp4").open("wb") as file:
        file.truncate(1 << 30)  # 1 GB that takes no space
    report = core.check(HERE, tmp_path)
    assert report.unmet() == ["context"]
    assert "video.mp4" in report.hint()


def test_what_dockerignore_names_does_not_count(tmp_path):
    with (tmp_path / "video.mp4").open("wb") as file:
        file.truncate(1 << 30)
    (tmp_path / ".dockerignore").write_text("# big\n*.mp4\n")
    assert core.too_large(tmp_path) == ""
    (tmp_path / "Dockerfile.dockerignore").write_text("*.avi\n")
    assert "video.mp4" in core.too_large(tmp_path)


def test_a_copied_context_holds_plain_files_alone(tmp_path):
    source, target = tmp_path / "a", tmp_path / "b"
    (source / "sub").mkdir(parents=True)
    (source / "sub" / "x.py").write_text("x")
    (source / "Dockerfile").write_text("FROM scratch\n")
    (source / ".dockerignore").write_text("Dockerfile\nsecret\n")
    (source / "secret").write_text("s")
    (source / "link").symlink_to("/etc/passwd")
    os.mkfifo(source / "pipe")
    core.copy_context(source, target)
    assert (target / "sub" / "x.py").read_text() == "x"
    assert (target / "Dockerfile").exists()
    assert (target / "link").is_symlink()
    assert not (target / "pipe").exists()
    assert not (target / "secret").exists()


def test_waits_for_what_never_ends_are_bounded(exercise, records, lab_client):
    def examine(bench, _):
        container = bench.run("python:3.13-slim", command=["sleep", "600"])
        assert bench.wait(container, 1) is None
        assert bench.exec(container, ["sleep", "60"], 1) is None
        assert bench.exec(container, ["echo", "hello"]) == (0, "hello\n")
        assert bench.volume().name.startswith("testchecks-")
        assert bench.fetch(container, "80/tcp", seconds=1) is None

    exercise("number", examine)
    begun = time.monotonic()
    assert core.check(HERE, 1).passed
    assert time.monotonic() - begun < 40
    assert _left(lab_client) == []


@pytest.mark.parametrize(("load", "seconds"), [(0.1, 6), (2, 12), (99, 30)])
def test_a_busy_machine_may_take_longer(load, seconds, monkeypatch):
    """A class at once made the app begin after the 6 s it was given."""
    each = load * os.cpu_count()
    monkeypatch.setattr(os, "getloadavg", lambda: (each, each, each))
    assert core.stretch(6) == pytest.approx(seconds)


SERVES = (
    "import time, http.server as h; {first}; h.HTTPServer("
    "('{address}', 8000), h.SimpleHTTPRequestHandler).serve_forever()"
)
# By the clock: 3 s of processor time take long on a machine that is busy.
COMPUTES = (
    "any(0 for _ in iter("
    "lambda end=time.monotonic() + 3: time.monotonic() > end, True))"
)
FOREVER = "lambda: any(0 for _ in iter(int, 1))"
BUSY = f"import threading; threading.Thread(target={FOREVER}).start()"


@pytest.fixture
def fetched(exercise, records, monkeypatch):
    """Ask a program for its page on a very busy machine, for 2 s or longer;
    whether it came, and the seconds until then."""
    monkeypatch.setattr(os, "getloadavg", lambda: (99, 99, 99))

    def fetch(program: str, **options: object) -> tuple[bool, float]:
        def examine(bench, _):
            container = bench.run(
                "python:3.13-slim",
                command=["python", "-c", program],
                ports={"8000/tcp": ("127.0.0.1", None)},
                **options,
            )
            begun = time.monotonic()
            page = bench.fetch(container, "8000/tcp", seconds=2)
            seen.append((page is not None, time.monotonic() - begun))

        seen = []
        exercise("number", examine)
        assert core.check(HERE, 1).passed
        return seen[0]

    return fetch


@pytest.mark.parametrize(
    ("first", "address", "comes", "most"),
    [
        pytest.param(COMPUTES, "", True, 10, id="computes first"),
        pytest.param("time.sleep(60)", "", False, 5, id="sleeps"),
        pytest.param(BUSY, "127.0.0.1", False, 5, id="listens for itself"),
    ],
)
def test_only_who_computes_is_waited_for_longer(
    first, address, comes, most, fetched
):
    came, took = fetched(SERVES.format(first=first, address=address))
    assert came == comes
    assert took < most


def test_who_computes_little_is_waited_for_though_each_look_takes_long(
    fetched, monkeypatch
):
    """A second look right after a slow first one took it for asleep."""

    def listening(bench, container):
        time.sleep(1.5)
        return {}

    def a_tenth(container):
        return time.monotonic() / 10

    monkeypatch.setattr(core.Bench, "listening", listening)
    monkeypatch.setattr(core, "processor_seconds", a_tenth)
    assert fetched(SERVES.format(first=COMPUTES, address=""))[0]


def test_who_listens_elsewhere_is_found_without_processor_time(
    fetched, monkeypatch
):
    """Some engines never tell what a container computes."""

    def stats(container, **options):
        raise docker.errors.APIError("not here")

    monkeypatch.setattr(docker.models.containers.Container, "stats", stats)
    program = SERVES.format(first=BUSY, address="127.0.0.1")
    came, took = fetched(program)
    assert not came
    assert took < 5


def test_the_engines_name_service_is_not_the_programs(fetched, lab_client):
    """It listens in each container of such a network, at a port of its own."""
    network = lab_client.networks.create(f"testchecks-{os.getpid()}")
    try:
        program = SERVES.format(first=COMPUTES, address="")
        assert fetched(program, network=network.name)[0]
    finally:
        network.remove()


ENDLESS = """
import socket
server = socket.create_server(("", 8000))
while True:
    client, _ = server.accept()
    client.recv(9999)
    client.send({head!r})
    try:
        while True:
            client.send(b"x" * 100000)
    except OSError:
        pass
"""


@pytest.mark.parametrize(
    ("head", "comes"), [(b"HTTP/1.0 200 OK\r\n\r\n", True), (b"hm", False)]
)
def test_pages_that_never_end_or_are_none(
    head, comes, exercise, records, lab_client
):
    def examine(bench, _):
        program = ENDLESS.format(head=head)
        container = bench.run(
            "python:3.13-slim",
            command=["python", "-c", program],
            ports={"8000/tcp": ("127.0.0.1", None)},
        )
        page = bench.fetch(container, "8000/tcp", seconds=6)
        assert bool(page) == comes

    exercise("number", examine)
    assert core.check(HERE, 1).passed


def test_a_program_that_does_not_exist_is_the_answers_fault(
    exercise, records, lab_client
):
    exercise(
        "number",
        lambda bench, _: bench.run("python:3.13-slim", command=["no-such"]),
    )
    report = core.check(HERE, 1)
    assert report.unmet() == ["engine"]
    assert "no-such" in report.hint()
    assert records() == 1
    assert _left(lab_client) == []


def test_a_fault_of_the_check_is_told_as_one(exercise, records):
    exercise("number", lambda bench, answer: answer["x"])
    with pytest.raises(LabError, match="not counted") as caught:
        core.check(HERE, 1)
    assert caught.value.what == "The check itself failed."
    assert isinstance(caught.value.__cause__, TypeError)
    assert records() == 0


def test_an_interrupted_check_leaves_nothing(exercise, records, lab_client):
    def examine(bench, _):
        bench.run("python:3.13-slim", command=["sleep", "600"])
        bench.volume()
        raise KeyboardInterrupt

    exercise("number", examine)
    with pytest.raises(KeyboardInterrupt):
        core.check(HERE, 1)
    assert records() == 0
    assert _left(lab_client) == []


def test_a_full_disk_is_not_the_learners_fault(exercise, records, monkeypatch):
    built = core.builds.parse_rawjson(
        ["ERROR: failed to solve: write /x: no space left on device"]
    )
    monkeypatch.setattr(core.builds, "build", lambda *a, **o: built)
    exercise("dockerfile", lambda bench, text: bench.build(text))
    with pytest.raises(LabError, match="not counted"):
        core.check(HERE, "FROM scratch\nLABEL a=b\n")
    assert records() == 0


def test_words_of_a_run_are_no_proof_of_a_full_disk(
    exercise, records, monkeypatch
):
    said = 'process "/bin/sh -c echo no space left on device" did not complete'
    built = core.builds.parse_rawjson([f"ERROR: failed to solve: {said}"])
    monkeypatch.setattr(core.builds, "build", lambda *a, **o: built)
    exercise("dockerfile", lambda bench, text: bench.build(text))
    assert core.check(HERE, "FROM scratch\nLABEL a=b\n").unmet() == ["builds"]


def test_hints_grow_with_attempts(exercise, records, monkeypatch):
    monkeypatch.setattr(progress, "folded_hint", lambda id: "Change this.")
    exercise("number", lambda bench, n: bench.require("k", "t", False, "Look"))
    hints = [core.check(HERE, 1).hint() for _ in range(6)]
    assert hints[0] == hints[1] == "Look"
    assert hints[2] == hints[4] == "Look Change this."
    assert hints[5].startswith("Look Change this. If you are stuck")


def test_points_are_counted():
    row = core.Criterion("a", "text", True, points=3)
    report = core.Report("x", (row, dataclasses.replace(row, met=False)))
    assert report.score == (3, 6)
    assert "3 of 6 points" in repr(report)
    assert core.Report("x", ()).score == (0, 0)


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
    spare_lab, exercise, records
):
    def build(bench, text):
        threading.Timer(1.5, _kill_the_engine).start()
        bench.build(text)

    exercise("dockerfile", build)
    slow = "FROM python:3.13-slim\nRUN sleep 20\n"
    with pytest.raises(LabError, match="not your mistake"):
        core.check(HERE, slow)
    assert records() == 0


def test_bombs_and_hogs_of_builds_end_within_the_boxs_limits(
    spare_lab, exercise, records
):
    box = Box()
    exercise("dockerfile", lambda bench, text: bench.build(text))
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
    report = core.check(
        HERE,
        f'{PYTHON}"import os; [os.fork() or'
        " __import__('time').sleep(5) for _ in range(200)]\"\n",
    )
    assert report.unmet() == ["builds"]


def test_code_in_a_card_is_code():
    """Between backticks, and nothing else becomes HTML."""
    criterion = core.Criterion("x", "`a` < b", False, "See `docker ps`.")
    card = core.Report("00-x", (criterion,))._repr_html_()
    assert "<code>a</code> &lt; b" in card
    assert "<code>docker ps</code>" in card


def test_a_check_loads_no_other_lessons_needs():
    """They would take memory of every learner in a class."""
    code = (
        "import sys; from dockerlab.checks import core;"
        "core.exercises('layers_and_cache');"
        "from dockerlab.course.table import course;"
        "print(*[s for s in course().slugs"
        " if f'dockerlab.checks.{s}' in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert loaded.stdout.split() == ["layers_and_cache"]

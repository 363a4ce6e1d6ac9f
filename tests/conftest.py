"""What all tests share: an engine, one hold on each lesson, the counts."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from dockerlab import engine, paths
from dockerlab.engine import host
from dockerlab.lab import Lab

# Kernels and commands that tests start must find this dockerlab.
os.environ["PYTHONPATH"] = str(paths.PROJECT)

_held: dict[str, object] = {}


def _hold(lesson: str | None) -> None:
    """Hold one lesson's workspace for this process, or none.

    Two processes that ran the same lesson at once would reset each other's
    workspace: the notebook, its exercises and the browser take turns.
    """
    if _held.get("lesson") == lesson:
        return
    if "lock" in _held:
        _held.pop("lock").__exit__(None, None, None)
        _held.pop("lesson")
    if lesson:
        lock = host.lock(paths.home() / f"lesson-{lesson}.lock")
        lock.__enter__()
        _held.update(lesson=lesson, lock=lock)


def _lesson_of(item: pytest.Item | None) -> str | None:
    if item is None:
        return None
    if item.path.suffix == ".ipynb":
        return item.path.name[:2]
    mark = item.get_closest_marker("lesson")
    return mark.args[0] if mark else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    _hold(_lesson_of(item))


def pytest_runtest_teardown(item: pytest.Item, nextitem) -> None:
    if _lesson_of(item) != _lesson_of(nextitem):
        _hold(None)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "lesson(number): needs a lesson's workspace for itself"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note for each notebook cell whether its outputs are compared."""
    for item in items:
        cell = getattr(item, "cell", None)
        if cell is None:
            continue
        outputs = bool(cell.get("outputs"))
        item.user_properties.append(("prints", outputs))
        compared = outputs and item.options["check"]
        item.user_properties.append(("compared", compared))


def pytest_terminal_summary(terminalreporter) -> None:
    """Say how much was proven."""
    passed = terminalreporter.stats.get("passed", [])
    properties = [
        dict(report.user_properties)
        for report in passed
        if report.when == "call"
    ]
    cells = [row for row in properties if "prints" in row]
    count = {
        key: sum(bool(row.get(key)) for row in cells)
        for key in ("prints", "compared")
    }
    tried = [row for row in properties if "answers" in row]
    terminalreporter.section("what was proven")
    terminalreporter.line(
        f"{len(cells)} notebook cells run, {count['prints']} of them print,"
        f" {count['compared']} of those compared"
    )
    terminalreporter.line(
        f"{sum(row['answers'] for row in tried)} answers to"
        f" {len(tried)} exercises tried"
    )
    terminalreporter.line(f"{len(passed) - len(cells)} tests passed")


@pytest.fixture(scope="session")
def lab_client():
    """An SDK client of the engine that the course uses here."""
    lab = Lab("99")
    yield lab.client
    lab.close()


@pytest.fixture
def command(tmp_path):
    """Run `python -m dockerlab ...` with other settings; the finished
    process."""

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "dockerlab", *words],
            env={**_clean_environment(), **settings},
            cwd=paths.PROJECT,
            capture_output=True,
            text=True,
            timeout=170,
        )

    return run


def _clean_environment() -> dict[str, str]:
    names = ("DOCKER_HOST", "DOCKER_CONFIG", "DOCKERLAB_DOCKER")
    return {k: v for k, v in os.environ.items() if k not in names}


@pytest.fixture
def spare_home(tmp_path_factory):
    """A second home of the lab with a box of its own, on the same root.

    Its engine, data, network and processes are its own, so a test may break
    them.
    """
    if engine.find().kind != "box":
        pytest.skip("tests of the box run where the box is the engine")
    home = tmp_path_factory.mktemp("home")
    (home / "box" / "trixie").mkdir(parents=True)
    (home / "supplies").mkdir()
    for name in ("box/trixie/root", "supplies/debian-root"):
        (home / name).symlink_to(paths.home() / name)
    for name in ("registry", "wheels", "index"):
        shutil.copytree(
            paths.home() / "supplies" / name,
            home / "supplies" / name,
            copy_function=_link,
        )
    stamp = "supplies/wheels.stamp"
    shutil.copy(paths.home() / stamp, home / stamp)
    before = os.environ.get("DOCKERLAB_HOME")
    os.environ["DOCKERLAB_HOME"] = str(home)
    box = engine.Box()
    box._link_tools()
    yield home
    box.stop()
    host.remove_tree(box.folder / "data")
    if before is None:
        del os.environ["DOCKERLAB_HOME"]
    else:
        os.environ["DOCKERLAB_HOME"] = before


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


@pytest.fixture
def notebook():
    """Read a lesson's notebook as JSON, by its two digits."""

    def read(lesson: str) -> dict:
        [path] = (paths.PROJECT / "notebooks").glob(f"{lesson}*.ipynb")
        return json.loads(pathlib.Path(path).read_text("utf-8"))

    return read

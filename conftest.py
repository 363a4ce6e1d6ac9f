"""What every test run needs: the lessons' cells as tests, one hold on each
lesson's workspace, and at the end the counts of what was proven.

It stands at the top because it serves notebooks/ and tests/ alike.
"""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator

import pytest
from xdist.scheduler import LoadScopeScheduling

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.base.errors import LabError
from dockerlab.course import kernel_ports, table
from dockerlab.engine.box import DEFAULT_SUITE
from dockerlab.engine.find import find
from tools import robustness

kernel_ports.KernelPorts.instance()  # for nbval's kernels too
# Kernels and commands that tests start must find this dockerlab.
os.environ["PYTHONPATH"] = str(paths.PROJECT)
# What tests answer is nobody's progress.
_progress = tempfile.TemporaryDirectory(prefix="dockerlab-tests-")
os.environ["DOCKERLAB_PROGRESS"] = _progress.name

# Notebooks whose containers find each other by names.
NETWORKED = {
    "running_containers",
    "better_images",
    "secure_images",
    "registries",
    "many_containers",
    "ci_cd",
    "orchestration",
    "capstone",
}
SWARMS = {"orchestration"}  # make the engine a swarm, and leave it
_held: dict[str, object] = {}


def _hold(lesson: str | None, swarm: bool = False) -> None:
    """Hold one lesson's workspace for this process, or none.

    Two processes that ran the same lesson at once would reset each other's
    workspace: the notebook, its exercises and the browser take turns. And an
    engine that leaves a swarm forgets the names on its other networks, so
    nobody else uses any while a swarm comes and goes.
    """
    wanted = (lesson, swarm)
    if _held.get("wanted") == wanted or os.environ.get("DOCKERLAB_TOGETHER"):
        return  # together: a test of two who do not take turns
    if "locks" in _held:
        _held.pop("locks").close()
        _held.pop("wanted")
    if lesson:
        locks = contextlib.ExitStack()
        if lesson in NETWORKED:
            locks.enter_context(_names(alone=swarm))
        path = paths.home() / f"lesson-{lesson}.lock"
        locks.enter_context(machine.lock(path))
        _held.update(wanted=wanted, locks=locks)


@contextlib.contextmanager
def _names(alone: bool) -> Iterator[None]:
    """Use the names of networks beside others, or alone."""
    with (paths.home() / "names.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def _swarms(item: pytest.Item | None) -> bool:
    """Whether a test makes the engine a swarm, and leaves it."""
    return _lesson_of(item) in SWARMS


def _lesson_of(item: pytest.Item | None) -> str | None:
    """The slug of the notebook whose workspace a test needs."""
    if item is None:
        return None
    book = table.course().of_file(item.path)
    if book:
        return book.slug
    mark = item.get_closest_marker("lesson")
    return mark.args[0] if mark else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    _hold(_lesson_of(item), _swarms(item))


@pytest.hookimpl(trylast=True)  # first the lesson's kernel ends, if it does
def pytest_runtest_teardown(item: pytest.Item, nextitem) -> None:
    same = _swarms(item) == _swarms(nextitem)
    if _lesson_of(item) != _lesson_of(nextitem) or not same:
        _hold(None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long",
        action="store_true",
        help="also what takes hours: each lesson killed, on each engine, ...",
    )
    parser.addoption(
        "--table",
        metavar="FILE",
        help="write what was counted into the table of this document",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "lesson(slug): needs a notebook's workspace for itself"
    )
    config.addinivalue_line("markers", "long: only with --long")
    config.addinivalue_line(
        "markers",
        "engine: needs a Docker Engine, a browser, the network or minutes;"
        " not part of `make check`",
    )
    config.addinivalue_line(
        "markers", "counted(what): each of these tests counts once as that"
    )
    option = config.option
    if not (option.nbval or option.nbval_lax):
        # The stored outputs were made on the box, of its usual suite. On
        # another engine, or with the official images, sizes and versions
        # differ: every cell must run there, and the cells marked for it are
        # compared.
        option.nbval = _on_usual_box()
        option.nbval_lax = not option.nbval


def pytest_unconfigure() -> None:
    _progress.cleanup()


def _on_usual_box() -> bool:
    try:
        box = find().box
    except LabError:
        return False
    return bool(box) and box.suite == DEFAULT_SUITE


def _needs_engine(item: pytest.Item) -> bool:
    """Whether a test needs an engine without having the marker for it."""
    fixtures = getattr(item, "fixturenames", ())
    return bool(_lesson_of(item)) or "needs_engine" in fixtures


@pytest.hookimpl(tryfirst=True)  # before `-m engine` selects
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what is long unless it is wanted, put what takes longest
    first, and note for each notebook cell whether its outputs are compared.
    """
    for item in items:
        if _needs_engine(item):
            item.add_marker("engine")
    if not config.option.long:
        long = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
    items.sort(key=_turn)
    for item in items:
        mark = item.get_closest_marker("counted")
        if mark:
            item.user_properties.append(("counted", {mark.args[0]: 1}))
        cell = getattr(item, "cell", None)
        if cell is None:
            continue
        outputs = bool(cell.get("outputs"))
        item.user_properties.append(("prints", outputs))
        compared = outputs and item.options["check"]
        item.user_properties.append(("compared", compared))


# Processes take scopes (a notebook, a class, a file) in this order: long ones
# first, so that none works alone at the end. While a swarm comes and goes,
# the others have lessons that use no names of networks; and exercises, which
# wait for their lesson's notebook, come when it is done.
ORDER = (
    *("_orchestration.", "_more_instructions.", "_layers_and_cache."),
    *("_images.ipynb", "test_lab", "_why_containers.", "test_swarm"),
    *("Test_more_instructions", "Test_orchestration", "Test_layers_and_cache"),
    *("Test_images", "Test_capstone", "_many_containers.", "_better_images."),
    *("_secure_images.", "_dockerfile_instructions.", "_running_containers."),
    *("_registries.", "notebooks/", "test_browser", "Test_many_containers"),
    *("test_checks", "Test_better_images", "Test_running_containers"),
    *("Test_", "test_capstone", "test_security", "engine/test_box"),
    *("engine/test_faults", "test_seats", "test_interruptions"),
    *("test_foreign", "engine/test_prepare"),
)


# Each of these takes minutes, and is a scope of its own.
WHOLE_LESSONS = (
    *("test_stopped_anywhere[", "test_two_learners_run_each_lesson_at_once["),
    *("test_fault_in_the_midst[", "test_foreign_things_survive_each_lesson["),
)


class _Scopes(LoadScopeScheduling):
    """Tests by notebook, class or file; long runs of whole lessons alone."""

    def _split_scope(self, nodeid: str) -> str:
        if any(part in nodeid for part in WHOLE_LESSONS):
            return nodeid
        return super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log) -> _Scopes:
    """Called by xdist, where there are several processes."""
    return _Scopes(config, log)


def _turn(item: pytest.Item) -> int:
    """Where an item's scope stands in ORDER, by its first fragment there."""
    places = (n for n, part in enumerate(ORDER) if part in item.nodeid)
    return next(places, len(ORDER))


def pytest_terminal_summary(terminalreporter, config) -> None:
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
    tried = [row for row in properties if "wrong" in row]
    terminalreporter.section("what was proven")
    terminalreporter.line(
        f"{len(cells)} notebook cells run, {count['prints']} of them print,"
        f" {count['compared']} of those compared"
    )
    answers = {
        kind: sum(row[kind] for row in tried)
        for kind in ("solutions", "alternatives", "wrong")
    }
    terminalreporter.line(
        f"{len(tried)} exercises tried: {answers['solutions']} solutions and"
        f" {answers['alternatives']} alternative solutions passed,"
        f" {answers['wrong']} wrong answers and {len(tried)} starters did not"
    )
    terminalreporter.line(f"{len(passed) - len(cells)} tests passed")
    counted = robustness.total(
        value
        for report in passed
        if report.when == "call"
        for name, value in report.user_properties
        if name == "counted"
    )
    for what, number in counted.items():
        terminalreporter.line(f"{number} {what}")
    red = len(terminalreporter.stats.get("failed", []))
    red += len(terminalreporter.stats.get("error", []))
    if config.option.table:
        whole = config.option.long
        robustness.write(config.option.table, counted, red, whole)

"""What every test run needs.

The cells of notebooks are tests. Each notebook's workspace has one user at a
time. At the end the run prints what was proven.

The file is in the top folder because notebooks/ and tests/ both need it.
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
from dockerlab.engine import kinds
from dockerlab.engine.find import find
from tools import robustness

kernel_ports.KernelPorts.instance()  # for nbval's kernels too
# Kernels and commands that tests start must find this dockerlab.
os.environ["PYTHONPATH"] = str(paths.PROJECT)
# Answers of tests do not count as the learner's progress.
_progress = tempfile.TemporaryDirectory(prefix="dockerlab-tests-")
os.environ["DOCKERLAB_PROGRESS"] = _progress.name

# Notebooks whose containers find each other by their names.
NETWORKED = {
    "better_images",
    "production_server",
    "sign_and_attest",
    "registries",
    "registry_inside",
    "multi_platform",
    "tls_and_trust",
    "compose",
    "compose_ops",
    "zero_downtime",
    "ci_pipeline",
    "orchestration",
    "swarm_operations",
    "capstone_ship",
}
# Notebooks that make the engine a node of a swarm.
SWARMS = {"orchestration", "swarm_operations"}
_held: dict[str, object] = {}


def _hold(lesson: str | None, swarm: bool = False) -> None:
    """Lock one notebook's workspace for this process, and unlock others.

    Two processes that run the same notebook would reset each other's
    workspace, so the notebook, its exercises and the browser take turns. An
    engine that leaves a swarm forgets the names on its other networks, so no
    other test uses names at that time.

    Args:
        lesson: the slug of the notebook, None to unlock only.
        swarm: whether the notebook leaves a swarm.
    """
    wanted = (lesson, swarm)
    if _held.get("wanted") == wanted or os.environ.get("DOCKERLAB_TOGETHER"):
        return  # the second case: a test of two learners at the same time
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
    """Use the names on networks, with other processes or alone."""
    with (paths.home() / "names.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def _swarms(item: pytest.Item | None) -> bool:
    """Whether a test makes the engine a node of a swarm."""
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
        help="also run the tests that take hours",
    )
    parser.addoption(
        "--table",
        metavar="FILE",
        help="write the counts into the table of this document",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "lesson(slug): uses a notebook's workspace, alone"
    )
    config.addinivalue_line("markers", "long: only with --long")
    config.addinivalue_line(
        "markers",
        "engine: needs a Docker Engine, a browser, the network or minutes;"
        " not part of `make check`",
    )
    config.addinivalue_line(
        "markers", "counted(what): each test adds one to this count"
    )
    option = config.option
    if not (option.nbval or option.nbval_lax):
        # The box of the usual suite made the stored outputs. On other
        # engines and with the official images, sizes and versions differ:
        # all cells must run there, and only marked ones are compared.
        option.nbval = _on_usual_box()
        option.nbval_lax = not option.nbval


def pytest_unconfigure() -> None:
    _progress.cleanup()


def _on_usual_box() -> bool:
    try:
        box = find().box
    except LabError:
        return False
    return bool(box) and box.suite == kinds.DEFAULT


def _needs_engine(item: pytest.Item) -> bool:
    """Whether a test needs an engine without having the marker for it."""
    fixtures = getattr(item, "fixturenames", ())
    return bool(_lesson_of(item)) or "needs_engine" in fixtures


@pytest.hookimpl(tryfirst=True)  # before `-m engine` selects
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Mark the tests that need an engine, remove the long ones, sort the
    rest, and note which cells of notebooks compare their outputs."""
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


# Processes take scopes (a notebook, a class, a file) in this order. Long ones
# come first, so that no process works alone at the end. While one makes a
# swarm, the others run notebooks that use no names on networks. Exercises
# come after their notebook, whose workspace they would wait for.
ORDER = [
    "_swarm_operations.",
    "_orchestration.",
    "_instruction_map.",
    "_build_cache.",
    "_base_images.ipynb",
    "test_lab",
    "_namespaces_and_vms.",
    "test_swarm",
    "Test_swarm_operations",
    "Test_orchestration",
    "Test_build_cache",
    "Test_images",
    "Test_capstone_",
    "_zero_downtime.",
    "_compose.",
    "_compose_ops.",
    "_better_images.",
    "_production_server.",
    "_sign_and_attest.",
    "_dockerfile_build.",
    "_dockerfile_run.",
    "_limits_and_neighbours.",
    "_pid_one.",
    "_registries.",
    "_registry_inside.",
    "_multi_platform.",
    "_tls_and_trust.",
    "notebooks/",
    "test_browser",
    "Test_zero_downtime",
    "Test_compose_ops",
    "Test_compose",
    "checks/test_bench",
    "checks/test_pages",
    "Test_better_images",
    "Test_python_dependencies",
    "Test_",
    "test_scorecard",
    "test_security",
    "test_faults",
    "test_seats",
    "test_interruptions",
    "test_cleaning",
]

# Each of these takes minutes and is a scope of its own.
WHOLE_LESSONS = [
    "test_stopped_anywhere[",
    "test_two_learners_run_each_lesson_at_once[",
    "test_fault_while_a_notebook_runs[",
    "test_foreign_things_survive_each_lesson[",
]


class _Scopes(LoadScopeScheduling):
    """Groups tests by notebook, class or file; runs of whole notebooks are
    groups of their own."""

    def _split_scope(self, nodeid: str) -> str:
        if any(part in nodeid for part in WHOLE_LESSONS):
            return nodeid
        # A parameter such as `::` is no part of the path. With it, one test
        # would run beside the rest of its file, which shares its workspace.
        return super()._split_scope(nodeid.partition("[")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log) -> _Scopes:
    """Called by pytest-xdist when there are several processes."""
    return _Scopes(config, log)


def _turn(item: pytest.Item) -> int:
    """The place of a test's scope in ORDER."""
    places = (n for n, part in enumerate(ORDER) if part in item.nodeid)
    return next(places, len(ORDER))


def pytest_terminal_summary(terminalreporter, config) -> None:
    """Print how much was proven."""
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

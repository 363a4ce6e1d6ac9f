"""Make everything ready: the engine runs and has what notebooks need."""

import functools
from collections.abc import Iterable

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.base.tasks import Task, run_all
from dockerlab.engine import supplies
from dockerlab.engine.box import Box
from dockerlab.engine.find import Engine, find
from dockerlab.engine.standins import STANDINS

HOST_PACKAGES = ["mmdebstrap", "debian-archive-keyring", "attr"]


def prepare(
    engine: Engine,
    images: Iterable[str] = supplies.FIRST,
    extra: Iterable[Task] = (),
) -> Engine:
    """Start the engine and put `images` into it; what exists is kept.

    Args:
        extra: further tasks to run beside these.

    Returns:
        The engine, which answers.

    Raises:
        LabError: something that a person must correct first.
    """
    tasks = list(extra)
    if engine.box:
        tasks += _box_tasks(engine.box, list(images))
    else:
        tasks += [_pull_task(engine, name) for name in images]
    run_all(tasks)
    return find(engine.box.suite) if engine.box else engine


def _pull_task(engine: Engine, name: str) -> Task:
    pull = functools.partial(supplies.pull, engine.url, name)
    return Task(f"image {name}", pull)


def _box_tasks(box: Box, images: list[str]) -> list[Task]:
    """Return tasks for what the box does not have yet."""
    missing = [n for n in images if not supplies.held(STANDINS[n])]
    tasks: list[Task] = []
    after: tuple[Task, ...] = ()
    if box.prepared() and not missing:
        machine.elevation()
    else:
        machine.require_debian()
        machine.require_disk(paths.home())
        install = functools.partial(machine.packages, HOST_PACKAGES)
        tasks.append(Task("Debian's bootstrap tool", install, usual=5))
        after = (tasks[0],)
    title = f"engine from Debian {box.kind.debian}"
    root = Task(title, box.prepare, after, usual=30)
    if not box.prepared():
        tasks.append(root)
    wheels = Task("Python packages of the sample app", supplies.wheels)
    index = Task("package index", supplies.index)
    start = Task("start of the engine", box.start, (root, index))
    tasks += [wheels, index, start]
    base = Task(
        "Debian base of the images", supplies.base_root, after, usual=20
    )
    if missing:
        tasks.append(base)
    for name in images:
        make = functools.partial(supplies.make_standin, name)
        made = Task(f"image {name}", make, (base,), STANDINS[name].usual)
        push = functools.partial(supplies.push_standin, name, box)
        if name in missing:
            tasks.append(made)
        tasks.append(Task(f"{name} into the engine", push, (made, start)))
    return tasks

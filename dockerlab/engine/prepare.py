"""Make everything ready: the engine runs and holds what lessons need."""

import functools
from collections.abc import Iterable

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.base.tasks import Task, run_all
from dockerlab.engine import supplies
from dockerlab.engine.find import Engine, find

HOST_PACKAGES = ["mmdebstrap", "debian-archive-keyring", "attr"]


def prepare(
    engine: Engine,
    images: Iterable[str] = supplies.FIRST,
    extra: Iterable[Task] = (),
) -> Engine:
    """Start the engine and bring `images` into it; return it, answering.

    What is prepared already is not done again.

    Args:
        extra: further tasks to run beside these.

    Raises:
        LabError: something a person must mend first.
    """
    tasks = list(extra)
    if engine.box:
        tasks += _box_tasks(engine, list(images))
    else:
        tasks += [_pull_task(engine, name) for name in images]
    run_all(tasks)
    return find(engine.box.suite) if engine.box else engine


def _pull_task(engine: Engine, name: str) -> Task:
    pull = functools.partial(supplies.pull, engine.url, name)
    return Task(f"image {name}", pull)


def _box_tasks(engine: Engine, images: list[str]) -> list[Task]:
    """What the box still lacks, in the order in which it can be done."""
    box, tasks = engine.box, []
    missing = [
        name
        for name in images
        if not supplies.held(supplies.standins.STANDINS[name])
    ]
    if not box.prepared() or missing:
        machine.require_debian()
        machine.require_disk(paths.home())
        install = functools.partial(machine.packages, HOST_PACKAGES)
        tools = Task("Debian's bootstrap tool", install, usual=5)
        tasks.append(tools)
    else:
        machine.elevation()
        tools = None
    after = (tools,) if tools else ()
    root = Task(
        f"engine from Debian {box.suite}", box.prepare, after, usual=30
    )
    if not box.prepared():
        tasks.append(root)
    wheels = Task("Python packages of the sample app", supplies.wheels)
    index = Task("package index", supplies.index)
    start = Task("start of the engine", box.start, (root, index))
    tasks += [wheels, index, start]
    base = Task("Debian base of the images", _base, after, usual=20)
    if missing:
        tasks.append(base)
    for name in images:
        usual = supplies.standins.STANDINS[name].usual
        make = functools.partial(supplies.make_standin, name)
        made = Task(f"image {name}", make, (base,), usual)
        push = functools.partial(supplies.push_standin, name, box)
        if name in missing:
            tasks.append(made)
        tasks.append(Task(f"{name} into the engine", push, (made, start)))
    return tasks


def _base(report) -> None:
    supplies.base_root(report)

"""Make everything ready: the engine runs and has what notebooks need."""

import functools
import os
from collections.abc import Iterable

from dockerlab import paths
from dockerlab.base import machine, processes
from dockerlab.base.machine import Report
from dockerlab.base.tasks import Task, run_all
from dockerlab.engine import kinds, roots, standins, supplies
from dockerlab.engine.box import Box, boxes
from dockerlab.engine.find import Engine, find
from dockerlab.engine.recipes import TAGS

NOTE = "preparation"  # the name of a process that prepares


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
    images, extra = list(images), list(extra)
    if not engine.box:
        pulls = [_pull_task(engine, name) for name in images]
        _run_noted([*extra, *pulls])
        return engine
    try:
        _run_noted([*extra, *box_tasks(engine.box, images)])
    except roots.RootError as error:
        other = _fallback(engine.box, error)
        if not other:
            raise
        try:
            return prepare(other, images, extra)
        except BaseException:
            kinds.note().unlink(missing_ok=True)  # next time, try again
            raise
    return find(engine.box.suite)


def left() -> list[str]:
    """Titles of what another process still prepares on this machine, the
    running tasks first; empty if none does."""
    found = processes.find(NOTE)
    if not found or found[0].pid == os.getpid():
        return []
    return list(found[1]["left"])


def _run_noted(tasks: list[Task]) -> None:
    """Run tasks, and let other processes see what is left."""
    try:
        run_all(tasks, watch=lambda left: processes.note(NOTE, left=left))
    finally:
        processes.forget(NOTE)


def _fallback(box: Box, error: roots.RootError) -> Engine | None:
    """Return the engine to use instead of one that cannot be installed.

    None if there is no other, or if the user has chosen this one.
    """
    named = os.environ.get("DOCKERLAB_SUITE")
    if named or box.suite != kinds.DEFAULT or not kinds.FALLBACK:
        return None
    other = Box(kinds.FALLBACK)
    print(
        f"Debian {box.kind.debian} cannot be installed here, so the lab's"
        f" engine is made from Debian {other.kind.debian}, an older version.",
        flush=True,
    )
    note = kinds.note()
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(f"{error}\n", "utf-8")
    return find(other.suite)


def outdated(used: Box) -> list[Box]:
    """Return the boxes of an earlier edition that the used one replaces."""
    needed = {used.root, used.with_tools.root}
    return [
        box
        for box in boxes()
        if box.root.exists() and box.root not in needed and not box.prepared()
    ]


def _remove(box: Box, report: Report) -> None:
    box.remove()


def _pull_task(engine: Engine, name: str) -> Task:
    pull = functools.partial(supplies.pull, engine.url, name)
    return Task(f"image {name}", pull)


def box_tasks(box: Box, images: list[str]) -> list[Task]:
    """Return tasks for what the box does not have yet."""
    # Several names may mean one image, which is made once.
    wanted = {TAGS[name].name: TAGS[name] for name in images}
    missing = [n for n, image in wanted.items() if not supplies.held(image)]
    tasks: list[Task] = []
    after: tuple[Task, ...] = ()
    if box.prepared() and not missing:
        machine.elevation()
    else:
        machine.require_debian()
        machine.require_disk(paths.home())
        install = functools.partial(machine.packages, roots.HOST_PACKAGES)
        tasks.append(Task("Debian's bootstrap tool", install, usual=5))
        after = (tasks[0],)
    base = Task(
        "Debian base of the images", standins.base_root, after, usual=15
    )
    if missing:  # first: what the images wait for
        tasks.append(base)
    engines = [
        Task(f"engine from Debian {b.kind.debian}", b.prepare, after, usual=20)
        for b in dict.fromkeys([box, box.with_tools])
        if not b.prepared()
    ]
    tasks += engines
    index = Task("package index", supplies.index)
    start = Task("start of the engine", box.start, (*engines, index))
    tasks += [index, start]
    for old in outdated(box):
        title = f"removal of an earlier edition's engine ({old.suite})"
        tasks.append(Task(title, functools.partial(_remove, old), (start,)))
    made = {
        name: Task(
            f"image {name}",
            functools.partial(supplies.make_standin, name),
            (base,),
            wanted[name].usual,
        )
        for name in missing
    }
    tasks += made.values()
    pushed = []
    for name in images:
        push = functools.partial(supplies.push_standin, name, box)
        first = [made[n] for n in (TAGS[name].name,) if n in made]
        pushed.append(Task(f"{name} into the engine", push, (*first, start)))
    tasks += pushed
    # The engine and the images are needed sooner.
    later = (start, base) if missing else (start,)
    title = "Python packages of the sample app"
    tasks.append(Task(title, supplies.wheels, later))
    if any(supplies.outdated(image) for image in wanted.values()):
        print("The images here were made by an older recipe: made again.")
        sweep = Task("removal of older images", supplies.sweep, tuple(pushed))
        tasks.append(sweep)
    return tasks

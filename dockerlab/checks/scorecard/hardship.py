"""Run the capstone's service with fewer rights and little memory."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from docker.models.containers import Container

from dockerlab.checks import pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.results import NotStarted
from dockerlab.checks.scorecard import usage
from dockerlab.checks.scorecard.contents import PORT
from dockerlab.checks.scorecard.properties import Card

# Options of the container, by the property that they test.
OPTIONS: dict[str, dict[str, Any]] = {
    "readonly": {"read_only": True, "tmpfs": {"/tmp": ""}},
    "capabilities": {
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
    },
    "limits": {
        "mem_limit": "128m",
        "nano_cpus": 500_000_000,
        "pids_limit": 64,
    },
}


def judge(bench: Bench, card: Card, image: str, keys: Collection[str]) -> None:
    """Judge a run under all wanted options; if it fails, one under each."""
    wanted = [key for key in OPTIONS if key in keys]
    if not wanted:
        return
    if _endures(bench, image, wanted):
        card.met.update(dict.fromkeys(wanted, True))
        return
    for key in wanted:
        alone = len(wanted) == 1  # it was just tried
        card.note(key, not alone and _endures(bench, image, [key]))


def _endures(bench: Bench, image: str, keys: Collection[str]) -> bool:
    """Whether the service works under these options together."""
    options: dict[str, Any] = {}
    for key in keys:
        options |= OPTIONS[key]
    try:
        container = usage.start(bench, image, **options)
    except NotStarted:
        return False
    works = usage.works(container)
    if works and "limits" in keys:
        works = _answers_many(container)
    container.remove(force=True)
    return works


def _answers_many(container: Container) -> bool:
    """Whether a hundred requests, eight at a time, are all answered."""

    def status(_: int) -> int:
        return pages.request(container, PORT, usage.LIST).status

    with ThreadPoolExecutor(8) as pool:
        answered = all(found == 200 for found in pool.map(status, range(100)))
    container.reload()
    return answered and not container.attrs["State"]["OOMKilled"]

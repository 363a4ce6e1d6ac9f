"""Marks that show the kernels on one machine who uses what.

A process holds a mark until it gives the mark back or ends, however it ends.
"""

import dataclasses
import fcntl
import functools
import random
import socket
import sys
import time
from collections.abc import Iterable, Iterator
from typing import IO

from dockerlab.base import ports
from dockerlab.workspace import folders

PLACES = 40  # for the learners who use one thing of the engine together
Mark = socket.socket | IO[str]


def hold(name: str) -> Mark | None:
    """Hold a mark until it is closed; None where somebody holds it."""
    key = f"seat-{folders.short(name, 16)}"
    if sys.platform == "linux":
        return ports.mark(key)
    file = (folders.private() / key).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def is_held(name: str) -> bool:
    """Whether some process, this one included, holds a mark now."""
    mark = hold(name)
    if mark:
        mark.close()
    return not mark


# -- marks that the workspaces of one process share ---------------------


@dataclasses.dataclass
class _Shared:
    """A mark of this process: what for, and by how many workspaces."""

    mark: Mark
    owner: str
    uses: int = 0


_shared: dict[str, _Shared] = {}


def hold_first(names: Iterable[str], owner: str) -> str | None:
    """Hold the first of these marks that nobody else holds, and return its
    name; None where all of them are taken.

    A mark that this process already holds for the same owner comes first:
    a notebook that is run again in its kernel keeps what it has.
    """
    candidates = list(names)
    mine = [n for n in candidates if n in _shared]
    for name in mine + candidates:
        if name not in _shared:
            mark = hold(name)
            if not mark:
                continue
            _shared[name] = _Shared(mark, owner)
        if _shared[name].owner == owner:
            _shared[name].uses += 1
            return name
    return None


def give_back(name: str) -> None:
    """Give one use of a shared mark back; the last one closes it."""
    found = _shared.get(name)
    if found:
        found.uses -= 1
        if not found.uses:
            _shared.pop(name).mark.close()


# -- things that are used together, or by one alone ---------------------


class Turn:
    """What learners on one engine use together, or one of them alone.

    Each user has a place; a user who is alone has all of them. A place is
    held until it is given back or its process ends.
    """

    def __init__(self, thing: str) -> None:
        self._thing = thing
        self._places: list[Mark] = []

    def take(self, alone: bool, seconds: float) -> bool:
        """Give back what is held, then wait for a place, or for all places.

        Args:
            seconds: how long to wait.

        Returns:
            Whether the place, or all places, were free in time.
        """
        end = time.monotonic() + seconds
        while True:
            self.give_back()
            for place in self._free():
                if place:
                    self._places.append(place)
                # With `alone`, stop at the first place that is taken. To go
                # on would block somebody else who wants all places, again
                # and again (giving forty back takes a while).
                if bool(place) != alone:
                    break
            if len(self._places) == (PLACES if alone else 1):
                return True
            if time.monotonic() >= end:
                self.give_back()
                return False
            # Random, or two who want all places block each other for ever.
            time.sleep(random.uniform(0.1, 0.3))

    def others(self) -> bool:
        """Whether somebody else has a place now."""
        free = [place for place in self._free() if place]
        for place in free:
            place.close()
        return len(free) + len(self._places) < PLACES

    def give_back(self) -> None:
        """Let the others have it."""
        while self._places:
            self._places.pop().close()

    def _free(self) -> Iterator[Mark | None]:
        """For each place: its mark, held now, or None where it is taken."""
        return (hold(f"{self._thing} {n}") for n in range(PLACES))


@functools.cache
def turn(thing: str) -> Turn:
    """This process's turn at a thing: the same one for each workspace."""
    return Turn(thing)

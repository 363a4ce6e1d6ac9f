"""What the board accepts: names, events, and how many of them."""

import dataclasses
import hmac
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable

EXERCISE = re.compile(r"[a-z][a-z0-9_]{0,39}/[a-z][a-z0-9-]{0,39}")
SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")
CRITERION = re.compile(r"[a-z][a-z0-9_-]{0,39}")
NICKNAME = 24  # letters
BODY = 2048  # bytes of a request
LEARNERS = 200
EVENTS = 3000  # of each learner
PER_MINUTE = 60  # requests of each learner
JOINS_PER_MINUTE = 120  # of the whole room
WRONG_CODES_PER_MINUTE = 30


class Refused(Exception):
    """A request that the board does not accept.

    Attributes:
        status: of the HTTP answer.
        reason: one sentence for the sender.
    """

    def __init__(self, status: int, reason: str) -> None:
        self.status, self.reason = status, reason
        super().__init__(reason)


@dataclasses.dataclass(frozen=True)
class Event:
    """What a learner did: opened a notebook, or checked an exercise.

    Attributes:
        slug: of the notebook.
        exercise: its id; empty for an opened notebook.
        missed: the criterion that was not met; empty if all were.
    """

    slug: str
    exercise: str = ""
    passed: bool = False
    missed: str = ""


def event(content: object) -> Event:
    """The event in the JSON of a request.

    Raises:
        Refused: it has another form.
    """
    if not isinstance(content, dict):
        raise Refused(400, "The request has no JSON object.")
    known = {"notebook", "exercise", "passed", "missed"}
    if not set(content) <= known:
        raise Refused(400, "The request has unknown fields.")
    if "exercise" not in content:
        return Event(_matched(SLUG, content.get("notebook"), "notebook"))
    exercise = _matched(EXERCISE, content["exercise"], "exercise")
    passed = content.get("passed")
    if not isinstance(passed, bool):
        raise Refused(400, "The field passed is not true or false.")
    missed = content.get("missed") or ""
    if missed:
        missed = _matched(CRITERION, missed, "missed")
    return Event(exercise.partition("/")[0], exercise, passed, missed)


def _matched(pattern: re.Pattern[str], value: object, field: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Refused(400, f"The field {field} has another form.")
    return value


def nickname(value: object) -> str:
    """A nickname without control characters and space around it.

    Raises:
        Refused: nothing is left, or it is too long.
    """
    if not isinstance(value, str):
        raise Refused(400, "The nickname is not a text.")
    name = "".join(c for c in value if c.isprintable()).strip()
    if not 0 < len(name) <= NICKNAME:
        raise Refused(400, f"A nickname has 1 to {NICKNAME} letters.")
    return name


def same(given: object, wanted: str) -> bool:
    """Whether two secrets are equal; the time it takes tells nothing."""
    text = given if isinstance(given, str) else ""
    return hmac.compare_digest(text.encode(), wanted.encode())


class Limit:
    """How many requests each sender may make in a minute."""

    def __init__(
        self, most: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most, self._clock = most, clock
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)

    def count(self, sender: str = "") -> None:
        """Count a request.

        Raises:
            Refused: there were too many in the last minute.
        """
        now, times = self._clock(), self._times[sender]
        while times and times[0] <= now - 60:
            times.popleft()
        if len(times) >= self.most:
            raise Refused(429, "Too many requests. Try again in a minute.")
        times.append(now)

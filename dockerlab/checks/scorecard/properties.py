"""The rows of the score card, and the card while it is filled in."""

import dataclasses
from collections.abc import Collection

from dockerlab.base import words
from dockerlab.checks.bench import Bench

BASE = "python:3.13-slim"
PASS_MARK = 75  # per cent of the points


@dataclasses.dataclass(frozen=True)
class Property:
    """One row of the score card.

    gate: whether it must be met, whatever the points are.
    """

    key: str
    points: int
    text: str
    hint: str
    gate: bool = False


BUILD = (
    Property(
        "builds",
        3,
        "the image builds",
        "What does the builder report in its last lines?",
        gate=True,
    ),
    Property(
        "context",
        3,
        "less than 1 MB is sent to the builder",
        "Which files in the folder does no instruction need? Which file keeps"
        " them out of the build context?",
    ),
    Property(
        "cached",
        5,
        "an edit of app.py installs no package again",
        "Which instruction copies app.py, and which instructions come after"
        " it?",
    ),
    Property(
        "pins",
        6,
        "tomorrow's releases do not change the image",
        "The check built the image with an index that has newer versions of"
        " everything. Which versions may pip choose?",
    ),
    Property(
        "lint",
        2,
        "hadolint reports no warning",
        "`hadolint Dockerfile` prints the line and the rule. If the rule is"
        " wrong here, `# hadolint ignore=` above the line says so.",
    ),
)
IMAGE = (
    Property(
        "size",
        4,
        f"it is at most 50 MB larger than {BASE}",
        "`docker history` shows which instruction added the bytes.",
    ),
    Property(
        "baggage",
        4,
        "no layer contains the tests or the old exports",
        "Which files does `COPY` bring in?",
    ),
    Property(
        "compiler",
        4,
        "it contains no C compiler",
        "Only the build needs the compiler. In which build stage can it stay?",
    ),
    Property(
        "secret",
        5,
        "no layer and no setting contains the printer's token",
        "A later instruction removes nothing from a layer, and the history"
        " keeps every instruction.",
        gate=True,
    ),
    Property(
        "advisories",
        5,
        "no package has a vulnerability that the course's file lists",
        "`requirements.txt` decides which version is installed. Does the pin"
        " still have its reason?",
    ),
    Property(
        "labels",
        2,
        "labels give its title, version and source",
        "They are `org.opencontainers.image.title`, and the same with"
        " `.version` and `.source`.",
    ),
    Property(
        "port",
        1,
        "it documents port 8000 and no other",
        "Which instruction documents a port?",
    ),
)
SERVICE = (
    Property(
        "serves",
        5,
        "it keeps and finds items on port 8000",
        "`docker logs` shows the program's last messages.",
        gate=True,
    ),
    Property(
        "server",
        4,
        "a production server responds",
        "The header `Server` of a response names the server.",
        gate=True,
    ),
    Property(
        "debugger",
        4,
        "an error page shows nothing of the code",
        "Request `/search?q=[` and report an item without a name. Which mode"
        " of Flask prints its source there?",
    ),
    Property(
        "logs",
        3,
        "`docker logs` shows the requests",
        "A production server may log no requests until you configure it."
        " Where should a container's log go?",
    ),
    Property(
        "healthy",
        4,
        "the engine reports it as healthy within 15 s",
        "Which instruction defines a health check? See"
        " `docker inspect --format '{{json .State.Health}}'`.",
    ),
    Property(
        "honest",
        4,
        "without its server the engine reports it as unhealthy",
        "The check ran the image with `sleep` instead of the server. What"
        " does your health check really test?",
    ),
)
RIGHTS = (
    Property(
        "user",
        5,
        "none of its processes runs as root",
        "Which user runs it? A label or a comment changes nothing.",
        gate=True,
    ),
    Property(
        "readonly",
        5,
        "it works with a read-only root file system",
        "Only /data and /tmp are writable then. Where does it write?",
    ),
    Property(
        "capabilities",
        3,
        "it works without any capability",
        "Which step at its start needs root's rights?",
    ),
    Property(
        "limits",
        3,
        "it handles 100 requests with 128 MB and half a CPU",
        "How many processes does it start, and how much memory does each"
        " need?",
    ),
)
DATA = (
    Property(
        "stops",
        4,
        "it ends by itself within 2 s of `docker stop`",
        "Which program is process 1, and does it handle SIGTERM?",
    ),
    Property(
        "restart",
        4,
        "after a stop and a start its data are still there",
        "Where are the items stored, and which user may write there?",
    ),
    Property(
        "replace",
        4,
        "a new container with the same volume has the data",
        "Only files in /data outlive a container.",
    ),
)
DELIVERY = (
    Property(
        "signed",
        4,
        "the published image is this one, and it is signed",
        "Push it to the notebook's registry, sign it there, and hand in"
        " folder, image and public key together.",
        gate=True,
    ),
)
PROPERTIES = BUILD + IMAGE + SERVICE + RIGHTS + DATA + DELIVERY
KEYS = frozenset(row.key for row in PROPERTIES)

NEED_SERVICE = [
    row.key for row in SERVICE + RIGHTS + DATA if row.key != "serves"
]
NOT_LOOKED_AT = "Not looked at: the service did not keep items on port 8000."


@dataclasses.dataclass
class Card:
    """What was found so far.

    `met`: key -> whether the property is met. `notes`: key -> a sentence
    that stands before its hint.
    """

    met: dict[str, bool] = dataclasses.field(default_factory=dict)
    notes: dict[str, str] = dataclasses.field(default_factory=dict)

    def note(self, key: str, met: object, note: str = "") -> bool:
        """Note a finding; return whether the property is met."""
        self.met[key] = bool(met)
        self.notes[key] = note
        return bool(met)

    def pass_over(self) -> None:
        """Note that nothing was looked at that needs a working service."""
        for key in NEED_SERVICE:
            self.note(key, False, NOT_LOOKED_AT)

    def write(self, bench: Bench, only: Collection[str] = ()) -> None:
        """Write properties on the bench's card, in their order.

        Args:
            only: the keys of those to write, without points; all properties
                with their points if there are none.
        """
        for row in PROPERTIES:
            if row.key in (only or KEYS):
                note = words.sentence(self.notes.get(row.key, ""))
                bench.require(
                    row.key,
                    row.text,
                    self.met.get(row.key, False),
                    f"{note} {row.hint}".strip(),
                    0 if only else row.points,
                    row.gate and not only,
                )

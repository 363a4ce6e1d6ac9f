"""The learner's side of the live board of a class.

It is off unless `make start` was given the address of a board. Then the
board gets the notebook that is opened, and for each check the exercise,
whether it passed, and the criterion that was missed: no code, no answer.
Everything is sent in the background. A board that is away, slow or hostile
changes nothing in a notebook.
"""

import contextlib
import dataclasses
import http.client
import json
import pathlib
import queue
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from email.message import Message
from typing import IO

from dockerlab.base.errors import LabError
from dockerlab.course import progress

SECONDS = 3.0  # for a request
WAITING = 50  # events at most; later ones are dropped
ANSWER = 1000  # bytes that are read of an answer


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a learner's events go.

    Attributes:
        key: known to this learner and the board alone.
    """

    url: str
    key: str
    nickname: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The key is sent to the board's own address only."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        return None


# A board is in the same room, so no proxy leads to it.
_OPENER = urllib.request.build_opener(
    urllib.request.ProxyHandler({}), _NoRedirect
)
_events: queue.Queue[dict[str, object]] = queue.Queue(WAITING)
_start = threading.Lock()
_sender: threading.Thread | None = None


def _file() -> pathlib.Path:
    return progress.folder() / "board.json"


def place() -> Place | None:
    """Where events go; None if the learner has not joined a board."""
    try:
        return Place(**json.loads(_file().read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def leave() -> None:
    """Send nothing any more."""
    _file().unlink(missing_ok=True)


def join(url: str, room: str, nickname: str) -> Place:
    """Join a board; from now on events are sent to it.

    Args:
        url: the board's address, as the instructor's page shows it.
        room: the room's code.
        nickname: what the board shows.

    Raises:
        LabError: the address is none, the board does not answer or refuses.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LabError(
            f"{url!r} is not the address of a board.",
            fix="It looks like BOARD=http://192.168.1.5:8800.",
        )
    address = f"{parts.scheme}://{parts.netloc}"
    content = {"room": room, "nickname": nickname}
    try:
        answer = json.loads(_post(f"{address}/api/join", content))
        found = Place(address, str(answer["key"]), str(answer["nickname"]))
    except urllib.error.HTTPError as error:
        raise LabError(
            "The board of your class refuses you.",
            _reason(error),
            "Check the room's code and your nickname, then try again.",
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise LabError(
            f"The board at {address} does not answer.",
            str(error),
            "Go on without it, or ask your instructor for the address.",
        ) from None
    except (ValueError, LookupError, TypeError):
        raise LabError(
            f"What answers at {address} is not the board of a class.",
            fix="Ask your instructor for the address.",
        ) from None
    _file().parent.mkdir(parents=True, exist_ok=True)
    _file().touch(mode=0o600)
    _file().write_text(json.dumps(dataclasses.asdict(found)), "utf-8")
    return found


def _reason(error: urllib.error.HTTPError) -> str:
    """What a refusing board writes, made harmless."""
    try:
        text = str(json.loads(error.read(ANSWER))["error"])
    except (OSError, ValueError, LookupError, TypeError):
        return f"Its answer has the status {error.code}."
    return "".join(c for c in text if c.isprintable())[:200]


def opened(slug: str) -> None:
    """Note that a notebook was opened."""
    _send({"notebook": slug})


def checked(exercise: str, passed: bool, missed: str) -> None:
    """Note that an answer was checked.

    Args:
        missed: the first criterion that was not met, empty if all were.
    """
    _send({"exercise": exercise, "passed": passed, "missed": missed})


def _send(event: dict[str, object]) -> None:
    """Send an event in the background, or drop it."""
    global _sender
    if place() is None:
        return
    with _start:
        if _sender is None or not _sender.is_alive():
            _sender = threading.Thread(target=_work, daemon=True)
            _sender.start()
    with contextlib.suppress(queue.Full):
        _events.put_nowait(event)


def _work() -> None:
    """Send events one after another, as long as the kernel lives."""
    while True:
        event = _events.get()
        board = place()
        if board is None:
            continue
        try:
            _post(f"{board.url}/api/events", event, board.key)
        except (OSError, ValueError, http.client.HTTPException):
            continue  # a lost event is no reason to disturb the learner


def _post(url: str, content: Mapping[str, object], key: str = "") -> bytes:
    """Send JSON; the first bytes of the answer.

    Raises:
        OSError, http.client.HTTPException: no answer, or one with an error
            status.
    """
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(
        url, json.dumps(content).encode(), headers
    )
    with _OPENER.open(request, timeout=SECONDS) as answer:
        data: bytes = answer.read(ANSWER)
        return data

"""The kinds of answers that exercises ask for, and why one does not fit."""

import dataclasses
import numbers
import pathlib
import re
from collections.abc import Callable

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,200}")
IMAGE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.:/@-]{0,400}")


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of answer: what it is called, and a test for it."""

    wanted: str
    fits: Callable[[object], bool]


def _is_dockerfile(answer: object) -> bool:
    return isinstance(answer, str) and "\n" in answer.strip()


def _is_container(answer: object) -> bool:
    return isinstance(answer, str) and bool(NAME.fullmatch(answer.strip()))


def _are_containers(answer: object) -> bool:
    return (
        isinstance(answer, (list, tuple))
        and bool(answer)
        and all(_is_container(each) for each in answer)
    )


def _is_image(answer: object) -> bool:
    return isinstance(answer, str) and bool(IMAGE.fullmatch(answer.strip()))


def _is_folder(answer: object) -> bool:
    if not isinstance(answer, (str, pathlib.Path)) or not str(answer).strip():
        return False
    try:
        return pathlib.Path(answer).is_dir()
    except (OSError, ValueError):  # no path can look like this
        return False


def _is_number(answer: object) -> bool:
    # Also a whole number of numpy, which is no `int`.
    numeric = isinstance(answer, (numbers.Integral, float))
    return numeric and not isinstance(answer, bool)


def _is_text(answer: object) -> bool:
    return isinstance(answer, str) and bool(answer.strip())


def _are_commands(answer: object) -> bool:
    return (
        isinstance(answer, (list, tuple))
        and bool(answer)
        and all(_is_text(each) for each in answer)
    )


def _is_mapping(answer: object) -> bool:
    return isinstance(answer, dict) and bool(answer)


def _is_app(answer: object) -> bool:
    if isinstance(answer, dict):
        return _is_folder(answer.get("folder"))
    return _is_folder(answer) or _is_image(answer)


KINDS = {
    "dockerfile": Kind("the text of a Dockerfile", _is_dockerfile),
    "container": Kind(
        "the name of a container, a text of one word", _is_container
    ),
    "containers": Kind("a list with names of containers", _are_containers),
    "image": Kind("the name of an image, a text of one word", _is_image),
    "volume": Kind("the name of a volume, a text of one word", _is_container),
    "folder": Kind("the path of a folder", _is_folder),
    "number": Kind("a number", _is_number),
    "text": Kind("a text", _is_text),
    "commands": Kind("a list of commands, each of them a text", _are_commands),
    "mapping": Kind("a dictionary", _is_mapping),
    "app": Kind(
        "a folder's path, the name of an image, or a dictionary with"
        " 'folder', 'image' and 'key'",
        _is_app,
    ),
}


def mismatch(kind: str, answer: object) -> str:
    """Explain in one or two sentences why an answer is not of its kind."""
    wanted = KINDS[kind].wanted
    if answer is None:
        return f"It is None: was it set above? The check wants {wanted}."
    if kind == "number" and isinstance(answer, (str, bytes)):
        return (
            f"It is {answer!r:.60}, which is not a number."
            " `int(...)` makes a number of its digits."
        )
    if isinstance(answer, (bytes, bytearray)):
        return (
            f"It is bytes, which is not {wanted}."
            " `.decode()` makes a text of them."
        )
    if hasattr(answer, "attrs") and hasattr(answer, "id"):
        return (
            f"It is an object of the SDK, which is not {wanted}."
            " Hand in its name: `.name` of a container, `.tags[0]` of an"
            " image."
        )
    if kind in ("dockerfile", "text") and isinstance(answer, pathlib.PurePath):
        return f"It is a path, which is not {wanted}. Try `.read_text()`."
    if isinstance(answer, str) and not answer.strip():
        return f"It is empty. The check wants {wanted}."
    if kind == "dockerfile" and isinstance(answer, str):
        return (
            f"It is the one line {answer!r:.60}, which is not {wanted}."
            " If it is the path of a file, hand in its text:"
            " `pathlib.Path(...).read_text()`."
        )
    if kind == "folder" and isinstance(answer, (str, pathlib.PurePath)):
        return f"There is no folder {str(answer)!r:.60} here."
    return f"It is {answer!r:.60}, which is not {wanted}."

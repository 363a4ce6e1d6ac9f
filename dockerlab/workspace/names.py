"""The names of a notebook's objects, and what replaces a taken one.

A notebook uses short names, `flask-web`. Where somebody else holds a name on
the engine, an alias of the same length replaces it there: `fla01-web`. The
streams between the kernel and the engine are changed on the way (`Swap`), so
the notebook always sees its own names.
"""

import dataclasses
import functools
import hashlib
import re
from collections.abc import Iterable, Iterator

from dockerlab.base import labels
from dockerlab.course import cells, table

NUMBERS = 100  # aliases of a name
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# The call that gives the names at run time.
_LAB_CALL = re.compile(r"\bLab\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")
_BUILDS = re.compile(r"\bbuilds=\[([^]]*)\]")
_QUOTED = re.compile(r"[\"']([a-z0-9][a-z0-9-]*)[\"']")
_NAME_CALL = re.compile(r"lab\.name\(\s*(?:([\"'])([a-z0-9-]+)\1\s*\))?")
_REGISTRY = re.compile(r"(?:localhost|127\.0\.0\.1)(?::\d+)?/")


@dataclasses.dataclass(frozen=True)
class Name:
    """A name as a notebook writes it.

    A name also counts where something that is no letter or digit follows:
    `many-stack` in `many-stack_default`.

    Attributes:
        is_head: it is only the beginning of names, as `better-`.
    """

    text: str
    is_head: bool = False

    def covers(self, found: str) -> bool:
        """Whether an object of that name is named by this one."""
        rest = found[len(self.text) : len(self.text) + 1]
        return found.startswith(self.text) and (
            self.is_head or not rest.isalnum()
        )

    def is_repository(self, found: str) -> bool:
        """Whether a repository of images has this name, to its end."""
        if self.is_head:
            return found.startswith(self.text)
        return found == self.text

    def alias(self, number: int, key: str = labels.LESSON) -> "Name":
        """What replaces it on the engine; itself for the number 0.

        Args:
            key: the key of the label for this kernel. That of a learner with
                a name is a hash, and then the alias is one, too.
        """
        text = self.text
        if labels.NAMED.fullmatch(key):
            known = f"{key} {number} {text}"
            end = "-" if self.is_head else ""
            text = f"x{_digits(known, len(text) - 1 - len(end))}{end}"
        elif number:
            word, dash, rest = text.partition("-")
            text = f"{word[:-2]}{number:02}{dash}{rest}"
        return Name(text, self.is_head)


def _digits(text: str, count: int) -> str:
    """A hash of a text, as so many digits and letters."""
    number = int.from_bytes(hashlib.sha512(text.encode()).digest())
    found = ""
    for _ in range(count):
        number, digit = divmod(number, len(DIGITS))
        found += DIGITS[digit]
    return found


def repository(reference: str) -> str:
    """The repository of an image reference, without this machine's registry
    and without tag and digest: `flask-web` of `localhost:5000/flask-web:1`."""
    name = _REGISTRY.sub("", reference.partition("@")[0], count=1)
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def in_registry(reference: str) -> bool:
    """Whether an image reference names a registry on this machine."""
    return bool(_REGISTRY.match(reference))


# -- the names in a notebook's text -------------------------------------


@dataclasses.dataclass(frozen=True)
class Names:
    """The names of one notebook.

    Attributes:
        word: the first word of its slug, with which most names begin.
        whole: its names, as far as they are known.
        taken: those to hold and to exchange. They cover all names, and none
            of them covers another one.
    """

    word: str
    whole: tuple[Name, ...]
    taken: tuple[Name, ...]

    def owns(self, reference: str, key: str = labels.LESSON) -> bool:
        """Whether an image that has the notebook's label is the notebook's
        by its name too.

        Args:
            reference: the image's name, with tag or digest.
            key: the key of its label.
        """
        found = repository(reference)
        check = re.compile(rf"{self.word}-check[0-9a-f]{{8}}")
        if check.fullmatch(found):
            return True
        if any(name.is_repository(found) for name in self.whole):
            return True
        aliases, heads = _aliases(self.whole, key)
        return found in aliases or found.startswith(heads)


@functools.lru_cache(maxsize=1000)
def _aliases(
    whole: tuple[Name, ...], key: str
) -> tuple[frozenset[str], tuple[str, ...]]:
    """All aliases of names, and all aliases of heads."""
    every = [name.alias(n, key) for name in whole for n in range(NUMBERS)]
    return (
        frozenset(name.text for name in every if not name.is_head),
        tuple(name.text for name in every if name.is_head),
    )


def of_notebook(slug: str, given: Iterable[str] = ()) -> Names:
    """The names of a notebook: those in its text, and those given."""
    word = table.first_word(slug)
    own = {Name(text) for text in {*_in_text(slug)[0], *given}}
    known = own | _of_word(word)
    if slug not in table.course().slugs:  # a workspace of the tests
        known.add(Name(f"{word}-", is_head=True))
    heads = {name for name in known if name.is_head}
    own |= heads
    shortest = sorted(known, key=lambda name: (not name.is_head, name.text))
    taken = {
        next(cover for cover in shortest if cover.covers(name.text))
        for name in own
    }
    return Names(word, _sorted(own), _sorted(taken))


def of_all_notebooks() -> tuple[Names, ...]:
    """The names of each notebook of the course."""
    return tuple(of_notebook(slug) for slug in table.course().slugs)


def _sorted(names: Iterable[Name]) -> tuple[Name, ...]:
    return tuple(sorted(names, key=lambda name: name.text))


def _of_word(word: str) -> set[Name]:
    """The names in all notebooks whose slug begins with a word.

    Two notebooks with the same first word may run at once: both have to hold
    the same marks for the same names.
    """
    found = set()
    for slug in table.course().slugs:
        if table.first_word(slug) == word:
            texts, is_dynamic = _in_text(slug)
            found |= {Name(text) for text in texts}
            if is_dynamic:
                found.add(Name(f"{word}-", is_head=True))
    return found


def _in_text(slug: str) -> tuple[set[str], bool]:
    """The names in a notebook's code and solutions, and whether it has some
    that are only known at run time."""
    if slug not in table.course().slugs:
        return set(), False
    path = table.course().notebook(slug).path
    parts = [cell.source for cell in cells.code(path)]
    parts += [cells.solution(path, id) for id in cells.exercises(path)]
    return in_code("\n".join(parts), table.first_word(slug))


def in_code(text: str, word: str) -> tuple[set[str], bool]:
    """The names in code, and whether it forms some at run time.

    Shape: `({"better-web"}, True)` of `better-web` and `f"better-{name}"`.
    """
    begin = rf"(?<![A-Za-z0-9_-]){word}-"
    found = re.findall(rf"{begin}[a-z0-9][a-z0-9-]*", text)
    calls = list(_NAME_CALL.finditer(text))
    found += [f"{word}-{call[2]}" for call in calls if call[2]]
    for call in _LAB_CALL.findall(text):
        found += _QUOTED.findall(" ".join(_BUILDS.findall(call)))
    rest = _LAB_CALL.sub("", text)
    is_dynamic = bool(re.search(rf"{begin}(?![a-z0-9])", rest))
    is_dynamic |= any(not call[2] for call in calls)
    return {name.rstrip("-") for name in found}, is_dynamic


# -- the exchange of names ----------------------------------------------


@dataclasses.dataclass(frozen=True)
class Pair:
    """A name, and what the engine knows it by."""

    plain: str
    alias: str
    is_head: bool = False


# A head is the beginning of a word: `start-` is not in `--start-period` nor
# in `restart-x`. In a part of an address, `%2F` may stand before it.
_BEGIN = r"(?:(?<=%2f)|(?<![a-z-]))"
_BEFORE = 3  # bytes that decide that
LONGEST = 4096  # bytes that may be kept back
_END = r"(?![0-9A-Za-z])"


class Swap:
    """Exchanges names with equally long ones in a stream of bytes.

    It is its own inverse: what has the alias already gets the plain name, so
    two different objects never look the same.

    Args:
        keep: regular expressions of texts that are left as they are.
    """

    def __init__(
        self, pairs: Iterable[Pair], keep: Iterable[str] = ()
    ) -> None:
        self._partners: dict[bytes, bytes] = {}
        self._starts: set[bytes] = set()  # of names that are not yet whole
        forms: dict[str, str] = {}
        for pair in pairs:
            assert len(pair.plain) == len(pair.alias), pair
            for here, there in (
                (pair.plain, pair.alias),
                (pair.alias, pair.plain),
            ):
                name, written = here.encode(), re.escape(here)
                self._partners[name] = there.encode()
                end = len(name) + (not pair.is_head)
                self._starts.update(name[:n] for n in range(1, end))
                forms[here] = (
                    f"{_BEGIN}{written}" if pair.is_head else written + _END
                )
        longest_first = sorted(forms, key=len, reverse=True)
        parts = [*(f"(?:{text})" for text in keep)]
        parts += [forms[name] for name in longest_first]
        self._pattern = re.compile("|".join(parts).encode())
        self._longest = max(map(len, self._starts), default=0)

    def __call__(self, data: bytes, passed: int = 0) -> bytes:
        """The data with its names exchanged.

        Args:
            passed: how many bytes at the beginning went by already. They
                decide what follows, and are not returned.
        """
        # Most of what passes holds no name: a fast look first.
        if not any(name in data for name in self._partners):
            return data[passed:]
        done, at = [], passed
        for found in self._pattern.finditer(data, passed):
            done += [data[at : found.start()]]
            done += [self._partners.get(found[0], found[0])]
            at = found.end()
        return b"".join([*done, data[at:]])

    def end(self, data: bytes, passed: int = 0) -> int:
        """Up to where the exchange is sure, whatever comes next: the rest may
        be the beginning of a name, or of a text to keep."""
        sure = len(data) - self._unsure(data[passed:])
        for found in self._pattern.finditer(data, passed):
            is_kept = found[0] not in self._partners
            if is_kept and found.end() == len(data):
                return found.start()
            if found.start() < sure < found.end():
                # What looked like a beginning is in the midst of a name.
                sure = len(data) - self._unsure(data[found.end() :])
        return sure

    def _unsure(self, data: bytes) -> int:
        """How many bytes at the end may belong to a name not yet whole."""
        for length in range(min(self._longest, len(data)), 0, -1):
            if data[-length:] in self._starts:
                return length
        return 0


class Stream:
    """One direction of a connection, whose data come in pieces."""

    def __init__(self) -> None:
        self.kept = b""  # may be the beginning of a name
        self._before = b""  # the end of what went by

    def feed(self, swap: Swap | None, data: bytes) -> bytes:
        """What can be handed on after this piece of data came."""
        whole = self._before + self.kept + data
        passed = len(self._before)
        end = swap.end(whole, passed) if swap else len(whole)
        if len(whole) - end > LONGEST:
            end = len(whole)
        self.kept = whole[end:]
        self._before = whole[:end][-_BEFORE:]
        # As long as before, so `end` is the same place.
        done = swap(whole, passed) if swap else whole[passed:]
        return done[: end - passed]

    def flush(self, swap: Swap | None) -> bytes:
        """What was kept back, where nothing follows."""
        whole = self._before + self.kept
        passed = len(self._before)
        self.kept, self._before = b"", whole[-_BEFORE:]
        return swap(whole, passed) if swap else whole[passed:]


def pairs(table_: Iterable[tuple[Name, Name]]) -> Iterator[Pair]:
    """Those of the names that have another one on the engine."""
    for name, other in table_:
        if name != other:
            yield Pair(name.text, other.text, name.is_head)

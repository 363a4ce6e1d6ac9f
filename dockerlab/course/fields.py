"""Read the fields of a YAML mapping, with clear errors for wrong ones."""

from collections.abc import Iterable
from typing import Any


class Fields:
    """One mapping of a YAML file.

    Args:
        row: what the file has there, of any type.
        title: what the mapping is called in errors.

    Raises:
        ValueError: the row is not a mapping. The methods raise it, too,
            where a field is missing or has another type.
    """

    def __init__(self, row: Any, title: str) -> None:
        if not isinstance(row, dict):
            raise ValueError(f"{title} must have fields, and is {row!r}.")
        self._row: dict[Any, Any] = row
        self._title = title

    def named(self, title: str) -> "Fields":
        """The same mapping with another title."""
        return Fields(self._row, title)

    def only(self, *must: str, optional: Iterable[str] = ()) -> None:
        """Check that every field of `must` is there, and no unknown one."""
        for name in must:
            self._get(name)
        known = {*must, *optional}
        for name in self._row:
            if name not in known:
                raise ValueError(f"{self._title} has no field {name!r}.")

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self._get(name)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(name, value, "a text")
        return value

    def number(self, name: str, most: int) -> int:
        """A whole number from 1 to `most`."""
        value = self._get(name)
        if type(value) is not int or not 0 < value <= most:
            raise self._wrong(name, value, f"a number from 1 to {most}")
        return value

    def flag(self, name: str) -> bool:
        """True or false; false where the field is missing."""
        value = self._row.get(name, False)
        if not isinstance(value, bool):
            raise self._wrong(name, value, "true or false")
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty where the field is missing."""
        value = self._row.get(name, [])
        if not isinstance(value, list) or not _are_texts(value):
            raise self._wrong(name, value, "a list of names")
        return tuple(value)

    def mapping(self, name: str) -> dict[str, str]:
        """A mapping of texts to texts; empty where the field is missing."""
        value = self._row.get(name, {})
        if not isinstance(value, dict) or not _are_texts(
            [*value, *value.values()]
        ):
            raise self._wrong(name, value, "a mapping of names to names")
        return dict(value)

    def rows(self, name: str) -> list["Fields"]:
        """A list of mappings."""
        value = self._get(name)
        if not isinstance(value, list):
            raise self._wrong(name, value, "a list")
        return [
            Fields(row, f"Row {number} of {name!r}")
            for number, row in enumerate(value, start=1)
        ]

    def _get(self, name: str) -> Any:
        if name not in self._row:
            raise ValueError(f"{self._title} lacks the field {name!r}.")
        return self._row[name]

    def _wrong(self, name: str, value: Any, wanted: str) -> ValueError:
        return ValueError(
            f"The field {name!r} of {self._title} must be {wanted}, and is"
            f" {value!r}."
        )


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)

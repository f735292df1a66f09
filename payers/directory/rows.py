"""Reads one table of a data file, field by field, and says where a value is not what it has to be."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, TypeVar

from verifier.errors import NotConfigured

Record = TypeVar("Record")

ID: Final = re.compile(r"[a-z0-9](-?[a-z0-9]){1,59}")


@dataclass(frozen=True, slots=True)
class Row:
    """One table, and the words for where it stands."""

    values: Mapping[str, Any]
    where: str

    def build(self, kind: type[Record], readers: "Readers", *, required: Iterable[str]) -> Record:
        """Build a *kind* of it: each field by its reader, a text where none is named.

        Raises:
            NotConfigured: a value cannot be used, a field is missing, or one is there that nobody knows.
        """
        known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
        unknown = self.values.keys() - known
        self.require(not unknown, f"knows no {min(unknown, default='')!r}")
        read = {name: readers.get(name, Row.read_text)(self, name) for name in self.values}
        for name in required:
            self.require(name in read, f"lacks {name!r}")
        return kind(**read)

    def require(self, holds: object, words: str) -> None:
        """Raise `NotConfigured` with *words* unless it *holds*."""
        if not holds:
            raise NotConfigured(f"{self.where} {words}.")

    def read_text(self, name: str) -> str:
        """Read a text that has no blank at either end."""
        value = self.values[name]
        self.require(isinstance(value, str) and value.strip() == value != "", f"needs a text as {name!r}")
        return str(value)

    def read_id(self, name: str) -> str:
        """Read an id of the directory's own."""
        value = self.read_text(name)
        self.require(ID.fullmatch(value), f"needs lower-case letters, digits and hyphens as {name!r}")
        return value

    def read_texts(self, name: str) -> tuple[str, ...]:
        """Read a list of texts, no two alike."""
        values = self.values[name]
        texts = isinstance(values, list) and all(isinstance(each, str) and each.strip() for each in values)
        self.require(
            texts and len(set(values)) == len(values), f"needs a list of different texts as {name!r}"
        )
        return tuple(values)

    def read_flag(self, name: str) -> bool:
        """Read true or false."""
        self.require(isinstance(self.values[name], bool), f"needs true or false as {name!r}")
        return bool(self.values[name])

    def read_year(self, name: str) -> int:
        """Read a year of this century."""
        value = self.values[name]
        self.require(type(value) is int and 2000 <= value < 2100, f"needs a year as {name!r}")  # noqa: PLR2004
        return int(value)


Readers = Mapping[str, Callable[[Row, str], Any]]

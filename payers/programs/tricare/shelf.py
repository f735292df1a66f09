"""The cost tables there are: those shipped, and those loaded, which count instead for their year."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Final

from payers.programs.tricare import index
from payers.programs.tricare.table import ROOM, Table, read_table
from verifier.errors import BadInput, NotConfigured

FOLDER: Final = "rules/tricare"  # below the data directory
Tables = Mapping[int, Table]
Seen = tuple[tuple[str, int, int], ...]


class Shelf:
    """Every year's table, completed by the index rule; a table loaded while this runs is seen at once."""

    def __init__(self, data: Path | None = None) -> None:
        """Look for loaded tables in the directory *data*, if there is one."""
        self.folder = data / FOLDER if data else None
        self._lock = Lock()
        self._seen: Seen = ()
        self._tables: Tables = _complete(read_shipped())

    @property
    def years(self) -> tuple[int, ...]:
        """Return the years there are tables of."""
        return tuple(sorted(self._refresh()))

    def find(self, year: int) -> Table | None:
        """Return the table of *year*, or ``None``: no other year's stands in for it.

        Raises:
            NotConfigured: a loaded table cannot be read.
        """
        return self._refresh().get(year)

    def is_loaded(self, year: int) -> bool:
        """Tell whether the table of *year* is a loaded one."""
        return any(path.stem == str(year) for path in list_files(self.folder))

    def _refresh(self) -> Tables:
        seen = tuple(self._look())
        with self._lock:
            if seen != self._seen:
                self._tables = _complete({**read_shipped(), **self._read_loaded()})
                self._seen = seen
            return self._tables

    def _look(self) -> Iterator[tuple[str, int, int]]:
        for path in list_files(self.folder):
            status = path.stat()
            yield path.name, status.st_mtime_ns, status.st_size

    def _read_loaded(self) -> Tables:
        return {table.year: table for table in map(_read_loaded, list_files(self.folder))}


def list_files(folder: Path | None) -> tuple[Path, ...]:
    """List the loaded tables in *folder*."""
    return tuple(sorted(folder.glob("20??.tsv"))) if folder else ()


@cache
def read_shipped() -> Tables:
    """Read the tables that are shipped, as they stand."""
    texts = [
        each.read_text("utf-8") for each in (files(ROOM) / "costs").iterdir() if each.name.endswith(".tsv")
    ]
    return MappingProxyType({table.year: table for table in map(read_table, texts)})


def _read_loaded(path: Path) -> Table:
    try:
        return read_table(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, BadInput) as error:
        raise NotConfigured(
            f"The loaded TRICARE table {path.name} cannot be read; load it again or take it away."
        ) from error


def _complete(tables: Tables) -> Tables:
    return MappingProxyType({year: index.SHIPPED.complete(table) for year, table in tables.items()})

"""`SealedRows`: the rows of one table, whose sealed columns leave this process encrypted only.

Each sealed value is bound to its table, row, column and the row's version. So that a whole older row put back
is noticed too, the newest version of each row stands a second time, in `marks`, under a name that only the
naming key tells: a row whose version is not the marked one is refused. What one database cannot tell by
itself is a row put back together with its mark, or all of an older backup: the audit's anchor outside can.

Marks are also what writers wait for. Each takes the mark before the row, and the marks of several rows in
their order, so that no two wait for each other; so whoever reads a row in order to write it `take`s it.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Table, UpdateBase, delete, select

from verifier.store.database.columns import sealed_columns
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import INSERTS, insert, replacing
from verifier.store.database.tables.keys import marks
from verifier.store.encryption import Box, Key, KeyedHash, SealBroken

FORM: Final = 1
AT_ONCE: Final = 500  # ids in one statement

log = logging.getLogger(__name__)

Row = Mapping[str, Any]


class SealedRows:
    """Writes and reads rows as mappings from column to value; sealed columns hold bytes or ``None``."""

    def __init__(self, table: Table, keys: DataKeys) -> None:
        """Work on *table*, built by `verifier.store.database.columns.sealed_table`."""
        self._table = table
        self._keys = keys
        self._sealed = sealed_columns(table)
        self._box = Box(keys, purpose=f"table {table.name}", version=FORM)
        self._names = KeyedHash(keys, purpose=f"mark {table.name}")

    def put(self, connection: Connection, row: Row) -> int:
        """Write *row*, all its columns, in place of what stood under its ``id``, and count its writes."""
        return self.put_all(connection, [row])[0]

    def put_all(self, connection: Connection, rows: Sequence[Row]) -> Sequence[int]:
        """Write *rows* as `put` does, each of another ``id``, and count the writes of each."""
        key = self._keys.current_for(connection)
        marked = {
            name: self._mark(connection, name) for name in sorted((row["id"] for row in rows), key=self._name)
        }
        versions = [marked[row["id"]] for row in rows]
        written = [
            self.seal(row, version=version, key=key) for row, version in zip(rows, versions, strict=True)
        ]
        statement = replacing(connection.dialect.name, self._table, tuple(written[0]), ("id",))
        connection.execute(statement, written)
        return versions

    def add_all(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Write many rows at once, each of an ``id`` that is new."""
        key = self._keys.current_for(connection)
        first = [{"name": self._name(row["id"]), "version": 1} for row in rows]
        connection.execute(insert(connection, marks), first)
        written = [self.seal(row, version=1, key=key) for row in rows]
        connection.execute(insert(connection, self._table), written)

    def get(self, connection: Connection, row_id: str, *conditions: ColumnElement[bool]) -> Row | None:
        """Return the row if it meets the *conditions*, or ``None``.

        Raises:
            SealBroken: it was changed, moved or put back; it cannot be used.
        """
        wanted = select(self._table).where(self._table.c.id == row_id, *conditions)
        found = connection.execute(wanted).mappings().first()
        if found is None:
            return None
        return self._trust(
            connection, dict(found), self._marked(connection, [row_id]).get(self._name(row_id))
        )

    def take(self, connection: Connection, row_id: str, *conditions: ColumnElement[bool]) -> Row | None:
        """Return the row as `get` does; nobody else writes it, there or not, until this transaction ends."""
        version = self._mark(connection, row_id, writes=0)
        wanted = select(self._table).where(self._table.c.id == row_id, *conditions).with_for_update()
        found = connection.execute(wanted).mappings().first()
        return None if found is None else self._trust(connection, dict(found), version)

    def take_all(
        self, connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None
    ) -> Sequence[str]:
        """Take the rows that meet the *conditions*, at most *limit*, as `take` does; return their ids."""
        row_id, taken = self._table.c.id, list[str]()
        found = connection.scalars(select(row_id).where(*conditions).limit(limit))
        for some in _batches(sorted(found, key=self._name)):
            for each in some:
                self._mark(connection, each, writes=0)
            taken += connection.scalars(select(row_id).where(row_id.in_(some), *conditions).with_for_update())
        return taken

    def select(self, connection: Connection, statement: Select[Any]) -> Iterator[Row]:
        """Return the whole rows *statement* finds; one that cannot be trusted is left out and logged."""
        rows = [dict(row) for row in connection.execute(statement).mappings()]
        marked = self._marked(connection, [row["id"] for row in rows])
        for row in rows:
            try:
                yield self._trust(connection, row, marked.get(self._name(row["id"])))
            except SealBroken:
                log.warning("a row of %s is not used: it was changed, moved or put back", self._table.name)

    def remove(self, connection: Connection, *conditions: ColumnElement[bool]) -> int:
        """Delete the rows that meet the *conditions*, and count them; put back later, they are refused."""
        row_ids = self.take_all(connection, *conditions)
        for some in _batches(row_ids):
            connection.execute(delete(self._table).where(self._table.c.id.in_(some)))
            connection.execute(delete(marks).where(marks.c.name.in_([self._name(each) for each in some])))
        return len(row_ids)

    def seal(self, row: Row, *, version: int, key: Key) -> dict[str, Any]:
        """Return *row* as it is written: its sealed columns encrypted by *key* for this *version*."""
        written = dict(row) | {"version": version, "data_key": key.id.hex()}
        for column in self._sealed:
            content = row.get(column)
            if content is not None:
                written[column] = self._box.seal(content, name=_bind(row["id"], column, version), key=key)
        return written

    def _trust(self, connection: Connection, row: Row, marked: int | None) -> Row:
        if marked != row["version"]:
            raise SealBroken("A stored row is not the newest one of its name; it is not used.")
        return self.open(connection, row)

    def open(self, connection: Connection, row: Row) -> Row:
        """Open a row without asking whether it is the newest of its name.

        Raises:
            SealBroken: it was changed or moved, or its key is unknown or retired.
        """
        key = self._keys.find(bytes.fromhex(row["data_key"]), connection)
        if key is None:
            raise SealBroken("A stored row is sealed by a key that is unknown or retired; it is not used.")
        opened = dict(row)
        for column in self._sealed:
            if row[column] is not None:
                name = _bind(row["id"], column, row["version"])
                opened[column] = self._box.open(row[column], name=name, key=key)
        return opened

    def _mark(self, connection: Connection, row_id: str, *, writes: int = 1) -> int:
        """Count *writes* of the row; who writes the same row waits here until this transaction ends."""
        first = {"name": self._name(row_id), "version": writes}
        return int(connection.execute(_counting(connection.dialect.name), first).scalar_one())

    def _marked(self, connection: Connection, row_ids: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for some in _batches([self._name(row_id) for row_id in row_ids]):
            wanted = select(marks.c.name, marks.c.version).where(marks.c.name.in_(some))
            found |= dict(connection.execute(wanted).all())
        return found

    def _name(self, row_id: str) -> str:
        return self._names.name(row_id)


@cache
def _counting(dialect: str) -> UpdateBase:
    """Build the statement that begins to count a name, or counts on."""
    first = INSERTS[dialect](marks)
    more = {"version": marks.c.version + first.excluded.version}
    counted = first.on_conflict_do_update(index_elements=["name"], set_=more)
    return counted.returning(marks.c.version)


def _bind(row_id: str, column: str, version: int) -> str:
    return f"{row_id}\0{column}\0{version}"


def _batches(items: Sequence[str]) -> Iterable[Sequence[str]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))

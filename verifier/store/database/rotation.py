"""`Rotation`: a new data key for every sealed row while the service serves, then the old keys are destroyed.

It can be killed at any point and started again: what it did is in the database, and a rotation that was begun
is finished before another begins. Rows are sealed anew in small transactions and only if nobody wrote them
meanwhile; whoever writes seals by the new key already. A reader sees rows and keys as of one moment, so each
row it sees has its key. The database itself refuses to give up a key that a row still needs.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from verifier.ports import KeyService
from verifier.store.database.columns import sealed_columns
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.schema import gather
from verifier.store.database.sealed_rows import Row, SealedRows
from verifier.store.database.tables.keys import data_keys
from verifier.store.encryption import Key, SealBroken

AT_ONCE: Final = 200  # rows in one transaction

log = logging.getLogger(__name__)


Tell = Callable[[str, int, int], None]  # of a table: how many of how many rows are sealed anew


class Rotation:
    """Replaces the data keys of a database."""

    def __init__(self, database: Database, keys: DataKeys, service: KeyService) -> None:
        """Work on *database*; the keys it makes are wrapped by *service*."""
        self._database = database
        self._keys = keys
        self._service = service

    def run(self, tell: Tell, elsewhere: Callable[[], int] = lambda: 0) -> int:
        """Seal everything by a new key, destroy the old ones, and return how many those were.

        All keys are wrapped anew too, by the service's newest master key. *elsewhere* seals anew what is kept
        outside the database, before the old keys go.

        Raises:
            Unavailable: the database or the key service is away; run it again.
        """
        with self._service.renewing():
            self._begin()
            self._wrap_anew()
            retired = 0
            while old := self._old_keys():
                for table in sealed_tables():
                    self._seal_anew(table, tell)
                elsewhere()
                retired += sum(self._retire(key_id) for key_id in old)
        return retired

    def _begin(self) -> None:
        with self._database.begin() as connection:
            if not _old(connection):
                self._keys.renew(connection)
        self._keys.forget()

    def _old_keys(self) -> Sequence[str]:
        with self._database.read() as connection:
            return _old(connection)

    def _wrap_anew(self) -> None:
        with self._database.begin() as connection:
            for key_id, wrapped in connection.execute(select(data_keys.c.id, data_keys.c.wrapped)).all():
                secret = self._service.unwrap(wrapped, name=key_id)
                anew = {"wrapped": self._service.wrap(secret, name=key_id)}
                connection.execute(update(data_keys).where(data_keys.c.id == key_id).values(anew))

    def _seal_anew(self, table: Table, tell: Tell) -> None:
        seal = partial(self._seal_some, table, SealedRows(table, self._keys))
        with self._database.read() as connection:
            total = connection.scalar(select(func.count()).where(_is_old(table, connection))) or 0
        done = 0
        while some := seal():
            done += some
            tell(table.name, done, max(done, total))

    def _seal_some(self, table: Table, rows: SealedRows) -> int:
        with self._database.begin() as connection:
            key = self._keys.current_for(connection)
            found = connection.execute(
                select(table).where(_is_old(table, connection)).limit(AT_ONCE)
            ).mappings()
            anew = [_seal(connection, rows, dict(row), key) for row in found]
            if anew:
                connection.execute(_replacement(table), anew)
        return len(anew)

    def _retire(self, key_id: str) -> bool:
        """Destroy the key, unless a row was written under it a moment ago."""
        try:
            with self._database.begin() as connection:
                connection.execute(delete(data_keys).where(data_keys.c.id == key_id))
        except IntegrityError:
            return False
        self._keys.forget()
        return True


def sealed_tables() -> list[Table]:
    """Return every table with sealed columns."""
    return [table for table in gather().sorted_tables if sealed_columns(table)]


def _old(connection: Connection) -> Sequence[str]:
    newest = select(func.max(data_keys.c.generation)).scalar_subquery()
    old = select(data_keys.c.id).where(data_keys.c.generation > 0, data_keys.c.generation < newest)
    return connection.scalars(old).all()


def _is_old(table: Table, connection: Connection) -> Any:  # noqa: ANN401 - an SQL condition
    return table.c.data_key.in_(_old(connection))


def _seal(connection: Connection, rows: SealedRows, row: Row, key: Key) -> dict[str, Any]:
    """Seal a row by *key* as the same version; one that does not open stays as it is, and unreadable."""
    try:
        sealed = rows.seal(rows.open(connection, row), version=row["version"], key=key)
    except SealBroken:
        log.warning("a row that was changed or moved could not be sealed anew")
        sealed = dict(row) | {"data_key": key.id.hex()}
    return {f"new_{name}": value for name, value in sealed.items()} | {
        "was_id": row["id"],
        "was_version": row["version"],
        "was_key": row["data_key"],
    }


def _replacement(table: Table) -> Any:  # noqa: ANN401 - an SQL statement
    """Write the sealed columns of a row that nobody wrote since it was read."""
    changed = ["data_key", *sealed_columns(table)]
    return (
        update(table)
        .where(
            table.c.id == bindparam("was_id"),
            table.c.version == bindparam("was_version"),
            table.c.data_key == bindparam("was_key"),
        )
        .values({name: bindparam(f"new_{name}") for name in changed})
    )

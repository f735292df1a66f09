"""`DataKeys`: the keys that seal rows and cache entries, kept in the database, wrapped by the master key.

A key is unwrapped when it is needed and remembered for at most five minutes: when the key service is away or
says no, everything goes on that long, and then nothing can be read or written. There is no other way in.
The key of the highest generation seals. The key of keyed names has generation 0 and is never rotated.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from sqlalchemy import Connection, func, select

from verifier.errors import NotConfigured
from verifier.ports import KeyService
from verifier.store.database.engine import Database, insert
from verifier.store.database.tables.keys import data_keys
from verifier.store.encryption import Key

REMEMBERED: Final = 300.0  # seconds
NAMING: Final = "naming"
NEWEST: Final = (
    select(data_keys.c.id).where(data_keys.c.generation > 0).order_by(data_keys.c.generation.desc()).limit(1)
)

HELD: Final = NEWEST.with_for_update(read=True, key_share=True)


@dataclass(frozen=True, slots=True)
class _Unwrapped:
    key: Key
    until: float


class DataKeys:
    """The data keys of a deployment; fulfils `verifier.store.encryption.Keys`."""

    def __init__(
        self, database: Database, service: KeyService, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Read wrapped keys from *database* and have them unwrapped by *service*."""
        self._database = database
        self._service = service
        self._monotonic = monotonic
        self._unwrapped: dict[str, _Unwrapped] = {}
        self._newest: tuple[str, float] | None = None

    @classmethod
    def open(
        cls, database: Database, service: KeyService, *, monotonic: Callable[[], float] = time.monotonic
    ) -> Self:
        """Use the keys in *database*, and make the first ones if there are none.

        Raises:
            Unavailable: the database or the key service is away.
        """
        keys = cls(database, service, monotonic=monotonic)
        with database.begin() as connection:
            if connection.scalar(select(func.count()).select_from(data_keys)) == 0:
                keys.add(connection, Key.random(), NAMING, generation=0)
                keys.renew(connection)
        return keys

    def renew(self, connection: Connection) -> Key:
        """Make a new key, which seals from the end of this transaction on."""
        key = Key.random()
        newest = connection.scalar(select(func.max(data_keys.c.generation))) or 0
        self.add(connection, key, key.id.hex(), generation=newest + 1)
        return key

    def add(self, connection: Connection, key: Key, key_id: str, *, generation: int) -> None:
        """Keep *key*, wrapped, under *key_id*; one that is there already stays."""
        row = {
            "id": key_id,
            "generation": generation,
            "wrapped": self._service.wrap(key.secret, name=key_id),
            "created_at": datetime.now(UTC),
        }
        connection.execute(insert(connection, data_keys).values(row).on_conflict_do_nothing())

    def current(self) -> Key:
        """Return the key that seals what is kept outside the database; another's renewal is seen later."""
        if self._newest and self._newest[1] > self._monotonic():
            key = self._find(self._newest[0], None)
            if key:  # it may have been retired meanwhile
                return key
        with self._database.read() as connection:
            newest = str(connection.scalar(NEWEST))
            self._newest = newest, self._monotonic() + REMEMBERED
            return self._require(newest, connection)

    def current_for(self, connection: Connection) -> Key:
        """Return the key that seals now; it is not retired before the transaction of *connection* ends."""
        held = connection.scalar(HELD) or connection.scalar(HELD)  # it was retired while this waited
        return self._require(str(held), connection)

    def find(self, key_id: bytes, connection: Connection | None = None) -> Key | None:
        """Return the key with this id as *connection* sees it, or ``None``.

        Raises:
            Unavailable: the database or the key service is away.
        """
        return self._find(key_id.hex(), connection)

    def naming(self) -> Key:
        """Return the key of keyed names."""
        return self._require(NAMING)

    def forget(self, key_id: str | None = None) -> None:
        """Forget this unwrapped key, or all of them."""
        self._newest = None
        for name in [key_id] if key_id else list(self._unwrapped):
            self._unwrapped.pop(name, None)

    def _require(self, key_id: str, connection: Connection | None = None) -> Key:
        key = self._find(key_id, connection)
        if key is None:
            raise NotConfigured("The database holds no data keys; run `verifier admin database upgrade`.")
        return key

    def _find(self, key_id: str, connection: Connection | None) -> Key | None:
        kept = self._unwrapped.get(key_id)
        if kept and kept.until > self._monotonic():
            return kept.key
        self._unwrapped.pop(key_id, None)
        wrapped = self._read(key_id, connection)
        if wrapped is None:
            return None
        key = Key(self._service.unwrap(wrapped, name=key_id))
        self._unwrapped[key_id] = _Unwrapped(key, self._monotonic() + REMEMBERED)
        return key

    def _read(self, key_id: str, connection: Connection | None) -> bytes | None:
        wrapped = select(data_keys.c.wrapped).where(data_keys.c.id == key_id)
        if connection is not None:
            return connection.scalar(wrapped)
        with self._database.read() as reading:
            return reading.scalar(wrapped)

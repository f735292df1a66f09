"""`DatabaseApiKeys`: the keys of programs, as `verifier.access.ports.ApiKeys`."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from sqlalchemy import exists, or_, select, update

from verifier.access.people import ApiKey
from verifier.access.roles import Scope
from verifier.store.database.engine import Database
from verifier.store.database.sealed_rows import Row
from verifier.store.database.tables.access import api_keys, users
from verifier.store.database.words import read_facilities, write_facilities, write_words

ANYBODY: Final = select(or_(exists(select(api_keys.c.id)), exists(select(users.c.id))))


class DatabaseApiKeys:
    """Keys by the digest of their text."""

    def __init__(self, database: Database) -> None:
        """Keep them in *database*."""
        self._database = database

    def add(self, key: ApiKey, digest: str) -> None:
        """Keep a new key."""
        words = {"scopes": write_words(key.scopes), "facilities": write_facilities(key.facilities)}
        with self._database.begin() as connection:
            connection.execute(api_keys.insert().values(**asdict(key) | words, digest=digest))

    def find(self, digest: str) -> ApiKey | None:
        """Return the key with this digest."""
        with self._database.read() as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.digest == digest)).first()
        return _read(row._asdict()) if row else None

    def listing(self) -> Sequence[ApiKey]:
        """Return every key, oldest first."""
        oldest_first = select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id)
        with self._database.read() as connection:
            return [_read(row._asdict()) for row in connection.execute(oldest_first)]

    def revoke(self, key_id: str, at: datetime) -> bool:
        """End a key; false when there is none under this id."""
        with self._database.begin() as connection:
            found = connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(revoked_at=at))
            return found.rowcount == 1

    def is_anybody_known(self) -> bool:
        """Tell whether a key was ever made or a person ever added."""
        with self._database.read() as connection:
            return bool(connection.scalar(ANYBODY))


def _read(row: Row) -> ApiKey:
    plain = ("id", "name", "prefix", "created_at", "expires_at", "owner_id", "revoked_at")
    return ApiKey(
        **{name: row[name] for name in plain},
        scopes=frozenset(map(Scope, row["scopes"].split())),
        facilities=read_facilities(row["facilities"]),
    )

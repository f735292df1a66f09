"""`DatabaseClaims`: what each idempotency key stands for.

A claim is made by one statement, so of many at once one is first, on any number of machines; a claim that its
maker never settled, because the process died, ends with its time and gives the key free.
"""

import base64
import json
from datetime import timedelta

from sqlalchemy import Connection, delete, select

from verifier.clock import Clock
from verifier.ports import Claim, Kept
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database, insert
from verifier.store.database.sealed_rows import SealedRows
from verifier.store.database.tables.idempotency import idempotency
from verifier.store.encryption import KeyedHash


class DatabaseClaims:
    """Claims on idempotency keys, each until its end."""

    def __init__(self, database: Database, keys: DataKeys, *, clock: Clock) -> None:
        """Keep claims in *database*; *clock* says when one ends."""
        self._database = database
        self._keys = keys
        self._clock = clock
        self._hash = KeyedHash(keys, purpose="claim")
        self._claims = SealedRows(idempotency, keys)

    def claim(self, key: str, claim: Claim, *, keep: timedelta) -> Claim | None:
        """Make *claim* on an idempotency key for *keep*; return the claim that stands already, if any."""
        name = self._hash.name(key)
        with self._database.begin() as connection:
            if self._write(connection, name, claim, keep, over_ended_only=True):
                return None
            standing = (
                connection.execute(select(idempotency).where(idempotency.c.id == name)).mappings().one()
            )
            return _load(self._claims.open(connection, dict(standing))["claim"])

    def settle(self, key: str, claim: Claim, *, keep: timedelta) -> None:
        """Replace the claim on *key*, kept for *keep* from now."""
        with self._database.begin() as connection:
            self._write(connection, self._hash.name(key), claim, keep, over_ended_only=False)

    def release(self, key: str) -> None:
        """Give *key* free."""
        with self._database.begin() as connection:
            connection.execute(delete(idempotency).where(idempotency.c.id == self._hash.name(key)))

    def token(self, key: str) -> str:
        """Return 22 characters, always the same for *key*, that nobody can tell from it."""
        named = bytes.fromhex(self._hash.name(key))
        return base64.urlsafe_b64encode(named[:16]).decode().rstrip("=")

    def forget_ended(self) -> int:
        """Delete the claims that have ended, and count them."""
        with self._database.begin() as connection:
            ended = idempotency.c.expires_at <= self._clock.now()
            return connection.execute(delete(idempotency).where(ended)).rowcount

    def _write(
        self, connection: Connection, name: str, claim: Claim, keep: timedelta, *, over_ended_only: bool
    ) -> bool:
        """Write the claim unless one stands that may not be replaced; tell whether it was written.

        The version stays 1: a claim is written in one statement, without a mark, and forgotten in a day.
        """
        now = self._clock.now()
        row = {"id": name, "expires_at": now + keep, "claim": _dump(claim)}
        sealed = self._claims.seal(row, version=1, key=self._keys.current_for(connection))
        written = (
            insert(connection, idempotency)
            .values(**sealed)
            .on_conflict_do_update(
                index_elements=["id"],
                set_=sealed,
                where=idempotency.c.expires_at <= now if over_ended_only else None,
            )
        )
        return connection.execute(written.returning(idempotency.c.id)).first() is not None


def _dump(claim: Claim) -> bytes:
    answer = claim.answer
    kept = answer and [answer.status, dict(answer.headers), base64.b64encode(answer.body).decode()]
    return json.dumps([claim.fingerprint, kept]).encode()


def _load(content: bytes) -> Claim:
    fingerprint, kept = json.loads(content)
    if kept is None:
        return Claim(fingerprint)
    status, headers, body = kept
    return Claim(fingerprint, Kept(status, headers, base64.b64decode(body)))

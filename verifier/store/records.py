"""`EncryptedRecords`: verifications and idempotency keys in Redis, as `verifier.ports.Records`.

A verification is kept for the retention time counted from its creation (24 hours unless set otherwise:
this is a store for work under way, not a database). While Redis is away this process keeps its newest
thousand itself; they are found again here, by this process only.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from redis import Redis

from verifier.clock import Clock
from verifier.errors import NotFound
from verifier.model.verification import Verification
from verifier.ports import Claim
from verifier.store.connection import Away, Connection
from verifier.store.encryption import KeyedHash, Keys
from verifier.store.sealed import Codec, Sealed
from verifier.store.shelf import Shelf

INDEX: Final = "verifier:recent"
RETENTION: Final = timedelta(hours=24)
MICROSECOND: Final = timedelta(microseconds=1)
EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class EncryptedRecords:
    """Sealed verifications, an index of their ids by age, and claims on idempotency keys."""

    def __init__(
        self,
        connection: Connection,
        keys: Keys,
        codec: Codec[Verification],
        *,
        clock: Clock,
        retention: timedelta = RETENTION,
    ) -> None:
        """Keep verifications as *codec* writes them, for *retention*."""
        self._connection = connection
        self._records = Sealed(keys, codec, purpose="verification")
        self._claims = Sealed(keys, Codec(_dump_claim, _load_claim), purpose="claim")
        self._hash = KeyedHash(keys, purpose="claim")
        self._now = clock.now
        self._retention = retention
        self._shelf: Shelf[Verification] = Shelf(clock.now)
        self._claim_shelf: Shelf[Claim] = Shelf(clock.now)

    def save(self, verification: Verification) -> None:
        """Keep *verification* until its retention ends, replacing what stood under its id."""
        name, ends = _name(verification.id), verification.created_at + self._retention
        if ends <= self._now():
            return
        sealed = self._records.close(verification, name=name)

        def write(redis: Redis) -> None:
            with redis.pipeline(transaction=True) as batch:
                batch.set(name, sealed, px=ends - self._now())
                batch.zadd(INDEX, {verification.id: _score(verification.created_at)})
                batch.zremrangebyscore(INDEX, "-inf", _score(self._now() - self._retention))
                batch.execute()

        try:
            self._connection.call(write)
            self._shelf.remove(verification.id)
        except Away:
            self._shelf.put(verification.id, verification, ends)

    def find(self, verification_id: str) -> Verification:
        """Return the verification.

        Raises:
            NotFound: there is none under this id, or it cannot be trusted any more.
        """
        found = self._shelf.find(verification_id) or self._read(_name(verification_id))
        if found is None:
            raise NotFound("There is no such verification, or it is past its retention; verify again.")
        return found

    def recent(self, *, limit: int, before: str | None = None) -> Sequence[Verification]:
        """Return the newest verifications, newest first, older than the one with id *before*.

        Empty when *before* is unknown: then it is past its retention, and so is all that was older.
        """
        try:
            start = self.find(before) if before else None
        except NotFound:
            return ()
        found = {kept.id: kept for kept in self._read_page(limit, start)}
        found |= {kept.id: kept for kept in self._shelf.all()}
        newest_first = sorted(found.values(), key=_age_order, reverse=True)
        return [kept for kept in newest_first if not start or _age_order(kept) < _age_order(start)][:limit]

    def claim(self, key: str, claim: Claim, *, keep: timedelta) -> Claim | None:
        """Make *claim* on an idempotency key for *keep*; return the claim that stands already, if any."""
        name = self._claim_name(key)
        sealed = self._claims.close(claim, name=name)
        try:
            if self._connection.call(lambda redis: redis.set(name, sealed, nx=True, px=keep)):
                return self._claim_shelf.find(key)  # one made while Redis was away still stands here
            return self._claims.open(self._connection.call(lambda redis: redis.get(name)), name=name)
        except Away:
            return self._claim_shelf.add(key, claim, self._now() + keep)

    def settle(self, key: str, claim: Claim, *, keep: timedelta) -> None:
        """Replace the claim on *key*, kept for *keep* from now."""
        name = self._claim_name(key)
        sealed = self._claims.close(claim, name=name)
        try:
            self._connection.call(lambda redis: redis.set(name, sealed, px=keep))
            self._claim_shelf.remove(key)
        except Away:
            self._claim_shelf.put(key, claim, self._now() + keep)

    def release(self, key: str) -> None:
        """Give *key* free."""
        self._claim_shelf.remove(key)
        with suppress(Away):
            self._connection.call(lambda redis: redis.delete(self._claim_name(key)))

    def _read(self, name: str) -> Verification | None:
        if not name.isascii():  # no id of ours, and nothing the wire to Redis must cope with
            return None
        try:
            return self._records.open(self._connection.call(lambda redis: redis.get(name)), name=name)
        except Away:
            return None

    def _read_page(self, limit: int, start: Verification | None) -> list[Verification]:
        try:
            pairs = self._connection.call(partial(_read_page, limit=limit, start=start))
        except Away:
            return []
        return [found for name, sealed in pairs if (found := self._records.open(sealed, name=name))]

    def _claim_name(self, key: str) -> str:
        return f"verifier:claim:{self._hash.name(key)}"


def _read_page(redis: Redis, *, limit: int, start: Verification | None) -> list[tuple[str, object]]:
    first = _first_rank(redis, start)
    ids: Any = redis.zrevrange(INDEX, first, first + limit - 1)
    names = [_name(member.decode()) for member in ids]
    return list(zip(names, redis.mget(names), strict=True)) if names else []


def _first_rank(redis: Redis, start: Verification | None) -> int:
    """Count the verifications in the index that are not older than *start*, itself included."""
    if start is None:
        return 0
    rank: Any = redis.zrevrank(INDEX, start.id)
    return rank + 1 if rank is not None else redis.zcount(INDEX, f"({_score(start.created_at)}", "+inf")


def _dump_claim(claim: Claim) -> bytes:
    return json.dumps(asdict(claim)).encode()


def _load_claim(content: bytes) -> Claim:
    return Claim(**json.loads(content))


def _name(verification_id: str) -> str:
    return f"verifier:verification:{verification_id}"


def _score(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def _age_order(verification: Verification) -> tuple[datetime, str]:
    return verification.created_at, verification.id

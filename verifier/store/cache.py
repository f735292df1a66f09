"""`EncryptedCache`: snapshots and the leadership over a question, in Redis (`verifier.ports.CoverageCache`).

A question's name in Redis is an HMAC, its content is sealed under that name, and nothing is ever unpickled. A
Redis that is away, slow or answers garbage is an empty cache, and every process then leads for itself.
"""

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from redis import Redis

from verifier.ports import Snapshot
from verifier.store.connection import Away, Connection
from verifier.store.encryption import KeyedHash, Keys
from verifier.store.sealed import Codec, Sealed

FIRST_LOOK: Final = 0.01
SLOWEST_LOOK: Final = 0.1
RELEASE: Final = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
)
REPLACE: Final = """
if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('set', KEYS[1], ARGV[2], 'keepttl') return 1 end
return 0
"""


class EncryptedCache:
    """Sealed snapshots and leases in Redis."""

    def __init__(
        self,
        connection: Connection,
        keys: Keys,
        codec: Codec[Snapshot],
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Keep snapshots as *codec* writes them."""
        self._connection = connection
        self._sealed = Sealed(keys, codec, purpose="coverage")
        self._hash = KeyedHash(keys, purpose="coverage")
        self._sleep = sleep

    def get(self, key: str) -> Snapshot | None:
        """Return the snapshot kept under *key*; ``None`` when there is none that can be trusted."""
        name = self._name("coverage", key)
        try:
            return self._sealed.open(self._connection.call(lambda redis: redis.get(name)), name=name)
        except Away:
            return None

    def put(self, key: str, snapshot: Snapshot, *, keep: timedelta) -> None:
        """Keep *snapshot* for at most *keep*; without Redis nothing is kept."""
        name = self._name("coverage", key)
        sealed = self._sealed.close(snapshot, name=name)
        with contextlib.suppress(Away):
            self._connection.call(lambda redis: redis.set(name, sealed, px=keep))

    def seal_anew(self) -> int:
        """Seal every snapshot by the current key, each kept as long as before, and count them.

        One replaced meanwhile is left alone, and all of them while Redis is away: they end by themselves.
        """
        with contextlib.suppress(Away):
            names = self._connection.call(lambda redis: list(redis.scan_iter("verifier:coverage:*")))
            return sum(self._seal_anew(name.decode()) for name in names)
        return 0

    @contextlib.contextmanager
    def leading(self, key: str, *, lease: float) -> Iterator[bool]:
        """Enter as the one process that asks the payer (true), or as a follower (false).

        The lease is given back at the end by whoever holds it, and ends by itself after *lease* seconds.
        Within one process call it from one thread for each key, see `verifier.answering.flights`.
        """
        name, token = self._name("lease", key), secrets.token_hex(16)
        leads = self._acquire(name, token, lease)
        try:
            yield leads
        finally:
            if leads:
                with contextlib.suppress(Away):
                    self._connection.call(lambda redis: redis.eval(RELEASE, 1, name, token))

    def wait(self, key: str, *, seconds: float) -> None:
        """Return when no process leads *key* any more, when Redis is away, or after *seconds*."""
        name = self._name("lease", key)
        waited, pause = 0.0, FIRST_LOOK
        with contextlib.suppress(Away):
            while waited < seconds and self._connection.call(lambda redis: redis.exists(name)):
                self._sleep(pause)
                waited, pause = waited + pause, min(1.5 * pause, SLOWEST_LOOK)

    def _seal_anew(self, name: str) -> bool:
        found = self._connection.call(lambda redis: redis.get(name))
        anew = self._sealed.anew(found, name=name)
        if found is None or anew is None:
            return False
        return bool(self._connection.call(lambda redis: redis.eval(REPLACE, 1, name, found, anew)))

    def _acquire(self, name: str, token: str, lease: float) -> bool:
        hold = partial(_hold, name=name, token=token, lease=timedelta(seconds=lease))
        try:
            return self._connection.call(hold)
        except Away:
            return True  # nobody else can be asked; the threads of this process follow one leader

    def _name(self, kind: str, key: str) -> str:
        return f"verifier:{kind}:{self._hash.name(key)}"


def _hold(redis: Redis, *, name: str, token: str, lease: timedelta) -> bool:
    return bool(redis.set(name, token, nx=True, px=lease))

"""`Connection`: Redis, when it is there; a caller never waits for one that is not.

One failure opens the breaker: from then on every call is turned away at once, without touching the network,
until probes in the background were answered three times quickly. So an outage costs the calls under way at
its start one time-out, and nothing after that.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from redis.retry import Retry

Result = TypeVar("Result")

CONNECT_SECONDS: Final = 0.05
REPLY_SECONDS: Final = 0.25
PROBE_SECONDS: Final = 0.1
PROBES: Final = 3
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 15.0
SLOTS: Final = 16

log = logging.getLogger(__name__)


class Away(Exception):
    """Redis cannot be used now; whoever asked goes on without it."""


class Connection:
    """A Redis client with short time-outs, a bounded number of sockets and a breaker."""

    def __init__(
        self,
        url: str,
        *,
        reply_seconds: float = REPLY_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare to talk to *url* (``redis://``, ``rediss://`` or ``unix://``); nothing is sent yet."""
        self.url = url
        self._redis = _client(url, CONNECT_SECONDS, reply_seconds)
        self._probe = _client(url, PROBE_SECONDS, PROBE_SECONDS)
        self._monotonic = monotonic
        self._slots = threading.BoundedSemaphore(SLOTS)
        self._lock = threading.Lock()
        self._away = self._refusing = False
        self._pause, self._probe_at = FIRST_PAUSE, 0.0
        self._knocking: threading.Thread | None = None

    @property
    def is_away(self) -> bool:
        """Tell whether calls are turned away at present."""
        return self._away

    def call(self, operation: Callable[["Redis"], Result]) -> Result:
        """Carry out *operation* on the client.

        Raises:
            Away: Redis could not be reached, was too slow, refused, or answered something that is no answer.
        """
        with self._slots:  # whoever waited for a slot sees an outage that began meanwhile
            if self._away:
                self._start_knocking()
                raise Away
            try:
                result = operation(self._redis)
            except ResponseError as error:  # out of memory, read only: it is there, and may do other things
                self._note_refusal(error)
                raise Away from None
            except Exception as error:  # noqa: BLE001 - a garbled reply breaks the client in any way
                self._turn_away(error)
                raise Away from None
            self._refusing = False
            return result

    def close(self) -> None:
        """Close every socket."""
        self._redis.connection_pool.disconnect()
        self._probe.connection_pool.disconnect()

    def _note_refusal(self, error: ResponseError) -> None:
        if not self._refusing:
            self._refusing = True
            log.warning("redis refuses (%s); going on without it", type(error).__name__)

    def _turn_away(self, error: Exception) -> None:
        with self._lock:
            # Idle sockets may hold the rest of a garbled or late reply; none of them is used again.
            with contextlib.suppress(Exception):
                self._redis.connection_pool.disconnect(inuse_connections=False)
            if self._away:
                return
            self._away, self._pause = True, FIRST_PAUSE
            self._probe_at = self._monotonic() + self._pause
        log.warning("redis is away (%s); going on without it", type(error).__name__)

    def _start_knocking(self) -> None:
        if self._monotonic() < self._probe_at or not self._lock.acquire(blocking=False):
            return
        try:
            if self._knocking is None or not self._knocking.is_alive():
                self._knocking = threading.Thread(target=self._knock, name="redis-probe", daemon=True)
                self._knocking.start()
        finally:
            self._lock.release()

    def _knock(self) -> None:
        try:
            for _ in range(PROBES):
                self._probe.ping()
        except Exception:  # noqa: BLE001 - any failure means the same: not yet
            with self._lock:
                self._pause = min(2 * self._pause, LONGEST_PAUSE)
                self._probe_at = self._monotonic() + self._pause
            return
        finally:
            self._probe.connection_pool.disconnect()
        self._away = False
        log.warning("redis is back")


def _client(url: str, connect: float, reply: float) -> "Redis":
    pool = ConnectionPool.from_url(
        url,
        socket_connect_timeout=connect,
        socket_timeout=reply,
        retry=Retry(NoBackoff(), 0),  # the breaker decides; the client's own ten retries would take seconds
        protocol=2,
        driver_info=None,  # no greeting: a connection costs one round trip
    )
    return Redis(connection_pool=pool)

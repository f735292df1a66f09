"""`SharedCallState`: what is known of calls to payers, in Redis (`verifier.calls.CallState`).

A change is computed here and stored only if nobody stored another meanwhile; then it is computed anew. So it
costs one round trip when it is not contended, because each process remembers what it stored or saw last, and
tells the time on Redis' clock by its own. That memory is also what it goes on with while Redis is away.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from redis import Redis

from verifier.store.connection import Away, Connection
from verifier.store.encryption import KeyedHash, Keys

Result = TypeVar("Result")
Change = Callable[[str | None, float], tuple[str | None, Result]]

MOST_KEPT: Final = 4096
MOST_TRIES: Final = 1000  # a tenth of a second of bad luck
STRIPES: Final = 64
BYTES: Final = "latin-1"  # has a letter for every byte, so that garbage is replaced and not stumbled over
SWAP: Final = """
local found = redis.call('get', KEYS[1]) or ''
local swapped = 0
if found == ARGV[1] then
  swapped = 1
  if ARGV[2] == '' then redis.call('del', KEYS[1])
  else redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3]) end
end
local now = redis.call('time')
return {swapped, found, now[1], now[2]}
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A text and when it is forgotten."""

    text: str
    until: float


class LocalCallState:
    """The state of one process alone; the latest 4,096 names."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Tell the time by *now*."""
        self._now = now
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def change(self, name: str, change: "Change[Result]", *, keep: timedelta) -> Result:
        """Change the text under *name*; see `verifier.calls.CallState.change`."""
        with self._lock:
            after, result = change(self._find(name), self._now())
            self._put(name, after, keep)
            return result

    def peek(self, name: str) -> tuple[str | None, float]:
        """Return the text under *name*, and the time; see `verifier.calls.CallState.peek`."""
        return self.find(name), self._now()

    def find(self, name: str) -> str | None:
        """Return the text under *name*."""
        with self._lock:
            return self._find(name)

    def put(self, name: str, text: str | None, keep: timedelta) -> None:
        """Replace the text under *name*."""
        with self._lock:
            self._put(name, text, keep)

    def _find(self, name: str) -> str | None:
        kept = self._kept.get(name)
        return kept.text if kept and kept.until > self._now() else None

    def _put(self, name: str, text: str | None, keep: timedelta) -> None:
        self._kept.pop(name, None)
        if text is not None:
            self._kept[name] = Kept(text, self._now() + keep.total_seconds())
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


class Swapped(NamedTuple):
    """How Redis answered: whether it stored the text, what it held before, and its time."""

    stored: bool
    found: str | None
    at: float


class SharedCallState:
    """The state that all processes with one Redis share."""

    def __init__(
        self, connection: Connection, keys: Keys, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Name texts by a keyed hash of *keys*."""
        self._connection = connection
        self._hash = KeyedHash(keys, purpose="call state")
        self._monotonic = monotonic
        self._ahead: float | None = None  # of Redis' clock before ours
        self._seen = LocalCallState(self._now)
        self._locks = [threading.Lock() for _ in range(STRIPES)]

    def change(self, name: str, change: "Change[Result]", *, keep: timedelta) -> Result:
        """Change the text under *name*; see `verifier.calls.CallState.change`."""
        hashed = self._hash.name(name)
        with self._locks[int(hashed[:8], 16) % STRIPES]:  # threads of one process need not race each other
            try:
                return self._change_shared(hashed, change, keep)
            except Away:
                return self._seen.change(hashed, change, keep=keep)

    def peek(self, name: str) -> tuple[str | None, float]:
        """Return what this process saw last; see `verifier.calls.CallState.peek`."""
        return self._seen.peek(self._hash.name(name))

    def _change_shared(self, name: str, change: "Change[Result]", keep: timedelta) -> Result:
        if self._ahead is None:
            self._ahead = self._connection.call(_read_time) - self._monotonic()
        before = self._seen.find(name)
        for _ in range(MOST_TRIES):
            after, result = change(before, self._now())
            swapped = self._swap(name, before, after, keep)
            if swapped.stored:
                self._seen.put(name, after, keep)
                return result
            before = swapped.found
        raise Away

    def _swap(self, name: str, before: str | None, after: str | None, keep: timedelta) -> Swapped:
        texts = [(text or "").encode(BYTES) for text in (before, after)]
        milliseconds = int(keep.total_seconds() * 1000)
        key = f"verifier:calls:{name}"
        swapped = self._connection.call(partial(_swap, key=key, arguments=(*texts, milliseconds)))
        self._ahead = swapped.at - self._monotonic()
        return swapped

    def _now(self) -> float:
        return self._monotonic() + (self._ahead or 0.0)


def _read_time(redis: Redis) -> float:
    return _join_time(*redis.time())


def _swap(redis: Redis, *, key: str, arguments: tuple[bytes | int, ...]) -> Swapped:
    """Carry the script out; an answer that is none raises, and turns the connection away."""
    answer: Any = redis.eval(SWAP, 1, key, *arguments)
    stored, found, seconds, micros = answer
    return Swapped(bool(stored), found.decode(BYTES) or None, _join_time(seconds, micros))


def _join_time(seconds: Any, micros: Any) -> float:  # noqa: ANN401 - digits or numbers
    return int(seconds) + int(micros) / 1e6

"""Questions a payer has taken and not answered yet, so that asking again never means paying again."""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from secrets import token_bytes
from threading import Lock
from typing import Final, NamedTuple

MOST: Final = 10_000


class Taken(NamedTuple):
    """What the payer calls a question it has taken, and the trace that went with it."""

    id: str
    trace: str


class Pending:
    """Remembers questions taken for *seconds*, by a keyed digest, so that none can be read out of it."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        """Remember by *clock*, one that never steps back."""
        self._seconds = seconds
        self._clock = clock
        self._key = token_bytes(32)
        self._lock = Lock()
        self._taken: OrderedDict[bytes, tuple[float, Taken]] = OrderedDict()

    def remember(self, question: bytes, taken: Taken) -> None:
        """Remember that *question* was taken; the oldest gives way to the ten-thousandth."""
        with self._lock:
            self._taken[self._digest(question)] = (self._clock() + self._seconds, taken)
            while len(self._taken) > MOST:
                self._taken.popitem(last=False)

    def recall(self, question: bytes) -> Taken | None:
        """Return what *question* is called, if it was taken not long ago."""
        with self._lock:
            until, taken = self._taken.get(self._digest(question), (0.0, None))
        return taken if until > self._clock() else None

    def claim(self, question: bytes) -> Taken | None:
        """Recall *question* and forget it, so that one asker alone goes on with it."""
        with self._lock:
            until, taken = self._taken.pop(self._digest(question), (0.0, None))
        return taken if until > self._clock() else None

    def _digest(self, question: bytes) -> bytes:
        return blake2b(question, key=self._key, digest_size=32).digest()

"""How fast one payer is asked for one NPI: a token bucket that all workers share.

A payer that says "too many" gets half as many, down to one a minute; each answer brings a tenth of the usual
rate back. So a payer that throttles is found out by a few refusals and not by hundreds.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from verifier.calls import CallState

KEPT: Final = timedelta(hours=12)
BURST: Final = 1.0  # questions at once after a rest: a human being at a keyboard has no more
NEARLY: Final = 1e-6  # of a question: whoever waited as long as told is not told to wait again
SLOWEST: Final = 1.0 / 60  # questions a second
RECOVERY: Final = 0.1  # of the usual rate, with each answer


class Bucket(NamedTuple):
    """What may be asked now; *rate* in questions a second, *at* in seconds on the keeper's clock."""

    tokens: float = BURST
    at: float = 0.0
    rate: float = 0.0  # 0: as usual

    def take(self, now: float, usual: float) -> "tuple[Bucket, float]":
        """Take one question, or tell in how many seconds there will be one to take."""
        rate = min(self.rate or usual, usual)
        tokens = min(BURST, self.tokens + max(0.0, now - self.at) * rate)
        if tokens < 1 - NEARLY:
            return self._replace(tokens=tokens, at=now), (1 - tokens) / rate
        return self._replace(tokens=max(0.0, tokens - 1), at=now), 0.0

    def slow(self, usual: float) -> "Bucket":
        """Halve the rate."""
        return self._replace(rate=max(SLOWEST, (self.rate or usual) / 2))

    def recover(self, usual: float) -> "Bucket":
        """Come nearer to the usual rate."""
        return self._replace(rate=min(usual, self.rate + RECOVERY * usual) if self.rate else 0.0)


@dataclass(frozen=True, slots=True)
class Pacer:
    """The buckets of every payer and NPI; at most *per_minute* questions of each a minute."""

    state: CallState
    per_minute: int

    @property
    def usual(self) -> float:
        """Return the usual rate in questions a second."""
        return self.per_minute / 60

    def take(self, payer: str, npi: str) -> float:
        """Take one question to *payer* for *npi*; returns 0, or the seconds until there is one to take."""
        usual = self.usual
        return self._change(payer, npi, lambda bucket, now: bucket.take(now, usual))

    def slow(self, payer: str, npi: str) -> None:
        """Note that *payer* said it was too much."""
        usual = self.usual
        self._change(payer, npi, lambda bucket, _: (bucket.slow(usual), 0.0))

    def recover(self, payer: str, npi: str) -> None:
        """Note that *payer* answered."""
        usual = self.usual
        self._change(payer, npi, lambda bucket, _: (bucket.recover(usual), 0.0))

    def _change(self, payer: str, npi: str, change: Callable[[Bucket, float], tuple[Bucket, float]]) -> float:
        def rewrite(text: str | None, now: float) -> tuple[str | None, float]:
            bucket, result = change(read_bucket(text), now)
            return json.dumps(bucket), result

        return self.state.change(f"pace {payer} {npi}", rewrite, keep=KEPT)


def read_bucket(text: str | None) -> Bucket:
    """Read a bucket; one that cannot be read is as good as a new one."""
    try:
        tokens, at, rate = map(float, json.loads(text)) if text else Bucket()
        return Bucket(tokens, at, rate)
    except (TypeError, ValueError):
        return Bucket()

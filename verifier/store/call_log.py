"""`SharedCallLog`: how calls to payers went, counted in Redis by all processes (`verifier.calls.CallLog`).

Calls are counted in buckets of time, a hash each: by the minute for the last quarter of an hour, by the
quarter of an hour for the last day. Its fields are outcomes and steps of a fixed histogram of seconds, so a
bucket does not grow with traffic. Names and fields hold payers of the directory, wires and outcomes only,
never anything of a person. While Redis is away a process counts for itself; what it counted is added in.
"""

import threading
from bisect import bisect_left
from collections import Counter, OrderedDict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from redis import Redis

from verifier.clock import Clock
from verifier.model.health import LEAST_CALLS, CallWindow, PayerHealth, RouteHealth
from verifier.model.verification import Outcome
from verifier.store.connection import Away, Connection

STEPS: Final = tuple(round(0.05 * 1.25**step, 3) for step in range(36))  # seconds, up to two minutes
SLOWEST: Final = len(STEPS) - 1
SUCCESSES: Final = frozenset({Outcome.ANSWERED, Outcome.REJECTED})
MOST_BUCKETS: Final = 10_000  # of a process that counts for itself
HUNDREDTH: Final = Decimal("0.01")


class Grain(NamedTuple):
    """A window and the buckets it is counted in."""

    name: str
    bucket: timedelta
    window: timedelta

    def locate(self, moment: float) -> int:
        """Number the bucket of *moment*, in seconds since 1970."""
        return int(moment // self.bucket.total_seconds())

    def list_buckets(self, moment: float) -> range:
        """Number the buckets of the window that ends at *moment*."""
        last = self.locate(moment)
        return range(last - self.window // self.bucket + 1, last + 1)


GRAINS: Final = (
    Grain("minute", timedelta(minutes=1), timedelta(minutes=15)),
    Grain("quarter", timedelta(minutes=15), timedelta(hours=24)),
)
LONGER: Final = timedelta(hours=1)  # than its window a bucket is kept


class SharedCallLog:
    """Counts in Redis, and in this process what Redis could not take."""

    def __init__(self, connection: Connection, *, clock: Clock) -> None:
        """Count by the time of *clock*."""
        self._connection = connection
        self._clock = clock
        self._own: OrderedDict[str, Counter[str]] = OrderedDict()
        self._lock = threading.Lock()

    def record(self, payer: str, route: str, outcome: Outcome, seconds: float) -> None:
        """Count a call to *payer* that took *seconds*."""
        moment = self._clock.now().timestamp()
        step = min(bisect_left(STEPS, seconds), SLOWEST)
        fields = (f"{route}|{outcome}", f"{route}|{step}")
        names = {grain: _name(payer, grain, grain.locate(moment)) for grain in GRAINS}

        def count(redis: Redis) -> None:
            with redis.pipeline(transaction=False) as batch:
                for grain, name in names.items():
                    for each in fields:
                        batch.hincrby(name, each, 1)
                    batch.expire(name, grain.window + LONGER)
                batch.execute()

        try:
            self._connection.call(count)
        except Away:
            self._count_here(names.values(), fields)

    def health(self, payer: str) -> PayerHealth:
        """Tell how calls to *payer* went in the last 15 minutes and 24 hours, in all and by route."""
        moment = self._clock.now().timestamp()
        counts = {
            grain: self._read([_name(payer, grain, each) for each in grain.list_buckets(moment)])
            for grain in GRAINS
        }
        routes = sorted({field.partition("|")[0] for found in counts.values() for field in found})
        return PayerHealth(
            payer,
            tuple(_sum_up(grain, found, routes) for grain, found in counts.items()),
            tuple(
                RouteHealth(route, tuple(_sum_up(grain, found, [route]) for grain, found in counts.items()))
                for route in routes
            ),
        )

    def _count_here(self, names: Iterable[str], fields: tuple[str, ...]) -> None:
        with self._lock:
            for name in names:
                self._own.setdefault(name, Counter()).update(fields)
            while len(self._own) > MOST_BUCKETS:
                self._own.popitem(last=False)

    def _read(self, names: list[str]) -> Counter[str]:
        with self._lock:
            found = sum((self._own[name] for name in names if name in self._own), Counter[str]())

        def fetch(redis: Redis) -> list[dict[bytes, bytes]]:
            with redis.pipeline(transaction=False) as batch:
                for name in names:
                    batch.hgetall(name)
                return list(batch.execute())

        try:
            for bucket in self._connection.call(fetch):
                found.update({field.decode(): int(count) for field, count in bucket.items()})
        except Away:
            pass
        return found


def _name(payer: str, grain: Grain, bucket: int) -> str:
    return f"verifier:calls:{grain.name}:{bucket}:{payer}"


def _sum_up(grain: Grain, counts: Counter[str], routes: list[str]) -> CallWindow:
    """Sum the counts of *routes* up."""
    outcomes = Counter({each: sum(counts[f"{route}|{each}"] for route in routes) for each in Outcome})
    calls = sum(outcomes.values())
    if calls < LEAST_CALLS:
        return CallWindow(grain.window, calls)
    steps = [sum(counts[f"{route}|{step}"] for route in routes) for step in range(len(STEPS))]
    return CallWindow(
        grain.window,
        calls,
        success_rate=_rate(sum(outcomes[each] for each in SUCCESSES), calls),
        unavailable_rate=_rate(outcomes[Outcome.UNAVAILABLE], calls),
        p50=_find_quantile(steps, 0.50),
        p95=_find_quantile(steps, 0.95),
    )


def _rate(part: int, whole: int) -> Decimal:
    return (Decimal(part) / Decimal(whole)).quantize(HUNDREDTH)


def _find_quantile(steps: list[int], quantile: float) -> float:
    """Return the upper end of the step in which the *quantile* of all calls lies."""
    wanted, passed = quantile * sum(steps), 0
    for step, count in zip(STEPS, steps, strict=True):
        passed += count
        if passed >= wanted:
            return step
    return STEPS[SLOWEST]

"""The bulkhead of one route to one payer: how many questions may be with it at once, and whose.

Nightly work has at most half of the places, and none while a person waits for one. A place is a lease: that
of a process which died ends by itself. A payer that says "too many at once" gets half as many, and one more
with each answer once it has been content for ten seconds.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

MOST_AT_ONCE: Final = 48  # clearinghouses allow fifty (Stedi, 2026)
WAITING_LEASE: Final = 1.0
CONTENT_AFTER: Final = 10.0
FEWEST_TO_SHARE: Final = 2
SLOWED_FOR: Final = 1.0  # refusals of one burst count as one


class Lane(StrEnum):
    """Who asks."""

    INTERACTIVE = "interactive"
    NIGHTLY = "nightly"


class Place(NamedTuple):
    """One place taken: until when at the latest, and by which lane."""

    until: float
    lane: str


class Bulkhead(NamedTuple):
    """The places taken, and who waits for one, by random tokens; times in seconds on the keeper's clock."""

    taken: Mapping[str, Place] = {}
    waiting: Mapping[str, float] = {}
    limit: int = MOST_AT_ONCE
    slowed_at: float = 0.0

    def enter(self, now: float, token: str, lane: Lane, *, lease: float) -> "tuple[Bulkhead, bool]":
        """Take a place for at most *lease* seconds; a person who finds none is noted as waiting."""
        taken = {key: Place(*place) for key, place in self.taken.items() if place[0] > now}
        waiting = {key: until for key, until in self.waiting.items() if until > now and key != token}
        if len(taken) < self._allow(now, taken, waiting, lane):
            taken[token] = Place(now + lease, lane)
            return self._replace(taken=taken, waiting=waiting), True
        if lane is Lane.INTERACTIVE:
            waiting[token] = now + WAITING_LEASE
        return self._replace(taken=taken, waiting=waiting), False

    def leave(self, now: float, token: str, *, slowed: bool) -> "Bulkhead":
        """Give the place back; *slowed* when the payer said that it was too much."""
        taken = {key: Place(*place) for key, place in self.taken.items() if key != token}
        if slowed and now - self.slowed_at >= SLOWED_FOR:
            fewer = max(1, min(self.limit, len(self.taken)) // 2)
            return self._replace(taken=taken, limit=fewer, slowed_at=now)
        content = not slowed and now - self.slowed_at >= CONTENT_AFTER
        return self._replace(taken=taken, limit=min(MOST_AT_ONCE, self.limit + content))

    def give_up(self, token: str) -> "Bulkhead":
        """Wait no longer."""
        return self._replace(waiting={key: until for key, until in self.waiting.items() if key != token})

    def _allow(self, now: float, taken: Mapping[str, Place], waiting: Mapping[str, float], lane: Lane) -> int:
        """Tell how many places may be taken before one of *lane* is refused.

        Half of one place is none; but where nobody asks, no answer could ever say that the payer takes more.
        So one that was content for a while is asked at night while nobody else asks it.
        """
        if lane is Lane.INTERACTIVE:
            return self.limit
        if waiting:
            return 0
        if self.limit < FEWEST_TO_SHARE:
            return 1 if now - self.slowed_at >= CONTENT_AFTER else 0
        nightly = sum(place.lane == Lane.NIGHTLY for place in taken.values())
        return self.limit if nightly < self.limit // 2 else 0

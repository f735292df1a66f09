"""Webhooks: who outside is told that something happened, and what they are told: ids, and no health data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

EVERYWHERE: Final = "*"  # of a webhook: told of every facility; of a message: told to every webhook
OVERLAP: Final = timedelta(hours=24)  # for which an older key signs beside the new one


class EventType(StrEnum):
    """What somebody may want to be told of."""

    COVERAGE_CHANGED = "coverage.changed"
    VERIFICATION_COMPLETED = "verification.completed"
    REVERIFICATION_FINISHED = "reverification.finished"


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Disabled(StrEnum):
    """Why a webhook is told nothing any more."""

    FAILING = "failing"  # no try in two days was taken
    GONE = "gone"  # it answered 410: nobody is there any more
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key that signs; *until* is when it stops, ``None`` for the newest."""

    secret: str = field(repr=False)  # ``whsec_…``, as Standard Webhooks writes it
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """Who is told: an address, for which facilities and events; its keys are nobody's to read."""

    id: str
    address: str = field(repr=False)
    events: frozenset[EventType]
    facility: str  # `EVERYWHERE`: every one
    created_at: datetime
    keys: tuple[SigningKey, ...] = field(repr=False)
    disabled_at: datetime | None = None
    disabled_why: Disabled | None = None

    def signing(self, now: datetime) -> tuple[str, ...]:
        """Return the secrets that sign *now*, newest first."""
        return tuple(key.secret for key in self.keys if key.until is None or key.until > now)


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: that something happened, when, and the ids of the records it is about."""

    id: str
    event: EventType
    facility: str
    at: datetime
    record_ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one webhook; *outcome* is that of the last try: a status, or a word."""

    id: str
    webhook_id: str
    message: Message
    state: DeliveryState
    tries: int
    next_at: datetime | None
    ended_at: datetime | None
    outcome: str | None

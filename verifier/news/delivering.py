"""`Deliverer`: brings each message to each webhook, at least once, over two days if need be.

A try is counted in the database before it is made, and its lease ends by itself: whatever dies in between,
the message goes out again under the same id, by which a receiver knows that it has it already.
"""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from verifier.answering.notices import PART_2
from verifier.errors import (
    BadReply,
    NotConfigured,
    PayerRefused,
    PayerTimeout,
    PayerUnreachable,
    VerifierError,
)
from verifier.news.ports import Due, Outbox, Post, Signing
from verifier.news.webhook import Delivery, DeliveryState, Disabled, Message

RETRIES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=16, minutes=25),
)  # after each try; the last one comes 48 hours after the first
LEASE: Final = timedelta(minutes=2)
AT_ONCE: Final = 24  # deliveries taken in one go
THREADS: Final = 8
GONE: Final = 410  # nobody is there any more, and nobody wants to be told
WORDS: Final[dict[type, str]] = {
    PayerTimeout: "timeout",
    PayerUnreachable: "unreachable",
    BadReply: "bad_reply",
    NotConfigured: "address_refused",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Delivers what is due; any number of processes may do so at once."""

    outbox: Outbox
    signing: Signing
    post: Post

    def deliver_due(self, now: datetime) -> int:
        """Try once everything that is due *now*, and count the tries."""
        tried = 0
        with ThreadPoolExecutor(THREADS, thread_name_prefix="webhooks") as threads:
            while due := self.outbox.claim(now, lease=LEASE, limit=AT_ONCE):
                tried += sum(1 for _ in threads.map(partial(self._deliver, now=now), due))
        return tried

    def _deliver(self, due: Due, now: datetime) -> None:
        outcome = self._try(due, now)
        ended = _conclude(due.delivery, outcome, now)
        if not self.outbox.settle(ended):
            return  # the lease ended meanwhile, and whoever took it over tells how it goes on
        if outcome == str(GONE):
            self._switch_off(ended, Disabled.GONE, now)
        elif ended.state is DeliveryState.GIVEN_UP and not self._is_alive(ended):
            self._switch_off(ended, Disabled.FAILING, now)

    def _try(self, due: Due, now: datetime) -> str | None:
        """Send it; ``None`` when it was taken, else why not."""
        message, body = due.delivery.message, write_body(due.delivery.message)
        keys = due.webhook.signing(now)
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self.signing.sign(keys, message.id, now, body),
        }
        try:
            self.post(due.webhook.address, headers, body)
        except VerifierError as error:
            return _name(error)
        return None

    def _is_alive(self, delivery: Delivery) -> bool:
        return self.outbox.was_taken_since(delivery.webhook_id, delivery.message.at)

    def _switch_off(self, delivery: Delivery, why: Disabled, now: datetime) -> None:
        log.warning("webhook %s is switched off (%s): see GET /v1/webhooks", delivery.webhook_id, why)
        self.outbox.give_up(delivery.webhook_id, why, now)


def write_body(message: Message) -> bytes:
    """Write what is sent: the event, its time, ids, and the statement of 42 CFR 2.32; no health data."""
    told = {
        "type": message.event,
        "timestamp": message.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": dict(message.record_ids),
        "notice": PART_2.text,
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _conclude(delivery: Delivery, outcome: str | None, now: datetime) -> Delivery:
    """Say how it goes on after a try: taken, once more later, or given up."""
    if outcome is None:
        return replace(delivery, state=DeliveryState.DELIVERED, next_at=None, ended_at=now, outcome="taken")
    if delivery.tries > len(RETRIES) or outcome == str(GONE):
        return replace(delivery, state=DeliveryState.GIVEN_UP, next_at=None, ended_at=now, outcome=outcome)
    return replace(delivery, next_at=now + RETRIES[delivery.tries - 1], outcome=outcome)


def _name(error: VerifierError) -> str:
    if isinstance(error, PayerRefused) and error.status:
        return str(error.status)
    return next((WORDS[kind] for kind in type(error).__mro__ if kind in WORDS), "failed")

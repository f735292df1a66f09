"""`DatabaseOutbox`: messages on their way to webhooks, as `verifier.news.ports.Outbox`.

A message is written in the transaction of what it tells of. Whoever delivers takes a delivery by counting the
try and setting a lease; how the try ended is written only by whoever counted it last.
"""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, exists, or_, select, update

from verifier.news.ports import Due
from verifier.news.webhook import EVERYWHERE, Delivery, DeliveryState, Disabled, EventType, Message
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.sealed_rows import SealedRows
from verifier.store.database.tables.webhooks import deliveries, messages, webhooks
from verifier.store.database.webhooks import is_active, read_webhook

table: Final = deliveries.c
WAITING: Final = DeliveryState.WAITING


class DatabaseOutbox:
    """Messages, and how far each of their deliveries has come."""

    def __init__(self, database: Database, keys: DataKeys) -> None:
        """Keep them in *database*."""
        self._database = database
        self._webhooks = SealedRows(webhooks, keys)

    def announce(self, message: Message) -> None:
        """Put *message* on its way to each webhook that wants it."""
        with self._database.begin() as connection:
            self.announce_within(connection, message)

    def announce_within(self, connection: Connection, message: Message) -> None:
        """Put *message* on its way in the transaction of what it tells of; without a taker it is not kept."""
        takers = _takers(connection, message)
        if not takers:
            return
        written = {
            "id": message.id,
            "event": message.event,
            "facility": message.facility,
            "created_at": message.at,
            "record_ids": json.dumps(dict(message.record_ids)),
        }
        connection.execute(messages.insert().values(**written))
        first = {"message_id": message.id, "state": WAITING, "tries": 0, "next_at": message.at}
        rows = [first | {"id": f"dlv_{secrets.token_urlsafe(16)}", "webhook_id": each} for each in takers]
        connection.execute(deliveries.insert(), rows)

    def claim(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[Due]:
        """Take deliveries that are due; nobody else does so before the *lease* ends."""
        free = or_(table.leased_until.is_(None), table.leased_until <= now)
        due = (
            select(table.id)
            .join(webhooks, webhooks.c.id == table.webhook_id)
            .where(table.state == WAITING, table.next_at <= now, free, is_active())
            .order_by(table.next_at)
            .limit(limit)
            .with_for_update(of=deliveries, skip_locked=True)
        )
        with self._database.begin() as connection:
            ids = connection.scalars(due).all()
            taken = {"tries": table.tries + 1, "leased_until": now + lease}
            connection.execute(update(deliveries).where(table.id.in_(ids)).values(**taken))
            return self._read_due(connection, ids)

    def settle(self, delivery: Delivery) -> bool:
        """Write down how a try ended; false when it was taken over by somebody else meanwhile."""
        written = {
            "state": delivery.state,
            "next_at": delivery.next_at,
            "leased_until": None,
            "ended_at": delivery.ended_at,
            "outcome": delivery.outcome,
        }
        own = table.id == delivery.id, table.state == WAITING, table.tries == delivery.tries
        with self._database.begin() as connection:
            return connection.execute(update(deliveries).where(*own).values(**written)).rowcount == 1

    def give_up(self, webhook_id: str, why: Disabled, at: datetime) -> None:
        """Switch a webhook off, and everything that waits for it."""
        own, waiting = table.webhook_id == webhook_id, table.state == WAITING
        ended = {"state": DeliveryState.GIVEN_UP, "next_at": None, "ended_at": at}
        with self._database.begin() as connection:
            off = update(webhooks).where(webhooks.c.id == webhook_id, webhooks.c.disabled_at.is_(None))
            connection.execute(off.values(disabled_at=at, disabled_why=why))
            connection.execute(update(deliveries).where(own, waiting).values(**ended))

    def was_taken_since(self, webhook_id: str, moment: datetime) -> bool:
        """Tell whether a webhook took anything since *moment*."""
        own = table.webhook_id == webhook_id, table.state == DeliveryState.DELIVERED
        with self._database.read() as connection:
            return bool(connection.scalar(select(exists().where(*own, table.ended_at >= moment))))

    def deliveries(self, webhook_id: str, *, limit: int) -> Sequence[Delivery]:
        """Return the latest deliveries, newest first."""
        newest = messages.c.created_at.desc(), table.id
        wanted = _joined().where(table.webhook_id == webhook_id).order_by(*newest).limit(limit)
        with self._database.read() as connection:
            return [_read(row) for row in connection.execute(wanted)]

    def replay(self, webhook_id: str, since: datetime, now: datetime, *, taken: bool) -> int:
        """Begin anew what was announced since a moment and not taken, or *taken* too, and count it."""
        told = select(messages.c.id).where(messages.c.created_at >= since)
        states = [DeliveryState.GIVEN_UP, *([DeliveryState.DELIVERED] if taken else [])]
        own = table.webhook_id == webhook_id, table.message_id.in_(told), table.state.in_(states)
        anew = {"state": WAITING, "tries": 0, "next_at": now, "ended_at": None, "leased_until": None}
        with self._database.begin() as connection:
            return connection.execute(update(deliveries).where(*own).values(**anew)).rowcount

    def forget(self, before: datetime) -> int:
        """Delete the messages announced before a moment, and count them."""
        old = select(messages.c.id).where(messages.c.created_at < before)
        with self._database.begin() as connection:
            connection.execute(delete(deliveries).where(table.message_id.in_(old)))
            return connection.execute(delete(messages).where(messages.c.created_at < before)).rowcount

    def _read_due(self, connection: Connection, ids: Sequence[str]) -> list[Due]:
        found = [_read(row) for row in connection.execute(_joined().where(table.id.in_(ids)))]
        named = {each.webhook_id for each in found}
        rows = self._webhooks.select(connection, select(webhooks).where(webhooks.c.id.in_(named)))
        known = {row["id"]: read_webhook(row) for row in rows}
        return [Due(each, known[each.webhook_id]) for each in found if each.webhook_id in known]


def _takers(connection: Connection, message: Message) -> list[str]:
    wanted = select(webhooks.c.id, webhooks.c.events).where(is_active())
    if message.facility != EVERYWHERE:
        wanted = wanted.where(webhooks.c.facility.in_([EVERYWHERE, message.facility]))
    return [found for found, events in connection.execute(wanted) if message.event in events.split()]


def _joined() -> Select[Any]:
    return select(deliveries, messages).join(messages, messages.c.id == table.message_id)


def _read(row: Row[Any]) -> Delivery:
    told = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    message = Message(
        told[messages.c.id],
        EventType(told[messages.c.event]),
        told[messages.c.facility],
        told[messages.c.created_at],
        json.loads(told[messages.c.record_ids]),
    )
    return Delivery(
        told[table.id],
        told[table.webhook_id],
        message,
        DeliveryState(told[table.state]),
        told[table.tries],
        told[table.next_at],
        told[table.ended_at],
        told[table.outcome],
    )

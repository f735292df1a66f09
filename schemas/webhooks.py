"""The JSON of webhooks: who is told, of what, and how each delivery went."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from marshmallow import fields

from schemas.fields import Flag, Several, Text, Told, Word
from schemas.record import Record, load
from schemas.times import Moment
from schemas.written import Written
from verifier.news.webhook import EVERYWHERE, Delivery, DeliveryState, Disabled, EventType, Webhook

LONGEST_ADDRESS: Final = 2000
NULLABLE_TEXT: Final = {"type": ["string", "null"]}


class NewWebhookSchema(Record):
    """Whom to tell, and of what."""

    address = Text(LONGEST_ADDRESS, required=True, metadata={"description": "https, on a public host"})
    events = Several(
        Word(EventType),
        least=1,
        most=len(EventType),
        once=True,
        load_default=lambda: list(EventType),
        metadata={"description": "All of them unless named"},
    )
    facility = Text(
        80,
        load_default=None,
        allow_none=True,
        metadata={"description": "Whose records it is told of; null: every facility you act for"},
    )


class ReplaySchema(Record):
    """From when on to send again."""

    since = Moment(required=True)
    taken = Flag(load_default=False, metadata={"description": "What was taken already too"})


class WebhookSchema(Written):
    """Who is told; ``disabled_why`` says why it is told nothing for now."""

    id = fields.String()
    address = fields.String()
    events = Told(sorted, {"type": "array", "items": {"type": "string", "enum": [*EventType]}})
    facility = Told(lambda facility: None if facility == EVERYWHERE else facility, NULLABLE_TEXT)
    created_at = Moment()
    disabled_at = Moment(allow_none=True)
    disabled_why = Word(Disabled, nullable=True)
    secret = Told(
        lambda _: None,
        NULLABLE_TEXT
        | {"description": "The key, for your receiver; given once, when it is made, and null ever after"},
        attribute="keys",
    )


class WebhookListSchema(Written):
    """Everybody who is told, oldest first."""

    items = fields.List(fields.Nested(WebhookSchema))


class WebhookDeliverySchema(Written):
    """One message on its way; ``outcome`` is that of the last try: taken, a status, or what went wrong."""

    id = fields.String()
    message_id = fields.String(attribute="message.id", metadata={"description": "Sent as webhook-id"})
    event = Word(EventType, attribute="message.event")
    announced_at = Moment(attribute="message.at")
    state = Word(DeliveryState)
    tries = fields.Integer()
    next_at = Moment(allow_none=True)
    ended_at = Moment(allow_none=True)
    outcome = fields.String(allow_none=True)


class WebhookDeliveriesSchema(Written):
    """The latest deliveries, newest first."""

    items = fields.List(fields.Nested(WebhookDeliverySchema))


class ReplayedSchema(Written):
    """How many deliveries begin anew."""

    deliveries = fields.Integer()


def load_webhook(data: object) -> tuple[str, frozenset[EventType], str | None]:
    """Load address, events and facility of a new webhook.

    Raises:
        BadInput: some field cannot be used.
    """
    found = load(NewWebhookSchema(), data)
    return found["address"], frozenset(found["events"]), found["facility"]


def load_replay(data: object) -> tuple[datetime, bool]:
    """Load from when on to send again, and whether what was taken too.

    Raises:
        BadInput: some field cannot be used.
    """
    found = load(ReplaySchema(), data)
    return found["since"], found["taken"]


def dump_webhook(webhook: Webhook, *, secret: str | None = None) -> dict[str, Any]:
    """Write *webhook*, with its new *secret* if it has one to be told."""
    written: dict[str, Any] = WebhookSchema().dump(webhook)
    return written | {"secret": secret}


def dump_deliveries(deliveries: Sequence[Delivery]) -> list[dict[str, Any]]:
    """Write *deliveries*."""
    schema = WebhookDeliverySchema()
    return [schema.dump(each) for each in deliveries]

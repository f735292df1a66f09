"""Who is told of what happened, what they are told, and how far each delivery has come."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from verifier.store.database.columns import Moment, metadata, sealed, sealed_table

webhooks: Final[Table] = sealed_table(
    "webhooks",
    Column("facility", String(64), nullable=False),  # ``*``: every one
    Column("events", String(200), nullable=False),  # words with blanks between
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    Column("disabled_why", String(40)),
    Column("removed_at", Moment),
    sealed("address"),  # it may hold a password of theirs
    sealed("signing"),  # the keys that sign, newest first
)

messages: Final[Table] = Table(
    "webhook_messages",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("event", String(40), nullable=False),
    Column("facility", String(64), nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
    Column("record_ids", Text, nullable=False),  # JSON: random ids and nothing else
)

deliveries: Final[Table] = Table(
    "webhook_deliveries",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("webhook_id", ForeignKey("webhooks.id"), nullable=False),
    Column("message_id", ForeignKey("webhook_messages.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", Moment),  # none: no further try
    Column("leased_until", Moment),
    Column("ended_at", Moment),
    Column("outcome", String(40)),  # of the last try: a status, or what went wrong
    Index(None, "webhook_id", "message_id", unique=True),
    Index(None, "next_at"),
)

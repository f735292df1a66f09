"""`DatabaseWebhooks`: who is told, as `verifier.news.ports.Webhooks`; addresses and keys are sealed."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, select, update

from verifier.access.fence import reach
from verifier.errors import NotFound
from verifier.news.webhook import Disabled, EventType, SigningKey, Webhook
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.sealed_rows import Row, SealedRows
from verifier.store.database.tables.webhooks import webhooks
from verifier.store.database.words import write_words

NO_SUCH: Final = "There is no webhook under this id; list them with GET /v1/webhooks."


class DatabaseWebhooks:
    """Webhooks by id; one that was removed keeps its row, emptied, for the deliveries that name it."""

    def __init__(self, database: Database, keys: DataKeys) -> None:
        """Keep them in *database*."""
        self._database = database
        self._rows = SealedRows(webhooks, keys)

    def keep(self, webhook: Webhook) -> None:
        """Keep *webhook*, replacing what stood under its id."""
        row = {
            "id": webhook.id,
            "facility": webhook.facility,
            "events": write_words(webhook.events),
            "created_at": webhook.created_at,
            "disabled_at": webhook.disabled_at,
            "disabled_why": webhook.disabled_why,
            "removed_at": None,
            "address": webhook.address.encode(),
            "signing": _write_keys(webhook.keys),
        }
        with self._database.begin() as connection:
            self._rows.put(connection, row)

    def find(self, webhook_id: str) -> Webhook:
        """Return the webhook; see `verifier.news.ports.Webhooks`."""
        found = self._select(_within_reach().where(webhooks.c.id == webhook_id))
        if not found:
            raise NotFound(NO_SUCH)
        return found[0]

    def listing(self) -> Sequence[Webhook]:
        """Return every webhook, oldest first."""
        return self._select(_within_reach().order_by(webhooks.c.created_at, webhooks.c.id))

    def remove(self, webhook_id: str, at: datetime) -> None:
        """Tell it nothing any more; see `verifier.news.ports.Webhooks`."""
        self.find(webhook_id)
        emptied = {"removed_at": at, "address": None, "signing": None}
        with self._database.begin() as connection:
            connection.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(**emptied))

    def _select(self, statement: Select[Any]) -> list[Webhook]:
        with self._database.read() as connection:
            return [read_webhook(row) for row in self._rows.select(connection, statement)]


def read_webhook(row: Row) -> Webhook:
    """Read the webhook of an opened row."""
    return Webhook(
        id=row["id"],
        address=row["address"].decode(),
        events=frozenset(map(EventType, row["events"].split())),
        facility=row["facility"],
        created_at=row["created_at"],
        keys=_read_keys(row["signing"]),
        disabled_at=row["disabled_at"],
        disabled_why=Disabled(row["disabled_why"]) if row["disabled_why"] else None,
    )


def is_active() -> ColumnElement[bool]:
    """Say that a webhook is to be told."""
    return webhooks.c.disabled_at.is_(None) & webhooks.c.removed_at.is_(None)


def _within_reach() -> Select[Any]:
    standing = select(webhooks).where(webhooks.c.removed_at.is_(None))
    return standing if reach().every else standing.where(webhooks.c.facility.in_(sorted(reach().names)))


def _write_keys(keys: Sequence[SigningKey]) -> bytes:
    return json.dumps([[key.secret, key.until.isoformat() if key.until else None] for key in keys]).encode()


def _read_keys(content: bytes) -> tuple[SigningKey, ...]:
    return tuple(
        SigningKey(secret, datetime.fromisoformat(until) if until else None)
        for secret, until in json.loads(content)
    )

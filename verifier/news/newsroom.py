"""`Newsroom`: what happened, as one caller asks for it; each use case leaves its event first."""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar
from urllib.parse import urlsplit

from verifier.address import LOCALHOST, is_name, is_safe
from verifier.answering.looks import looked_at
from verifier.clock import Clock
from verifier.errors import BadInput, Conflict, VerifierError
from verifier.model.audit import Action, Context, Event, Result
from verifier.model.change import ChangeReport
from verifier.news.digest import Digest, gather
from verifier.news.ports import Changes, Lookup, Outbox, Signing, Webhooks
from verifier.news.webhook import OVERLAP, Delivery, Disabled, EventType, SigningKey, Webhook
from verifier.ports import Audit

Done = TypeVar("Done")

PAGE: Final = 25  # people named at once
MOST_KEYS: Final = 5  # that sign at one time
REFUSED: Final = (
    "must be an https address on a public host, or on one that the operator names in VERIFIER_WEBHOOK_HOSTS"
)


@dataclass(frozen=True, slots=True)
class News:
    """The rooms a newsroom stands on, shared by all; *hosts* may be told though they are not public."""

    changes: Changes
    webhooks: Webhooks
    outbox: Outbox
    records: Lookup
    signing: Signing
    audit: Audit
    clock: Clock
    hosts: Collection[str] = ()

    def room(self, context: Context) -> "Newsroom":
        """Open the newsroom for whoever acts in *context*."""
        return Newsroom(self, context)


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Every use case of news for one caller; raises AuditUnavailable before it serves."""

    news: News
    context: Context

    def changes(self, *, after: int, limit: int) -> Sequence[tuple[int, ChangeReport]]:
        """Return what changed after a position of the feed, oldest first, each with its own position."""
        return self._leave(Action.READ, "changes", partial(self.news.changes.page, after=after, limit=limit))

    def digest(self, length: timedelta, start: int = 0) -> Digest:
        """Return a page of what matters since so long ago; each name on it was looked at, and is recorded."""
        now = self.news.clock.now()
        found = gather(self.news.changes, self.news.webhooks, now - length, start=start, length=PAGE)
        ids = dict.fromkeys(
            [report.verification_id for report in found.reports]
            + [each.verification_id for each in found.unanswered]
        )
        named = self.news.records.find_all(ids)
        digest = Event(Action.READ, "digest", self.context, now)
        self.news.audit.record(digest, *looked_at(named.values(), self.context, now))
        return replace(found, verifications=named)

    def add_webhook(
        self, address: str, events: frozenset[EventType], facility: str, *, as_id: str | None = None
    ) -> Webhook:
        """Tell *address* from now on; its key is in what is returned, and nowhere else to be read.

        Raises:
            BadInput: nobody may be told there.
        """
        if not may_be_told(address, self.news.hosts):
            raise BadInput("This address cannot be told.", {"/address": REFUSED})
        own_id = as_id or f"whk_{secrets.token_urlsafe(16)}"
        keys = (SigningKey(self.news.signing.new_secret()),)
        made = Webhook(own_id, address, events, facility, self.news.clock.now(), keys)
        return self._change(made, "added")

    def webhooks(self) -> Sequence[Webhook]:
        """Return who is told, oldest first."""
        return self._leave(Action.READ, "webhooks", self.news.webhooks.listing)

    def find_webhook(self, webhook_id: str) -> Webhook:
        """Return one of them; raises NotFound."""
        return self._leave(Action.READ, "webhook", partial(self.news.webhooks.find, webhook_id))

    def remove_webhook(self, webhook_id: str) -> None:
        """Tell it nothing any more; raises NotFound."""
        kept = self.news.webhooks.find(webhook_id)
        remove = partial(self.news.webhooks.remove, kept.id, self.news.clock.now())
        self._leave(Action.RULE_CHANGE, f"webhook {kept.id} removed", remove)

    def add_key(self, webhook_id: str) -> Webhook:
        """Sign by a new key from now on, and for a day by the one before too; raises NotFound.

        Raises:
            Conflict: too many keys sign already; one ends within a day.
        """
        kept, now = self.news.webhooks.find(webhook_id), self.news.clock.now()
        until = now + OVERLAP
        signing = (key for key in kept.keys if key.until is None or key.until > now)
        older = tuple(replace(key, until=key.until or until) for key in signing)
        if len(older) >= MOST_KEYS:
            raise Conflict("Too many keys sign for this webhook already; the oldest ends within a day.")
        new = SigningKey(self.news.signing.new_secret())
        return self._change(replace(kept, keys=(new, *older)), "given a new key")

    def switch(self, webhook_id: str, *, on: bool) -> Webhook:
        """Tell it again, or tell it nothing for now; raises NotFound."""
        kept, now = self.news.webhooks.find(webhook_id), self.news.clock.now()
        if on:
            return self._change(replace(kept, disabled_at=None, disabled_why=None), "switched on")
        give_up = partial(self.news.outbox.give_up, kept.id, Disabled.BY_HAND, now)
        self._leave(Action.RULE_CHANGE, f"webhook {kept.id} switched off", give_up)
        return self.news.webhooks.find(webhook_id)

    def deliveries(self, webhook_id: str, *, limit: int) -> Sequence[Delivery]:
        """Return the latest deliveries to a webhook, newest first; raises NotFound."""
        kept = self.news.webhooks.find(webhook_id)
        work = partial(self.news.outbox.deliveries, kept.id, limit=limit)
        return self._leave(Action.READ, f"deliveries of webhook {kept.id}", work)

    def replay(self, webhook_id: str, since: datetime, *, taken: bool) -> int:
        """Send again what was announced since a moment and not taken, or *taken* too; raises NotFound.

        Raises:
            Conflict: the webhook is switched off.
        """
        kept = self.news.webhooks.find(webhook_id)
        if kept.disabled_at:
            raise Conflict("This webhook is switched off; switch it on first.")
        work = partial(self.news.outbox.replay, kept.id, since, self.news.clock.now(), taken=taken)
        return self._leave(Action.CHANGE, f"deliveries of webhook {kept.id}", work)

    def _change(self, webhook: Webhook, how: str) -> Webhook:
        self._leave(
            Action.RULE_CHANGE, f"webhook {webhook.id} {how}", partial(self.news.webhooks.keep, webhook)
        )
        return webhook

    def _leave(self, action: Action, what: str, work: Callable[[], Done]) -> Done:
        """Do *work* and leave its event; without the event nothing is handed over."""
        try:
            done = work()
        except VerifierError:
            self._record(action, what, Result.FAILED)
            raise
        self._record(action, what, Result.DONE)
        return done

    def _record(self, action: Action, what: str, result: Result) -> None:
        self.news.audit.record(Event(action, what, self.context, self.news.clock.now(), result))


def may_be_told(address: str, hosts: Collection[str]) -> bool:
    """Tell whether a webhook may have this address: whoever gives it is not the operator.

    So an IP address, this machine, and plain http are for the hosts that the operator named; where a name
    leads is judged at each connection, as `verifier.address` says.
    """
    if not is_safe(address):
        return False
    parts = urlsplit(address)
    host = parts.hostname or ""
    return host in hosts or (parts.scheme == "https" and is_name(host) and host != LOCALHOST)

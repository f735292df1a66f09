"""What telling others asks of the outside: the records it keeps, a signature, a way out."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from verifier.model.change import ChangeReport, Severity, Unanswered
from verifier.model.verification import Verification
from verifier.news.webhook import Delivery, Disabled, Message, Webhook

Post = Callable[[str, Mapping[str, str], bytes], None]
"""Posts headers and body to an address, and returns when they were taken; else raises a `VerifierError`."""


class Tally(NamedTuple):
    """How many reports there are by the gravest change in each, and how many people nobody answers for."""

    changed: Counter[Severity]
    unanswered: int


class Changes(Protocol):
    """What changed, in the order it was found; within the fence."""

    def page(self, *, after: int, limit: int) -> Sequence[tuple[int, ChangeReport]]:
        """Return the reports that follow the position *after*, oldest first, each with its own position."""
        ...

    def tally(self, moment: datetime) -> Tally:
        """Count what is new since *moment*."""
        ...

    def gravest(self, moment: datetime, *, limit: int, skip: int = 0) -> Sequence[ChangeReport]:
        """Return the reports made since *moment*, gravest first and of those the newest, beyond *skip*."""
        ...

    def unanswered(self, moment: datetime, *, limit: int, skip: int = 0) -> Sequence[Unanswered]:
        """Return who was asked about since *moment* and is not answered for, newest first, beyond *skip*."""
        ...


class Lookup(Protocol):
    """Verifications by id; within the fence."""

    def find_all(self, verification_ids: Collection[str]) -> Mapping[str, Verification]:
        """Return the verifications by id, as far as there are such."""
        ...


class Webhooks(Protocol):
    """Who is told; within the fence."""

    def keep(self, webhook: Webhook) -> None:
        """Keep *webhook*, replacing what stood under its id."""
        ...

    def find(self, webhook_id: str) -> Webhook:
        """Return the webhook.

        Raises:
            NotFound: there is none under this id.
        """
        ...

    def listing(self) -> Sequence[Webhook]:
        """Return every webhook, oldest first."""
        ...

    def remove(self, webhook_id: str, at: datetime) -> None:
        """Tell it nothing any more and forget its address and keys.

        Raises:
            NotFound: there is none under this id.
        """
        ...


class Due(NamedTuple):
    """A delivery whose turn it is, already counted as tried once more, and where it goes."""

    delivery: Delivery
    webhook: Webhook


class Outbox(Protocol):
    """Messages on their way; what is in it outlives every process."""

    def announce(self, message: Message) -> None:
        """Put *message* on its way to each webhook that wants it."""
        ...

    def claim(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[Due]:
        """Take deliveries that are due; nobody else does so before the *lease* ends."""
        ...

    def settle(self, delivery: Delivery) -> bool:
        """Write down how a try ended; false when it was taken over by somebody else meanwhile."""
        ...

    def give_up(self, webhook_id: str, why: Disabled, at: datetime) -> None:
        """Switch a webhook off, and everything that waits for it."""
        ...

    def was_taken_since(self, webhook_id: str, moment: datetime) -> bool:
        """Tell whether a webhook took anything since *moment*."""
        ...

    def deliveries(self, webhook_id: str, *, limit: int) -> Sequence[Delivery]:
        """Return the latest deliveries, newest first."""
        ...

    def replay(self, webhook_id: str, since: datetime, now: datetime, *, taken: bool) -> int:
        """Begin anew what was announced since a moment and not taken, or *taken* too, and count it."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete the messages announced before a moment, and count them."""
        ...


class Signing(Protocol):
    """Standard Webhooks' way to sign."""

    def new_secret(self) -> str:
        """Make a secret."""
        ...

    def sign(self, keys: Sequence[str], message_id: str, at: datetime, body: bytes) -> str:
        """Sign by each of *keys*."""
        ...

"""What goes out over a wire and what comes back, before anyone knows what it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Protocol
from urllib.parse import urlsplit

from payers.kit.deadline import Deadline


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; headers and body hold secrets and health data, so they stay out of ``repr``.

    *accepts* are the statuses besides success whose replies are read, not refused: some wires put an answer
    into a 4xx. *kept* is what is kept of it with the verification; ``None``: neither it nor its reply.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    accepts: frozenset[int] = frozenset()
    kept: "Kept | None" = field(default=None, repr=False)

    def kept_whole(self) -> "Request":
        """Let the body be kept, or without one where in the payer's system it goes: no credential is in them.

        Headers are never kept.
        """
        parts = urlsplit(self.url)._replace(scheme="", netloc="")
        return replace(self, kept=Kept(self.body or f"{self.method} {parts.geturl()}".encode()))


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP reply, decoded and within bounds; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an exchange: the *request* without a credential, and what *reply* takes of a reply."""

    request: bytes = field(repr=False)
    reply: Callable[[Reply], bytes] = attrgetter("body")


class Sender(Protocol):
    """Whoever carries a request to its address."""

    def send(self, request: Request, deadline: Deadline) -> Reply:
        """Send *request* and return a successful reply, or one it accepts, before *deadline*.

        Raises:
            PayerFault: a subclass of it says what went wrong.
            NotConfigured: the address or a header cannot be used at all.
        """
        ...

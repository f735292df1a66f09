"""What goes out over a wire and what comes back, before anyone knows what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from payers.kit.deadline import Deadline


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; headers and body hold secrets and health data, so they stay out of ``repr``.

    *accepts* are the statuses besides success whose replies are read, not refused: some wires put an answer
    into a 4xx.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    accepts: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP reply, decoded and within bounds; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    seconds: float = 0.0


class Sender(Protocol):
    """Whoever carries a request to its address."""

    def send(self, request: Request, deadline: Deadline) -> Reply:
        """Send *request* and return a successful reply, or one it accepts, before *deadline*.

        Raises:
            PayerFault: a subclass of it says what went wrong.
            NotConfigured: the address or a header cannot be used at all.
        """
        ...

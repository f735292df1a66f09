"""What a wire asks of whoever gets it access tokens."""

from typing import Protocol

from payers.kit.deadline import Deadline


class Tokens(Protocol):
    """A source of bearer tokens (RFC 6750)."""

    def token(self, deadline: Deadline) -> str:
        """Return a token that is good for the moment, asking for one before *deadline* where need be.

        Raises:
            PayerFault: none could be had.
        """
        ...

    def forget(self, token: str) -> None:
        """Never return *token* again: it was not accepted."""
        ...

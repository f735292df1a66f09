"""The directory as people look into it: what there is, what resembles a text, what can be asked from here."""

from collections.abc import Sequence
from typing import NamedTuple

from payers.directory.directory import Payer
from payers.directory.search import search
from payers.gateway import Gateway


class Listed(NamedTuple):
    """A payer that a search found; *score* 0 to 100."""

    id: str
    name: str
    score: float
    matched_on: str
    reachable: bool


class Listing:
    """The directory behind a gateway, which knows the configured routes."""

    def __init__(self, gateway: Gateway) -> None:
        """List what *gateway* can find."""
        self._gateway = gateway

    def search(self, text: str, limit: int = 10) -> Sequence[Listed]:
        """Return the payers that resemble *text*, best match first, at most *limit*."""
        return [
            Listed(
                match.payer.id,
                match.payer.name,
                match.score,
                match.matched_on,
                self._gateway.is_reachable(match.payer.id),
            )
            for match in search(self._gateway.directory, text, limit)
        ]

    def find(self, payer_id: str) -> Payer:
        """Return the payer.

        Raises:
            NotFound: there is none under this id.
        """
        return self._gateway.directory.find(payer_id)

    def listing(self) -> Sequence[Payer]:
        """Return every payer, in the directory's order."""
        return tuple(self._gateway.directory)

    def is_reachable(self, payer_id: str) -> bool:
        """Tell whether a configured route leads to this payer."""
        return self._gateway.is_reachable(payer_id)

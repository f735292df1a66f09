"""The directory as people look into it: what there is, what resembles a text, what can be asked from here."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from payers.directory.directory import Payer
from payers.directory.search import search
from payers.gateway import Gateway
from verifier.calls import CallLog
from verifier.model.health import PayerHealth

Breaker = Callable[[str, str], str | None]  # the state of the breaker for a payer's id and a route


class Listed(NamedTuple):
    """A payer that a search found; *score* 0 to 100."""

    id: str
    name: str
    score: float
    matched_on: str
    reachable: bool


class Listing:
    """The directory behind a gateway, which knows the configured routes."""

    def __init__(
        self, gateway: Gateway, *, calls: CallLog | None = None, breaker: Breaker | None = None
    ) -> None:
        """List what *gateway* can find; *calls* knows how asking went, *breaker* whether a route is open."""
        self._gateway = gateway
        self._calls = calls
        self._breaker = breaker

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

    def health(self, payer_id: str) -> PayerHealth:
        """Tell how calls to this payer went lately.

        Raises:
            NotFound: there is none under this id.
        """
        payer = self.find(payer_id)
        health = self._calls.health(payer.id) if self._calls else PayerHealth(payer.id, ())
        if self._breaker is None:
            return health
        conditions = {route.route: self._breaker(payer.id, route.route) for route in health.routes}
        routes = (replace(route, breaker=conditions[route.route]) for route in health.routes)
        return replace(health, routes=tuple(routes))

    def listing(self) -> Sequence[Payer]:
        """Return every payer, in the directory's order."""
        return tuple(self._gateway.directory)

    def is_reachable(self, payer_id: str) -> bool:
        """Tell whether a configured route leads to this payer."""
        return self._gateway.is_reachable(payer_id)

"""What the web asks of the rooms below, and where a view finds them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from flask import current_app

from schemas.payers import Match, Payer
from verifier.access.house import Access
from verifier.admissions import Admissions
from verifier.desk import Desk, Office
from verifier.errors import NotConfigured
from verifier.model.health import PayerHealth
from verifier.web.context import present_context

EXTENSION = "verifier"


class Payers(Protocol):
    """The payer directory, and which of it can be asked from here."""

    def search(self, text: str, limit: int) -> Sequence[Match]:
        """Return the payers that resemble *text*, best match first, at most *limit*."""
        ...

    def find(self, payer_id: str) -> Payer:
        """Return the payer.

        Raises:
            NotFound: there is none under this id.
        """
        ...

    def listing(self) -> Sequence[Payer]:
        """Return every payer."""
        ...

    def is_reachable(self, payer_id: str) -> bool:
        """Tell whether a configured route leads to this payer."""
        ...

    def health(self, payer_id: str) -> PayerHealth:
        """Tell how calls to this payer went lately.

        Raises:
            NotFound: there is none under this id.
        """
        ...


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms below the web, and how long a caller is kept waiting unless they say."""

    office: Office
    payers: Payers
    access: Access
    readiness: Callable[[], Mapping[str, bool]]
    answer_wait: float

    @property
    def verifier(self) -> Desk:
        """Open the service's desk for the caller of this request."""
        return self.office.desk(present_context())

    @property
    def admissions(self) -> Admissions:
        """Open the queue of requests for the caller of this request.

        Raises:
            NotConfigured: no requests are taken in here.
        """
        if self.office.intakes is None:
            raise NotConfigured("No requests are taken in here.")
        return Admissions(self.office, present_context(), self.office.intakes)


def rooms() -> Rooms:
    """Return the rooms of the application that answers this request."""
    return cast("Rooms", current_app.extensions[EXTENSION])

"""What the web asks of the rooms below, and where a view finds them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from flask import current_app

from schemas.payers import Match, Payer
from verifier.access.house import Access
from verifier.access.ports import AuditOffice
from verifier.admissions import Admissions
from verifier.desk import Desk, Office
from verifier.errors import NotConfigured
from verifier.housekeeping import Housekeeping, Premises
from verifier.model.audit import Context
from verifier.model.health import PayerHealth
from verifier.news.newsroom import News, Newsroom
from verifier.nightly.desk import RosterDesk
from verifier.nightly.rooms import NightRooms
from verifier.nightly.runs import RunDesk
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


Watch = Callable[[Context], AuditOffice]


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms below the web, and how long a caller is kept waiting unless they say."""

    office: Office
    payers: Payers
    access: Access
    readiness: Callable[[], Mapping[str, bool]]
    answer_wait: float
    watch: Watch  # over the audit trail, for whoever acts in a context
    news: News | None = None  # none: nobody takes note of what changes
    night: NightRooms | None = None
    premises: Premises | None = None

    @property
    def newsroom(self) -> Newsroom:
        """Open the newsroom for the caller of this request.

        Raises:
            NotConfigured: nobody takes note of what changes here.
        """
        if self.news is None:
            raise NotConfigured("This service takes no note of what changes.")
        return self.news.room(present_context())

    @property
    def verifier(self) -> Desk:
        """Open the service's desk for the caller of this request."""
        return self.office.desk(present_context())

    @property
    def housekeeping(self) -> Housekeeping:
        """Open the facilities and their contracts for the caller of this request.

        Raises:
            NotConfigured: this application was put together without them.
        """
        if self.premises is None:
            raise NotConfigured("This service was put together without keeping facilities.")
        return Housekeeping(self.premises, self.office.audit, self.office.clock, present_context())

    @property
    def roster(self) -> RosterDesk:
        """Open the desk of the nightly list for the caller of this request.

        Raises:
            NotConfigured: this application was put together without one.
        """
        return self._nightly().roster_desk(present_context())

    @property
    def reverifications(self) -> RunDesk:
        """Open the desk of the nightly runs for the caller of this request.

        Raises:
            NotConfigured: this application was put together without them.
        """
        return self._nightly().run_desk(present_context())

    def _nightly(self) -> NightRooms:
        if self.night is None:
            raise NotConfigured("This service was put together without nightly re-verification.")
        return self.night

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

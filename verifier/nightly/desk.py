"""`RosterDesk`: what one caller does with the nightly list; each use case leaves its event first."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from verifier.answering.consent_gate import person_of
from verifier.clock import Clock
from verifier.errors import BadInput, Conflict, Forbidden, VerifierError
from verifier.estimation.schedule import session_dates
from verifier.facilities import choose_facility
from verifier.model.audit import Action, Context
from verifier.model.inquiry import Facility
from verifier.model.roster import Entry
from verifier.nightly.calendar import find_date, find_organization_zone
from verifier.nightly.ports import PayerTimes, Roster
from verifier.offers import fill_in
from verifier.ports import Audit
from verifier.recorded import Recorded, name_record

NO_PAYER: Final = "names no payer of the directory; find it with GET /v1/payers?q="
MOST_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class Night:
    """The rooms that nightly work stands on, shared by all callers."""

    roster: Roster
    payers: PayerTimes
    facilities: Mapping[str, Facility]
    audit: Audit
    clock: Clock

    @property
    def zone(self) -> str:
        """Return the time zone whose date the runs go by."""
        return find_organization_zone(self.facilities.values())

    @property
    def today(self) -> date:
        """Return the organization's date now."""
        return find_date(self.clock.now(), self.zone)


def new_entry_id() -> str:
    """Make an id for an entry: 128 random bits."""
    return f"rst_{secrets.token_urlsafe(16)}"


class RosterDesk(Recorded):
    """The nightly list for one caller; raises AuditUnavailable before it serves anything unrecorded."""

    def __init__(self, night: Night, context: Context) -> None:
        """Act in *context*."""
        super().__init__(night.audit, night.clock, context)
        self._night = night

    @property
    def today(self) -> date:
        """Return the organization's date now."""
        return self._night.today

    def enroll(self, entry: Entry, *, as_id: str | None = None) -> Entry:
        """Put somebody on the list under an id of its own, and return the entry so.

        Raises:
            BadInput: no such payer or facility, or a program that cannot be scheduled.
            Conflict: this person is on the list already, for this payer and facility.
        """

        def work() -> Entry:
            kept = replace(self._resolve(entry, self._night.facilities), id=as_id or new_entry_id())
            self._night.roster.add(kept)
            return kept

        return self.leave(Action.CHANGE, "roster entry", work, whose=person_of(entry.inquiry))

    def enroll_if_possible(self, entry: Entry, place: Callable[[Entry], Entry]) -> Entry | VerifierError:
        """Put one of many on the list where *place* says, or return what is wrong with this one."""
        try:
            return self.enroll(place(entry))
        except (BadInput, Conflict, Forbidden) as error:
            return error

    def change(self, entry_id: str, change: Callable[[Entry], Entry]) -> Entry:
        """Replace an entry by what *change* makes of it; whoever was stopped is asked about again.

        Raises:
            NotFound: there is none under this id.
            BadInput, Conflict: as for `enroll`.
        """

        def work() -> Entry:
            facilities = dict(self._night.facilities)

            def resolve(found: Entry) -> Entry:
                changed = replace(change(found), id=found.id, facility=found.facility, stopped=None)
                return self._resolve(changed, facilities)

            return self._night.roster.change(entry_id, resolve)

        return self.leave(Action.CHANGE, name_record("roster entry", entry_id), work)

    def discharge(self, entry_id: str, on: date | None = None) -> Entry:
        """Ask about nobody under this entry from the day *on* (today when left out).

        Raises:
            NotFound: there is none under this id.
        """

        def work() -> Entry:
            day = on or self._night.today
            return self._night.roster.change(entry_id, lambda found: replace(found, discharged_on=day))

        return self.leave(Action.CHANGE, name_record("roster entry", entry_id), work)

    def find(self, entry_id: str) -> Entry:
        """Look at one entry.

        Raises:
            NotFound: there is none under this id.
        """
        return self.leave(
            Action.READ, name_record("roster entry", entry_id), lambda: self._night.roster.find(entry_id)
        )

    def listing(self, *, limit: int, after: str | None = None, enrolled: bool = True) -> Sequence[Entry]:
        """List at most *limit* (up to 200) entries beyond *after*, discharged ones if not *enrolled*."""
        most = max(1, min(limit, MOST_LISTED))
        return self.leave(
            Action.SEARCH,
            "roster",
            lambda: self._night.roster.listing(limit=most, after=after, enrolled=enrolled),
        )

    def _resolve(self, entry: Entry, facilities: Mapping[str, Facility]) -> Entry:
        """Fill in what the facility knows, and refuse what could not be asked at night."""
        facility = choose_facility(facilities, entry.inquiry.facility or entry.facility or None)
        program = fill_in(entry.inquiry.program, facility)
        session_dates(program)
        if self._night.payers.kind(entry.inquiry.payer) is None:
            raise BadInput(
                "One field cannot be used; change what the errors name.", {"/inquiry/payer": NO_PAYER}
            )
        kept = replace(entry.inquiry.to_keep(), facility=facility.id, program=program)
        return replace(entry, facility=facility.id, inquiry=kept)

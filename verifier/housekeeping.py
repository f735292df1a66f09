"""`Housekeeping`: the facilities and what payers allow them, looked after by one administrator.

Each change leaves its event before its result is handed over. Facilities out of reach do not exist here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from verifier.access.fence import reach
from verifier.clock import Clock
from verifier.contracts import Sheet, read_rates
from verifier.errors import BadInput, Conflict, Forbidden, NotFound
from verifier.facilities import find_differences
from verifier.model.audit import Action, Context
from verifier.model.contract import ContractRate
from verifier.model.inquiry import Facility
from verifier.model.kept_facility import KeptFacility
from verifier.ports import Audit, Contracts, FacilityBook
from verifier.recorded import Recorded

NEW_ONES: Final = "Who acts for every facility adds one; ask an administrator who does."


@dataclass(frozen=True, slots=True)
class Premises:
    """Where facilities and their contracts are kept."""

    facilities: FacilityBook
    contracts: Contracts


class Housekeeping(Recorded):
    """The use cases of one administrator; each change raises AuditUnavailable where it cannot be recorded."""

    def __init__(self, premises: Premises, audit: Audit, clock: Clock, context: Context) -> None:
        """Look after *premises* in *context*."""
        super().__init__(audit, clock, context)
        self._facilities = premises.facilities
        self._contracts = premises.contracts

    def facilities(self) -> Sequence[KeptFacility]:
        """List the facilities; nobody is named in them, so nothing is recorded."""
        return [each for each in self._facilities.kept() if each.facility.id in reach()]

    def find(self, facility_id: str) -> KeptFacility:
        """Return the facility.

        Raises:
            NotFound: there is none under this id.
        """
        for each in self.facilities():
            if each.facility.id == facility_id:
                return each
        raise NotFound("There is no such facility here.")

    def require_every(self) -> None:
        """Check that whoever acts may add facilities.

        Raises:
            Forbidden: they act for some only.
        """
        if not reach().every:
            raise Forbidden(NEW_ONES)

    def add(self, facility: Facility) -> None:
        """Keep a new facility.

        Raises:
            Forbidden: whoever acts does so for some facilities only.
            BadInput: there is one under its id.
        """
        self.require_every()
        self.leave(Action.RULE_CHANGE, f"facility {facility.id} added", partial(self._add, facility))

    def change(self, facility: Facility, revision: int) -> None:
        """Put *facility* in place of what stood under its id at *revision*; the event names the fields.

        Raises:
            NotFound: there is none under its id.
            Conflict: it was changed since.
        """
        changed = find_differences(self.find(facility.id).facility, facility)
        if changed:
            work = partial(self._facilities.change, facility, revision, self._context.who, self._clock.now())
            self.leave(Action.RULE_CHANGE, f"facility {facility.id}: {', '.join(changed)}", work)

    def follow_file(self, facility_id: str) -> None:
        """Let the settings file say again what a facility is.

        Raises:
            NotFound: there is none under this id, or the file does not name it.
        """
        self.find(facility_id)
        work = partial(self._facilities.follow_file, facility_id)
        self.leave(Action.RULE_CHANGE, f"facility {facility_id} as the settings file has it", work)

    def rates(self) -> Sequence[ContractRate]:
        """Return what payers allow by contract; nobody is named in it, so nothing is recorded."""
        return [rate for rate in self._contracts.listing() if rate.facility in reach()]

    def import_rates(self, content: bytes, is_payer: Callable[[str], bool]) -> Sheet:
        """Keep the contract rates of a CSV file, but for the rows that cannot be used.

        Raises:
            BadInput: it is no such file at all.
        """
        known = {each.facility.id for each in self.facilities()}
        sheet = read_rates(content, facilities=known, is_payer=is_payer)
        if sheet.rates:
            work = partial(self._contracts.keep, sheet.rates)
            self.leave(Action.RULE_CHANGE, f"{len(sheet.rates)} contract rates", work)
        return sheet

    def _add(self, facility: Facility) -> None:
        try:
            self._facilities.add(facility, self._context.who, self._clock.now())
        except Conflict as error:
            raise BadInput(error.detail, {"/id": "is another facility's"}) from error

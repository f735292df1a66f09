"""`ConsentGate`: whether a question that reveals addiction treatment may leave the building (42 CFR part 2).

A question reveals it when the facility is a part 2 program, whose very name or NPI says so, or when the
program asked about treats addiction, so that service types of substance use (AI, AJ, AK, CI, CJ) are asked.
"""

from typing import Final

from verifier.answering.relevance import track_of
from verifier.clock import Clock
from verifier.codes.service_types import SUD
from verifier.errors import ConsentNeeded, NotFound
from verifier.model.audit import Person
from verifier.model.consent import Consent, Purpose
from verifier.model.inquiry import Facility, Inquiry, Relationship
from verifier.ports import Consents

ADVICE: Final = "Record the patient's signed consent with POST /v1/consents and give its id as consent_id."


def person_of(inquiry: Inquiry) -> Person:
    """Name the patient of *inquiry*, who is the member unless told otherwise."""
    member, patient = inquiry.member, inquiry.patient
    own = member if patient.relationship is Relationship.SELF else patient
    return Person(member.id, own.last_name, own.first_name, own.birth_date)


def reveals_addiction(inquiry: Inquiry, facility: Facility) -> bool:
    """Tell whether asking this says that the patient seeks treatment for a substance use disorder."""
    return facility.part2 or track_of(inquiry) == SUD


class ConsentGate:
    """Lets a question pass, or says what is missing."""

    def __init__(self, consents: Consents, clock: Clock, *, required: bool) -> None:
        """Go by *consents*; where they are not *required* everything passes, as with invented people."""
        self._consents = consents
        self._clock = clock
        self._required = required

    def check(self, inquiry: Inquiry, facility: Facility) -> Consent | None:
        """Return the consent under which *inquiry* may be put to its payer; ``None`` where none is needed.

        Raises:
            ConsentNeeded: none was named, or the one named does not cover this question now.
        """
        if not self._required or not reveals_addiction(inquiry, facility):
            return None
        consent = self._find(inquiry.consent_id)
        if fault := self._fault(consent, inquiry, facility):
            raise ConsentNeeded(f"The consent named {fault}, so the payer is not asked. {ADVICE}")
        return consent

    def _find(self, consent_id: str | None) -> Consent:
        if consent_id is None:
            raise ConsentNeeded(f"This question reveals addiction treatment and names no consent. {ADVICE}")
        try:
            return self._consents.find(consent_id)
        except NotFound:
            raise ConsentNeeded(f"There is no consent under the id that was named. {ADVICE}") from None

    def _fault(self, consent: Consent, inquiry: Inquiry, facility: Facility) -> str | None:
        if ended := consent.ended(facility.day(self._clock.now())):
            return ended
        covers = {
            "is another patient's": _is_same(consent.patient, person_of(inquiry)),
            "is another facility's": consent.facility == facility.id,
            "is not for payment": Purpose.PAYMENT in consent.purposes,
            "does not name this payer as a recipient": consent.names(inquiry.payer),
        }
        return next((fault for fault, holds in covers.items() if not holds), None)


def _is_same(one: Person, other: Person) -> bool:
    """Tell whether both are one patient: the same birth date and names, however written."""
    names = [(_plain(each.last_name), _plain(each.first_name)) for each in (one, other)]
    return one.birth_date == other.birth_date and names[0] == names[1]


def _plain(name: str | None) -> str:
    return "".join(filter(str.isalnum, (name or "").casefold()))

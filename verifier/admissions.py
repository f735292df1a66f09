"""`Admissions`: what becomes of a request for a free verification; each use case leaves its event.

Who sends the form is answered with a receipt and a copy of their own consent, and with nothing else. The rest
is for staff.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from verifier.answering.intaking import (
    Order,
    Request,
    ask_for,
    begin,
    follow,
    move,
    open_intake,
    person,
    step,
    word_consent,
    write_consent,
)
from verifier.answering.queue import EVERYTHING, Change, Intakes, Sought, Tally
from verifier.desk import Office
from verifier.facilities import choose_facility
from verifier.model.audit import Action, Context
from verifier.model.consent import Consent
from verifier.model.inquiry import Facility
from verifier.model.intake import Intake, IntakeState
from verifier.model.verification import Verification, VerificationStatus
from verifier.recorded import OWN_ID

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the one who asked is handed: that it came, and a copy of what they signed."""

    id: str
    received_at: datetime
    facility: Facility
    consent: Consent | None


class Admissions:
    """The queue as one caller works on it; raises what the desk raises."""

    def __init__(self, office: Office, context: Context, intakes: Intakes) -> None:
        """Work on *intakes* at a desk of *office*, in *context*."""
        self._desk = office.desk(context)
        self._clock = office.clock
        self._context = context
        self._intakes = intakes

    def facility(self, facility_id: str | None) -> Facility:
        """Return the facility that a form is for; the first where none is named.

        Raises:
            BadInput: there is no such facility.
        """
        return choose_facility(self._desk.facilities, facility_id)

    def wording(self, facility: Facility) -> Mapping[str, str]:
        """Return what a patient of *facility* would consent to, in words."""
        return word_consent(facility)

    def submit(self, request: Request, *, as_id: str | None = None) -> Receipt:
        """Take a request in, with the consent it is signed with.

        Raises:
            BadInput: there is no such facility, or who signed cannot sign.
        """
        facility, now = self.facility(request.facility), self._clock.now()
        consent = write_consent(request, facility, now)
        consent_id = as_id and f"cns_{as_id.removeprefix('int_')}"
        given = self._desk.give_consent(consent, as_id=consent_id) if consent else None
        intake = open_intake(request, as_id or f"int_{secrets.token_urlsafe(16)}", given, now)
        whose = person(request.member, request.patient)
        self._desk.leave(Action.CHANGE, _name(intake.id), partial(self._intakes.add, intake), whose=whose)
        return Receipt(intake.id, now, facility, given)

    def find(self, intake_id: str) -> Intake:
        """Look at one request.

        Raises:
            NotFound: there is none under this id.
        """
        work = partial(self._intakes.find, intake_id)
        return self._desk.leave(Action.READ, _name(intake_id), work)

    def require(self, intake_id: str) -> None:
        """Check that there is such a request; nothing of it is looked at, so nothing is recorded.

        Raises:
            NotFound: there is none under this id.
        """
        self._intakes.find(intake_id)

    def listing(
        self, sought: Sought = EVERYTHING, *, limit: int = 50, before: str | None = None
    ) -> Sequence[Intake]:
        """List at most *limit* (up to 200) requests, newest first, each where its verification has come."""
        work = partial(self._list, sought, min(limit, MOST), before)
        return self._desk.leave(Action.SEARCH, "intakes", work)

    def tally(self) -> Tally:
        """Count the requests in each state; no person is in it, so nothing is recorded."""
        return self._intakes.tally()

    def assign(self, intake_id: str, user_id: str | None) -> Intake:
        """Give a request to a colleague, or back to everybody."""
        note = "taken over" if user_id else "given back"
        return self._change(intake_id, lambda intake: replace(intake, assignee=user_id), note)

    def advance(self, intake_id: str, state: IntakeState) -> Intake:
        """Move a request by hand.

        Raises:
            NotFound: there is none under this id.
            Conflict: it is being verified, or is to be without being verified.
        """
        return self._change(intake_id, partial(move, state=state), f"moved to {state}")

    def verify(self, intake_id: str, order: Order, *, wait: float, as_id: str | None = None) -> Verification:
        """Verify what a request asks about, and note which verification came of it.

        Raises:
            NotFound: there is no such request.
            BadInput: nobody has said which payer it is, or the payer needs more.
            ConsentNeeded: it reveals addiction treatment, and no active consent covers that.
        """
        intake = self._intakes.find(intake_id)
        facility = choose_facility(self._desk.facilities, intake.facility)
        inquiry = ask_for(intake, order, facility, facility.day(self._clock.now()))
        verification = self._desk.submit(inquiry, wait=wait, as_id=as_id)
        begun = partial(begin, verification=verification, order=order)
        self._change(intake_id, begun, "verified")
        return verification

    def _list(self, sought: Sought, limit: int, before: str | None) -> Sequence[Intake]:
        found = self._intakes.listing(sought, limit=limit, before=before)
        verifying = (each for each in found if each.state is IntakeState.VERIFYING)
        followed = self._catch_up(
            {each.id: each.verification_id for each in verifying if each.verification_id}
        )
        return [followed.get(each.id, each) for each in found]

    def _catch_up(self, waiting: Mapping[str, str]) -> Mapping[str, Intake]:
        """Follow verifications that ended by themselves, after whoever asked for them had gone.

        One that was purged, or damaged, is not found, and its request is shown all the same.
        """
        if not waiting:
            return {}
        found = self._desk.find_all(waiting.values())
        ended = {
            intake_id: partial(follow, verification=found[verification_id])
            for intake_id, verification_id in waiting.items()
            if verification_id in found and found[verification_id].status is not VerificationStatus.PENDING
        }
        return self._intakes.change_all(ended) if ended else {}

    def _change(self, intake_id: str, change: Change, note: str) -> Intake:
        def carry_out(intake: Intake) -> Intake:
            return step(change(intake), self._context.who, self._clock.now(), note)

        work = partial(self._intakes.change, intake_id, carry_out)
        return self._desk.leave(Action.CHANGE, _name(intake_id), work)


def _name(intake_id: str) -> str:
    return f"intake {intake_id}" if OWN_ID.fullmatch(intake_id) else "intake"

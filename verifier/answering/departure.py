"""`Departure`: the one door by which a question leaves the building, and its answers come back.

Nothing passes without the consent it needs, and nothing passes unrecorded: that a patient is named to a payer
is in the audit trail before it happens, each call made is in it before the answer is used.
"""

from dataclasses import replace
from typing import Final

from verifier.answering.acting import who_acts
from verifier.answering.consent_gate import ConsentGate, person_of
from verifier.clock import Clock
from verifier.errors import VerifierError
from verifier.model.audit import Action, Event, Result
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.verification import Answer, Attempt, Outcome
from verifier.ports import Audit, PayerGateway

RESULTS: Final = {Outcome.ANSWERED: Result.DONE, Outcome.REJECTED: Result.DONE}


class Departure:
    """Fulfils `verifier.ports.PayerGateway` over another one."""

    def __init__(self, gateway: PayerGateway, *, gate: ConsentGate, audit: Audit, clock: Clock) -> None:
        """Ask through *gateway*."""
        self._gateway = gateway
        self._gate = gate
        self._audit = audit
        self._clock = clock

    def ask(self, inquiry: Inquiry, facility: Facility, *, deadline: float) -> Answer:
        """Put *inquiry* to its payer, if it may leave; see `verifier.ports.PayerGateway`.

        Raises:
            ConsentNeeded: no active consent covers it.
            AuditUnavailable: it cannot be recorded, so nothing was sent, or what came is not used.
        """
        self._gate.check(inquiry, facility)
        leaving = Event(
            Action.DISCLOSURE,
            f"payer {inquiry.payer}",
            who_acts(),
            self._clock.now(),
            whose=person_of(inquiry),
        )
        self._audit.record(leaving)
        try:
            answer = self._gateway.ask(inquiry, facility, deadline=deadline)
        except VerifierError:
            self._audit.record(self._describe(leaving, f"payer {inquiry.payer}", Result.FAILED))
            raise
        self._audit.record(*(self._describe_call(leaving, each) for each in answer.attempts))
        return answer

    def _describe_call(self, leaving: Event, attempt: Attempt) -> Event:
        result = RESULTS.get(attempt.outcome, Result.FAILED)
        return self._describe(leaving, f"{leaving.what} by {attempt.channel}: {attempt.outcome}", result)

    def _describe(self, leaving: Event, what: str, result: Result) -> Event:
        now = self._clock.now()
        return replace(leaving, action=Action.PAYER_CALL, what=what, result=result, at=now)

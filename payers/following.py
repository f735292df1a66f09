"""Asks on: the administrator a reply names for behavioral health, the plan that pays in the payer's place.

Most payers leave carved-out benefits out of a reply and name who administers them; original Medicare and
state Medicaid programs name the plan that pays instead of them, and a TRICARE contractor names the one of
the patient's region. Whoever is named is asked next, within the
same deadline, if the payer directory knows it without a doubt; at most two more payers for one inquiry.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from payers.directory.directory import Payer
from payers.directory.recognition import recognize
from payers.gateway import Gateway
from payers.kit.deadline import Deadline
from payers.kit.joining import join_actual_payer, join_administrator
from payers.kit.leads import ADMINISTRATOR, REGION, Lead, answers_for_behavioral, find_leads
from verifier.calls import CallLog
from verifier.clock import Clock, SystemClock
from verifier.codes import procedures
from verifier.errors import VerifierError
from verifier.model.coverage import ActualPayer, CarveOut, Coverage, Source
from verifier.model.coverage import Warning as Oddity
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.verification import Answer, Attempt, Exchange, Outcome
from verifier.model.vocabulary import CoverageStatus
from verifier.ports import PayerGateway

MOST_MORE: Final = 2  # payers asked beside the one inquired about
LEAST_SECONDS: Final = 1.0  # less is not worth a call that is paid for
TOLD_BY_DIRECTORY: Final = "the payer directory"


class CannotFollow(Exception):
    """A payer that was named is not asked, or gives no answer to use; says why."""


class Following:
    """Implements `verifier.ports.PayerGateway` over a gateway that asks one payer.

    Every call made is entered into *calls*.
    """

    def __init__(
        self,
        gateway: Gateway,
        *,
        by: Callable[[PayerGateway], PayerGateway] = lambda gateway: gateway,
        calls: CallLog | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Ask through *gateway*; *by* is the door that each question leaves by, whoever it is for."""
        self.gateway = gateway
        self._door = by(gateway)
        self._calls = calls
        self._clock = clock or SystemClock()

    def ask(self, inquiry: Inquiry, facility: Facility, *, deadline: float) -> Answer:
        """Put *inquiry* to its payer, and to whom that one names; see `verifier.ports.PayerGateway`."""
        until = Deadline.after(deadline, self._clock.monotonic)
        return _Journey(self, inquiry, facility, until).complete()

    def put(self, inquiry: Inquiry, facility: Facility, until: Deadline) -> Answer:
        """Put *inquiry* to its payer alone; the attempts say whom they asked."""
        self.gateway.directory.find(inquiry.payer)  # nobody unknown is as much as named at the door
        answer = self._door.ask(inquiry, facility, deadline=until.left)
        attempts = tuple(replace(each, payer=each.payer or inquiry.payer) for each in answer.attempts)
        for attempt in attempts:
            self._record(attempt)
        return replace(answer, attempts=attempts)

    def _record(self, attempt: Attempt) -> None:
        if self._calls and attempt.payer and attempt.outcome is not Outcome.HELD:
            self._calls.record(attempt.payer, attempt.channel, attempt.outcome, attempt.seconds)


@dataclass
class _Journey:
    """One inquiry on its way from payer to payer."""

    following: Following
    inquiry: Inquiry
    facility: Facility
    until: Deadline
    coverage: Coverage = field(init=False)
    payer: Payer = field(init=False)  # whose word the coverage is
    attempts: list[Attempt] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    asked: list[Payer] = field(default_factory=list)
    tried: set[tuple[str | None, ...]] = field(default_factory=set)

    def complete(self) -> Answer:
        self.coverage = self._put(self.inquiry)
        asked = next((each.payer for each in self.attempts if each.payer), None)
        self.payer = self.following.gateway.directory.find(asked or self.inquiry.payer)
        self.asked.append(self.payer)
        while lead := next(self._list_new(), None):
            self.tried.add((lead.name, lead.id, lead.payer))
            self._pursue(lead)
        return Answer(self.coverage, tuple(self.attempts), tuple(self.exchanges))

    def _put(self, inquiry: Inquiry) -> Coverage:
        answer = self.following.put(inquiry, self.facility, self.until)
        self.attempts += answer.attempts
        self.exchanges += answer.exchanges
        return answer.coverage

    def _list_new(self) -> Iterator[Lead]:
        leads = (*find_leads(self.coverage, self.payer.line, self._track), *self._ask_directory())
        return (lead for lead in leads if (lead.name, lead.id, lead.payer) not in self.tried)

    def _ask_directory(self) -> Iterator[Lead]:
        """Take the directory's word for an administrator where the payer says nothing of behavioral care."""
        administrator = self.payer.behavioral_health
        is_open = self.coverage.status is CoverageStatus.ACTIVE
        if administrator and is_open and not answers_for_behavioral(self.coverage, self._track):
            known = self.following.gateway.directory.find(administrator.payer)
            if not self._is_same(known):
                yield Lead(ADMINISTRATOR, known.name, None, Source(None, TOLD_BY_DIRECTORY), payer=known.id)

    @property
    def _track(self) -> str | None:
        procedure = procedures.find(self.inquiry.program.code)
        return procedure.track if procedure else None

    def _pursue(self, lead: Lead) -> None:
        payer = self._find(lead)
        if payer in self.asked or (lead.kind == REGION and not self._is_region(payer)):
            return  # the payer names itself
        try:
            answer = self._ask(payer, lead)
        except CannotFollow as trouble:
            self._leave(lead, payer, str(trouble))
            return
        if lead.kind == ADMINISTRATOR:
            self._join_administrator(lead, answer)
        else:
            self.coverage = join_actual_payer(self.coverage, answer, _describe(lead, payer))
            self.payer = self.asked[-1]

    def _find(self, lead: Lead) -> Payer | None:
        directory = self.following.gateway.directory
        return directory.find(lead.payer) if lead.payer else recognize(directory, lead.name, lead.id)

    def _ask(self, payer: Payer | None, lead: Lead) -> Coverage:
        if payer is None:
            raise CannotFollow("the payer directory does not know it for certain")
        if self._is_same(payer):
            raise CannotFollow("it is reached under the same id as the payer that was asked")
        if len(self.asked) > MOST_MORE:
            raise CannotFollow(f"{MOST_MORE} more payers were asked already")
        if self.until.left < LEAST_SECONDS:
            raise CannotFollow("there was no time left")
        self.asked.append(payer)
        try:
            coverage = self._put(_readdress(self.inquiry, payer, lead))
        except VerifierError as error:
            raise CannotFollow(error.detail.rstrip(".")) from error
        if coverage.status is not CoverageStatus.ACTIVE:
            raise CannotFollow(WITHOUT_COVERAGE[coverage.status])
        return coverage

    def _is_region(self, payer: Payer | None) -> bool:
        return payer is not None and payer.line == self.payer.line

    def _is_same(self, payer: Payer) -> bool:
        """Tell whether *payer* has the id, at some clearinghouse, of one that was asked."""
        known = {(route.connection, route.payer_id) for each in self.asked for route in each.routes}
        return any((route.connection, route.payer_id) in known for route in payer.routes)

    def _join_administrator(self, lead: Lead, answer: Coverage) -> None:
        if lead.payer:
            told = CarveOut(lead.name, None, (), (), lead.source)
            self.coverage = replace(self.coverage, carve_outs=(*self.coverage.carve_outs, told))
        same = [
            each
            for each in self.coverage.carve_outs
            if (each.administrator, each.administrator_id) == (lead.name, lead.id)
        ]
        self.coverage = join_administrator(self.coverage, answer, same)

    def _leave(self, lead: Lead, payer: Payer | None, trouble: str) -> None:
        """Note that somebody who was named has not answered, and what to do about it."""
        is_plan = lead.kind != ADMINISTRATOR
        named = _describe(lead, payer) if is_plan else self.coverage.actual_payer
        code, words = (
            ("ACTUAL_PAYER_NOT_ASKED", f"{_name(lead)} pays in the place of the payer asked")
            if is_plan
            else ("CARVE_OUT_NOT_FOLLOWED", f"Behavioral health is administered by {_name(lead)}")
        )
        warning = Oddity(code, f"{words} and gave no answer: {trouble}. {_advise(lead, payer)}")
        self.coverage = replace(
            self.coverage, actual_payer=named, warnings=(*self.coverage.warnings, warning)
        )


WITHOUT_COVERAGE: Final = {
    CoverageStatus.INACTIVE: "it says that its coverage is not active",
    CoverageStatus.REJECTED: "it refused the question",
    CoverageStatus.UNKNOWN: "it could not answer",
}


def _readdress(inquiry: Inquiry, payer: Payer, lead: Lead) -> Inquiry:
    """Put the same inquiry to *payer*, under the member id the lead gives for it."""
    member = replace(inquiry.member, id=lead.member_id) if lead.member_id else inquiry.member
    return replace(inquiry, payer=payer.id, member=member)


def _describe(lead: Lead, payer: Payer | None) -> ActualPayer:
    return ActualPayer(lead.name, lead.id, payer.id if payer else None, lead.kind, lead.source)


def _name(lead: Lead) -> str:
    told = ", as the payer directory has it" if lead.payer else ""
    return f"{lead.name or lead.id or 'somebody else'}{told}"


def _advise(lead: Lead, payer: Payer | None) -> str:
    phones = [each.value for each in lead.contacts if each.kind == "phone"]
    call = f"call {phones[0]}" if phones else "call the number on the card"
    if payer is None:
        return f"Find it in the payer directory and verify with it, or {call}."
    return f"Verify with the payer {payer.id!r}, or {call}."

"""Who asked what about whom, as the report shows it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from verifier.codes import procedures, service_types
from verifier.model.military import TricareFacts, VaFacts
from verifier.model.paper import Block, Fact, Facts, Heading
from verifier.model.program import Program
from verifier.papers.subject import Subject
from verifier.wording import counted, dollars, listed, plain, us_day

MISSING: Final = "not given"
NETWORKS: Final = {"in": "in network", "out": "out of network", "both": "both", "unknown": None}


def show_question(subject: Subject) -> Iterator[Block]:
    """Show the inquiry: people, payer, facility, program."""
    yield Heading("What was asked")
    yield Facts((*_people(subject), *_places(subject), *_program(subject)), MISSING)
    told = [*_tricare(subject.inquiry.tricare), *_va(subject.inquiry.va)]
    if told:
        yield Heading("What the desk knew of service and status", 2)
        yield Facts(tuple(told), MISSING)


def write_day(value: date | None) -> str | None:
    """Write a day, if there is one."""
    return us_day(value) if value else None


def service(code: str) -> str:
    """Name a service type: ``MH mental health``; the code alone where it has no name here."""
    found = service_types.find(code)
    return f"{code} {found.name}" if found else code


def _people(subject: Subject) -> Iterator[Fact]:
    inquiry = subject.inquiry
    born = inquiry.patient.birth_date if inquiry.patient.last_name else inquiry.member.birth_date
    yield Fact("Patient", subject.patient_name or None)
    yield Fact("Born", write_day(born))
    if inquiry.patient.last_name:
        member = (inquiry.member.first_name, inquiry.member.last_name)
        yield Fact("Member", " ".join(part for part in member if part))
        yield Fact("Patient is the member's", plain(inquiry.patient.relationship))
    yield Fact("Member ID", inquiry.member.id)
    yield Fact("Group number", inquiry.member.group_number)


def _places(subject: Subject) -> Iterator[Fact]:
    facility, inquiry = subject.facility, subject.inquiry
    yield Fact("Payer", subject.payer_name, f"in our directory: {inquiry.payer}")
    yield Fact("Facility", subject.facility_name, f"NPI {facility.npi}" if facility else "")
    yield Fact("Facility is", NETWORKS.get(inquiry.network), "by its contract with the payer")
    yield Fact("Consent on file", inquiry.consent_id)
    asked = subject.verification.coverage.asked if subject.verification.coverage else ()
    if asked:
        yield Fact("Service types asked", "; ".join(map(service, asked)))


def _program(subject: Subject) -> Iterator[Fact]:
    program = subject.inquiry.program
    found = procedures.find(program.code)
    yield Fact("Program", program.code, found.label if found else "")
    yield Fact("Starts", us_day(program.start_date))
    yield Fact("Days", listed(each.title() for each in program.weekdays), _length(program))
    yield Fact("Allowed a session", _dollars(program.allowed_amount), program.contract or "")
    yield Fact("Billed a session", _dollars(program.billed_amount))


def _length(program: Program) -> str:
    sessions = counted(program.session_count, "session")
    hours = f" of {counted(program.hours_per_session, 'hour')}" if program.hours_per_session else ""
    return f"{sessions}{hours}"


def _dollars(amount: Decimal | None) -> str | None:
    return None if amount is None else dollars(amount)


def _tricare(facts: TricareFacts | None) -> Iterator[Fact]:
    if facts:
        yield Fact("TRICARE plan", facts.plan and plain(facts.plan))
        yield Fact("Beneficiary", facts.beneficiary and plain(facts.beneficiary))
        yield Fact("Group", facts.group)
        yield Fact("In TRICARE's network", _yes_no(facts.network))


def _va(facts: VaFacts | None) -> Iterator[Fact]:
    if facts:
        yield Fact("VA referral", facts.referral_number, _span(facts.referral_begins, facts.referral_ends))
        yield Fact("Visits authorized", _number(facts.visits_authorized))
        yield Fact("Priority group", facts.priority_group)
        yield Fact("Service-connected", _percent(facts.service_connected_percent))


def _span(begins: date | None, ends: date | None) -> str:
    return " to ".join(us_day(each) for each in (begins, ends) if each)


def _yes_no(value: bool | None) -> str | None:  # noqa: FBT001 - the value itself
    return None if value is None else ("yes" if value else "no")


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _percent(value: int | None) -> str | None:
    return None if value is None else f"{value}%"

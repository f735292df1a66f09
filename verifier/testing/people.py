"""Invented people and what is asked about them, for the contract suites."""

from datetime import date

from verifier.model.inquiry import Facility, Inquiry, Member, Patient
from verifier.model.program import Program, Weekday
from verifier.model.question import Question

MEMBER = Member(id="W55500001", first_name="Ingrid", last_name="Contractson", birth_date=date(1984, 2, 29))
FACILITY = Facility(id="contract", name="Contract Clinic", npi="1999999984")
SECRETS = ("W55500001", "Ingrid", "Contractson", "1984-02-29", "19840229")
QUESTION = Question(
    payer_name="Contract Health Plan",
    payer_id="CONTRACT",
    provider=FACILITY,
    subscriber=MEMBER,
    patient=Patient(),
    date_of_service=date(2026, 11, 24),
    service_types=("30",),
)
INQUIRY = Inquiry(
    payer="contract",
    member=MEMBER,
    program=Program(code="H0015", start_date=date(2026, 11, 30), weekdays=(Weekday.MON,), sessions=12),
)


def find_secrets(text: str) -> list[str]:
    """List what *text* gives away of the member."""
    return [secret for secret in SECRETS if secret.casefold() in text.casefold()]

"""No question that reveals addiction treatment passes without an active consent that covers it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.store.support import (
    FACILITY,
    INQUIRY,
    MEMBER,
    NOON,
    PROGRAM,
    MemoryConsents,
    SetClock,
    inquire,
)
from verifier.answering.consent_gate import ConsentGate, reveals_addiction
from verifier.errors import ConsentNeeded
from verifier.model.audit import Person
from verifier.model.consent import EVERY_PAYER, Consent, Purpose, Signature, Signed
from verifier.model.inquiry import Inquiry, Patient, Relationship

PERSON = Person("W199003344", "TESTCASE", "Ana", date(1988, 4, 12))
CONSENT = Consent(
    "cns_0",
    PERSON,
    FACILITY.id,
    frozenset({Purpose.PAYMENT}),
    frozenset({EVERY_PAYER}),
    "Enrolment and benefits",
    "In writing to the facility",
    "May be passed on as HIPAA permits, not in proceedings against the patient",
    Signature("Ana Testcase", Signed.ON_PAPER, date(2026, 11, 20)),
    NOON,
)
ASKED = inquire(consent_id="cns_0")
MENTAL_HEALTH = replace(PROGRAM, code="S9480")


def gate(*consents: Consent, required: bool = True) -> ConsentGate:
    return ConsentGate(MemoryConsents({each.id: each for each in consents}), SetClock(), required=required)


@pytest.mark.parametrize(
    "consent",
    [
        CONSENT,
        replace(CONSENT, recipients=frozenset({"sim-commercial"})),
        replace(CONSENT, purposes=frozenset(Purpose)),
        replace(CONSENT, expires_on=NOON.date()),
        replace(CONSENT, signature=replace(CONSENT.signature, signed_on=NOON.date())),
        replace(CONSENT, patient=Person(None, "Test-case", "ana", date(1988, 4, 12))),
    ],
)
def test_an_active_consent_that_covers_the_question_lets_it_pass(consent: Consent) -> None:
    assert gate(consent).check(ASKED, FACILITY) == consent


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"revoked_at": NOON}, "was revoked"),
        ({"expires_on": date(2026, 11, 23)}, "has expired"),
        ({"signature": replace(CONSENT.signature, signed_on=date(2026, 11, 25))}, "was not signed yet"),
        ({"purposes": frozenset({Purpose.TREATMENT})}, "is not for payment"),
        ({"recipients": frozenset({"aetna"})}, "does not name this payer"),
        ({"facility": "covington"}, "is another facility's"),
        ({"patient": replace(PERSON, birth_date=date(1988, 4, 13))}, "is another patient's"),
        ({"patient": replace(PERSON, first_name="Anna")}, "is another patient's"),
    ],
)
def test_a_consent_that_does_not_cover_the_question_holds_it_back(
    changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ConsentNeeded, match=words) as caught:
        gate(replace(CONSENT, **changes)).check(ASKED, FACILITY)

    assert "POST /v1/consents" in caught.value.detail


@pytest.mark.parametrize("inquiry", [INQUIRY, inquire(consent_id="cns_other")])
def test_no_consent_holds_it_back_and_says_nothing_of_the_patient(inquiry: Inquiry) -> None:
    with pytest.raises(ConsentNeeded) as caught:
        gate(CONSENT).check(inquiry, FACILITY)

    assert not any(word in caught.value.detail for word in ("Testcase", "W199003344", "1988", "cns_"))


def test_the_patient_and_not_the_member_must_have_signed() -> None:
    child = Patient(Relationship.CHILD, "Kim", "Testcase", birth_date=date(2010, 1, 2))
    signed = replace(CONSENT, patient=Person(None, "Testcase", "Kim", date(2010, 1, 2)))

    with pytest.raises(ConsentNeeded, match="another patient's"):
        gate(CONSENT).check(replace(ASKED, patient=child), FACILITY)
    assert gate(signed).check(replace(ASKED, patient=child), FACILITY) == signed


def test_where_none_is_required_none_is_looked_at() -> None:
    assert gate(required=False).check(inquire(consent_id="cns_…"), FACILITY) is None


@pytest.mark.parametrize(
    ("inquiry", "part2", "reveals"),
    [
        (INQUIRY, False, True),
        (replace(INQUIRY, program=MENTAL_HEALTH), False, False),
        (replace(INQUIRY, program=MENTAL_HEALTH), True, True),
    ],
)
def test_the_program_or_the_facility_reveals_addiction(
    inquiry: Inquiry, *, part2: bool, reveals: bool
) -> None:
    assert reveals_addiction(inquiry, replace(FACILITY, part2=part2)) is reveals


def test_what_reveals_nothing_needs_no_consent() -> None:
    assert gate().check(replace(INQUIRY, program=MENTAL_HEALTH), FACILITY) is None


def test_nothing_of_the_patient_is_in_a_representation() -> None:
    text = repr((CONSENT, MEMBER, datetime.now(UTC)))

    assert not any(word in text for word in ("Testcase", "TESTCASE", "Ana", "W1990", "Enrolment"))


def test_the_last_day_of_a_consent_ends_where_the_facility_stands() -> None:
    evening = SetClock(datetime(2026, 11, 25, 3, 30, tzinfo=UTC))  # of the 24th in Louisiana
    consent = replace(CONSENT, expires_on=date(2026, 11, 24))
    evenings = ConsentGate(MemoryConsents({consent.id: consent}), evening, required=True)

    assert evenings.check(ASKED, replace(FACILITY, time_zone="America/Chicago")) == consent
    with pytest.raises(ConsentNeeded, match="has expired"):
        evenings.check(ASKED, FACILITY)
